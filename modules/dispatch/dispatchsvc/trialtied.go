package dispatchsvc

import (
	"context"
	"errors"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/platform/db"
)

// tiedTrial is what a trial knows of the visits that the one which is put somewhere
// hangs together with: they are booked with it, or move along.
type tiedTrial struct {
	group group
	mates []*member // of a promised visit: who meets with it
	table *table    // of open visits that are booked together; nil: it is booked alone
	sheet *sheet
	asked []seeking
	found []*party
}

// readTied reads the group of the visit, nil where it stands alone.
func (t *trial) readTied(ctx context.Context, tx *db.Tx) (*tiedTrial, error) {
	g, err := groupOf(ctx, tx, &t.job)
	if err != nil || g == nil {
		return nil, err
	}
	out := &tiedTrial{group: g}
	if t.moving != nil {
		out.mates = g.mates(t.moving.WorkOrder)
		return out, nil
	}
	if len(g.open(t.job.WorkOrder)) < 2 || g.waits() {
		return out, nil
	}
	p := picture{now: t.now, job: t.job, group: g}
	if p.crew, err = teamOf(ctx, tx, t.node.ID); err != nil {
		return nil, err
	}
	if p.all, err = promisedTo(ctx, tx, t.node.ID, p.crew, t.now, t.now.Add(farthest)); err != nil {
		return nil, err
	}
	if p.on, err = groundOf(ctx, tx, t.node.ID, p.crew, p.all, t.job.Coarse); err != nil {
		return nil, err
	}
	out.table = p.tableOf([]dispatch.Window{{Start: t.now, End: t.now.Add(mostDays * 24 * time.Hour)}})
	out.table.wishes[0].passed = nil // a dispatcher may ask again
	return out, nil
}

// seatTied asks once for all cells of an open visit that is booked with others.
func (t *trial) seatTied(cells []cell) (err error) {
	if t.tied == nil || t.tied.table == nil {
		return nil
	}
	for _, c := range cells {
		for _, w := range t.windows(c) {
			if t.forbids(c, w) == "" {
				t.tied.asked = append(t.tied.asked, seeking{w, c.Technician})
			}
		}
	}
	t.tied.found, t.tied.sheet, err = t.tied.table.seat(t.tied.asked)
	return err
}

// tiedAt is what one window of a cell comes to for all that is booked with the visit,
// or moves along.
func (t *trial) tiedAt(c cell, w dispatch.Window, out consequence) (consequence, error) {
	b := booking{work: t.job.WorkOrder, technician: c.Technician, window: w}
	start, cost, err := t.tiedStart(&b)
	if err != nil {
		return out, out.hindered(err)
	}
	wish := t.job.wish([]dispatch.Window{w})
	wish.passed, wish.exact, wish.near = nil, b.exact, start
	f, err := t.alone(c.Technician, wish)
	if err != nil {
		return out, out.hindered(err)
	}
	out.settle(f)
	if cost.whole {
		out.Cost.Minor = cost.minor
	} else {
		out.Cost.Minor += cost.minor
	}
	if slices.Contains(t.job.Passed, c.Technician) && (t.moving == nil || t.moving.Technician != c.Technician) {
		out.Fits, out.Rule = false, rulePassed
	}
	return out, nil
}

// tiedCost is what the others add to the cost of the visit, or what all of them cost.
type tiedCost struct {
	minor int64
	whole bool
}

// tiedStart finds when the visit begins in a window, where its group leaves that to be
// found, and says at which moment if others begin with it. Faults: ErrTied, ErrSlotGone.
func (t *trial) tiedStart(b *booking) (start time.Time, cost tiedCost, err error) {
	tied := t.tied
	switch {
	case tied.group.waits() && t.moving == nil:
		return start, cost, dispatch.ErrTied.With("rule", ruleTieWaits)
	case tied.table != nil:
		n := slices.Index(tied.asked, seeking{b.window, b.technician})
		if n < 0 || tied.found[n] == nil {
			return start, cost, dispatch.ErrSlotGone.With("rule", tied.rule(n, b.technician))
		}
		at := tied.found[n].seats[0]
		if at.exact {
			b.exact = at.start
		}
		return at.start, tiedCost{tied.found[n].cost, true}, nil
	case t.moving != nil && len(tied.mates) > 0 && !b.window.Start.Equal(t.moving.StartAt):
		return t.meetAnew(b)
	}
	if err := tied.group.inOrder(b); err != nil {
		return start, cost, err
	}
	if t.moving != nil && t.moving.Exact && len(tied.mates) > 0 {
		b.exact = t.moving.ServiceStartAt
	}
	return b.exact, cost, nil
}

// rule is what keeps a technician from the visit in one of the windows asked about.
func (d *tiedTrial) rule(n int, technician id.Technician) string {
	if n < 0 {
		return string(routing.RuleLink)
	}
	for _, b := range d.table.blocks(d.sheet, n) {
		if b.Technician == technician && b.Rule != "" {
			return b.Rule
		}
	}
	return string(routing.RuleLink)
}

// meetAnew finds the moment in another window at which all who meet can begin, and
// what that costs the others more than where they are.
func (t *trial) meetAnew(b *booking) (start time.Time, cost tiedCost, err error) {
	m, err := t.tied.group.moveTo(b, t.tied.mates)
	if err != nil {
		return start, cost, err
	}
	for _, who := range m.crew {
		c, ok := t.crew[who]
		if !ok {
			return start, cost, dispatch.ErrSlotGone.With("rule", string(routing.RuleNoShift))
		}
		m.table.crew = append(m.table.crew, c)
	}
	m.table.on, m.table.now = t.on, t.now
	m.table.all = slices.DeleteFunc(slices.Clone(t.all), func(a appointment) bool {
		return slices.Contains(m.leave, a.ID) || !slices.Contains(m.crew, a.Technician)
	})
	if start, err = m.table.meet(b); err != nil {
		return start, cost, err
	}
	b.exact = start
	for _, mate := range t.tied.mates {
		to := mate.wish([]dispatch.Window{b.window})
		to.exact = start
		from := mate.wish([]dispatch.Window{{Start: mate.live.StartAt, End: mate.live.EndAt}})
		from.exact = mate.live.ServiceStartAt
		more, err := t.dearer(mate.live.Technician, from, to, m.leave)
		if err != nil {
			return start, cost, err
		}
		cost.minor += more
	}
	return start, cost, nil
}

// dearer is by how much a technician's visit gets dearer when it moves.
func (t *trial) dearer(who id.Technician, from, to wish, leave []id.Appointment) (minor int64, err error) {
	for i, w := range []wish{from, to} {
		w.passed = nil
		f, err := t.alone(who, w, leave...)
		if errors.Is(err, dispatch.ErrSlotGone) || errors.Is(err, dispatch.ErrDayBroken) {
			if i == 0 {
				continue // it does not fit where it is
			}
			return 0, err
		} else if err != nil {
			return 0, err
		}
		minor += int64(2*i-1) * f.slot.Reasons.Cost.Minor
	}
	return minor, nil
}

// alone finds the place of one visit in one technician's day, some appointments left
// out of account.
func (t *trial) alone(who id.Technician, w wish, leave ...id.Appointment) (fitted, error) {
	tech := t.crew[who]
	mine := t.mine(&tech, leave...)
	f, err := fit(t.on, t.now, tech, mine, w, zone(t.job.Zone))
	if err == nil {
		err = t.beyond.holds(t.on, t.now, &tech, mine, w, &f)
	}
	return f, err
}
