package dispatchsvc

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// adoption is what of a trial is to be carried out, as the trial said it.
type adoption struct {
	Places []place  `json:"places,omitempty" maxItems:"500"`
	Moves  []handed `json:"moves,omitempty" maxItems:"500"`
}

// adopted is what became of one item: nothing is lost silently.
type adopted struct {
	WorkOrder   id.WorkOrder   `json:"work_order,omitzero"`
	Appointment id.Appointment `json:"appointment,omitzero" doc:"that now stands"`
	Result      string         `json:"result" enum:"booked,moved,undone,conflict"`
	Version     int64          `json:"version,omitempty"`
	Code        string         `json:"code,omitempty" doc:"of the conflict"`
	Rule        string         `json:"rule,omitempty" doc:"that kept it from its place"`
	State       dispatch.State `json:"state,omitempty" doc:"of the appointment"`
	Technician  id.Technician  `json:"technician,omitzero" doc:"who has it now"`
	StartAt     time.Time      `json:"start_at,omitzero" doc:"the window it has now"`
	User        id.User        `json:"user,omitzero" doc:"who acted on it last"`
}

// adoptedList is the reply of adopt and undo.
type adoptedList struct {
	Results []adopted `json:"results" doc:"in the order of moves, places"`
}

// Adopt carries out places and moves of a trial, each in a step of its own: first
// the moves, which may make room for one another, then the places.
func (m *Module) Adopt(ctx context.Context, node id.Node, a adoption) (adoptedList, error) {
	caller, _ := access.From(ctx)
	if _, err := m.board(ctx, caller.Tenant, node, "board.write"); err != nil {
		return adoptedList{}, err
	}
	c := carrying{m: m, node: node, caller: caller, reason: dispatch.ReasonPlanned}
	out := adoptedList{Results: make([]adopted, len(a.Moves)+len(a.Places))}
	if err := c.moves(ctx, a.Moves, out.Results); err != nil {
		return out, err
	}
	return out, c.places(ctx, a.Places, out.Results[len(a.Moves):])
}

// carrying carries items out on a node for a caller.
type carrying struct {
	m      *Module
	node   id.Node
	caller access.Caller
	reason string // of moves, a code
}

// do runs one item as a step; what the rules refuse is no error but a conflict.
func (c *carrying) do(ctx context.Context, fn func(ctx context.Context, tx *db.Tx) (appointment, error)) (appointment, *fault.Fault, error) {
	a, err := db.Do(ctx, c.m.db, c.caller.Tenant, fn)
	if err == nil {
		return a, nil, nil
	}
	if f := fault.Of(err); f.Kind == fault.Conflict || f.Kind == fault.Invalid || f.Kind == fault.NotFound {
		return a, f, nil
	}
	return a, nil, err
}

// said is an item that was carried out.
func said(result string, a *appointment, user id.User) adopted {
	return adopted{
		WorkOrder: a.WorkOrder, Appointment: a.ID, Result: result, Version: a.Version, State: a.State, Technician: a.Technician, StartAt: a.StartAt, User: user,
	}
}

// clash says what an item met: the refusal, and how the appointment now stands that
// somebody else may have made or moved.
func (c *carrying) clash(ctx context.Context, f *fault.Fault, find func(ctx context.Context, tx *db.Tx) (appointment, error)) (adopted, error) {
	var out adopted
	err := c.m.db.Read(ctx, c.caller.Tenant, func(ctx context.Context, tx *db.Tx) error {
		out = adopted{}
		a, err := find(ctx, tx)
		if errors.Is(err, dispatch.ErrNotFound) || err == nil && a.Node != c.node {
			return nil
		} else if err != nil {
			return err
		}
		list, err := historyOf(ctx, tx, a.ID)
		if err == nil {
			out = said("", &a, lastActor(list))
		}
		return err
	})
	out.Result, out.Code = "conflict", f.Code
	out.Rule, _ = f.Args["rule"].(string)
	return out, err
}

