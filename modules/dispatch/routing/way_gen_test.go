package routing_test

import (
	"math/rand/v2"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// travels lets technicians differ in how they travel and work.
func travels(r *rand.Rand, spec *routing.Spec, f features) {
	for i := range spec.Jobs {
		site(r, &spec.Jobs[i], i, f)
	}
	for i := range spec.Technicians {
		t := &spec.Technicians[i]
		if f.paces {
			t.Type, t.Rates.TaskHour = r.IntN(3), int64(r.IntN(2)*1000)
		}
		if f.ways {
			t.Profile, t.Speed = r.IntN(3), int32(r.IntN(2)*(500+r.IntN(1000)))
		}
	}
	if f.tide {
		spec.Travel.Speeds = speeds(r)
	}
	if !f.ways {
		return
	}
	for range 2 {
		factor := 1 + r.Int32N(3)
		other := routing.Matrix(spec.Travel.Sites, func(i, j int) (int32, int32) {
			k := i*spec.Travel.Sites + j
			if i != j && r.IntN(20) == 0 {
				return routing.Unreachable, 0
			}
			return spec.Travel.Seconds[k]*factor/2 + r.Int32N(3), spec.Travel.Metres[k] / 2
		})
		if f.tide && r.IntN(2) == 0 {
			other.Speeds = speeds(r)
		}
		spec.Others = append(spec.Others, other)
	}
	if r.IntN(2) == 0 {
		t := &spec.Others[r.IntN(2)]
		for range t.Seconds {
			t.Tolls = append(t.Tolls, r.Int32N(40))
		}
	}
}

// speeds are slow and quick hours of two days.
func speeds(r *rand.Rand) (out []routing.Speed) {
	for at := r.IntN(100); at < 1700; at += 1 + r.IntN(250) {
		out = append(out, routing.Speed{From: int64(at), Permille: 300 + r.Int32N(1500)})
	}
	return out
}

// site says where a job is and how long that takes.
func site(r *rand.Rand, j *routing.Job, i int, f features) {
	if f.setups {
		j.Site = r.IntN(i + 1) // others may be there
		j.Setup = int64(r.IntN(2) * r.IntN(40))
	}
	if f.paces {
		for _, kind := range r.Perm(3)[:r.IntN(3)] {
			j.Paces = append(j.Paces, routing.Pace{Type: kind, Service: int64(r.IntN(80)), Setup: int64(r.IntN(20))})
		}
	}
}
