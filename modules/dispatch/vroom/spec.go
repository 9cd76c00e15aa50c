package vroom

import (
	"math"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// This file alone knows what a routing.Spec can say. A job of the format is a job
// of routing with the same number, a vehicle a technician with one shift.

// checkLimits asks for limits that a shift can have.
func checkLimits(r *report, v *vehicle, i int) {
	limit := func(v *int64, member string) {
		if v != nil {
			r.within(*v, math.MaxInt64, "/vehicles/%d/"+member, i)
		}
	}
	limit(v.MaxTasks, "max_tasks")
	limit(v.MaxTravel, "max_travel_time")
	limit(v.MaxDistance, "max_distance")
}

func (p *Problem) spec() routing.Spec {
	s := routing.Spec{
		Travel: p.profiles[0].travel, ByWorth: true,
		Jobs: make([]routing.Job, 0, len(p.doc.Jobs)), Technicians: make([]routing.Technician, 0, len(p.doc.Vehicles)),
	}
	for _, v := range p.profiles[1:] {
		if v.travel.Way != nil { // as it is for all of them
			break
		}
		s.Others = append(s.Others, v.travel)
	}
	for i := range p.doc.Jobs {
		j := &p.doc.Jobs[i]
		out := routing.Job{Site: p.places.jobs[i], Setup: j.Setup, Service: j.Service, Paces: p.paces(j), Windows: joined(j.windows())}
		if j.step() == kindRefill { // its tools and parts are the shift's
			s.Jobs = append(s.Jobs, out)
			continue
		}
		out.Tools, out.Parts = j.Tools, narrow(j.Parts, len(j.Parts))
		worth := j.Priority*int64(len(p.doc.Jobs)+1) + 1
		switch j.kind {
		case kindJob:
			out.Worth, out.Load, out.Take = worth, narrow(j.delivery(), p.amounts), narrow(j.Pickup, p.amounts)
		case kindPickup: // speaks for both halves
			out.Worth = 2 * worth
		}
		for _, skill := range j.Skills {
			out.Needs = append(out.Needs, routing.Need{Skill: skill})
		}
		s.Jobs = append(s.Jobs, out)
	}
	for k := range p.doc.Shipments {
		from, to := p.doc.halves(k)
		s.Shipments = append(s.Shipments, routing.Shipment{Pickup: from, Delivery: to, Load: narrow(p.doc.Shipments[k].Amount, p.amounts)})
	}
	for i := range p.doc.Vehicles {
		s.Technicians = append(s.Technicians, p.technician(i))
		if len(s.Technicians[i].Shifts) == 0 {
			p.close(&s, i)
		}
	}
	return s
}

func (p *Problem) technician(i int) routing.Technician {
	v := &p.doc.Vehicles[i]
	t := routing.Technician{Profile: p.profileOf(i), Speed: int32(p.speeds[i] * 10), Type: p.types[v.kind()]}
	switch w := &p.profiles[p.of[i]]; {
	case w.costs == nil:
		t.Rates = routing.Rates{TravelHour: v.Costs.perHour(), Kilometre: v.Costs.PerKM}
	case w.travel.Tolls == nil:
		t.Rates = routing.Rates{Kilometre: 1000} // a metre is a unit of cost
	}
	t.Rates.TaskHour, t.Rates.WorkHour = v.Costs.PerTaskHour, v.Costs.PerWorkHour
	for _, skill := range v.Skills {
		t.Skills = append(t.Skills, routing.Grant{Skill: skill})
	}
	breaks, possible := p.breaks(i)
	shift := routing.Shift{
		Start: p.places.start[i], End: p.places.end[i], Open: p.horizons[i].Open, Close: p.horizons[i].Close,
		CallOut: v.Costs.Fixed, Capacity: narrow(v.Capacity, p.amounts), Breaks: breaks,
		MaxJobs: int(limited(v.MaxTasks, MaxJobs)),
		Tools:   v.Tools, Parts: narrow(v.Parts, len(v.Parts)), Refills: p.refills(i),
	}
	shift.MaxTravel, shift.Spent.Travel = spending(v.MaxTravel)
	shift.MaxMetres, shift.Spent.Metres = spending(v.MaxDistance)
	if possible && (v.MaxTasks == nil || *v.MaxTasks > 0) {
		t.Shifts = []routing.Shift{shift}
	}
	return t
}

// profileOf is the matrix that a vehicle travels by; between many points there is one for all.
func (p *Problem) profileOf(i int) int {
	if p.profiles[0].travel.Way != nil {
		return 0
	}
	return p.of[i]
}

func narrow(list []int64, size int) []int32 {
	out := make([]int32, size)
	for d, v := range list {
		out[d] = int32(v)
	}
	return out
}

// limited is a limit as a shift states it: 0 is without.
func limited(v *int64, most int64) int64 {
	if v == nil {
		return 0
	}
	return min(*v, most)
}

// spending is a limit of the way as a shift states it; one of nothing is a limit that is
// spent already, and leaves what needs no way.
func spending(v *int64) (limit, spent int64) {
	if v != nil && *v == 0 {
		return 1, 1
	}
	return limited(v, whenever), 0
}

// stated is the plan that the steps of the vehicles state.
func (p *Problem) stated() routing.Plan {
	number := map[named]int{}
	for i := range p.doc.Jobs {
		number[named{p.doc.Jobs[i].kind, *p.doc.Jobs[i].ID}] = i
	}
	plan := p.routing.Empty()
	for i := range p.doc.Vehicles {
		r := p.routes[i]
		for _, s := range p.doc.Vehicles[i].Steps {
			if s.ID == nil || r < 0 {
				continue
			}
			kind := s.Type
			if kind == kindRefill {
				kind = refillOf(i)
			}
			if j, known := number[named{kind, *s.ID}]; known {
				plan.Routes[r] = append(plan.Routes[r], j)
			}
		}
	}
	return plan
}
