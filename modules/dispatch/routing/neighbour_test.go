package routing_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// The jobs close to one are those that sorting all would put in front, with equal
// distances, many jobs at one site and fewer jobs than are asked for.
func TestCloseIsNearest(t *testing.T) {
	t.Parallel()
	const wanted = 100
	for _, size := range []struct{ sites, jobs, far int }{{2, 5, 10}, {101, 101, 50}, {300, 300, 8}, {300, 300, 100_000}, {40, 500, 1000}} {
		rng := rand.New(rand.NewPCG(uint64(size.sites), uint64(size.jobs)))
		spec := routing.Spec{Travel: routing.Matrix(size.sites, func(from, to int) (seconds, metres int32) {
			return int32(rng.IntN(size.far)), int32(rng.IntN(size.far))
		})}
		for i := range size.jobs {
			spec.Jobs = append(spec.Jobs, routing.Job{Site: i % size.sites, Service: 1})
		}
		spec.Technicians = []routing.Technician{{Shifts: []routing.Shift{{Close: 1000}}}}
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		probe := routing.NewProbe(p, p.Empty(), rng)
		for j := range int32(size.jobs) {
			var all []int32
			for v := range int32(size.jobs) {
				if v != j {
					all = append(all, v)
				}
			}
			slices.SortStableFunc(all, func(a, b int32) int {
				return cmp.Or(cmp.Compare(probe.Apart(j, a), probe.Apart(j, b)), cmp.Compare(spec.Jobs[a].Site, spec.Jobs[b].Site))
			})
			if want := all[:min(wanted, len(all))]; !slices.Equal(probe.Close(int(j)), want) {
				t.Fatalf("%d sites, job %d: close are %v, want %v", size.sites, j, probe.Close(int(j)), want)
			}
		}
	}
}
