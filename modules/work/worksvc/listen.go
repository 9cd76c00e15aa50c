package worksvc

import (
	"context"
	"errors"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/leaf"
	"fettle.dev/fettle/platform/outbox"
)

// planAccepted makes the work order that the plan asks for.
func (m *Module) planAccepted(ctx context.Context, tx *db.Tx, _ outbox.Meta, e remedy.PlanAccepted) error {
	kind, any := work.KindOf(e.Mode)
	if !any {
		return nil
	}
	o := order{
		ID:   id.WorkOrder(e.Plan), // one plan, one work order, however often this runs
		Case: e.Case, Plan: e.Plan, Kind: kind, Brand: e.Brand, Node: e.Node, Line: e.Line, Model: e.Model, Minutes: e.Minutes,
		Needs: needs{Skills: e.Skills, Parts: e.Parts}, State: work.Ready, CreatedAt: tx.Now(), ChangedAt: tx.Now(), Version: 1,
	}
	if _, err := byID(ctx, tx, o.ID, ""); !errors.Is(err, work.ErrNotFound) {
		return err
	}
	if err := insert(ctx, tx, o); err != nil {
		return err
	}
	return m.bus.Publish(ctx, tx, o.ready(false))
}

// planSuperseded: the work of a plan that gave way is given up. A plan that
// nobody had decided on has none. A wish comes after work that has begun: it is
// kept, and remedy hears of it. The case's stream says which was first.
func (m *Module) planSuperseded(ctx context.Context, tx *db.Tx, _ outbox.Meta, e remedy.PlanSuperseded) error {
	o, err := byID(ctx, tx, id.WorkOrder(e.Plan), tx.ForUpdate())
	switch {
	case errors.Is(err, work.ErrNotFound):
		return nil
	case err != nil:
		return err
	case e.Reason == remedy.OnRequest && o.State == work.InProgress:
		return m.bus.Publish(ctx, tx, work.OrderKept{WorkOrder: o.ID, Case: o.Case, Node: o.Node, At: tx.Now()})
	}
	if err := past(m.step(ctx, tx, &o, work.Cancel, "work.plan_superseded")); err != nil {
		return err
	}
	return m.dropTied(ctx, tx, o, "work.plan_superseded")
}

func (o order) ready(again bool) work.OrderReady {
	return work.OrderReady{
		WorkOrder: o.ID, Case: o.Case, Plan: o.Plan, Kind: o.Kind, Brand: o.Brand, Node: o.Node, Line: o.Line, Model: o.Model,
		Minutes: o.Minutes, Skills: o.Needs.Skills, Parts: o.Needs.Parts, Again: again, Tie: o.Needs.Tie,
	}
}

// move applies the command to the work order; what no longer fits is history.
func (m *Module) move(ctx context.Context, tx *db.Tx, wo id.WorkOrder, cmd work.Command, reason string) error {
	o, err := byID(ctx, tx, wo, tx.ForUpdate())
	if err != nil {
		return err
	}
	was := o.State
	if err := m.step(ctx, tx, &o, cmd, reason); err != nil {
		return past(err)
	}
	if o.State == work.Ready && was != work.Ready {
		return m.bus.Publish(ctx, tx, o.ready(true))
	}
	return nil
}

// past takes a command that no longer fits for history.
func past(err error) error {
	if errors.Is(err, work.ErrTransition) {
		return nil
	}
	return err
}

func (m *Module) scheduled(ctx context.Context, tx *db.Tx, _ outbox.Meta, e dispatch.AppointmentScheduled) error {
	return m.move(ctx, tx, e.WorkOrder, work.Schedule, "work.appointment")
}

func (m *Module) appointmentMoved(ctx context.Context, tx *db.Tx, _ outbox.Meta, e dispatch.AppointmentMoved) error {
	switch e.To {
	case dispatch.Travelling, dispatch.OnSite:
		return m.move(ctx, tx, e.WorkOrder, work.Start, "work.on_site")
	case dispatch.Pending, dispatch.Scheduled, dispatch.Dispatched, dispatch.Accepted, dispatch.Declined, dispatch.TimedOut,
		dispatch.Completed, dispatch.Unable, dispatch.Absent, dispatch.Missed, dispatch.Cancelled:
		return nil
	default:
		return nil
	}
}

func (m *Module) appointmentEnded(ctx context.Context, tx *db.Tx, _ outbox.Meta, e dispatch.AppointmentEnded) error {
	return m.move(ctx, tx, e.WorkOrder, work.Unschedule, "work.appointment_ended")
}

func (m *Module) reservationRefused(ctx context.Context, tx *db.Tx, _ outbox.Meta, e parts.ReservationRefused) error {
	return m.move(ctx, tx, e.WorkOrder, work.Hold, "work.part_missing")
}

// partArrived: what the work order waited for is there.
func (m *Module) partArrived(ctx context.Context, tx *db.Tx, _ outbox.Meta, e parts.Arrived) error {
	if e.WorkOrder.IsZero() {
		return nil
	}
	return m.move(ctx, tx, e.WorkOrder, work.Release, "work.part_arrived")
}

