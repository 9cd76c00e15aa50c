package routing_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// crowd is a problem of many technicians, each alone with a skill that some jobs
// need, most of them far away; alike makes them interchangeable instead, and each
// visit fills a shift.
func crowd(technicians int, alike bool) routing.Spec {
	rng := rand.New(rand.NewPCG(3, 3))
	n := 2 * technicians
	x, y := make([]int, n), make([]int, n)
	for i := range n {
		x[i], y[i] = rng.IntN(1000), rng.IntN(1000)
	}
	spec := routing.Spec{Travel: routing.Matrix(n, func(i, j int) (int32, int32) {
		d := int32(max(x[i]-x[j], x[j]-x[i]) + max(y[i]-y[j], y[j]-y[i]))
		return d, d
	})}
	for i := range technicians {
		shift := routing.Shift{Start: i, End: i, Close: 12_000}
		job := routing.Job{Site: technicians + i, Service: 2_000, Priority: 1, Needs: []routing.Need{{Skill: i / 2, Level: 1}}}
		if alike {
			shift.Start, shift.End, job.Service, job.Needs = 0, 0, 7_000, nil
		}
		spec.Technicians = append(spec.Technicians, routing.Technician{
			Rates: routing.Rates{Kilometre: 1}, Shifts: []routing.Shift{shift}, Skills: []routing.Grant{{Skill: i / 2, Level: 1}},
		})
		spec.Jobs = append(spec.Jobs, job)
	}
	return spec
}

// TestManyRoutes serves all there is to serve where recreate tries only some
// routes, breaks no rule, and does the same from the same seed.
func TestManyRoutes(t *testing.T) {
	t.Parallel()
	for _, alike := range []bool{false, true} {
		p, err := routing.New(crowd(150, alike))
		if err != nil {
			t.Fatal(err)
		}
		var plans []routing.Plan
		for range 2 {
			plan, stats, err := routing.Solve(t.Context(), p, routing.Plan{}, routing.Budget{Iterations: 400}, rand.New(rand.NewPCG(5, 5)))
			if err != nil {
				t.Fatal(err)
			}
			if broken := routing.Check(p, plan); len(broken) > 0 || len(p.Unserved(plan)) > 0 {
				t.Errorf("alike %v: breaks %v, leaves %v", alike, broken, p.Unserved(plan))
			}
			if stats.Accepted == 0 {
				t.Errorf("alike %v: no step taken", alike)
			}
			plans = append(plans, plan)
		}
		if !reflect.DeepEqual(plans[0], plans[1]) {
			t.Errorf("alike %v: another plan from the same seed", alike)
		}
	}
}

// TestManyRoutesFromNothing finds a place for what an earlier plan has left,
// near or far.
func TestManyRoutesFromNothing(t *testing.T) {
	t.Parallel()
	p, err := routing.New(crowd(150, false))
	if err != nil {
		t.Fatal(err)
	}
	plan, _, err := routing.Solve(t.Context(), p, p.Empty(), routing.Budget{Iterations: 1}, rand.New(rand.NewPCG(1, 1)))
	if err != nil || len(p.Unserved(plan)) > 0 {
		t.Errorf("leaves %v, %v", p.Unserved(plan), err)
	}
}
