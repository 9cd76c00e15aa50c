package dispatchsvc

import (
	"cmp"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/calendar"
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
}

// fit finds the cheapest place for a visit in one window of one technician's
// day, without moving any other out of its window. It is what offers are priced
// by and what bookings are held against. Faults: ErrSlotGone, ErrDayBroken.
func fit(g ground, now time.Time, t dispatch.Technician, all []appointment, w wish, site *time.Location) (fitted, error) {
	window := w.windows[0]
	s, err := newSheet(g, now, window.Start, 1, []dispatch.Technician{t}, all, []wish{w})
	if err != nil {
		return fitted{}, err
	}
	if len(s.plan.Routes) == 0 {
		return fitted{}, dispatch.ErrSlotGone.With("rule", string(routing.RuleNoShift))
	}
	if s.broken[0] {
		return fitted{}, dispatch.ErrDayBroken
	}
	job := s.number(0)
	options := routing.Insert(s.p, s.plan, job)
	if len(options) == 0 {
		rule := string(routing.RuleFull)
		if b := s.blocks(s.plan, 0); len(b) > 0 && b[0].Rule != "" {
			rule = b[0].Rule
		}
		return fitted{}, dispatch.ErrSlotGone.With("rule", rule)
	}
	return s.settle(place(s.plan, job, w.choose(options)), w, site), nil
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

// settle reads the day with the wish in it, which is the only route.
func (s *sheet) settle(plan routing.Plan, w wish, site *time.Location) fitted {
	before, after := routing.Timetable(s.p, s.plan)[0], routing.Timetable(s.p, plan)[0]
	t := &s.crew[0]
	out := fitted{slot: dispatch.Slot{Technician: t.ID, StartAt: w.windows[0].Start, EndAt: w.windows[0].End}}
	at := s.spec.Technicians[0].Shifts[0].Start
	for _, stop := range after.Stops {
		to := s.spec.Jobs[stop.Job].Site
		p := planned{start: instant(stop.Start), end: instant(stop.Done), travel: int64(s.spec.Travel.Seconds[at*len(s.sites)+to])}
		at = to
		switch {
		case stop.Job == s.number(0):
			out.slot.ServiceStartAt, out.end, out.travel = p.start, p.end, p.travel
			out.slot.Reasons.LateSeconds = stop.Late
		case !s.kept[stop.Job].State.Begun():
			p.of = &s.kept[stop.Job]
			out.others = append(out.others, p)
		}
	}
	r := &out.slot.Reasons
	r.Cost = money.Of(s.money(plan)-s.money(s.plan), t.Hour.Currency)
	r.TravelSeconds, r.TravelMetres = after.Travel-before.Travel, after.Metres-before.Metres
	r.OvertimeSeconds = after.Overtime - before.Overtime
	r.WaitDays = days(s.now, w.windows[0].Start, site)
	r.LoadPermille = load(after, t)
	r.Skills = matches(t, w)
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
