package routing_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// Who allows no time is given a rough plan that keeps every rule, and who has given up none.
func TestHurry(t *testing.T) {
	t.Parallel()
	served := 0
	rapid.Check(t, func(t *rapid.T) {
		_, p, _ := drawProblem(t, 25)
		over := routing.Budget{Progress: func() float64 { return 1 }}
		plan, stats, err := routing.Solve(t.Context(), p, routing.Plan{}, over, rand.New(rand.NewPCG(1, 1)))
		if err != nil || stats.Iterations > 0 {
			t.Fatalf("Solve() made %d iterations, %v", stats.Iterations, err)
		}
		if b := routing.Check(p, plan); b != nil {
			t.Fatalf("Check() = %v", b)
		}
		served += p.Jobs() - len(p.Unserved(plan))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		given, _, err := routing.Solve(ctx, p, routing.Plan{}, over, rand.New(rand.NewPCG(1, 1)))
		if nothing := routing.Cost(p, p.Empty()); err != nil || routing.Cost(p, given) != nothing {
			t.Fatalf("given up: %v, %v", given, err)
		}
	})
	if served == 0 {
		t.Error("nothing was ever served")
	}
	p, err := routing.New(fittingSpec(rand.New(rand.NewPCG(3, 3)), 60, 20))
	if err != nil {
		t.Fatal(err)
	}
	plan, _, _ := routing.Solve(t.Context(), p, routing.Plan{}, routing.Budget{Progress: func() float64 { return 1 }}, rand.New(rand.NewPCG(1, 1)))
	if left := p.Unserved(plan); len(left) > 6 {
		t.Errorf("leaves %v of 60", left)
	}
}
