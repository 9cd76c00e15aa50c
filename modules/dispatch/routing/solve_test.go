package routing_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch/routing"
)

func solve(t interface{ Fatalf(string, ...any) }, p *routing.Problem, start routing.Plan, b routing.Budget) (routing.Plan, routing.Stats) {
	plan, stats, err := routing.Solve(context.Background(), p, start, b, rand.New(rand.NewPCG(4, 2)))
	if err != nil {
		t.Fatalf("Solve() = %v", err)
	}
	return plan, stats
}

// TestSolveKeepsRules checks a solved plan against the rules a second time: with
// Check, with the timetable, and with the pins and frozen starts of the Spec.
func TestSolveKeepsRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec, p, _ := drawProblem(t, 20)
		plan, stats := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 200})
		if b := routing.Check(p, plan); b != nil {
			t.Fatalf("Check() = %v", b)
		}
		if bill := routing.Cost(p, plan); bill.Score() != stats.End || stats.Start.Less(stats.End) {
			t.Fatalf("stats %+v, recomputed %v", stats, bill.Score())
		}
		again, better := solve(t, p, plan, routing.Budget{Iterations: 50})
		if stats.End.Less(better.End) {
			t.Fatalf("a warm start got worse: %v, then %v", stats.End, better.End)
		}
		for _, l := range []routing.Plan{plan, again} {
			checkPlan(t, spec, p, l)
		}
	})
}

func checkPlan(t *rapid.T, spec routing.Spec, p *routing.Problem, plan routing.Plan) {
	for r, s := range routing.Timetable(p, plan) {
		technician, shift := p.Owner(r)
		sh := &spec.Technicians[technician].Shifts[shift]
		if f := len(sh.Frozen); !slices.Equal(plan.Routes[r][:f], sh.Frozen) {
			t.Fatalf("route %d %v does not begin with %v", r, plan.Routes[r], sh.Frozen)
		}
		if len(plan.Routes[r]) == len(sh.Frozen) {
			continue
		}
		now, from := s.Leave, sh.Start
		o := newOracle(spec)
		if !o.carries(r, plan.Routes[r]) || !o.whole(plan.Routes[r]) {
			t.Fatalf("route %d %v carries too much or half a shipment", r, plan.Routes[r])
		}
		if s.Leave < sh.Open || s.End > sh.Close || sh.MaxWork > 0 && s.End-s.Leave > sh.MaxWork ||
			sh.MaxTravel > 0 && s.Travel > sh.MaxTravel || sh.MaxMetres > 0 && s.Metres > sh.MaxMetres ||
			sh.MaxJobs > 0 && int(newOracle(spec).visits(plan.Routes[r])) > sh.MaxJobs || len(s.Rests) > len(sh.Breaks) {
			t.Fatalf("route %d: %+v breaks shift %+v", r, s, sh)
		}
		for i, rest := range s.Rests {
			if _, _, in := restsIn(&sh.Breaks[i], rest.Start, rest.Start); !in {
				t.Fatalf("route %d: break %+v outside %+v", r, rest, sh.Breaks[i])
			}
		}
		for _, stop := range s.Stops {
			if stop.Arrive < now || stop.Start < stop.Arrive || stop.Done-stop.Start != o.service(&o.shifts[r], &spec.Jobs[stop.Job], from) {
				t.Fatalf("route %d: stop %+v after %d", r, stop, now)
			}
			checkStop(t, &spec.Jobs[stop.Job], stop, technician, slices.Contains(sh.Frozen, stop.Job))
			now, from = stop.Done, spec.Jobs[stop.Job].Site
		}
	}
}

func checkStop(t *rapid.T, j *routing.Job, s routing.Stop, technician int, frozen bool) {
	if frozen {
		return
	}
	if j.Pin != nil && (j.Pin.Technician != routing.Any && j.Pin.Technician != technician || j.Pin.Start != routing.Any && j.Pin.Start != s.Start) {
		t.Fatalf("pin %+v, but technician %d at %d", *j.Pin, technician, s.Start)
	}
	if j.Pin != nil && j.Pin.Start != routing.Any {
		return
	}
	in := func(w routing.Window) bool { return w.Open <= s.Start && s.Start <= w.Close }
	if len(j.Windows) > 0 && !slices.ContainsFunc(j.Windows, in) || s.Start < j.PartsFrom {
		t.Fatalf("start %d outside %v, parts from %d", s.Start, j.Windows, j.PartsFrom)
	}
}

