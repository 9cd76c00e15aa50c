package routing_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// TestPart improves some routes of a plan by themselves: the whole keeps every rule, the
// other routes stay, and what the part gains the whole gains.
func TestPart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := drawFeatures(t)
		f.links = rapid.Bool().Draw(t, "links")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		p, err := routing.New(generate(r, rapid.IntRange(1, 25).Draw(t, "jobs"), rapid.IntRange(1, 5).Draw(t, "technicians"), f))
		if err != nil {
			t.Fatal(err)
		}
		plan := routing.Improve(p, 5, 1)
		routes := r.Perm(p.Shifts())[:1+r.IntN(p.Shifts())]
		part, err := p.Part(plan, routes, p.Unserved(plan), 0, 0)
		if err != nil {
			t.Fatalf("Part() = %v", fault.Of(err).Fields)
		}
		before := routing.Cost(part.Problem, part.Plan)
		if b := routing.Check(part.Problem, part.Plan); b != nil {
			t.Fatalf("Check() of the part = %v", b)
		}
		better, _, err := routing.Solve(context.Background(), part.Problem, part.Plan, routing.Budget{Iterations: 60}, r)
		if err != nil {
			t.Fatal(err)
		}
		merged := part.Merge(plan, better)
		if b := routing.Check(p, merged); b != nil {
			t.Fatalf("Check() of the whole = %v", b)
		}
		for k := range plan.Routes {
			if !slices.Contains(routes, k) && !slices.Equal(plan.Routes[k], merged.Routes[k]) {
				t.Fatalf("route %d was %v, is %v", k, plan.Routes[k], merged.Routes[k])
			}
		}
		after, was, is := routing.Cost(part.Problem, better), routing.Cost(p, plan), routing.Cost(p, merged)
		part1, part0 := after.Total()-after.Change, before.Total()-before.Change
		if whole1, whole0 := is.Total()-is.Change, was.Total()-was.Change; part1-part0-(after.Left-before.Left) != whole1-whole0-(is.Left-was.Left) {
			t.Fatalf("the part gained %d, the whole %d", part1-part0, whole1-whole0)
		}
	})
}

// TestPartPricesChange does not move a job for less than it costs to move it.
func TestPartPricesChange(t *testing.T) {
	t.Parallel()
	for hand, want := range map[int64]int{0: 1, 19: 1, 21: 0} {
		spec := line([]int{10}, 0, 10)
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		plan := routing.Plan{Routes: [][]int{{0}, nil}}
		part, err := p.Part(plan, []int{0, 1}, nil, hand, 0)
		if err != nil {
			t.Fatal(err)
		}
		better := part.Merge(plan, routing.Improve(part.Problem, 50, 1))
		if len(better.Routes[want]) != 1 {
			t.Errorf("at %d the plan is %v, want the job in route %d", hand, better.Routes, want)
		}
	}
}
