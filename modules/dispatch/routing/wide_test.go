package routing_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// TestSolveWide solves small problems with all rules by districts of a few visits: the plan
// keeps every rule, never gets worse, and is the same whatever runs at once.
func TestSolveWide(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := drawFeatures(t)
		f.links = rapid.Bool().Draw(t, "links")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		p, err := routing.New(generate(r, rapid.IntRange(1, 30).Draw(t, "jobs"), rapid.IntRange(1, 6).Draw(t, "technicians"), f))
		if err != nil {
			t.Fatal(err)
		}
		start := routing.Plan{}
		if rapid.Bool().Draw(t, "warm") {
			start = routing.Improve(p, 20, 2)
		}
		b, jobs := routing.Budget{Iterations: 300}, rapid.IntRange(1, 12).Draw(t, "district")
		plan, stats, err := routing.SolveByDistricts(p, start, b, 2, jobs)
		if err != nil {
			t.Fatal(err)
		}
		if b := routing.Check(p, plan); b != nil {
			t.Fatalf("Check() = %v", b)
		}
		if bill := routing.Cost(p, plan); bill.Score() != stats.End || stats.Start.Less(stats.End) {
			t.Fatalf("stats %+v, recomputed %v", stats, bill.Score())
		}
		if again, _, _ := routing.SolveByDistricts(p, start, b, 2, jobs); !slices.EqualFunc(again.Routes, plan.Routes, slices.Equal) {
			t.Fatalf("first %v, then %v", plan.Routes, again.Routes)
		}
	})
}

// TestSolveWideOnOneCore finds the same with two workers when they cannot run at once.
func TestSolveWideOnOneCore(t *testing.T) { // changes GOMAXPROCS, so nothing runs beside it
	p, err := routing.New(generate(rand.New(rand.NewPCG(5, 3)), 120, 20, everything))
	if err != nil {
		t.Fatal(err)
	}
	find := func() routing.Plan {
		plan, _, err := routing.SolveByDistricts(p, routing.Plan{}, routing.Budget{Iterations: 2000}, 3, 25)
		if err != nil {
			t.Fatal(err)
		}
		return plan
	}
	many := find()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if one := find(); !slices.EqualFunc(one.Routes, many.Routes, slices.Equal) {
		t.Errorf("on one core %v, on several %v", one.Routes, many.Routes)
	}
}

// TestComputedWays answers alike whether travel is a matrix or computed, few sites or many.
func TestComputedWays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := features{windows: true, skills: true, loads: true, breaks: rapid.Bool().Draw(t, "breaks"), work: rapid.Bool().Draw(t, "work"), ways: false}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		spec := generate(r, rapid.IntRange(1, 15).Draw(t, "jobs"), rapid.IntRange(1, 4).Draw(t, "technicians"), f)
		n, m := spec.Travel.Sites, spec.Travel
		far := slices.Max(append(slices.Clone(m.Metres), 0))
		want := solveSpec(t, spec)
		for _, sites := range []int{n, max(n, routing.ComputedFrom)} {
			spec.Travel = routing.Travel{Sites: sites, Far: far, Way: func(from, to int) (int32, int32) {
				if from >= n || to >= n {
					return routing.Unreachable, 0
				}
				return m.Seconds[from*n+to], m.Metres[from*n+to]
			}}
			if got := solveSpec(t, spec); !slices.EqualFunc(got.Routes, want.Routes, slices.Equal) {
				t.Fatalf("%d sites: %v, want %v", sites, got.Routes, want.Routes)
			}
		}
	})
}

func solveSpec(t *rapid.T, spec routing.Spec) routing.Plan {
	p, err := routing.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	again, err := routing.New(p.Spec())
	if err != nil {
		t.Fatal(err)
	}
	plan, _, err := routing.Solve(context.Background(), p, routing.Plan{}, routing.Budget{Iterations: 40}, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := routing.Cost(p, plan), routing.Cost(again, plan); a != b || routing.Check(p, plan) != nil || routing.Check(again, plan) != nil {
		t.Fatalf("%+v, stated again %+v", a, b)
	}
	return plan
}

// TestComputedWaysRefused names what cannot be.
func TestComputedWaysRefused(t *testing.T) {
	t.Parallel()
	way := func(int, int) (int32, int32) { return 1, 1 }
	for name, give := range map[string]routing.Spec{
		"both":   {Travel: routing.Travel{Sites: 1, Way: way, Seconds: []int32{0}, Metres: []int32{0}}},
		"far":    {Travel: routing.Travel{Sites: 1, Way: way, Far: -1}},
		"others": {Travel: routing.Travel{Sites: 1, Way: way, Far: 1}, Others: []routing.Travel{{Sites: 1, Way: way, Far: 1}}},
	} {
		if _, err := routing.New(give); err == nil {
			t.Errorf("%s: no fault", name)
		}
	}
}

// TestWide tells large problems from others by their jobs, and by what one search would keep.
func TestWide(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		jobs, shifts int
		want         bool
	}{{5000, 64, false}, {5001, 64, true}, {5001, 63, false}, {2000, 10_000, false}, {2001, 10_000, true}} {
		spec := routing.Spec{Travel: routing.Matrix(1, func(int, int) (int32, int32) { return 0, 0 }), Jobs: make([]routing.Job, tt.jobs)}
		spec.Technicians = []routing.Technician{{Shifts: make([]routing.Shift, tt.shifts)}}
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Wide(); got != tt.want {
			t.Errorf("%d jobs, %d shifts: Wide() = %v", tt.jobs, tt.shifts, got)
		}
	}
}

// TestComputedWaysStay refuses other ways and more sites where travel is computed, and
// revises the rest.
func TestComputedWaysStay(t *testing.T) {
	t.Parallel()
	spec := routing.Spec{Travel: routing.Travel{Sites: routing.ComputedFrom, Far: 9, Way: func(int, int) (int32, int32) { return 5, 5 }}}
	spec.Technicians, spec.Jobs = []routing.Technician{{Shifts: []routing.Shift{{Close: 100}}}}, []routing.Job{{Site: 1, Priority: 1}}
	p, err := routing.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	more := make([]routing.Leg, routing.ComputedFrom)
	for name, revise := range map[string]func(*routing.Revision){
		"ways":  func(r *routing.Revision) { r.SetWays(func(_, _ int, l routing.Leg) routing.Leg { return l }) },
		"sites": func(r *routing.Revision) { r.AddSite(more, more) },
	} {
		r := p.Revise()
		revise(r)
		if _, err := r.Seal(); !errors.Is(err, routing.ErrSpec) {
			t.Errorf("%s: Seal() = %v, want ErrSpec", name, err)
		}
	}
	if _, err := routing.NewView(p, p.Empty()).Ask(routing.Question{To: more, From: more}); !errors.Is(err, routing.ErrSpec) {
		t.Errorf("Ask() = %v, want ErrSpec", err)
	}
	r := p.Revise()
	r.Reserve(100)
	r.AddJob(routing.Job{Site: 2, Priority: 1})
	next, err := r.Seal()
	if err != nil {
		t.Fatal(err)
	}
	if plan := routing.Improve(next, 20, 1); len(plan.Routes[0]) != 2 {
		t.Errorf("the revised problem is planned as %v", plan)
	}
}
