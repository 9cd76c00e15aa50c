package solver_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"fettle.dev/fettle/app/solver"
	"fettle.dev/fettle/app/solver/solvertest"
	"fettle.dev/fettle/modules/dispatch/vroom"
)

// The same problem, seed and iterations give the same bytes, with any number of
// threads; another thread never makes it worse.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	var costs []int64
	for _, threads := range []int{1, 3} {
		var first []byte
		for range 2 {
			out, err := solver.Solve(t.Context(), solvertest.Town(40), solver.Options{Iterations: 300, Threads: threads, Seed: 7, Geometry: true})
			if err != nil {
				t.Fatal(err)
			}
			if first != nil && !bytes.Equal(first, out) {
				t.Errorf("%d threads: %s\nand then\n%s", threads, first, out)
			}
			first = out
		}
		costs = append(costs, cost(t, first))
	}
	if costs[1] > costs[0] {
		t.Errorf("three threads find %d, one found %d", costs[1], costs[0])
	}
}

func cost(t *testing.T, solution []byte) int64 {
	t.Helper()
	var s struct {
		Summary struct{ Cost, Unassigned int64 }
	}
	if err := json.Unmarshal(solution, &s); err != nil || s.Summary.Unassigned != 0 {
		t.Fatalf("%v: %s", err, solution)
	}
	return s.Summary.Cost
}

// Who gives up gets the best so far.
func TestGivingUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(500*time.Millisecond, cancel)
	out, err := solver.Solve(ctx, solvertest.Town(60), solver.Options{Limit: time.Hour})
	if err != nil || !bytes.HasPrefix(out, []byte(`{"code":0,"summary":{"routes":3,`)) {
		t.Errorf("given up: %v %s", err, out)
	}
}

// The limit is kept on the clock, and each second is told after the first two.
func TestLimit(t *testing.T) {
	t.Parallel()
	p, err := vroom.Read(solvertest.Town(30))
	if err != nil {
		t.Fatal(err)
	}
	var told, made atomic.Int64
	begin := time.Now()
	r, err := solver.Search(t.Context(), p, solver.Options{Limit: 2300 * time.Millisecond, Threads: 2, Tell: func(tick solver.Tick) {
		if tick.Spent < 2*time.Second || tick.Iterations == 0 {
			t.Errorf("told %+v", tick)
		}
		told.Add(1)
		made.Store(tick.Iterations)
	}})
	if made.Load() > int64(r.Iterations) {
		t.Errorf("told of %d iterations, %d were made", made.Load(), r.Iterations)
	}
	if err != nil || r.Iterations == 0 || told.Load() < 1 || time.Since(begin) < 2300*time.Millisecond {
		t.Errorf("%+v after %v, told %d times, %v", r, time.Since(begin), told.Load(), err)
	}
}

// The published instances, when they lie beside the checkout.
func TestInstances(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("../../../shared/data/routing/solomon/*1.txt")
	if len(files) == 0 {
		t.Skip("skipped: no instances beside the checkout")
	}
	for _, f := range files[:min(3, len(files))] {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		problem, err := vroom.Solomon(text)
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		out, err := solver.Solve(t.Context(), problem, solver.Options{Iterations: 500})
		if err != nil || cost(t, out) == 0 {
			t.Errorf("%s: %v", f, err)
		}
	}
}
