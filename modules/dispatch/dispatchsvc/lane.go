package dispatchsvc

import (
	"context"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/db"
)

// spread is what a board is laid out from: one snapshot of some days of a node.
type spread struct {
	node   network.Node
	now    time.Time
	day    calendar.Day
	days   int
	crew   []dispatch.Technician
	all    []appointment
	behind map[id.WorkOrder]job // of the appointments
	open   []job
	on     ground
	groups groups
	slow   []slowdown // that hold now or later
}

// readSpread reads the snapshot; day 0 is today at the node.
func readSpread(ctx context.Context, tx *db.Tx, n network.Node, day calendar.Day, days int) (p spread, err error) {
	p = spread{node: n, now: tx.Now(), day: day, days: days}
	if day == 0 {
		p.day = calendar.DayAt(p.now, zone(n.Zone))
	}
	if p.crew, err = teamSince(ctx, tx, n.ID, p.day); err != nil {
		return p, err
	}
	from, until := p.bounds()
	if p.all, err = promisedTo(ctx, tx, n.ID, p.crew, from, until); err != nil {
		return p, err
	}
	if p.on, err = groundOf(ctx, tx, n.ID, p.crew, p.all); err != nil {
		return p, err
	}
	if p.behind, err = jobsBehind(ctx, tx, n.ID, from, until); err != nil {
		return p, err
	}
	if p.groups, err = groupsOf(ctx, tx, n.ID); err != nil {
		return p, err
	}
	if p.slow, err = slowdownsOf(ctx, tx, n.ID, p.now); err != nil {
		return p, err
	}
	p.open, err = openJobs(ctx, tx, n.ID, atOnce, dispatch.Unplanned, dispatch.Offered, dispatch.Held)
	return p, err
}

// bounds are when the first day begins and the last one ends.
func (p *spread) bounds() (from, until time.Time) {
	from, _ = dayOf(p.day, p.node.Zone)
	_, until = dayOf(p.day+calendar.Day(p.days-1), p.node.Zone)
	return from, until
}

// view lays the days out, technician by technician.
func (p *spread) view() (boardView, error) {
	v := boardView{Node: p.node.ID, Zone: p.node.Zone, Day: p.day, Days: p.days, Now: p.now, Technicians: []lane{}, Unassigned: []open{}, Roads: p.on.roads}
	v.Slowdowns = p.slowdowns()
	of := map[id.Technician][]appointment{}
	for _, a := range p.all {
		of[a.Technician] = append(of[a.Technician], a)
	}
	var promises []dispatch.Promise
	p.crew = slices.DeleteFunc(p.crew, func(t dispatch.Technician) bool { return !p.here(&t, of[t.ID]) })
	for i := range p.crew {
		l, mine, err := p.lane(&p.crew[i], of[p.crew[i].ID])
		if err != nil {
			return v, err
		}
		v.Technicians = append(v.Technicians, l)
		promises = append(promises, mine...)
	}
	var waiting []dispatch.OpenVisit
	for i := range p.open {
		j := &p.open[i]
		g := p.groups[j.WorkOrder]
		shown := j.show()
		shown.Tied = g.view(j.WorkOrder)
		v.Unassigned = append(v.Unassigned, shown)
		waiting = append(waiting, dispatch.OpenVisit{WorkOrder: j.WorkOrder, State: j.State, DueAt: j.due(), Passed: j.Passed, Why: j.Why, Beside: g.promised()})
	}
	p.order(promises)
	v.Attention = dispatch.Attention(p.now, waiting, promises, p.certificates())
	return v, nil
}

// here reports whether a technician is shown: guests as long as they are lent, and on days
// on which they come.
func (p *spread) here(t *dispatch.Technician, all []appointment) bool {
	for day := p.day; day < p.day+calendar.Day(p.days); day++ {
		if t.Serves(p.node.ID, day) || slices.ContainsFunc(onDay(all, day, zone(t.Zone)), func(a appointment) bool { return a.Node == p.node.ID }) {
			return true
		}
	}
	return false
}

// slowdowns are those that meet the days.
func (p *spread) slowdowns() []slowdownView {
	out := []slowdownView{}
	from, until := p.bounds()
	for i := range p.slow {
		if s := &p.slow[i]; s.From.Before(until) && s.Until.After(from) {
			out = append(out, s.show())
		}
	}
	return out
}

// certificates are those that end before the last day does.
func (p *spread) certificates() (out []dispatch.Certificate) {
	_, until := p.bounds()
	for i := range p.crew {
		t := &p.crew[i]
		for _, s := range t.Skills {
			if ends := s.Ends(zone(t.Zone)); !ends.IsZero() && ends.Before(until) {
				out = append(out, dispatch.Certificate{Technician: t.ID, Skill: s.Skill, Ends: ends})
			}
		}
	}
	return out
}

// lane lays out the days of one technician, and says of each visit how it stands.
func (p *spread) lane(t *dispatch.Technician, all []appointment) (lane, []dispatch.Promise, error) {
	l := lane{
		Technician: t.ID, Employment: string(t.Employment), Standing: t.Standing, Skills: t.Skills,
		MaxMinutes: t.MaxMinutes, MaxVisits: t.MaxVisits, Shifts: []turnout{}, Absences: []calendar.Day{}, Appointments: []bar{},
	}
	l.welcome(t, p.node.ID)
	var promises []dispatch.Promise
	for day := p.day; day < p.day+calendar.Day(p.days); day++ {
		mine := onDay(all, day, zone(t.Zone))
		stands, err := standings(p.on, p.now, t, day, mine)
		if err != nil {
			return l, nil, err
		}
		l.turnOut(t, day)
		for i := range mine {
			a := &mine[i]
			if a.Node != p.node.ID {
				l.away(a)
				continue
			}
			promise := p.promise(a, stands[a.ID])
			l.add(a, &promise, p.behind[a.WorkOrder].Needs, p.groups[a.WorkOrder])
			promises = append(promises, promise)
		}
	}
	return l, promises, nil
}

