package dispatchsvc

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// partsDelayed: what is held for a visit comes later than was reckoned, so it begins no
// earlier.
func (m *Module) partsDelayed(ctx context.Context, tx *db.Tx, _ outbox.Meta, e parts.Delayed) error {
	from := e.ExpectedAt
	if from.IsZero() {
		from = dispatch.Undated
	}
	return m.await(ctx, tx, e.Appointment, from, string(e.Reason))
}

// partsDelayEnded: it is there, or comes in time after all.
func (m *Module) partsDelayEnded(ctx context.Context, tx *db.Tx, _ outbox.Meta, e parts.DelayEnded) error {
	return m.await(ctx, tx, e.Appointment, time.Time{}, "")
}

// await notes when the parts of an appointment are there, and plans its technician's day
// anew: within its window the visit moves, out of it never.
func (m *Module) await(ctx context.Context, tx *db.Tx, name id.Appointment, from time.Time, why string) error {
	a, err := onItsDay(ctx, tx, name)
	if err != nil || !a.State.Live() || a.PartsFrom.Equal(from) && a.PartsLate == why {
		return err
	}
	a.PartsFrom, a.PartsLate, a.Reason = from, why, dispatch.ReasonPartsLate
	if why == "" {
		a.Reason = dispatch.ReasonPartsInTime
	}
	if err := save(ctx, tx, &a, id.User{}); err != nil {
		return err
	}
	if err := tidy(ctx, tx, a.Technician, a.ServiceStartAt); err != nil {
		return err
	}
	return m.changed(ctx, tx, a.Node, a.ID.String(), a.Version)
}

// onItsDay locks an appointment and, before it, the technician who has it.
func onItsDay(ctx context.Context, tx *db.Tx, name id.Appointment) (appointment, error) {
	seen, err := appointmentOf(ctx, tx, name, "")
	if err != nil {
		return seen, err
	}
	if err := lockTechnician(ctx, tx, seen.Technician); err != nil {
		return seen, err
	}
	a, err := locked(ctx, tx, name)
	if err == nil && a.Technician != seen.Technician {
		err = db.ErrRetry // whose day is not locked
	}
	return a, err
}
