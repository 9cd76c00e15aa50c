package routing_test

import (
	"math/rand/v2"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// promise adds prices for uneven work and for starts other than those that were told.
func promise(r *rand.Rand, spec *routing.Spec, jobs int, f features) {
	for t := range spec.Technicians {
		for k := range spec.Technicians[t].Shifts {
			if f.even && r.IntN(3) > 0 {
				after := int64(r.IntN(200))
				spec.Technicians[t].Shifts[k].Even = []routing.Slope{{After: after, PerHour: int64(r.IntN(3000))}, {After: after + 50, PerHour: 3000 + int64(r.IntN(3000))}}
			}
		}
	}
	for i := range jobs {
		j := &spec.Jobs[i]
		if !f.tell || r.IntN(2) == 0 {
			continue
		}
		if j.Last == nil {
			j.Last = &routing.Last{Technician: r.IntN(len(spec.Technicians))}
		}
		open := int64(r.IntN(500) + r.IntN(2)*1000)
		j.Last.Start, j.Last.StartPrice = routing.Window{Open: open, Close: open + int64(r.IntN(100))}, int64(r.IntN(150))
	}
}
