package solver_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fettle.dev/fettle/app/solver"
	"fettle.dev/fettle/modules/dispatch/vroom"
)

// town is a problem of so many customers on a grid and three vans.
func town(customers int) []byte {
	var jobs, vans []any
	for i := range customers {
		jobs = append(jobs, map[string]any{"id": i, "location": []float64{8 + float64(i*7%40)/100, 49 + float64(i*11%60)/100}, "service": 600, "priority": i % 3})
	}
	for i := range 3 {
		vans = append(vans, map[string]any{"id": i, "start": []float64{8.2, 49.2}, "end": []float64{8.2, 49.2}, "time_window": []int{0, 28_800}})
	}
	b, err := json.Marshal(map[string]any{"jobs": jobs, "vehicles": vans})
	if err != nil {
		panic(err)
	}
	return b
}

// The same problem, seed and iterations give the same bytes, with any number of
// threads; another thread never makes it worse.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	var costs []int64
	for _, threads := range []int{1, 3} {
		var first []byte
		for range 2 {
			out, err := solver.Solve(t.Context(), town(40), solver.Options{Iterations: 300, Threads: threads, Seed: 7, Geometry: true})
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
	out, err := solver.Solve(ctx, town(60), solver.Options{Limit: time.Hour})
	if err != nil || !bytes.HasPrefix(out, []byte(`{"code":0,"summary":{"routes":3,`)) {
		t.Errorf("given up: %v %s", err, out)
	}
}

// The limit is kept on the clock, and each second is told after the first two.
func TestLimit(t *testing.T) {
	t.Parallel()
	p, err := vroom.Read(town(30))
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

// What is refused is refused in the format, too.
func TestRefusal(t *testing.T) {
	t.Parallel()
	out, err := solver.Solve(t.Context(), []byte(`{"jobs":[{"id":1,"location":[8,49]}],"vehicles":[{"id":1,"start":[8,49],"breaks":[{"id":1,"max_load":[1]}]}]}`), solver.Options{Iterations: 1})
	var r struct {
		Code   int
		Error  string
		Errors []struct{ Pointer, Code string }
	}
	if !errors.Is(err, vroom.ErrUnsupported) || json.Unmarshal(out, &r) != nil || r.Code != 2 || len(r.Errors) != 1 || r.Errors[0].Pointer != "/vehicles/0/breaks/0/max_load" || !strings.Contains(r.Error, "/vehicles/0/breaks/0/max_load") {
		t.Errorf("refused with %v: %s", err, out)
	}
}

func TestBench(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	line := "VEHICLE\nNUMBER CAPACITY\n2 20\nCUSTOMER\n0 0 0 0 0 100 0\n1 3 4 10 0 100 1\n2 3 4 10 0 100 1\n3 0 9 1 0 0 1\n"
	for name, text := range map[string]string{"a.txt": line, "b.json": string(town(5)), "c.md": "no instance"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	best, err := solver.BestKnown(strings.NewReader("instance,cost\na,8\nz,1\n"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []solver.Row
	if err := (solver.Set{Dir: dir, Best: best}).Run(t.Context(), solver.Options{Iterations: 50}, func(r solver.Row) { rows = append(rows, r) }); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0].Name != "A" || rows[0].Cost != 10 || rows[0].Gap != 25 || rows[0].Unserved != 1 || rows[0].Vehicles != 1 || rows[0].Moves == 0 || rows[1].Known || rows[1].Unserved != 0 {
		t.Errorf("rows are %+v", rows)
	}
	if m := solver.Mean(rows); m.Gap != 25 || m.Unserved != 0.5 || m.Moves == 0 || !m.Known {
		t.Errorf("the mean is %+v", m)
	}
}

// Only so many vehicles as the table knows, only the files that are asked for, and
// only so much computing time.
func TestBenchFleet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a.json", "b.json", "c.json"} {
		if err := os.WriteFile(filepath.Join(dir, name), town(60), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fleet, err := solver.BestFleet(strings.NewReader("instance,cost,most_vehicles\na,8,1\nb,1,9\nc,1,1\n"))
	if err != nil {
		t.Fatal(err)
	}
	set := solver.Set{Dir: dir, Fleet: fleet, Only: func(name string) bool { return name != "c.json" }}
	var rows []solver.Row
	o := solver.Options{Limit: 50 * time.Millisecond, Computing: true, Threads: 2}
	if err := set.Run(t.Context(), o, func(r solver.Row) { rows = append(rows, r) }); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0].Vehicles != 1 || rows[0].Unserved == 0 || rows[1].Vehicles < 2 || rows[1].Unserved != 0 {
		t.Errorf("rows are %+v", rows)
	}
	for _, r := range rows {
		if r.Seconds < 0.05 || r.Seconds > 5 {
			t.Errorf("computed for %v s", r.Seconds)
		}
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
