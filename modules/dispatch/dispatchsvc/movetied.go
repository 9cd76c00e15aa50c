package dispatchsvc

import (
	"context"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/db"
)

// mates are the promised visits that begin at the same moment as one, without it.
func (g group) mates(wo id.WorkOrder) (out []*member) {
	if g == nil {
		return nil
	}
	for _, o := range g.meets(wo)[1:] {
		if m := g.of(o); !m.live.ID.IsZero() {
			out = append(out, m)
		}
	}
	return out
}

// retimeTied moves a visit that depends on others, or on which they depend. Within its
// window it goes to another technician alone, and keeps the moment at which two meet.
// To another time it takes along those that begin with it; out of order with what comes
// before or after it, it is refused.
func (m *Module) retimeTied(ctx context.Context, tx *db.Tx, a appointment, b booking, g group, reason string) (moved, error) {
	me, mates := g.of(a.WorkOrder), g.mates(a.WorkOrder)
	if b.window.Start.Equal(a.StartAt) || len(mates) == 0 {
		if err := g.inOrder(&b); err != nil {
			return moved{}, err
		}
		if len(mates) > 0 && a.Exact {
			b.exact = a.ServiceStartAt
		}
		return m.reseat(ctx, tx, a, me.job, b, reason)
	}
	at, err := m.meetAnew(ctx, tx, &a, &b, g, mates)
	if err != nil {
		return moved{}, err
	}
	b.near, b.exact = at, at
	out, err := m.reseat(ctx, tx, a, me.job, b, reason)
	for _, mate := range mates {
		if err != nil {
			return out, err
		}
		c := b
		c.work, c.technician, c.by = mate.WorkOrder, mate.live.Technician, mate.live.Reasons.By
		_, err = m.reseat(ctx, tx, mate.live, mate.job, c, reason)
	}
	return out, err
}

// meeting is what moves to another window together.
type meeting struct {
	table *table
	crew  []id.Technician  // each other's
	leave []id.Appointment // that take their present time no more
}

// moveTo states that a visit and those that meet with it go to another window, each
// with the technician that they have but the one that the booking names.
func (g group) moveTo(b *booking, mates []*member) (out meeting, err error) {
	moving := g.meets(b.work)
	out.table = &table{first: b.window.Start, days: 1}
	for _, m := range append([]*member{g.of(b.work)}, mates...) {
		who := m.live.Technician
		if m.WorkOrder == b.work {
			who = b.technician
		}
		r, _ := g.room(m.WorkOrder, moving...)
		_, movable := dispatch.Next(m.live.State, dispatch.Reschedule)
		switch {
		case movable != nil:
			return out, dispatch.ErrTied.With("rule", ruleTieBegun)
		case slices.Contains(out.crew, who):
			return out, dispatch.ErrTied.With("rule", ruleTieSame)
		case !r.Holds(b.window):
			return out, dispatch.ErrTied.With("rule", ruleTieGap)
		}
		w := m.wish([]dispatch.Window{b.window})
		w.only, w.passed = who, nil
		out.crew, out.leave = append(out.crew, who), append(out.leave, m.live.ID)
		out.table.wishes, out.table.zones, out.table.meets = append(out.table.wishes, w), append(out.table.zones, zone(m.Zone)), append(out.table.meets, true)
	}
	return out, nil
}

// meetAnew finds the moment in another window at which all who meet can begin. It locks
// what moves along, and its technicians.
func (m *Module) meetAnew(ctx context.Context, tx *db.Tx, a *appointment, b *booking, g group, mates []*member) (at time.Time, err error) {
	g.of(a.WorkOrder).live = *a
	for _, mate := range mates {
		if err = lockTechnician(ctx, tx, mate.live.Technician); err != nil {
			return at, err
		}
		seen := mate.live
		if mate.live, err = appointmentOf(ctx, tx, seen.ID, tx.ForUpdate()); err != nil {
			return at, err
		}
		if mate.live.Technician != seen.Technician {
			return at, db.ErrRetry // whose day is not locked
		}
	}
	to, err := g.moveTo(b, mates)
	if err != nil {
		return at, err
	}
	b.leave = append(slices.Clone(b.leave), to.leave...)
	t := to.table
	t.now = tx.Now()
	for _, who := range to.crew {
		one, err := technicianOf(ctx, tx, who)
		if err != nil {
			return at, err
		}
		day, err := occupying(ctx, tx, "technician_id", who, b.window.Start, b.window.End)
		if err != nil {
			return at, err
		}
		t.crew, t.all = append(t.crew, one), append(t.all, day...)
	}
	t.all = slices.DeleteFunc(t.all, func(a appointment) bool { return slices.Contains(b.leave, a.ID) })
	if t.on, err = groundOf(ctx, tx, a.Node, t.crew, t.all, t.wishes[0].point); err != nil {
		return at, err
	}
	return t.meet(b)
}

// meet finds the moment at which the days of all who are to meet have room.
func (t *table) meet(b *booking) (at time.Time, err error) {
	found, s, err := t.seat([]seeking{{b.window, b.technician}})
	if err != nil {
		return at, err
	}
	if found[0] == nil {
		return at, dispatch.ErrSlotGone.With("rule", t.rule(s, b.technician))
	}
	return found[0].seats[0].start, nil
}
