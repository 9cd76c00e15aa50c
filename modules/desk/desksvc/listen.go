package desksvc

import (
	"context"
	"errors"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/orders"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// listen subscribes the desk: a case's state follows from what happens to it.
// The first name is one lane per case, so that its moves come in order.
func (m *Module) listen() {
	const lane = "desk.follow"
	outbox.On(m.bus, lane, m.planAccepted)
	outbox.On(m.bus, lane, m.appointmentScheduled)
	outbox.On(m.bus, lane, m.appointmentEnded)
	outbox.On(m.bus, lane, m.reservationRefused)
	outbox.On(m.bus, lane, m.workMoved)
	outbox.On(m.bus, lane, m.workCompleted)
	outbox.OnAsk(m.bus, "desk.order", m.readOrder, m.orderReceived)
	outbox.On(m.bus, "desk.order", m.orderMoved)
}

func (m *Module) planAccepted(ctx context.Context, tx *db.Tx, _ outbox.Meta, e remedy.PlanAccepted) error {
	return m.follows(ctx, tx, e.Case, func(ctx context.Context, tx *db.Tx, r *row) error {
		return m.step(ctx, tx, r, desk.Begin, "", "desk.plan_accepted")
	})
}

func (m *Module) appointmentScheduled(ctx context.Context, tx *db.Tx, _ outbox.Meta, e dispatch.AppointmentScheduled) error {
	return m.follows(ctx, tx, e.Case, func(ctx context.Context, tx *db.Tx, r *row) error {
		r.Technician = e.Technician
		if err := m.responded(ctx, tx, r); err != nil { // the customer was told a time
			return err
		}
		if err := m.tell(ctx, tx, news{Case: r.ID, What: desk.VisitBooked}); err != nil {
			return err
		}
		return m.step(ctx, tx, r, desk.Begin, "", "desk.scheduled")
	})
}

func (m *Module) appointmentEnded(ctx context.Context, tx *db.Tx, _ outbox.Meta, e dispatch.AppointmentEnded) error {
	return m.follows(ctx, tx, e.Case, func(ctx context.Context, tx *db.Tx, r *row) error {
		r.Technician = id.Technician{}
		switch {
		case e.State == dispatch.Absent:
			return m.step(ctx, tx, r, desk.Wait, desk.ForCustomer, "desk.customer_absent")
		case e.Reason == dispatch.ReasonPartsRefused:
			return nil // the case waits for the part, and nobody was told of the slot
		}
		if err := m.tell(ctx, tx, news{Case: r.ID, What: desk.VisitOff}); err != nil {
			return err
		}
		return m.step(ctx, tx, r, desk.Begin, "", "desk.appointment_ended")
	})
}

func (m *Module) reservationRefused(ctx context.Context, tx *db.Tx, _ outbox.Meta, e parts.ReservationRefused) error {
	return m.follows(ctx, tx, e.Case, func(ctx context.Context, tx *db.Tx, r *row) error {
		return m.step(ctx, tx, r, desk.Wait, desk.ForPart, "desk.part_missing")
	})
}

func (m *Module) workMoved(ctx context.Context, tx *db.Tx, _ outbox.Meta, e work.OrderMoved) error {
	return m.follows(ctx, tx, e.Case, func(ctx context.Context, tx *db.Tx, r *row) error {
		switch {
		case e.From == work.Waiting && e.To == work.Ready:
			return m.step(ctx, tx, r, desk.Begin, "", "desk.work_ready")
		case e.From == work.Waiting && e.To == work.Cancelled:
			return m.step(ctx, tx, r, desk.Begin, "", "desk.work_given_up") // what it waited for is not needed any more
		case e.To == work.Waiting:
			return m.step(ctx, tx, r, desk.Wait, desk.ForPart, "desk.part_missing")
		}
		return nil
	})
}

func (m *Module) workCompleted(ctx context.Context, tx *db.Tx, _ outbox.Meta, e work.OrderCompleted) error {
	return m.follows(ctx, tx, e.Case, func(ctx context.Context, tx *db.Tx, r *row) error {
		if err := m.responded(ctx, tx, r); err != nil {
			return err
		}
		if e.More > 0 {
			return nil // another visit of this work is still to come
		}
		return m.step(ctx, tx, r, desk.Resolve, "", "desk.work_"+string(e.Outcome))
	})
}

// readOrder thinks a case through that a brand's order asks for. An order that
// no case can be made from is refused in its own module, so nothing is asked
// twice: ok is false then.
func (m *Module) readOrder(ctx context.Context, meta outbox.Meta, e orders.OrderReceived) (o opening, err error) {
	content, err := m.orders.Content(ctx, meta.Tenant, e.Order)
	if err != nil {
		return o, err
	}
	ctx = access.With(ctx, access.System(meta.Tenant))
	if o, _, err = m.prepare(ctx, meta.Tenant, content.Intake); err != nil {
		return o, err
	}
	o.row.Order, o.row.Requester = e.Order, e.Requester
	o.row.ID = id.Case(e.Order) // one order, one case, however often this runs
	if o.key, err = m.ring.Get(ctx, meta.Tenant, e.Requester); err != nil {
		return o, err
	}
	for _, p := range content.Parties {
		o.parts = append(o.parts, part{role: p.Role, person: p.Person})
	}
	return o, m.seal(meta.Tenant, content.Intake, &o)
}

func (m *Module) orderReceived(ctx context.Context, tx *db.Tx, _ outbox.Meta, _ orders.OrderReceived, o opening) error {
	_, err := byID(ctx, tx, o.row.ID)
	if !errors.Is(err, desk.ErrCaseNotFound) {
		return err
	}
	return m.write(ctx, tx, o)
}

// orderMoved: what a brand takes back, or the operator refuses, is not done. The case of an order has the
// order's id, and the lane makes it before this is heard.
func (m *Module) orderMoved(ctx context.Context, tx *db.Tx, _ outbox.Meta, e orders.OrderMoved) error {
	reason := "desk.order_cancelled"
	switch e.To {
	case orders.Cancelled:
	case orders.Refused:
		reason = "desk.order_refused"
	default: // it follows the case
		return nil
	}
	err := m.follows(ctx, tx, id.Case(e.Order), func(ctx context.Context, tx *db.Tx, r *row) error {
		return m.step(ctx, tx, r, desk.Cancel, "", reason)
	})
	if errors.Is(err, desk.ErrCaseNotFound) {
		return nil // the person was erased before the case could be made
	}
	return err
}