// lastActor is the person who acted last.
func lastActor(list []turn) id.User {
	for _, t := range slices.Backward(list) {
		if !t.User.IsZero() {
			return t.User
		}
	}
	return id.User{}
}

// places books places, each in a step of its own, but for those that hang together.
func (c *carrying) places(ctx context.Context, list []place, results []adopted) error {
	for i := range list {
		if results[i].Result != "" {
			continue // with one before it
		}
		var all []appointment
		_, f, err := c.do(ctx, func(ctx context.Context, tx *db.Tx) (none appointment, err error) {
			all, err = c.book(ctx, tx, list[i], list[i+1:])
			return none, err
		})
		if err != nil {
			return err
		}
		if f != nil {
			results[i], err = c.clash(ctx, f, func(ctx context.Context, tx *db.Tx) (appointment, error) {
				return liveOf(ctx, tx, list[i].WorkOrder, "")
			})
			if results[i].WorkOrder = list[i].WorkOrder; err != nil {
				return err
			}
			continue
		}
		for k := range all {
			n := i + slices.IndexFunc(list[i:], func(p place) bool { return p.WorkOrder == all[k].WorkOrder })
			results[n] = said("booked", &all[k], c.caller.User)
		}
	}
	return nil
}

// book carries out one place, and with it those of the rest that hang together with it.
func (c *carrying) book(ctx context.Context, tx *db.Tx, p place, rest []place) ([]appointment, error) {
	j, err := jobOf(ctx, tx, p.WorkOrder, "")
	if err == nil && j.Node != c.node {
		err = dispatch.ErrNoJob
	}
	if err != nil {
		return nil, err
	}
	g, err := groupOf(ctx, tx, &j)
	if err != nil {
		return nil, err
	}
	var seats []seat
	for n, q := range append([]place{p}, rest...) {
		m := g.of(q.WorkOrder)
		if n > 0 && (m == nil || !m.State.Open()) {
			continue
		}
		s := seat{work: q.WorkOrder, technician: q.Technician, start: q.ServiceStartAt, exact: m != nil && len(g.meets(q.WorkOrder)) > 1 && !q.ServiceStartAt.IsZero()}
		if s.window, err = promise(tx.Now(), q.StartAt, zone(j.Zone), true); err != nil {
			return nil, err
		}
		seats = append(seats, s)
	}
	b := booking{work: p.WorkOrder, by: dispatch.ByPlan, user: c.caller.User}
	return c.m.bookEach(ctx, tx, b, seats, c.mine)
}

// mine holds that a job is this node's still.
func (c *carrying) mine(j *job) error {
	if j.Node != c.node {
		return dispatch.ErrNoJob
	}
	return nil
}

// moves carries out moves as long as any of them can be: one that finds its place
// taken may find it free when another has gone. Those left over that only stand in
// one another's way go in one step.
func (c *carrying) moves(ctx context.Context, list []handed, results []adopted) error {
	left := make([]int, len(list))
	for i := range left {
		left[i] = i
	}
	clashes := map[int]*fault.Fault{}
	var gone []handover
	for progress := true; progress && len(left) > 0; {
		progress = false
		var still []int
		for _, i := range left {
			h, f, err := c.move(ctx, list[i], &results[i])
			switch {
			case err != nil:
				return err
			case f == nil:
				gone, progress = append(gone, h), true
			case roomless(f):
				clashes[i], still = f, append(still, i)
			default:
				clashes[i] = f
			}
		}
		left = still
	}
	if len(left) > 1 {
		swapped, err := c.swap(ctx, list, left, results)
		if err != nil {
			return err
		}
		gone = append(gone, swapped...)
	}
	for i, f := range clashes {
		if results[i].Result != "" {
			continue
		}
		var err error
		results[i], err = c.clash(ctx, f, func(ctx context.Context, tx *db.Tx) (appointment, error) {
			return appointmentOf(ctx, tx, list[i].Appointment, "")
		})
		if err != nil {
			return err
		}
		results[i].Appointment = list[i].Appointment
	}
	return c.m.tidyAll(ctx, c.caller.Tenant, gone)
}

