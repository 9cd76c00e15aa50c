package play_test

import (
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
	_ "time/tzdata" // whatever the machine has

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/demo/play"
	"fettle.dev/fettle/demo/stage"
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/kernel/clock"
)

func TestPlay(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	days := 3
	if os.Getenv("DAYS") == "30" {
		days = 30
	}
	set := clock.NewSet(now.AddDate(0, 0, -days))
	a, err := app.Open(t.Context(), app.Config{
		Database: filepath.Join(t.TempDir(), "fettle.db"), Migrate: true, NoSync: true, Quick: true, Clock: set.Now,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	w := world.Make(world.Seed, now)
	began := time.Now()
	s, err := stage.Set(t.Context(), a, w, func(int, int, string) {})
	if err != nil {
		t.Fatal(err)
	}
	t.Log("set", time.Since(began))
	p := play.New(s, set, world.Seed)

	if err := p.Prologue(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = p.Run(t.Context(), now, func(done, total int, what string) { t.Log(time.Since(began), done, total, what) })
	for _, k := range slices.Sorted(maps.Keys(p.Tally)) {
		t.Log(k, p.Tally[k])
	}
	if err != nil {
		t.Fatal(err)
	}
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	t.Log("all", time.Since(began), "cpu", time.Duration(used.Utime.Nano()+used.Stime.Nano()))
}