func TestSolveTwiceSameBytes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		f := everything
		f.due, f.breaks, f.worth = seed%2 == 0, seed%2 == 0, seed%3 == 0
		r := rand.New(rand.NewPCG(seed, 1))
		p, err := routing.New(generate(r, 40, 4, f))
		if err != nil {
			t.Fatal(err)
		}
		var texts [2][]byte
		for i := range texts {
			plan, stats := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 1500})
			texts[i], _ = json.Marshal([]any{plan, stats})
		}
		if string(texts[0]) != string(texts[1]) {
			t.Errorf("seed %d: two runs differ:\n%s\n%s", seed, texts[0], texts[1])
		}
	}
}

func TestSolveStops(t *testing.T) {
	t.Parallel()
	p, err := routing.New(generate(rand.New(rand.NewPCG(1, 1)), 12, 2, features{windows: true}))
	if err != nil {
		t.Fatal(err)
	}
	if _, s := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 77}); s.Iterations != 77 {
		t.Errorf("77 iterations made %d", s.Iterations)
	}
	if _, s := solve(t, p, routing.Plan{}, routing.Budget{NoGain: 300}); s.Iterations-s.LastGain != 300 {
		t.Errorf("stopped %d after the last gain, want 300", s.Iterations-s.LastGain)
	}
	asked := 0.0
	if _, s := solve(t, p, routing.Plan{}, routing.Budget{Progress: func() float64 { asked += 0.1; return asked }}); s.Iterations > 64*10 {
		t.Errorf("progress 1 came after %d iterations", s.Iterations)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	plan, s, err := routing.Solve(ctx, p, routing.Plan{}, routing.Budget{OnlyContext: true}, rand.New(rand.NewPCG(1, 1)))
	if err != nil || s.Iterations != 0 || routing.Check(p, plan) != nil {
		t.Errorf("a cancelled Solve made %d iterations, %v, %v", s.Iterations, err, routing.Check(p, plan))
	}
}

// TestWarmStart takes a plan that breaks rules: what fits stays where it is.
func TestWarmStart(t *testing.T) {
	t.Parallel()
	spec := line([]int{10, 20, 30}, 0, 0)
	spec.Jobs[1].Excluded = []int{0}
	p, err := routing.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	got, err := routing.Repair(p, routing.Plan{Routes: [][]int{{0, 1, 99, 0, 2}, {2, -1}}})
	if want := [][]int{{0, 2}, nil}; err != nil || !slices.EqualFunc(got.Routes, want, slices.Equal) {
		t.Errorf("Repair() = %v, %v, want %v", got.Routes, err, want)
	}
	if _, err := routing.Repair(p, routing.Plan{Routes: [][]int{{0}}}); !errors.Is(err, routing.ErrPlan) {
		t.Errorf("Repair() of one route = %v, want ErrPlan", err)
	}
}

// TestNothingToDo solves the smallest problems.
func TestNothingToDo(t *testing.T) {
	t.Parallel()
	for name, spec := range map[string]routing.Spec{
		"nothing": {}, "nobody": {Travel: line([]int{1, 2}).Travel, Jobs: line([]int{1, 2}).Jobs}, "no work": line(nil, 0),
	} {
		p, err := routing.New(spec)
		if err != nil {
			t.Fatalf("%s: New() = %v", name, err)
		}
		plan, _ := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 10})
		if n := len(p.Unserved(plan)); n != len(spec.Jobs) {
			t.Errorf("%s: %d unserved, want %d", name, n, len(spec.Jobs))
		}
	}
}

// TestUrgentFirst has room for one visit only: no number of lower jobs and no
// price outweighs the urgent one.
func TestUrgentFirst(t *testing.T) {
	t.Parallel()
	spec := line([]int{10, 900, 11, 12}, 0)
	spec.Technicians[0].Shifts[0].Close = 1800
	for i := range spec.Jobs {
		spec.Jobs[i].Price = 1_000_000
		spec.Jobs[i].Service = 10
	}
	spec.Jobs[1].Service, spec.Jobs[1].Priority, spec.Jobs[1].Price = 0, 2, 0
	p, err := routing.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	if plan := routing.Improve(p, 500, 1); !slices.Equal(plan.Routes[0], []int{1}) {
		t.Errorf("served %v, want only the urgent job 1", plan.Routes)
	}
}
