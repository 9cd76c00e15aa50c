package dispatchsvc

import (
	"cmp"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// planned is when a visit takes place as its day is planned.
type planned struct {
	of         *appointment // nil: the one that is looked for a place
	start, end time.Time
	travel     int64 // seconds, to get there
}

// fitted is a place found for a visit, and the day with it.
type fitted struct {
	slot   dispatch.Slot
	end    time.Time
	travel int64
	others []planned
	parts  priced
	node   id.Node // whose visit it is
}

// fit finds the cheapest place for a visit in one window of one technician's
// day, without moving any other out of its window. It is what offers are priced
// by and what bookings are held against. Faults: ErrSlotGone, ErrDayBroken.
func fit(g ground, now time.Time, t dispatch.Technician, all []appointment, w wish, site *time.Location) (fitted, error) {
	s, err := newSheet(g, now, w.windows[0].Start, 1, []dispatch.Technician{t}, all, []wish{w})
	if err != nil {
		return fitted{}, err
	}
	return s.ask(0).fit(0, site)
}

// answer is what a sheet of one day says about a wish: found once, for all
// technicians.
type answer struct {
	s       *sheet
	wish    int
	options [][]routing.Option // by technician, cheapest first
	why     []dispatch.Block   // by technician; asked for when it is needed
}

// ask finds all places for a wish.
func (s *sheet) ask(wish int) *answer {
	q := &answer{s: s, wish: wish, options: make([][]routing.Option, len(s.crew))}
	for _, o := range routing.Insert(s.p, s.plan, s.number(wish)) {
		q.options[o.Technician] = append(q.options[o.Technician], o)
	}
	return q
}

// fit takes the best place that a technician has. Faults: ErrSlotGone, ErrDayBroken.
func (q *answer) fit(technician int, site *time.Location) (fitted, error) {
	s := q.s
	if len(s.duties[technician]) == 0 {
		return fitted{}, dispatch.ErrSlotGone.With("rule", string(routing.RuleNoShift))
	}
	if !s.crew[technician].Serves(s.on.node, s.duties[technician][0].Day) {
		return fitted{}, dispatch.ErrSlotGone.With("rule", string(ruleLendOver))
	}
	route := s.p.Route(technician, 0)
	if s.broken[route] {
		return fitted{}, dispatch.ErrDayBroken
	}
	if len(q.options[technician]) == 0 {
		return fitted{}, dispatch.ErrSlotGone.With("rule", q.rule(technician))
	}
	o := s.wishes[q.wish].choose(q.options[technician])
	after := slices.Insert(slices.Clone(s.plan.Routes[route]), o.Position, s.number(q.wish))
	return s.settle(route, after, q.wish, site), nil
}

// rule is the first rule that keeps a technician from the wish.
func (q *answer) rule(technician int) string {
	if q.why == nil {
		q.why = q.s.blocks(q.s.plan, q.wish)
	}
	return cmp.Or(q.why[technician].Rule, string(routing.RuleFull))
}

// choose takes the cheapest option, or the one that keeps the order of the plan
// that the visit comes from, so that the rest of that plan still fits behind it.
func (w *wish) choose(options []routing.Option) routing.Option {
	if w.near.IsZero() {
		return options[0]
	}
	at := w.near.Unix()
	off := func(o routing.Option) int64 { return max(o.Earliest-at, at-o.Earliest) }
	return slices.MinFunc(options, func(a, b routing.Option) int { return cmp.Compare(off(a), off(b)) })
}

// settle reads what a route becomes with a wish in it.
func (s *sheet) settle(route int, jobs []int, wish int, site *time.Location) fitted {
	technician, _ := s.p.Owner(route)
	t, w := &s.crew[technician], &s.wishes[wish]
	before, after := s.only(route, s.plan.Routes[route]), s.only(route, jobs)
	was, is := routing.Timetable(s.p, before)[route], routing.Timetable(s.p, after)[route]
	out := fitted{node: s.on.node, slot: dispatch.Slot{Technician: t.ID, StartAt: w.windows[0].Start, EndAt: w.windows[0].End}}
	for _, stop := range is.Stops {
		p := planned{start: instant(stop.Start), end: instant(stop.Done), travel: stop.Way}
		switch {
		case stop.Job == s.number(wish):
			out.slot.ServiceStartAt, out.end, out.travel = p.start, p.end, p.travel
			out.slot.Reasons.LateSeconds = s.patience(w).IsLate(p.start)
		case !s.kept[stop.Job].State.Begun():
			p.of = &s.kept[stop.Job]
			out.others = append(out.others, p)
		}
	}
	r := &out.slot.Reasons
	bills := [2]routing.Bill{routing.Cost(s.p, before), routing.Cost(s.p, after)}
	r.Cost, out.parts = money.Of(s.minor(&bills[1])-s.minor(&bills[0]), t.Hour.Currency), pricedBy(&bills[0], &bills[1])
	if minor := s.patience(w).Waits(out.slot.ServiceStartAt); minor > 0 {
		out.parts.Waiting, out.parts.Lateness = minor, out.parts.Lateness-minor
		r.Waiting = money.Of(minor, t.Hour.Currency)
	}
	if minor := out.parts.Crossing; minor > 0 {
		r.Crossing = money.Of(minor, t.Hour.Currency)
	}
	r.TravelSeconds, r.TravelMetres = is.Travel-was.Travel, is.Metres-was.Metres
	r.OvertimeSeconds = is.Overtime - was.Overtime
	r.WaitDays = days(s.now, w.windows[0].Start, site)
	r.LoadPermille = load(is, t)
	r.Skills = matches(t, *w)
	if l := s.on.learnt(w, s.crew); l.ServicePermille > 0 || l.TravelPermille > 0 {
		r.Learnt = &l
	}
	return out
}

// only is a plan in which one route alone is served: what the others cost is the
// same before and after.
func (s *sheet) only(route int, jobs []int) routing.Plan {
	out := routing.Plan{Routes: make([][]int, s.p.Shifts())}
	out.Routes[route] = jobs
	return out
}

// load is how much of a day's working time is planned.
func load(day routing.Schedule, t *dispatch.Technician) int64 {
	return (day.End - day.Leave) * 1000 / (t.MaxMinutes * 60)
}

func matches(t *dispatch.Technician, w wish) (out []dispatch.SkillMatch) {
	for _, n := range w.skills {
		held := int64(0)
		if i := slices.IndexFunc(t.Skills, func(s dispatch.Skill) bool { return s.Skill == n.Skill }); i >= 0 {
			held = t.Skills[i].Level
		}
		out = append(out, dispatch.SkillMatch{Skill: n.Skill, Wanted: n.Level, Held: held})
	}
	return out
}

// days is how many local days lie between two instants.
func days(from, to time.Time, site *time.Location) int64 {
	return int64(calendar.DayAt(to, site) - calendar.DayAt(from, site))
}

func instant(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
