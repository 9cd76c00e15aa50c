package dispatchsvc

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db"
)

// Rules of visits that depend on each other, beside those of package routing.
const (
	ruleTieAlone = "tie_alone" // it is booked and moved only with those that it hangs together with
	ruleTieWaits = "tie_waits" // one that it hangs together with waits, for a part say
	ruleTieGap   = "tie_gap"   // not in order with another one, or not at the moment at which that one begins
	ruleTieSame  = "tie_same"  // two technicians are needed
	ruleTieBegun = "tie_begun" // somebody is at the other one already
)

// member is a visit of a group, and how it stands.
type member struct {
	job
	live appointment // zero: none is promised
	last appointment // that carried it out; zero: none has
}

// begun reports whether somebody is at the visit, or was.
func (m *member) begun() bool {
	return !m.last.ID.IsZero() || !m.live.ID.IsZero() && m.live.State.Begun()
}

// group are the visits of a case that hang together, nil for one that stands alone.
// What was given up is in no group; what was carried out still counts for the while
// after it.
type group []member

// tiedTo is the visit that a job was asked for beside, zero for none.
func (j *job) tiedTo() id.WorkOrder {
	if j.Needs.Tie == nil {
		return id.WorkOrder{}
	}
	return j.Needs.Tie.To
}

// groupOf returns the group of a job.
func groupOf(ctx context.Context, tx *db.Tx, j *job) (group, error) {
	if j.Case.IsZero() {
		return nil, nil
	}
	all, err := jobsOfCase(ctx, tx, j.Case, "")
	if err != nil || !slices.ContainsFunc(all, func(o job) bool { return o.Needs.Tie != nil }) {
		return nil, err
	}
	promised, err := appointmentsOfCase(ctx, tx, j.Case)
	if err != nil {
		return nil, err
	}
	return grouped(all, promised, j.WorkOrder), nil
}

// grouped finds the group of a work order among the jobs of its case.
func grouped(all []job, promised []appointment, wo id.WorkOrder) group {
	var stand group
	for i := range all {
		m := member{job: all[i]}
		for k := range promised {
			switch a := &promised[k]; {
			case a.WorkOrder != m.WorkOrder:
			case a.State.Live():
				m.live = *a
			case a.State == dispatch.Completed:
				m.last = *a
			}
		}
		if m.State != dispatch.Done || !m.last.ID.IsZero() {
			stand = append(stand, m)
		}
	}
	in := map[id.WorkOrder]bool{wo: true}
	for range stand {
		for i := range stand {
			if to := stand[i].tiedTo(); stand.of(to) != nil && (in[to] || in[stand[i].WorkOrder]) {
				in[to], in[stand[i].WorkOrder] = true, true
			}
		}
	}
	stand = slices.DeleteFunc(stand, func(m member) bool { return !in[m.WorkOrder] })
	if len(stand) < 2 || stand.of(wo) == nil {
		return nil
	}
	return stand
}

// of returns the member of a work order, nil for none.
func (g group) of(wo id.WorkOrder) *member {
	i := slices.IndexFunc(g, func(m member) bool { return m.WorkOrder == wo })
	if i < 0 {
		return nil
	}
	return &g[i]
}

// open are the members that an appointment may be made for, the one of a work order
// first; none where none may be made for that one.
func (g group) open(first id.WorkOrder) (out []*member) {
	for i := range g {
		if g[i].State.Open() && g[i].live.ID.IsZero() {
			out = append(out, &g[i])
		}
	}
	slices.SortStableFunc(out, func(a, b *member) int {
		switch {
		case a.WorkOrder == first:
			return -1
		case b.WorkOrder == first:
			return 1
		default:
			return 0
		}
	})
	if len(out) == 0 || out[0].WorkOrder != first {
		return nil
	}
	return out
}

// waits reports whether a member waits for something, so that no other can be promised.
func (g group) waits() bool {
	return slices.ContainsFunc(g, func(m member) bool { return m.State == dispatch.Held && m.live.ID.IsZero() })
}

// tied are the two ends of a tie, and the tie.
func (g group) tied(fn func(one, to *member, t *work.Tie)) {
	for i := range g {
		if t := g[i].Needs.Tie; t != nil {
			if to := g.of(t.To); to != nil {
				fn(&g[i], to, t)
			}
		}
	}
}

// meets are the members that begin at the same moment as one, itself among them.
func (g group) meets(wo id.WorkOrder) []id.WorkOrder {
	in := []id.WorkOrder{wo}
	for range g {
		g.tied(func(one, to *member, t *work.Tie) {
			if t.How != work.Together {
				return
			}
			for _, p := range [][2]*member{{one, to}, {to, one}} {
				if slices.Contains(in, p[0].WorkOrder) && !slices.Contains(in, p[1].WorkOrder) {
					in = append(in, p[1].WorkOrder)
				}
			}
		})
	}
	return in
}

