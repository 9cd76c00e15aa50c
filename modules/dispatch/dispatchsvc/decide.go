package dispatchsvc

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs"
)

// undecided reports whether a slot is held while its customer decides: it takes its
// technician's time like any promise, but nobody was asked for parts.
func (a *appointment) undecided() bool {
	return a.State == dispatch.Pending && a.Reason == dispatch.ReasonHeld
}

// pendingUntil is when a slot that is pending is taken back.
func (a *appointment) pendingUntil() time.Time {
	if a.undecided() {
		return a.ChangedAt.Add(dispatch.DecideFor)
	}
	return a.ChangedAt.Add(dispatch.HoldFor)
}

// heldUntil is until when the customer may decide; zero for what is not held.
func (a *appointment) heldUntil() time.Time {
	if a.undecided() {
		return a.pendingUntil()
	}
	return time.Time{}
}

// Take books the slot that is held: its parts are asked for now. Slots that were held with
// it, because their visits hang together, are taken with it. Of a slot that is booked
// already it is the same slot. Faults: dispatch.ErrNotFound, dispatch.ErrOfferGone.
func (m *Module) Take(ctx context.Context, slot id.Appointment, ifMatch string) (moved, error) {
	caller, _ := access.From(ctx)
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (moved, error) {
		a, err := m.mine(ctx, tx, slot, "appointment.write", ifMatch)
		switch {
		case err != nil:
			return moved{}, err
		case !a.State.Live() || a.undecided() && !tx.Now().Before(a.pendingUntil()):
			return moved{}, dispatch.ErrOfferGone
		case !a.undecided():
			return a.moved(), nil
		}
		j, err := jobOf(ctx, tx, a.WorkOrder, "")
		if err != nil {
			return moved{}, err
		}
		g, err := groupOf(ctx, tx, &j)
		if err != nil {
			return moved{}, err
		}
		if err := m.decided(ctx, tx, &a, &j, caller.User); err != nil {
			return moved{}, err
		}
		for i := range g {
			if o := &g[i]; o.live.ID != a.ID && o.live.undecided() {
				if err := m.decided(ctx, tx, &o.live, &o.job, caller.User); err != nil {
					return moved{}, err
				}
			}
		}
		return a.moved(), nil
	})
}

// decided takes a slot that is held, and asks for its parts.
func (m *Module) decided(ctx context.Context, tx *db.Tx, a *appointment, j *job, user id.User) error {
	a.Reason = dispatch.ReasonTaken
	if err := save(ctx, tx, a, user); err != nil {
		return err
	}
	if err := m.jobs.EnqueueOrMove(ctx, tx, holdKind, a.ID.String(), a.pendingUntil(), reminder{a.ID}); err != nil {
		return err
	}
	if err := m.stands(ctx, tx, a); err != nil {
		return err
	}
	return m.request(ctx, tx, a, j)
}

// holdOver takes a slot back whose parts nobody has answered for, or whose customer has
// not decided.
func (m *Module) holdOver(ctx context.Context, j jobs.Job, r reminder) error {
	return m.db.InTx(ctx, j.Tenant, func(ctx context.Context, tx *db.Tx) error {
		a, err := locked(ctx, tx, r.Appointment)
		if err != nil {
			return err
		}
		reason := dispatch.ReasonPartsSilent
		if a.undecided() {
			reason = dispatch.ReasonUndecided
		}
		if a.State == dispatch.Pending && !tx.Now().Before(a.pendingUntil()) {
			if err := m.step(ctx, tx, &a, move{cmd: dispatch.Cancel, reason: reason, at: tx.Now()}); err != nil {
				return err
			}
		}
		return j.Done(ctx, tx)
	})
}
