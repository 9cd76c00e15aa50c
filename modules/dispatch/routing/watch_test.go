package routing_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// bredBetweenLooks is the most iterations that are made after the last look at the clock.
const bredBetweenLooks = 128

// Who watches a search is told that it comes closer to its end; what is found does not depend on it.
func TestWatch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, p, _ := drawProblem(t, 12)
		var shares []float64
		b := routing.Budget{Iterations: 300}
		want, alone := solve(t, p, routing.Plan{}, b)
		told := 0
		b.Watch = func(share float64, iterations int) { shares, told = append(shares, share), told+iterations }
		got, stats := solve(t, p, routing.Plan{}, b)
		if stats != alone || !slices.EqualFunc(got.Routes, want.Routes, slices.Equal) {
			t.Fatalf("watched: %+v %v, alone: %+v %v", stats, got, alone, want)
		}
		if told > stats.Iterations || told < stats.Iterations-bredBetweenLooks {
			t.Fatalf("told of %d of %d iterations", told, stats.Iterations)
		}
		if stats.Iterations == 300 && len(shares) < 4 {
			t.Fatalf("told %v of 300 iterations", shares)
		}
		if !slices.IsSorted(shares) || len(shares) > 0 && (shares[0] < 0 || shares[len(shares)-1] > 1) {
			t.Fatalf("told %v", shares)
		}
	})
}
