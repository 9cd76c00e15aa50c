package demo_test

import (
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"fettle.dev/fettle/demo"
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/modules/dispatch"
)

// The nodes that plan themselves have done something in their nights, so that who opens
// their boards finds it told. What exactly follows from the instant to which the demo was
// played, so it is a certain one here.
func TestNights(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "fettle.db")
	now := time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)
	if err := demo.Build(t.Context(), path, demo.Options{Now: now, Days: 8, Progress: func(int, int, string) {}, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	c := &demo.Clock{}
	get := as(t, open(t, path, c.Now), "dispatcher-wuhan")
	var nodes struct {
		Items []struct{ ID, Code string }
	}
	get("/v1/nodes?limit=200", &nodes)
	planning, done, nights := 0, 0, 0
	for _, n := range nodes.Items {
		if !slices.ContainsFunc(world.Boards, func(b world.Board) bool { return b.Node == n.Code && b.Autonomy == dispatch.Planning }) {
			continue
		}
		var e struct{ Nights []struct{ Moved, Booked int } }
		get("/v1/board/"+n.ID+"/engine", &e)
		planning++
		nights += len(e.Nights)
		for _, one := range e.Nights {
			done += one.Moved + one.Booked
		}
	}
	if planning == 0 || nights < 2*planning || done == 0 {
		t.Errorf("%d nodes plan themselves, and have moved or booked %d visits in %d nights", planning, done, nights)
	}
	t.Logf("%d nodes, %d nights, %d visits", planning, nights, done)
}