// room is when a member may begin by what is promised or done of the others, and who
// comes to these at the same moment. Some others may be left out of account.
func (g group) room(wo id.WorkOrder, but ...id.WorkOrder) (r dispatch.Room, apart []id.Technician) {
	me := g.of(wo)
	if me == nil {
		return r, nil
	}
	g.tied(func(one, to *member, t *work.Tie) {
		other := one
		if one == me {
			other = to
		} else if to != me {
			return
		}
		span, known := other.span()
		if !known || slices.Contains(but, other.WorkOrder) {
			return
		}
		least, most := time.Duration(t.LeastMinutes)*time.Minute, time.Duration(t.MostMinutes)*time.Minute
		switch {
		case t.How == work.Together && !other.live.ID.IsZero():
			apart = append(apart, other.live.Technician)
			if !other.begun() {
				r.At = other.live.ServiceStartAt
			}
		case t.How == work.Together:
		case other == to:
			r.Behind(span, least, most)
		default:
			r.Before(span, time.Duration(me.Minutes)*time.Minute, least, most)
		}
	})
	return r, apart
}

// span is when a member begins and how long it takes, false when nobody has promised it.
func (m *member) span() (dispatch.Span, bool) {
	switch a := &m.live; {
	case !m.last.ID.IsZero():
		return moment(m.last.ServiceStartAt, worked(&m.last)), true
	case a.ID.IsZero():
		return dispatch.Span{}, false
	case a.State.Begun() || a.Exact:
		return moment(a.ServiceStartAt, worked(a)), true
	default:
		return dispatch.Span{Start: a.StartAt, End: a.EndAt, Takes: time.Duration(worked(a)) * time.Second}, true
	}
}

func moment(start time.Time, seconds int64) dispatch.Span {
	return dispatch.Span{Start: start, End: start.Add(time.Second), Takes: time.Duration(seconds) * time.Second}
}

// narrow leaves a wish what the others leave it.
func (w *wish) narrow(r *dispatch.Room, apart []id.Technician) {
	w.exact, w.apart, w.bound = r.At, apart, true
	w.windows = r.Among(w.windows)
}

// allows holds a booking against the others of its group: all that are open are booked
// in the same step, and none out of order with what is promised.
func (g group) allows(b *booking) error {
	if g == nil {
		return nil
	}
	if g.waits() {
		return dispatch.ErrTied.With("rule", ruleTieWaits)
	}
	for _, o := range g.open(b.work) {
		if !slices.Contains(b.together, o.WorkOrder) && o.WorkOrder != b.work {
			return dispatch.ErrTied.With("rule", ruleTieAlone)
		}
	}
	return g.inOrder(b)
}

// inOrder holds a place against what is promised of the others, and says at which
// moment it begins where that is not free.
func (g group) inOrder(b *booking, but ...id.WorkOrder) error {
	r, apart := g.room(b.work, but...)
	switch {
	case slices.Contains(apart, b.technician):
		return dispatch.ErrTied.With("rule", ruleTieSame)
	case !r.Holds(b.window), !r.At.IsZero() && !b.exact.IsZero() && !b.exact.Equal(r.At):
		return dispatch.ErrTied.With("rule", ruleTieGap)
	case !r.At.IsZero():
		b.exact = r.At
	}
	return nil
}

// meet has the other halves of a visit begin at the moment at which they are planned.
func (m *Module) meet(ctx context.Context, tx *db.Tx, g group, wo id.WorkOrder) error {
	for _, o := range g.meets(wo) {
		if o == wo || g.of(o).live.ID.IsZero() {
			continue
		}
		if err := tx.Put(ctx, `UPDATE dispatch_appointment SET exact = 1 WHERE tenant_id = ? AND id = ?`, tx.Tenant(), g.of(o).live.ID); err != nil {
			return fmt.Errorf("have two meet: %w", err)
		}
	}
	return nil
}

// fall gives up what cannot stand without an appointment that has ended without its
// work being done. Until somebody is at one of them, visits that hang together stand
// or fall together; then only what comes after the one that was in vain, and who was
// to come with somebody who does not.
func (m *Module) fall(ctx context.Context, tx *db.Tx, a *appointment, begun bool, mv move) error {
	if a.State == dispatch.Completed {
		return nil
	}
	j, err := jobOf(ctx, tx, a.WorkOrder, "")
	if err != nil {
		return err
	}
	g, err := groupOf(ctx, tx, &j)
	if err != nil {
		return err
	}
	for _, o := range g.falling(a.WorkOrder, begun) {
		found, err := appointmentOf(ctx, tx, o, tx.ForUpdate())
		if err != nil {
			return err
		}
		if !found.State.Live() {
			continue // it fell with another one
		}
		if err := past(m.step(ctx, tx, &found, move{cmd: dispatch.Cancel, reason: dispatch.ReasonFell, user: mv.user, at: mv.at})); err != nil {
			return err
		}
	}
	return nil
}

// falling are the appointments that fall with the one of a work order.
func (g group) falling(gone id.WorkOrder, begun bool) (out []id.Appointment) {
	if g == nil {
		return nil
	}
	whole := !begun
	for i := range g {
		whole = whole && !g[i].begun()
	}
	lost := []id.WorkOrder{gone}
	if !begun {
		lost = g.meets(gone)
	}
	for range g {
		g.tied(func(one, to *member, t *work.Tie) {
			if t.How == work.Afterwards && slices.Contains(lost, to.WorkOrder) && !slices.Contains(lost, one.WorkOrder) {
				lost = append(lost, one.WorkOrder)
			}
		})
	}
	for i := range g {
		o := &g[i]
		if o.WorkOrder != gone && !o.live.ID.IsZero() && !o.begun() && (whole || slices.Contains(lost, o.WorkOrder)) {
			out = append(out, o.live.ID)
		}
	}
	return out
}
