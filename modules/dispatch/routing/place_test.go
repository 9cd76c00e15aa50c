package routing_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// TestPlace takes jobs out of plans, with what belongs to them, and puts them back:
// nothing else moves, Check approves, the cost is true, and Why agrees where there is
// no place.
func TestPlace(t *testing.T) {
	t.Parallel()
	singles, groups, refused := 0, 0, 0
	for seed := range uint64(300) {
		spec := mixed(seed)
		p := must(t, spec)
		r := rand.New(rand.NewPCG(seed, 2))
		plan, err := routing.Repair(p, lessOne(routing.Improve(p, 20, 1), r.IntN(p.Jobs())))
		if err != nil {
			t.Fatal(err)
		}
		for job := range p.Jobs() {
			next, cost, ok := routing.Place(p, plan, job)
			if !slices.Contains(p.Unserved(plan), job) {
				if ok {
					t.Fatalf("seed %d: Place() puts job %d, which is served", seed, job)
				}
				continue
			}
			fits := slices.ContainsFunc(routing.Why(p, plan, job), func(b routing.Block) bool {
				return b.Rule == routing.RuleNone || b.Rule == routing.RulePrice
			})
			if ok != fits {
				t.Fatalf("seed %d job %d: Place() says %v, Why() %v", seed, job, ok, routing.Why(p, plan, job))
			}
			if !ok {
				refused++
				continue
			}
			if b := routing.Check(p, next); b != nil || dearer(p, plan, next) != cost || slices.Contains(p.Unserved(next), job) {
				t.Fatalf("seed %d job %d: %v, Check() = %v, costs %d, want %d", seed, job, next, b, dearer(p, plan, next), cost)
			}
			together := 0
			for k, route := range next.Routes {
				kept := slices.DeleteFunc(slices.Clone(route), func(j int) bool { return slices.Contains(p.Unserved(plan), j) })
				together += len(route) - len(kept)
				if !slices.Equal(kept, plan.Routes[k]) {
					t.Fatalf("seed %d job %d: %v became %v", seed, job, plan.Routes[k], route)
				}
			}
			if together > 1 {
				groups++
			} else {
				singles++
			}
		}
	}
	if singles < 30 || groups < 10 || refused < 100 {
		t.Errorf("%d jobs and %d groups were placed, %d not: too few to show anything", singles, groups, refused)
	}
}
