package dispatchsvc

import (
	"cmp"
	"context"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// undoing names what is taken back, in the order in which it was done.
type undoing struct {
	Items []undone `json:"items" minItems:"1" maxItems:"1000"`
}

// undone is one appointment, as the step that is taken back has left it.
type undone struct {
	Appointment id.Appointment `json:"appointment"`
	Version     int64          `json:"version" doc:"that the step had come to; the parts' answer to a booking may have come since"`
}

// Undo takes back what the caller has booked or moved within the last seconds, while
// nobody outside has heard of it: a booking is given up, a move goes back to where the
// visit was, and whoever had said yes there has said yes. Each item is a step of its
// own; the last one that was done is taken back first.
func (m *Module) Undo(ctx context.Context, node id.Node, u undoing) (adoptedList, error) {
	caller, _ := access.From(ctx)
	if _, err := m.board(ctx, caller.Tenant, node, "board.write"); err != nil {
		return adoptedList{}, err
	}
	c := carrying{m: m, node: node, caller: caller}
	out := adoptedList{Results: make([]adopted, len(u.Items))}
	left := make([]int, len(u.Items))
	for i := range left {
		left[i] = len(left) - 1 - i
	}
	var gone []handover
	for progress := true; progress && len(left) > 0; {
		progress = false
		var still []int
		for _, i := range left {
			was, again, err := c.undo(ctx, u.Items[i], &out.Results[i])
			switch {
			case err != nil:
				return out, err
			case again:
				still = append(still, i)
			case out.Results[i].Result == "undone":
				gone, progress = append(gone, was), true
			}
		}
		left = still
	}
	return out, m.tidyAll(ctx, caller.Tenant, gone)
}

// undo takes one item back; again says that it may go when others have gone.
func (c *carrying) undo(ctx context.Context, u undone, out *adopted) (was handover, again bool, err error) {
	a, f, err := c.do(ctx, func(ctx context.Context, tx *db.Tx) (appointment, error) {
		seen, err := appointmentOf(ctx, tx, u.Appointment, "")
		if err != nil {
			return seen, err
		}
		list, err := historyOf(ctx, tx, u.Appointment)
		if err != nil {
			return seen, err
		}
		if seen.Node == c.node && c.fell(tx, list) {
			was = handover{visit: seen}
			return seen, nil // with the one that it had been booked with
		}
		last, before, ok := lastStep(list, u.Version)
		if !ok || last.User != c.caller.User || tx.Now().Sub(last.At) > dispatch.UndoFor {
			return seen, dispatch.ErrUndoGone
		}
		if !before.Technician.IsZero() {
			if err := lockTechnician(ctx, tx, before.Technician); err != nil {
				return seen, err
			}
		}
		a, err := locked(ctx, tx, u.Appointment)
		switch {
		case err != nil:
			return a, err
		case a.Node != c.node:
			return a, dispatch.ErrNotFound
		case a.Version != seen.Version:
			return a, dispatch.ErrUndoGone
		}
		was = handover{visit: a, to: before.Technician}
		return c.back(ctx, tx, a, before)
	})
	switch {
	case err != nil:
		return was, false, err
	case f == nil:
		*out = said("undone", &a, c.caller.User)
		return was, false, nil
	}
	*out, err = c.clash(ctx, f, func(ctx context.Context, tx *db.Tx) (appointment, error) {
		return appointmentOf(ctx, tx, u.Appointment, "")
	})
	out.Appointment = u.Appointment
	return was, roomless(f), err
}

// fell reports whether an appointment is off already, because the caller has just taken
// back another one that it hangs together with.
func (c *carrying) fell(tx *db.Tx, list []turn) bool {
	if len(list) == 0 {
		return false
	}
	last := list[len(list)-1]
	return last.State == dispatch.Cancelled && last.Reason == dispatch.ReasonFell && last.User == c.caller.User && tx.Now().Sub(last.At) <= dispatch.UndoFor
}

// lastStep finds the step that had come to a version and what was before it, nothing
// before a booking. Since then nothing may have happened but that the parts of a
// booking are held.
func lastStep(list []turn, version int64) (last, before turn, ok bool) {
	at := slices.IndexFunc(list, func(t turn) bool { return t.Seq == version })
	if at < 0 {
		return last, before, false
	}
	if at > 0 && list[at].Reason == dispatch.ReasonPartsHeld {
		at-- // the booking's own second step
	}
	rest := list[at+1:]
	held := at == 0 && len(rest) == 1 && rest[0].Reason == dispatch.ReasonPartsHeld
	if len(rest) > 0 && !held {
		return last, before, false
	}
	last = list[at]
	if at == 0 {
		return last, before, last.State == dispatch.Pending
	}
	return last, list[at-1], last.State == dispatch.Scheduled
}

// back gives an appointment its former place, or gives a booking up.
func (c *carrying) back(ctx context.Context, tx *db.Tx, a appointment, before turn) (appointment, error) {
	mv := move{reason: dispatch.ReasonUndone, user: c.caller.User, at: tx.Now()}
	if before.Technician.IsZero() {
		mv.cmd = dispatch.Cancel
		err := c.m.step(ctx, tx, &a, mv)
		return a, err
	}
	b := booking{
		work: a.WorkOrder, technician: before.Technician, by: cmp.Or(before.By, dispatch.ByHand), user: c.caller.User, near: before.ServiceStartAt,
		window: dispatch.Window{Start: before.StartAt, End: before.EndAt},
	}
	if _, err := c.m.retime(ctx, tx, a, b, dispatch.ReasonUndone); err != nil {
		return a, err
	}
	a, err := appointmentOf(ctx, tx, a.ID, "")
	for _, cmd := range again(before.State) {
		if err == nil {
			mv.cmd = cmd
			err = c.m.step(ctx, tx, &a, mv)
		}
	}
	return a, err
}

// again are the steps by which an appointment that was moved back stands as before.
func again(s dispatch.State) []dispatch.Command {
	switch s {
	case dispatch.Dispatched:
		return []dispatch.Command{dispatch.Dispatch}
	case dispatch.Accepted:
		return []dispatch.Command{dispatch.Dispatch, dispatch.Accept}
	case dispatch.Pending, dispatch.Scheduled, dispatch.Travelling, dispatch.OnSite, dispatch.Completed, dispatch.Unable, dispatch.Absent,
		dispatch.Missed, dispatch.Declined, dispatch.TimedOut, dispatch.Cancelled:
		return nil
	default:
		return nil
	}
}
