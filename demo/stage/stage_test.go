package stage_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"
	_ "time/tzdata" // whatever the machine has

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/demo/stage"
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/kernel/clock"
)

// What is set up is found again, with the same ids.
func TestSetAndFind(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	a, err := app.Open(t.Context(), app.Config{
		Database: filepath.Join(t.TempDir(), "fettle.db"), Migrate: true, NoSync: true, Quick: true, Clock: clock.NewSet(now).Now,
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	w := world.Make(world.Seed, now)
	if _, there, err := stage.Find(t.Context(), a, w); there || err != nil {
		t.Fatalf("an empty Fettle has a demo: %v %v", there, err)
	}
	set, err := stage.Set(t.Context(), a, w, func(int, int, string) {})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Settle(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	found, there, err := stage.Find(t.Context(), a, w)
	if err != nil || !there {
		t.Fatalf("find: %v %v", there, err)
	}
	for what, same := range map[string]bool{
		"technicians": cmp.Equal(set.Technicians, found.Technicians), "parts": cmp.Equal(set.Parts, found.Parts), "models": cmp.Equal(set.Models, found.Models),
		"lines": cmp.Equal(set.Lines, found.Lines), "brands": cmp.Equal(set.Brands, found.Brands), "nodes": cmp.Equal(set.Nodes, found.Nodes),
	} {
		if !same {
			t.Errorf("other %s are found than were set up", what)
		}
	}
}
