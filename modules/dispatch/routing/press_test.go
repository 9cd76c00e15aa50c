package routing_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// fittingSpec is a uniform problem that just so many vans can serve: the windows
// lie around the visits of a plan drawn at random.
func fittingSpec(rng *rand.Rand, jobs, vans int) routing.Spec {
	x, y := make([]float64, jobs+1), make([]float64, jobs+1)
	for i := range x {
		x[i], y[i] = rng.Float64()*1000, rng.Float64()*1000
	}
	ride := func(i, j int) (int32, int32) {
		d := int32(math.Hypot(x[i]-x[j], y[i]-y[j]))
		return d, d
	}
	spec := routing.Spec{Travel: routing.Matrix(jobs+1, ride)}
	now, at := make([]int64, vans), make([]int, vans)
	for j := range jobs {
		v := j % vans
		d, _ := ride(at[v], j+1)
		now[v] += int64(d)
		spec.Jobs = append(spec.Jobs, routing.Job{
			Site: j + 1, Service: 100, Priority: 1,
			Windows: []routing.Window{{Open: max(0, now[v]-rng.Int64N(300)), Close: now[v] + rng.Int64N(300)}},
		})
		now[v], at[v] = now[v]+100, j+1
	}
	rng.Shuffle(jobs, func(i, j int) { spec.Jobs[i], spec.Jobs[j] = spec.Jobs[j], spec.Jobs[i] })
	for range vans {
		spec.Technicians = append(spec.Technicians, routing.Technician{
			Rates: routing.Rates{Kilometre: 1}, Shifts: []routing.Shift{{Close: 20_000}},
		})
	}
	return spec
}

// TestPress finds places for jobs that a plan leaves because none is free, keeps all rules, and counts as Cost does.
func TestPress(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		rng := rand.New(rand.NewPCG(seed, 2))
		p, err := routing.New(fittingSpec(rng, 60, 5))
		if err != nil {
			t.Fatal(err)
		}
		start := partPlan(t, p, rng)
		plan, score := routing.Press(p, start, seed)
		if broken := routing.Check(p, plan); len(broken) > 0 || len(p.Unserved(plan)) > 0 {
			t.Errorf("seed %d: breaks %v, leaves %v of %v", seed, broken, p.Unserved(plan), p.Unserved(start))
		}
		bill := routing.Cost(p, plan)
		if got := bill.Score(); got != score {
			t.Errorf("seed %d: score %v, want %v", seed, score, got)
		}
	}
}

// partPlan is a plan that leaves one to three jobs, for none of which there is a place.
func partPlan(t *testing.T, p *routing.Problem, rng *rand.Rand) routing.Plan {
	t.Helper()
	for range 500 {
		plan := p.Empty()
		for _, j := range rng.Perm(p.Jobs()) {
			if places := routing.Insert(p, plan, j); len(places) > 0 {
				o := places[0]
				plan.Routes[o.Route] = slices.Insert(plan.Routes[o.Route], o.Position, j)
			}
		}
		if left := len(p.Unserved(plan)); left > 0 && left <= 3 {
			return plan
		}
	}
	t.Fatal("no such plan")
	return routing.Plan{}
}
