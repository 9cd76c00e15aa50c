package routing_test

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// uniformSpec is a problem of equal vans, such as a brood takes over.
func uniformSpec(rng *rand.Rand, jobs, vans int) routing.Spec {
	spec := routing.Spec{Travel: routing.Matrix(jobs+1, func(i, j int) (int32, int32) {
		if i == j {
			return 0, 0
		}
		if rng.IntN(60) == 0 {
			return routing.Unreachable, routing.Unreachable
		}
		d := 100 + rng.Int32N(2000)
		return d, d * 10
	})}
	for j := range jobs {
		open := rng.Int64N(20_000)
		spec.Jobs = append(spec.Jobs, routing.Job{
			Site: j + 1, Service: 600, Priority: 1 + rng.IntN(3), Load: []int32{rng.Int32N(5)},
			Windows: []routing.Window{{Open: open, Close: open + 7200}},
		})
	}
	for range vans {
		spec.Technicians = append(spec.Technicians, routing.Technician{
			Rates:  routing.Rates{Kilometre: 100, TravelHour: 3000},
			Shifts: []routing.Shift{{Close: 36_000, Capacity: []int32{12}}},
		})
	}
	return spec
}

// TestBreed solves uniform problems, some with too few vans: the plan keeps every
// rule, costs what Cost says, repeats itself, and as a start gets no worse.
func TestBreed(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 6))
		p, err := routing.New(uniformSpec(rng, 30, 3+int(seed)))
		if err != nil {
			t.Fatal(err)
		}
		plan, stats := solved(t, p, routing.Plan{}, seed)
		if b := routing.Check(p, plan); len(b) > 0 {
			t.Errorf("seed %d: %v", seed, b)
		}
		bill := routing.Cost(p, plan)
		if got := bill.Score(); got != stats.End {
			t.Errorf("seed %d: score %v, want %v", seed, stats.End, got)
		}
		if again, _ := solved(t, p, routing.Plan{}, seed); !reflect.DeepEqual(plan, again) {
			t.Errorf("seed %d: another plan from the same seed", seed)
		}
		if _, warm := solved(t, p, plan, seed+1); stats.End.Less(warm.End) {
			t.Errorf("seed %d: warm start got worse, from %v to %v", seed, stats.End, warm.End)
		}
	}
}

func solved(t *testing.T, p *routing.Problem, start routing.Plan, seed uint64) (routing.Plan, routing.Stats) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	plan, stats, err := routing.Solve(context.Background(), p, start, routing.Budget{Iterations: 6400}, rng)
	if err != nil {
		t.Fatal(err)
	}
	return plan, stats
}

// A short budget is mostly spent on ruin and recreate, a long one on breeding, and
// how far it is when that is asked makes no difference.
func TestRuinShare(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		iterations int // of the whole budget, for 100 jobs
		want       float64
	}{{1000, 0.45}, {100_000, 0.45}, {200_000, 0.25}, {1_000_000, 0.2}} {
		for _, done := range []float64{0.01, 0.1, 0.5} {
			if got := routing.RuinShare(100, int(done*float64(tt.iterations)), done); math.Abs(got-tt.want) > 1e-9 {
				t.Errorf("of %d iterations, %g done: %g, want %g", tt.iterations, done, got, tt.want)
			}
		}
	}
}
