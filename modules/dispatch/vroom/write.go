package vroom

import (
	"bytes"
	"encoding/json"
	"slices"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// Answer says how a solution is written.
type Answer struct {
	Loading, Solving, Routing int64 // milliseconds spent; zero where the same bytes are wanted each time
	Geometry                  bool  // write the lines between the stops
}

// Write answers a problem with a plan of it that keeps the rules.
func Write(p *Problem, plan routing.Plan, a Answer) []byte {
	out := solution{Unassigned: []unassigned{}, Routes: []route{}}
	out.Summary.Violations = []violation{}
	out.Summary.Times = times{a.Loading, a.Solving, a.Routing}
	sum := &out.Summary.figures
	*sum = p.zero(p.measured())
	schedules := routing.Timetable(p.routing, plan)
	for i := range p.doc.Vehicles {
		r := p.routes[i]
		if r < 0 || len(plan.Routes[r]) == 0 {
			continue
		}
		one := p.follow(i, &schedules[r])
		if a.Geometry {
			one.Geometry = p.geometry(i, plan.Routes[r])
		}
		sum.add(&one.figures)
		out.Routes = append(out.Routes, one)
	}
	left := slices.DeleteFunc(p.routing.Unserved(plan), func(j int) bool {
		return p.doc.Jobs[j].step() == kindRefill // of a vehicle that stays at home
	})
	for _, j := range left {
		out.Unassigned = append(out.Unassigned, p.unassigned(j))
	}
	for k, reasons := range p.reasons(plan, left[:min(len(left), mostReasons)]) {
		out.Unassigned[k].Reasons = reasons
	}
	out.Summary.Routes, out.Summary.Unassigned = len(out.Routes), len(out.Unassigned)
	return encode(out)
}

// encode writes JSON on one line.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // our own types can be written, and JSON has no other numbers to offer
	}
	return b.Bytes()
}

// measured reports whether the distances of all profiles are known.
func (p *Problem) measured() bool {
	unknown := func(v profile) bool { return !v.measured() }
	return !slices.ContainsFunc(p.profiles, unknown)
}

// zero are the figures of nothing.
func (p *Problem) zero(distance bool) figures {
	var f figures
	if p.amounts > 0 {
		f.Delivery, f.Pickup = make([]int64, p.amounts), make([]int64, p.amounts)
		f.Amount = f.Delivery
	}
	if distance {
		f.Distance = new(int64)
	}
	return f
}

func (f *figures) add(g *figures) {
	f.Cost += g.Cost
	f.Setup += g.Setup
	f.Service += g.Service
	f.Duration += g.Duration
	f.Waiting += g.Waiting
	f.Priority += g.Priority
	for k := range f.Delivery { // Amount is the same slice
		f.Delivery[k] += g.Delivery[k]
		f.Pickup[k] += g.Pickup[k]
	}
	if f.Distance != nil {
		*f.Distance += *g.Distance
	}
}

// follow writes the route of vehicle i, which serves something.
func (p *Problem) follow(i int, s *routing.Schedule) route {
	v := &p.doc.Vehicles[i]
	road := &p.profiles[p.of[i]]
	d := ride{p: p, v: v, road: road, to: p.places.start[i], figures: p.zero(road.measured()), distance: road.measured()}
	if p.amounts > 0 {
		d.load = make([]int64, p.amounts)
		for _, stop := range s.Stops {
			if p.doc.Jobs[stop.Job].kind == kindDelivery {
				continue // comes on board on the way
			}
			for k, n := range p.doc.Jobs[stop.Job].delivery() {
				d.load[k] += n
			}
		}
	}
	d.duty = s.End - s.Leave
	d.begin(s.Leave, &p.doc.Jobs[s.Stops[0].Job])
	rests := p.rests[i]
	taken := 0
	take := func(due func(routing.Rest) bool) {
		for ; taken < len(s.Rests) && due(s.Rests[taken]); taken++ {
			d.rest(&v.Breaks[rests[taken].of], s.Rests[taken].Start)
		}
	}
	drive := func(to int, arrive int64) {
		if len(road.travel.Speeds) == 0 {
			d.drive(to, p.seconds(i, d.to, to))
			return
		}
		take(func(r routing.Rest) bool { return r.Way == 0 && r.Done <= arrive })
		if taken < len(s.Rests) && s.Rests[taken].Way > 0 && s.Rests[taken].Done <= arrive {
			arrive = d.now + s.Rests[taken].Way // and rests there
		}
		d.drive(to, arrive-d.now)
	}
	for _, stop := range s.Stops {
		drive(p.places.jobs[stop.Job], stop.Arrive)
		take(func(r routing.Rest) bool { return r.Done <= stop.Start })
		d.visit(stop.Job, stop.Start)
	}
	drive(p.places.end[i], s.End)
	take(func(routing.Rest) bool { return true })
	breaks, _ := p.breaks(i)
	d.home(rests[taken:], breaks[taken:], &p.doc.Jobs[s.Stops[len(s.Stops)-1].Job])
	d.figures.Cost = d.cost()
	if d.figures.Distance != nil {
		*d.figures.Distance = d.metres
	}
	return route{Vehicle: *v.ID, Description: v.Description, figures: d.figures, Steps: d.steps, Violations: []violation{}}
}

func (p *Problem) unassigned(i int) unassigned {
	j := &p.doc.Jobs[i]
	return unassigned{ID: *j.ID, Type: j.step(), Description: j.Description, Location: j.Location, Index: j.Index}
}