// caseMoved: work of a case that is given up is given up, and work that waits
// goes on when somebody says that the case does.
func (m *Module) caseMoved(ctx context.Context, tx *db.Tx, _ outbox.Meta, e desk.CaseMoved) error {
	if e.From == desk.Waiting && e.To == desk.Open {
		return m.release(ctx, tx, e.Case)
	}
	if e.To != desk.Cancelled {
		return nil
	}
	all, err := ofCase(ctx, tx, e.Case, tx.ForUpdate())
	if err != nil {
		return err
	}
	for i := range all {
		if err := past(m.step(ctx, tx, &all[i], work.Cancel, "work.case_cancelled")); err != nil {
			return err
		}
	}
	return nil
}

func (m *Module) release(ctx context.Context, tx *db.Tx, c id.Case) error {
	all, err := ofCase(ctx, tx, c, tx.ForUpdate())
	for _, o := range all {
		if err == nil && o.State == work.Waiting {
			err = m.move(ctx, tx, o.ID, work.Release, "work.case_resumed")
		}
	}
	return err
}

// charged: what is rated is in the books.
func (m *Module) charged(ctx context.Context, tx *db.Tx, _ outbox.Meta, e settlement.ChargesRated) error {
	o, err := byID(ctx, tx, e.WorkOrder, tx.ForUpdate())
	if err != nil {
		return err
	}
	if err := past(m.step(ctx, tx, &o, work.Check, "work.record_in_order")); err != nil {
		return err
	}
	return past(m.step(ctx, tx, &o, work.Post, "work.charged"))
}

// keyOfVisit fetches the key that salts the service record, nil when the person
// was erased meanwhile.
func (m *Module) keyOfVisit(ctx context.Context, meta outbox.Meta, e field.VisitRecorded) (*keys.Key, error) {
	return m.keyOf(ctx, meta.Tenant, e.Case)
}

func (m *Module) keyOf(ctx context.Context, tenant id.Tenant, c id.Case) (*keys.Key, error) {
	b, err := m.desk.Brief(ctx, tenant, c)
	if err != nil {
		return nil, err
	}
	k, err := m.ring.Get(ctx, tenant, b.Requester)
	if errors.Is(err, keys.ErrErased) {
		return nil, nil //nolint:nilnil // nobody's key is an answer
	}
	return k, err
}

// visitRecorded: the record of a visit says how the attempt ended.
func (m *Module) visitRecorded(ctx context.Context, tx *db.Tx, _ outbox.Meta, e field.VisitRecorded, key *keys.Key) error {
	o, err := byID(ctx, tx, e.WorkOrder, tx.ForUpdate())
	if err != nil {
		return err
	}
	if !o.State.Open() {
		return nil // a second record of what is done: fieldsvc has marked it for review
	}
	return m.ended(ctx, tx, o, done{
		Visit: e.Visit, Outcome: e.Outcome, Cause: e.Cause, WorkedMinutes: e.WorkedMinutes, TravelMetres: e.TravelMetres, Parts: e.Parts, At: e.FinishedAt,
	}, key)
}

// ended moves the order after an attempt and tells of it. When that was the last,
// it publishes what is to be rated and promises the record.
func (m *Module) ended(ctx context.Context, tx *db.Tx, o order, d done, key *keys.Key) error {
	was := o.State
	o.Outcome, o.Attempts = d.Outcome, o.Attempts+1
	if err := m.step(ctx, tx, &o, work.After(d.Outcome), "work.outcome_"+string(d.Outcome)); err != nil {
		return err
	}
	if d.Outcome.Unties() {
		if err := m.dropTied(ctx, tx, o, "work.tie_gone"); err != nil {
			return err
		}
	}
	if !d.Outcome.Ends() {
		failed := work.AttemptFailed{
			WorkOrder: o.ID, Case: o.Case, Visit: d.Visit, Kind: o.Kind, Brand: o.Brand, Node: o.Node, Line: o.Line, Outcome: d.Outcome,
			Cause: d.Cause, Attempts: o.Attempts, At: d.At,
		}
		if o.State == work.Ready && was != work.Ready {
			return m.bus.Publish(ctx, tx, failed, o.ready(true))
		}
		return m.bus.Publish(ctx, tx, failed)
	}
	more, err := stillTied(ctx, tx, o)
	if err != nil {
		return err
	}
	e := work.OrderCompleted{
		WorkOrder: o.ID, Case: o.Case, Visit: d.Visit, Kind: o.Kind, Brand: o.Brand, Node: o.Node, Line: o.Line, Outcome: d.Outcome,
		Cause: d.Cause, WorkedMinutes: d.WorkedMinutes, TravelMetres: d.TravelMetres, Parts: d.Parts, CompletedAt: d.At, More: more,
	}
	if _, err := leaf.Append(ctx, tx, leaf.Entry{Kind: "service_record", Subject: o.Case.Raw(), Record: e, Key: key}); err != nil {
		return err
	}
	return m.bus.Publish(ctx, tx, e)
}
