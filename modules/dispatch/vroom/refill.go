package vroom

import (
	"fmt"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// kindRefill is the kind of an extension: a stop at which a vehicle is restocked.
const kindRefill = "refill"

// readRefills appends the refills of the vehicles to the jobs. They are an extension
// of the format: places that their vehicle may visit, each once, to have more tools
// and parts from then on; all where neither is listed.
func (d *document) readRefills(r *report) {
	for i := range d.Vehicles {
		d.refills = append(d.refills, len(d.Jobs))
		if len(d.Jobs)+len(d.Vehicles[i].Refills) > d.most.Jobs {
			r.tooMany("/vehicles", d.most.Jobs)
			return
		}
		for k, j := range d.Vehicles[i].Refills {
			j.kind, j.pointer = refillOf(i), fmt.Sprintf("/vehicles/%d/refills/%d", i, k)
			j.Amount, j.Delivery, j.Pickup, j.Skills, j.Priority = nil, nil, nil, nil, 0
			d.Jobs = append(d.Jobs, j)
		}
	}
}

// refillOf is the kind of the refills of one vehicle: their ids are its own.
func refillOf(vehicle int) string { return fmt.Sprint(kindRefill, vehicle) }

// step is the type of the step at which a task is done.
func (j *job) step() string {
	switch j.kind {
	case kindJob, kindPickup, kindDelivery:
		return j.kind
	default:
		return kindRefill
	}
}

// checkStock checks how many parts there are. A list may be short: the rest are none.
func checkStock(r *report, p *Problem) {
	for i := range p.doc.Jobs {
		j := &p.doc.Jobs[i]
		checkParts(r, j.Parts, "%s/parts", j.pointer)
	}
	for i := range p.doc.Vehicles {
		checkParts(r, p.doc.Vehicles[i].Parts, "/vehicles/%d/parts", i)
	}
}

func checkParts(r *report, list []int64, pointer string, args ...any) {
	if len(list) > maxAmounts {
		r.tooMany(fmt.Sprintf(pointer, args...), maxAmounts)
	}
	for _, v := range list {
		r.within(v, maxParts, pointer, args...)
	}
}

// refills are the refills of vehicle i as a shift states them.
func (p *Problem) refills(i int) (out []routing.Refill) {
	for k := range p.doc.Vehicles[i].Refills {
		n := p.doc.refills[i] + k
		j := &p.doc.Jobs[n]
		out = append(out, routing.Refill{
			Job: n, Tools: j.Tools, Parts: narrow(j.Parts, len(j.Parts)), All: j.Tools == nil && j.Parts == nil,
		})
	}
	return out
}

// close keeps everybody from the refills of vehicle i, which stays at home.
func (p *Problem) close(s *routing.Spec, i int) {
	for k := range p.doc.Vehicles[i].Refills {
		s.Jobs[p.doc.refills[i]+k].PartsFrom = routing.Never
	}
}
