package vroom

import (
	"math"
	"slices"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// This file alone knows what a routing.Spec can say. A job of the format is a job
// of routing with the same number, a vehicle a technician with one shift.

// checkLimits refuses the limits of a vehicle that a shift does not have. The
// number of tasks is a load of one each.
func checkLimits(r *report, v *vehicle, i int) {
	if v.MaxTravel != nil {
		r.unsupported("/vehicles/%d/max_travel_time", i)
	}
	if v.MaxDistance != nil {
		r.unsupported("/vehicles/%d/max_distance", i)
	}
}

func (p *Problem) spec() routing.Spec {
	s := routing.Spec{Travel: p.places.travel}
	counted := slices.ContainsFunc(p.doc.Vehicles, func(v vehicle) bool { return v.MaxTasks != nil })
	classes := ranks(p.doc.Jobs)
	for i := range p.doc.Jobs {
		j := &p.doc.Jobs[i]
		out := routing.Job{
			Site: p.places.jobs[i], Service: j.Setup + j.Service, Windows: joined(j.windows()),
			Priority: classes[j.Priority], Load: p.load(j),
		}
		if counted {
			out.Load = append(out.Load, 1)
		}
		for _, skill := range j.Skills {
			out.Needs = append(out.Needs, routing.Need{Skill: skill})
		}
		s.Jobs = append(s.Jobs, out)
	}
	for i := range p.doc.Vehicles {
		s.Technicians = append(s.Technicians, p.technician(i, counted))
	}
	return s
}

func (p *Problem) technician(i int, counted bool) routing.Technician {
	v := &p.doc.Vehicles[i]
	rates := routing.Rates{TravelHour: v.Costs.perHour(), Kilometre: v.Costs.PerKM}
	if p.places.costs {
		rates = routing.Rates{Kilometre: 1000} // a metre is a unit of cost
	}
	t := routing.Technician{Rates: rates}
	for _, skill := range v.Skills {
		t.Skills = append(t.Skills, routing.Grant{Skill: skill})
	}
	shift := routing.Shift{
		Start: p.places.start[i], End: p.places.end[i], Open: p.horizons[i].Open, Close: p.horizons[i].Close,
		CallOut: v.Costs.Fixed, Capacity: narrow(v.Capacity, p.amounts), Breaks: p.breaks(i),
	}
	if counted {
		most := int64(math.MaxInt32)
		if v.MaxTasks != nil {
			most = min(most, *v.MaxTasks)
		}
		shift.Capacity = append(shift.Capacity, int32(most))
	}
	late := func(b routing.Break) bool { return b.Close < b.Open }
	if !slices.ContainsFunc(shift.Breaks, late) { // else nobody could take them, and the vehicle stays at home
		t.Shifts = []routing.Shift{shift}
	}
	return t
}

// breaks states the breaks of a vehicle so that those which routing leaves out,
// because the technician is home before they are due, still fit behind the route
// one after the other: VROOM wants every break taken.
func (p *Problem) breaks(i int) []routing.Break {
	rests, last := p.rests[i], p.horizons[i].Close
	out := make([]routing.Break, len(rests))
	for k := len(rests) - 1; k >= 0; k-- {
		length := p.doc.Vehicles[i].Breaks[rests[k].of].Service
		w := rests[k].window
		last = min(w.Close, last-length)
		out[k] = routing.Break{Open: w.Open, Close: last, Length: length}
	}
	return out
}

// load is what a job adds to the sum that a vehicle must carry: per dimension
// either what is delivered or what is picked up is nothing.
func (p *Problem) load(j *job) []int32 {
	out := narrow(j.delivery(), p.amounts)
	for d, v := range narrow(j.Pickup, p.amounts) {
		out[d] += v
	}
	return out
}

func narrow(list []int64, size int) []int32 {
	out := make([]int32, size)
	for d, v := range list {
		out[d] = int32(v)
	}
	return out
}

// ranks gives each priority one of routing's strict classes, never a lower one for
// a higher priority: it cuts at the widest gaps between the priorities that occur.
// Every job has a class, so none is left for money.
func ranks(jobs []job) map[int64]int {
	var seen []int64
	for i := range jobs {
		seen = append(seen, jobs[i].Priority)
	}
	slices.Sort(seen)
	seen = slices.Compact(seen)
	gaps := make([]int, max(0, len(seen)-1)) // gap k lies after the k-th
	for k := range gaps {
		gaps[k] = k
	}
	slices.SortStableFunc(gaps, func(a, b int) int {
		return int((seen[b+1] - seen[b]) - (seen[a+1] - seen[a]))
	})
	cuts := gaps[:min(len(gaps), routing.MaxPriority-1)]
	out, class := map[int64]int{}, 1
	for k, v := range seen {
		out[v] = class
		if slices.Contains(cuts, k) {
			class++
		}
	}
	return out
}

// stated is the plan that the steps of the vehicles state.
func (p *Problem) stated() routing.Plan {
	number := map[int64]int{}
	for i := range p.doc.Jobs {
		number[*p.doc.Jobs[i].ID] = i
	}
	plan := p.routing.Empty()
	for i := range p.doc.Vehicles {
		r := p.routes[i]
		for _, s := range p.doc.Vehicles[i].Steps {
			if s.Type == "job" && r >= 0 {
				plan.Routes[r] = append(plan.Routes[r], number[*s.ID])
			}
		}
	}
	return plan
}
