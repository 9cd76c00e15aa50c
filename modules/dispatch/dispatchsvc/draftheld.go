package dispatchsvc

import (
	"context"
	"math/rand/v2"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
)

const (
	// holdRounds is how often is searched anew for what was turned away.
	holdRounds = 3
	// holdShare is what part of the first search each of these goes on.
	holdShare = 4
)

// arrival is a visit that a plan brings to somebody's day.
type arrival struct {
	wish, route int
	visit       visit
	rule        string // by which the day does not take it
}

// turned names a wish that a technician's day did not take.
type turned struct {
	wish       int
	technician id.Technician
}

// hold sees to it that what was found can be booked. It rehearses the plan; what a day
// would refuse is turned away, that day takes no more than what it holds, and the search
// goes on from there. After some rounds what is refused stays open, or where it is.
func (d *draft) hold(ctx context.Context, iterations int, rng *rand.Rand) error {
	for round := 0; ; round++ {
		refused, err := d.rehearsed()
		if err != nil || len(refused) == 0 {
			return err
		}
		if err := d.turnAway(refused); err != nil {
			return err
		}
		if round >= holdRounds {
			continue // each time there is less that is new
		}
		plan, stats, err := routing.Solve(ctx, d.s.p, d.plan, routing.Budget{Iterations: iterations / holdShare}, rng)
		if err != nil {
			return internal("plan the node", err)
		}
		d.plan = plan
		d.stats.Iterations, d.stats.Gains = d.stats.Iterations+stats.Iterations, d.stats.Gains+stats.Gains
	}
}

// rehearsed are the arrivals that are refused when the plan is carried out: what changes
// hands first, which makes room, then what is open.
func (d *draft) rehearsed() (refused []arrival, err error) {
	moves, places := d.arrivals()
	leaves := map[id.Appointment]bool{}
	for _, a := range moves {
		leaves[d.free[a.wish-len(d.open)].ID] = true
	}
	r := rehearse(d.s.on, d.beyond, d.s.now, d.all, func(a *appointment) bool { return leaves[a.ID] })
	for _, a := range append(moves, places...) {
		technician, _ := d.s.p.Owner(a.route)
		w, visit := d.arriving(&a)
		if a.rule, err = r.come(&d.s.crew[technician], w, visit); err != nil {
			return nil, err
		}
		if a.rule != "" {
			refused = append(refused, a)
		}
	}
	return refused, nil
}

// arrivals are the free visits that change hands and the open ones that have places, route
// by route in their order.
func (d *draft) arrivals() (moves, places []arrival) {
	s := d.s
	for r, day := range routing.Timetable(s.p, d.plan) {
		technician, _ := s.p.Owner(r)
		for _, stop := range day.Stops {
			w := stop.Job - len(s.kept)
			a := arrival{wish: w, route: r, visit: visit{technician: s.crew[technician].ID, start: instant(stop.Start)}}
			switch {
			case w < 0:
			case w < len(d.open):
				places = append(places, a)
			case d.free[w-len(d.open)].Technician != a.visit.technician:
				moves = append(moves, a)
			}
		}
	}
	return moves, places
}

// arriving is an arrival in the words of a booking.
func (d *draft) arriving(a *arrival) (wish, appointment) {
	w := d.s.wishes[a.wish]
	w.near, w.last = a.visit.start, id.Technician{}
	if a.wish >= len(d.open) {
		return w, d.free[a.wish-len(d.open)]
	}
	j := &d.open[a.wish]
	w.windows = []dispatch.Window{dispatch.WindowOf(a.visit.start, zone(j.Zone))}
	if d.s.meets(a.wish) {
		w.exact = a.visit.start
	}
	return w, appointment{Appointment: dispatch.Appointment{
		WorkOrder: j.WorkOrder, Case: j.Case, Node: j.Node, State: dispatch.Pending, Minutes: j.Minutes, Coarse: j.Coarse,
	}}
}

// turnAway takes arrivals out of the plan, with all that they hang together with. Free
// visits go back to where they are, and what had come into their room is turned away too.
func (d *draft) turnAway(refused []arrival) error {
	s, out, full := d.s, map[int]bool{}, map[int]bool{}
	for _, a := range refused {
		s.turned[turned{a.wish, a.visit.technician}], full[a.route] = a.rule, true
		for _, w := range s.tiedWith(a.wish, false) {
			out[w] = true
		}
	}
	d.turnedAway += len(refused)
	homes := d.homes(out)
	plan := d.plan.Clone()
	there := map[int]bool{}
	for r := range plan.Routes {
		plan.Routes[r] = slices.DeleteFunc(plan.Routes[r], func(j int) bool { return out[j-len(s.kept)] })
		for _, j := range plan.Routes[r] {
			there[j] = true
		}
	}
	for r := range homes {
		now := plan.Routes[r]
		plan.Routes[r] = slices.DeleteFunc(slices.Clone(d.start.Routes[r]), func(j int) bool { return there[j] && !slices.Contains(now, j) })
	}
	for r := range full {
		d.closed[r] = true
	}
	for r := range d.closed {
		if full[r] || homes[r] {
			s.close(r, len(plan.Routes[r]))
		}
	}
	var err error
	if s.p, err = routing.New(s.spec); err == nil {
		d.plan, err = routing.Repair(s.p, plan)
	}
	if err != nil {
		return internal("plan the node", err)
	}
	return nil
}

// homes are the routes to which free visits go back, with which all goes out that has come
// there meanwhile.
func (d *draft) homes(out map[int]bool) map[int]bool {
	homes, from := map[int]bool{}, map[int]int{}
	for r, jobs := range d.start.Routes {
		for _, j := range jobs {
			from[j] = r
		}
	}
	for grown := true; grown; {
		grown = false
		for w := range out {
			if r, ok := from[d.s.number(w)]; ok {
				homes[r] = true
			}
		}
		for r := range homes {
			for _, j := range d.plan.Routes[r] {
				if was, ok := from[j]; (!ok || was != r) && !out[j-len(d.s.kept)] {
					out[j-len(d.s.kept)], grown = true, true
				}
			}
		}
	}
	return homes
}

// close says that a day takes no more than so many visits.
func (s *sheet) close(route, visits int) {
	technician, shift := s.p.Owner(route)
	sh := &s.spec.Technicians[technician].Shifts[shift]
	sh.MaxJobs, sh.Off = visits, visits == 0
}
