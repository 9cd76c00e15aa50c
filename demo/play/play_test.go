package play_test

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // whatever the machine has

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/demo/play"
	"fettle.dev/fettle/demo/stage"
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/kernel/clock"
)

// played plays so long from the seed and returns the player.
func played(t *testing.T, seed uint64, long time.Duration) *play.Player {
	t.Helper()
	end := time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC)
	set := clock.NewSet(end.Add(-long))
	a, err := app.Open(t.Context(), app.Config{
		Database: filepath.Join(t.TempDir(), "fettle.db"), Migrate: true, NoSync: true, Quick: true, Clock: set.Now,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	s, err := stage.Set(t.Context(), a, world.Make(world.Seed, end), func(int, int, string) {})
	if err != nil {
		t.Fatal(err)
	}
	p := play.New(s, set, seed)
	if err := p.Prologue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(t.Context(), end, func(int, int, string) {}); err != nil {
		t.Fatal(err)
	}
	if !set.Now().Equal(end) {
		t.Errorf("the play ended at %v", set.Now())
	}
	return p
}

func TestSameSeedSamePlay(t *testing.T) {
	t.Parallel()
	a, b := played(t, 5, 12*time.Hour), played(t, 5, 12*time.Hour)
	if d := cmp.Diff(a.Tally, b.Tally); d != "" {
		t.Errorf("the same seed played differently: %s", d)
	}
	if a.Tally["cases"] < 10 {
		t.Errorf("%d cases in half a day", a.Tally["cases"])
	}
	for what, n := range a.Tally {
		if strings.HasPrefix(what, "refused ") && n > a.Tally["cases"]/10 {
			t.Errorf("%d times %s", n, what)
		}
	}
}
