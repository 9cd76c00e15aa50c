package dispatchsvc

import (
	"slices"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/resident"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// restating collects what is to be said anew of a plan's days.
type restating struct {
	p     *nodePlan
	spots spots
	list  []resident.Disturbance
	gone  []string        // keys that the days had
	said  map[string]bool // keys that they have
}

// restate states the days of those who have changed, and the days under way of all others
// where time has passed since.
func (p *nodePlan) restate(was *nodePlan, changed map[int]bool) (*nodePlan, error) {
	r := restating{p: p, spots: p.spots(p.on), said: map[string]bool{}}
	for t := range p.crew {
		var err error
		switch {
		case changed[t]:
			err = r.days(t, planDays)
		case p.asOf.After(was.asOf) && p.running(t):
			err = r.days(t, 1)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(r.list) == 0 {
		return p, nil
	}
	next, answer, err := p.board.Apply(append(r.cancels(), r.list...)...)
	if err != nil || len(answer.Unkept) > 0 {
		return nil, errAnew
	}
	p.board, p.points = next, r.spots.points
	return p, nil
}

// cancels calls off what no day has any more.
func (r *restating) cancels() (out []resident.Disturbance) {
	for _, key := range r.gone {
		if !r.said[key] {
			out = append(out, resident.Cancel{Key: key})
		}
	}
	return out
}

// running reports whether what a technician's day is depends on the hour by now.
func (p *nodePlan) running(t int) bool {
	z := zone(p.crew[t].Zone)
	today := calendar.DayAt(p.asOf, z)
	if k := dutyOn(p.base.duties[t], today); k < 0 {
		return false
	} else if p.asOf.After(p.base.duties[t][k].Open) {
		return true
	}
	return slices.ContainsFunc(onDay(p.lanes[t].mine, today, z), func(a appointment) bool { return a.State.Begun() || !a.EndAt.After(p.asOf) })
}

func dutyOn(list []dispatch.Duty, day calendar.Day) int {
	return slices.IndexFunc(list, func(d dispatch.Duty) bool { return d.Day == day })
}

// days states so many days of a technician, from today on.
func (r *restating) days(t, n int) error {
	p := r.p
	// Two days at least: the first may go into the second.
	s, err := newSheet(p.on, p.asOf, p.asOf, max(n, 2), p.crew[t:t+1], p.lanes[t].mine, nil)
	if err != nil {
		return err
	}
	if !plain(&s.spec) {
		return errAnew
	}
	first := calendar.DayAt(p.asOf, zone(p.crew[t].Zone))
	within := func(d calendar.Day) bool { return d < first+calendar.Day(n) }
	for _, d := range s.duties[0] {
		if within(d.Day) && dutyOn(p.base.duties[t], d.Day) < 0 {
			return errAnew // a day on which nobody worked when the plan was stated
		}
	}
	lane := r.merge(t, s.lanes()[0], within)
	out := resident.Restate{Technician: p.crew[t].ID.String()}
	for _, at := range s.sites {
		out.Places = append(out.Places, r.spots.place(at))
	}
	for k, d := range p.base.duties[t] {
		if !within(d.Day) {
			continue
		}
		r.gone = append(r.gone, lane.keys[k]...)
		delete(lane.keys, k)
		i := dutyOn(s.duties[0], d.Day)
		if i < 0 || lane.broken[d.Day] {
			r.list = append(r.list, p.off(t, k))
			continue
		}
		stated, ok := s.stated(i, t, k)
		if !ok {
			return errAnew
		}
		out.Shifts = append(out.Shifts, stated)
		for _, w := range stated.Holds {
			r.said[w.Key] = true
			lane.keys[k] = append(lane.keys[k], w.Key)
		}
	}
	p.lanes[t] = lane
	r.list = append(r.list, out)
	return nil
}

// merge is what is known of a technician's days when some of them were looked at anew.
func (r *restating) merge(t int, fresh laneDays, within func(calendar.Day) bool) laneDays {
	z, old := zone(r.p.crew[t].Zone), &r.p.lanes[t]
	out := laneDays{mine: old.mine, broken: map[calendar.Day]bool{}, keys: map[int][]string{}}
	for _, l := range []struct {
		from *laneDays
		new  bool
	}{{old, false}, {&fresh, true}} {
		for _, a := range l.from.loose {
			if within(calendar.DayAt(a.ServiceStartAt, z)) == l.new {
				out.loose = append(out.loose, a)
			}
		}
		for d := range l.from.broken {
			if within(d) == l.new {
				out.broken[d] = true
			}
		}
	}
	for k, keys := range old.keys {
		out.keys[k] = keys
	}
	return out
}

// stated is a shift of a sheet of one technician as the board of all has it. It is false
// for what knows of other technicians.
func (s *sheet) stated(shift, technician, as int) (out resident.Stated, ok bool) {
	out = resident.Stated{Shift: as, As: s.spec.Technicians[0].Shifts[shift]}
	at := map[int]int{}
	for i, j := range s.plan.Routes[shift] {
		job := s.spec.Jobs[j]
		if len(job.Required)+len(job.Excluded)+len(job.Preferred) > 0 {
			return out, false
		}
		if job.Last != nil {
			told := *job.Last
			told.Technician, told.Shift = technician, as
			job.Last = &told
		}
		if job.Pin != nil {
			job.Pin = &routing.Pin{Technician: technician, Start: job.Pin.Start}
		}
		for _, c := range job.Surcharges {
			job.Surcharges = []routing.Surcharge{{Technician: technician, Price: c.Price}} // of this one, who is alone on the sheet
		}
		at[j] = i
		out.Holds = append(out.Holds, resident.Work{Key: s.kept[j].ID.String(), Job: job})
	}
	out.As.Frozen = slices.Clone(out.As.Frozen)
	for i, j := range out.As.Frozen {
		out.As.Frozen[i] = at[j]
	}
	return out, true
}

// plain reports whether days may be stated one by one.
func plain(s *routing.Spec) bool {
	return len(s.Links)+len(s.Shipments)+len(s.Others) == 0 && s.Travel.Tolls == nil
}

// spots tells a board the ways of places that it does not know.
type spots struct {
	on     ground
	points []geo.Point
	known  map[geo.Point]bool
}

func (p *nodePlan) spots(on ground) spots {
	s := spots{on: on, points: slices.Clip(p.points), known: make(map[geo.Point]bool, len(p.points))}
	for _, at := range p.points {
		s.known[at] = true
	}
	return s
}

// place names a place, with its ways the first time.
func (s *spots) place(at geo.Point) resident.Place {
	out := resident.Place{Key: placeKey(at)}
	if s.known[at] {
		return out
	}
	out.Ways.To, out.Ways.From = make([]routing.Leg, len(s.points)), make([]routing.Leg, len(s.points))
	for i, other := range s.points {
		out.Ways.To[i].Seconds, out.Ways.To[i].Metres = s.on.leg(other, at)
		out.Ways.From[i].Seconds, out.Ways.From[i].Metres = s.on.leg(at, other)
	}
	s.points, s.known[at] = append(s.points, at), true
	return out
}
