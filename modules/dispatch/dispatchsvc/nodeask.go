package dispatchsvc

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/resident"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/platform/db"
)

// covers reports whether the board has all the days of the windows.
func (p *nodePlan) covers(windows []dispatch.Window) bool {
	end := p.asOf.Add((planDays - 1) * 24 * time.Hour)
	return p.board != nil && !slices.ContainsFunc(windows, func(w dispatch.Window) bool { return w.End.After(end) })
}

// around is what the node's team is promised from an instant of the plan up to another, with
// the ground for that and for more places: from memory, or read where the plan ends before.
func (p *nodePlan) around(ctx context.Context, tx *db.Tx, from, until time.Time, wished ...geo.Point) ([]appointment, ground, error) {
	if !from.Before(p.from) && !until.After(p.until) {
		on, err := p.on.wider(ctx, tx, wished)
		return p.all(), on, err
	}
	all, err := promisedTo(ctx, tx, p.node, p.crew, from, until)
	if err != nil {
		return nil, p.on, err
	}
	on, err := groundOf(ctx, tx, p.node, p.crew, all, wished...)
	return all, on, err
}

// wished is a wish in the words of the board; false for what is more than one job.
func (p *nodePlan) wished(w wish) (routing.Job, bool) {
	jobs, ok := p.wishedAll([]wish{w})
	if !ok {
		return routing.Job{}, false
	}
	return jobs[0], true
}

// wishedAll are wishes in the words of the board, in their order; false where they are
// more than jobs of their own.
func (p *nodePlan) wishedAll(list []wish) ([]routing.Job, bool) {
	s := sheet{
		on: p.on, now: p.asOf, crew: p.crew, duties: p.base.duties, wishes: list,
		skills: maps.Clone(p.base.skills), index: map[geo.Point]int{}, haunts: make([][]int, len(p.crew)),
	}
	s.addWishes()
	return s.spec.Jobs, len(s.spec.Jobs) == len(list) && plain(&s.spec)
}

// candidate is a technician for a window.
type candidate struct {
	technician int
	window     dispatch.Window
	score      int64
	other      *candidate // the second best for the window; nil: there is none, or nobody has looked
}

// who are the technicians of a candidate, the better one first.
func (c *candidate) who() []int {
	if c.other == nil {
		return []int{c.technician}
	}
	return []int{c.technician, c.other.technician}
}

// bestOf weighs for each window the two technicians who could take the visit at the
// least cost, and keeps the better one; the best window comes first. It is false when
// the board cannot be asked about such a visit.
func (p *nodePlan) bestOf(on ground, w wish, site *time.Location) ([]candidate, bool) {
	windows := w.windows
	job, ok := p.wished(w)
	if !ok || !p.covers(windows) {
		return nil, false
	}
	spots := p.spots(on)
	offers, err := p.board.Offers(resident.Ask{Job: job, Place: spots.place(w.point), Windows: windowsOf(windows)})
	if err != nil {
		return nil, false
	}
	days := daysOf{p: p, load: map[int]int64{}}
	var out []candidate
	for _, o := range offers {
		best := days.candidate(o.Technician, o.Cost, windows[o.Window], site)
		if o.Second != "" {
			second := days.candidate(o.Second, o.SecondCost, windows[o.Window], site)
			if second.score < best.score {
				best, second = second, best
			}
			best.other = &second
		}
		out = append(out, best)
	}
	slices.SortStableFunc(out, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.score, b.score), a.window.Start.Compare(b.window.Start))
	})
	return out, true
}

// daysOf knows how full days are.
type daysOf struct {
	p    *nodePlan
	load map[int]int64 // by route
}

// candidate weighs a technician for a window.
func (d *daysOf) candidate(technician string, cost routing.Grain, w dispatch.Window, site *time.Location) candidate {
	p := d.p
	i := slices.IndexFunc(p.crew, func(t dispatch.Technician) bool { return t.ID.String() == technician })
	t := &p.crew[i]
	r := dispatch.Reasons{Cost: money.Of(cost.Minor(), t.Hour.Currency), WaitDays: days(p.asOf, w.Start, site)}
	if k := dutyOn(p.base.duties[i], calendar.DayAt(w.Start, zone(t.Zone))); k >= 0 {
		route := p.board.Problem().Route(i, k)
		if _, known := d.load[route]; !known {
			d.load[route] = load(routing.RouteTimetable(p.board.Problem(), p.board.Plan(), route), t)
		}
		r.LoadPermille = d.load[route]
	}
	return candidate{i, w, dispatch.Score(r, t.Hour.Minor), nil}
}