// welcome says of a guest whose they are, and on what terms.
func (l *lane) welcome(t *dispatch.Technician, node id.Node) {
	if t.Node == node {
		return
	}
	l.Home = t.Node
	for _, lend := range t.Lends {
		if lend.Node == node && !lend.Over {
			l.Crossing, l.Until = &lend.Price, lend.Until
		}
	}
}

// away lays a visit of another node on the lane: that it takes its time, and no more.
func (l *lane) away(a *appointment) {
	l.load(a)
	l.Busy = append(l.Busy, busy{a.ServiceStartAt.Add(-time.Duration(a.TravelSeconds) * time.Second), a.ServiceEndAt, a.Node})
}

// load counts what an appointment takes of the days.
func (l *lane) load(a *appointment) {
	l.TravelMinutes += (a.TravelSeconds + 59) / 60
	l.PlannedMinutes += (a.TravelSeconds+59)/60 + int64(a.ServiceEndAt.Sub(a.ServiceStartAt)/time.Minute)
}

// turnOut lays the duty of a day on the lane.
func (l *lane) turnOut(t *dispatch.Technician, day calendar.Day) {
	if t.AbsentOn(day) {
		l.Absences = append(l.Absences, day)
	}
	duty, ok := t.DutyOn(day, zone(t.Zone))
	if !ok {
		return
	}
	out := turnout{Day: day, StartAt: duty.Open, EndAt: duty.Close, Rests: []stretch{}}
	for _, r := range duty.Rests {
		out.Rests = append(out.Rests, stretch{r.Start, r.End})
	}
	l.Shifts = append(l.Shifts, out)
}

// promise is an appointment in the words of the rules.
func (p *spread) promise(a *appointment, s standing) dispatch.Promise {
	j := p.behind[a.WorkOrder]
	out := dispatch.Promise{
		Appointment: a.ID, WorkOrder: a.WorkOrder, Technician: a.Technician, State: a.State, Window: dispatch.Window{Start: a.StartAt, End: a.EndAt},
		DueAt: j.due(), ExpectedAt: s.expected, Conflict: s.conflict, PartsFrom: a.PartsFrom,
	}
	for _, n := range j.Needs.Skills {
		out.Skills = append(out.Skills, n.Skill)
	}
	return out
}

// add lays a visit on the lane.
func (l *lane) add(a *appointment, p *dispatch.Promise, n needs, g group) {
	l.load(a)
	b := bar{
		ID: a.ID, WorkOrder: a.WorkOrder, Case: a.Case, State: a.State, StartAt: a.StartAt, EndAt: a.EndAt, ServiceStartAt: a.ServiceStartAt,
		ServiceEndAt: a.ServiceEndAt, TravelSeconds: a.TravelSeconds, Coarse: a.Coarse, Conflict: p.Conflict, By: a.Reasons.By, Version: a.Version,
		HeldUntil: a.heldUntil(), Reward: a.owed(),
		LateSeconds: int64(p.Late() / time.Second), Pinned: a.Reasons.By == dispatch.ByHand, Parts: partsOf(a, n),
		Tied: g.view(a.WorkOrder), PartsLate: a.PartsLate,
	}
	if a.PartsFrom.Before(dispatch.Undated) {
		b.PartsFrom = a.PartsFrom
	}
	if !p.ExpectedAt.Equal(a.ServiceStartAt) {
		b.ExpectedAt = p.ExpectedAt
	}
	l.Appointments = append(l.Appointments, b)
}

func partsOf(a *appointment, n needs) partsStanding {
	switch {
	case len(n.Parts) == 0:
		return partsNone
	case a.State == dispatch.Pending:
		return partsAwaited
	case a.PartsLate != "":
		return partsBehind
	default:
		return partsHeld
	}
}

// standing is how a visit stands in its day as it is reckoned now.
type standing struct {
	conflict bool      // its day has no place for it any more
	expected time.Time // when it begins, or has begun
}

// standings work out the day of a technician from now on.
func standings(on ground, now time.Time, t *dispatch.Technician, day calendar.Day, mine []appointment) (map[id.Appointment]standing, error) {
	out := make(map[id.Appointment]standing, len(mine))
	if len(mine) == 0 {
		return out, nil
	}
	first, _ := dayOf(day, t.Zone)
	s, err := newSheet(on, now, first, 1, []dispatch.Technician{*t}, mine, nil)
	if err != nil {
		return nil, err
	}
	for i := range mine {
		out[mine[i].ID] = standing{expected: mine[i].ServiceStartAt}
	}
	for _, a := range s.loose {
		out[a.ID] = standing{true, a.ServiceStartAt}
	}
	for _, i := range s.p.Unserved(s.plan) {
		out[s.kept[i].ID] = standing{true, s.kept[i].ServiceStartAt}
	}
	for _, route := range routing.Timetable(s.p, s.plan) {
		for _, stop := range route.Stops {
			out[s.kept[stop.Job].ID] = standing{expected: expected(now, &s.kept[stop.Job], stop)}
		}
	}
	return out, nil
}

// expected is when a visit begins by the timetable. Whoever is on the road was
// reckoned to set out only now, and so is expected as planned, or any moment.
func expected(now time.Time, a *appointment, stop routing.Stop) time.Time {
	switch {
	case a.State == dispatch.OnSite:
		return a.ServiceStartAt
	case a.State == dispatch.Travelling && now.After(a.ServiceStartAt):
		return now
	case a.State == dispatch.Travelling:
		return a.ServiceStartAt
	default:
		return instant(stop.Start)
	}
}
