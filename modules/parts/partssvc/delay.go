package partssvc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/outbox"
)

// lateView is that what is held comes later than was reckoned, as shown.
type lateView struct {
	Reason     parts.Delay `json:"reason" enum:"supplier,transport,customs,not_found,faulty,other"`
	ExpectedAt time.Time   `json:"expected_at,omitzero" doc:"all of it is there; absent: nobody knows"`
	User       id.User     `json:"user,omitzero" doc:"who said so"`
	SaidAt     time.Time   `json:"said_at"`
}

// heldNow is what the caller of a command hears of a reservation.
type heldNow struct {
	ID      id.Reservation `json:"id"`
	Version int64          `json:"version"`
}

// Delay notes that what is held for an appointment comes later than was reckoned, or
// better than before when. To say the same again changes nothing. Faults: ErrNotKnown,
// ErrNotHeld, ErrDelay.
func (m *Module) Delay(ctx context.Context, name id.Reservation, ifMatch string, l parts.Late) (heldNow, error) {
	return m.say(ctx, name, ifMatch, l.Check)
}

// EndDelay notes that what was said to be late is there, or comes in time. Where nothing
// is late it changes nothing. Faults: ErrNotKnown, ErrNotHeld.
func (m *Module) EndDelay(ctx context.Context, name id.Reservation, ifMatch string) (heldNow, error) {
	return m.say(ctx, name, ifMatch, func(time.Time) (parts.Late, error) { return parts.Late{}, nil })
}

// say notes on a reservation what is late of it.
func (m *Module) say(ctx context.Context, name id.Reservation, ifMatch string, what func(now time.Time) (parts.Late, error)) (heldNow, error) {
	if err := m.maySay(ctx, name); err != nil {
		return heldNow{}, err
	}
	caller, _ := access.From(ctx)
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (heldNow, error) {
		r, err := byID(ctx, tx, name, tx.ForUpdate())
		if err != nil {
			return heldNow{}, err
		}
		if err := httpapi.MatchIfGiven(ifMatch, r.Version); err != nil {
			return heldNow{}, err
		}
		if r.State != parts.HeldFor {
			return heldNow{}, parts.ErrNotHeld.With("state", r.State)
		}
		l, err := what(tx.Now())
		if err != nil {
			return heldNow{}, err
		}
		if l.Reason == r.Late.Reason && l.ExpectedAt.Equal(r.Late.ExpectedAt) {
			return heldNow{r.ID, r.Version}, nil
		}
		if err := late(ctx, tx, &r, l, caller.User); err != nil {
			return heldNow{}, err
		}
		return heldNow{r.ID, r.Version}, m.bus.Publish(ctx, tx, r.told())
	})
}

// maySay asks access whether the caller may say something of a reservation: of what they
// may not know there is none.
func (m *Module) maySay(ctx context.Context, name id.Reservation) error {
	caller, _ := access.From(ctx)
	r, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) (reservation, error) { return byID(ctx, tx, name, "") })
	if errors.Is(err, errNone) {
		return parts.ErrNotKnown
	} else if err != nil {
		return err
	}
	tree, err := m.network.Tree(ctx, caller.Tenant)
	if err != nil {
		return err
	}
	of := resource(tree, "reservation.write", parts.Place{Node: r.Node})
	of.ID = r.ID.Raw()
	if err = m.guard.Can(ctx, "reservation.write", of); errors.Is(err, access.ErrHidden) {
		return parts.ErrNotKnown
	}
	return err
}

// told is what others hear of a reservation of which something was said.
func (r *reservation) told() outbox.Event {
	a := id.Appointment(r.ID)
	if !r.Late.Is() {
		return parts.DelayEnded{Reservation: r.ID, Appointment: a, WorkOrder: r.WorkOrder, Case: r.Case, Node: r.Node}
	}
	return parts.Delayed{
		Reservation: r.ID, Appointment: a, WorkOrder: r.WorkOrder, Case: r.Case, Node: r.Node, Reason: r.Late.Reason, ExpectedAt: r.Late.ExpectedAt,
	}
}

// late writes what is late of a locked reservation.
func late(ctx context.Context, tx *db.Tx, r *reservation, l parts.Late, user id.User) error {
	n, err := tx.Exec(ctx, `UPDATE parts_reservation SET late = ?, late_until = ?, late_user_id = ?, late_said_at = ?, changed_at = ?, version = version + 1
		WHERE tenant_id = ? AND id = ? AND version = ?`, l.Reason, l.ExpectedAt, user, tx.Now(), tx.Now(), tx.Tenant(), r.ID, r.Version)
	if err != nil {
		return fmt.Errorf("note delay: %w", err)
	}
	if n != 1 {
		return db.ErrRetry
	}
	r.Late, r.Version = l, r.Version+1
	return nil
}

// scheduled: what is held stays so until a week after the appointment, wherever that was
// moved to, as late parts make it move.
func (m *Module) scheduled(ctx context.Context, tx *db.Tx, _ outbox.Meta, e dispatch.AppointmentScheduled) error {
	return tx.Put(ctx, `UPDATE parts_reservation SET expires_at = ?, changed_at = ?, version = version + 1
		WHERE tenant_id = ? AND id = ? AND state = ? AND expires_at < ?`,
		e.EndAt.Add(grace), tx.Now(), tx.Tenant(), id.Reservation(e.Appointment), parts.HeldFor, e.EndAt.Add(grace))
}