// roomless reports whether a refusal may pass when other visits have moved.
func roomless(f *fault.Fault) bool {
	return f.Code == dispatch.ErrSlotGone.Code || f.Code == dispatch.ErrDayBroken.Code
}

// move carries out one move.
func (c *carrying) move(ctx context.Context, h handed, out *adopted) (was handover, f *fault.Fault, err error) {
	a, f, err := c.do(ctx, func(ctx context.Context, tx *db.Tx) (appointment, error) {
		if err := lockTechnician(ctx, tx, h.To); err != nil {
			return appointment{}, err
		}
		found, err := c.seen(ctx, tx, h)
		if err != nil {
			return found, err
		}
		was = handover{visit: found, to: h.To}
		return c.take(ctx, tx, found, h, nil)
	})
	if err == nil && f == nil {
		*out = said("moved", &a, c.caller.User)
	}
	return was, f, err
}

// seen locks an appointment that is to move, if it is as it was seen.
func (c *carrying) seen(ctx context.Context, tx *db.Tx, h handed) (appointment, error) {
	a, err := locked(ctx, tx, h.Appointment)
	switch {
	case err != nil:
		return a, err
	case a.Node != c.node:
		return a, dispatch.ErrNotFound
	case a.Version != h.Version:
		return a, dispatch.ErrChanged
	}
	_, err = dispatch.Next(a.State, dispatch.Reschedule)
	return a, err
}

// take gives a locked appointment its new place; those that are about to leave the
// day are left out of account.
func (c *carrying) take(ctx context.Context, tx *db.Tx, a appointment, h handed, leave []id.Appointment) (appointment, error) {
	b := booking{
		work: a.WorkOrder, technician: h.To, by: dispatch.ByPlan, user: c.caller.User, near: h.ServiceStartAt, leave: leave,
		window: dispatch.Window{Start: a.StartAt, End: a.EndAt},
	}
	if !h.StartAt.IsZero() && !h.StartAt.Equal(a.StartAt) {
		var err error
		if b.window, err = promise(tx.Now(), h.StartAt, zone(a.Zone), true); err != nil {
			return a, err
		}
	}
	if _, err := c.m.retime(ctx, tx, a, b, c.reason); err != nil {
		return a, err
	}
	return appointmentOf(ctx, tx, a.ID, "")
}

// swap moves all that are left in one step, or none.
func (c *carrying) swap(ctx context.Context, list []handed, left []int, results []adopted) ([]handover, error) {
	var gone []handover
	var done []appointment
	_, f, err := c.do(ctx, func(ctx context.Context, tx *db.Tx) (none appointment, err error) {
		gone, done = nil, nil
		if err := c.lockAll(ctx, tx, list, left); err != nil {
			return none, err
		}
		var leave []id.Appointment
		for _, i := range left {
			a, err := c.seen(ctx, tx, list[i])
			if err != nil {
				return none, err
			}
			gone, leave = append(gone, handover{visit: a, to: list[i].To}), append(leave, a.ID)
		}
		for n, i := range left {
			a, err := c.take(ctx, tx, gone[n].visit, list[i], leave[n+1:])
			if err != nil {
				return none, err
			}
			done = append(done, a)
		}
		return none, nil
	})
	if err != nil || f != nil {
		return nil, err // each keeps the refusal that it met alone
	}
	for n, i := range left {
		results[i] = said("moved", &done[n], c.caller.User)
	}
	return gone, nil
}

// lockAll locks the technicians to whom visits go, in one order for everybody.
func (c *carrying) lockAll(ctx context.Context, tx *db.Tx, list []handed, left []int) error {
	var to []id.Technician
	for _, i := range left {
		to = append(to, list[i].To)
	}
	slices.SortFunc(to, func(a, b id.Technician) int { return bytes.Compare(a[:], b[:]) })
	for _, t := range slices.Compact(to) {
		if err := lockTechnician(ctx, tx, t); err != nil {
			return err
		}
	}
	return nil
}
