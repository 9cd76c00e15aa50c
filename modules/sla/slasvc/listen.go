package slasvc

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// listen subscribes the clocks to what happens to cases. One name is one lane
// per case, so that the clocks hear of it in order.
func (m *Module) listen() {
	hear(m, m.opened)
	hear(m, m.responded)
	hear(m, m.moved)
	hear(m, m.assigned)
	hear(m, m.appointmentMoved)
	hear(m, m.visited)
}

func hear[E outbox.Event](m *Module, handle func(ctx context.Context, tx *db.Tx, e E, r *rules) error) {
	outbox.OnAsk(m.bus, "sla.follow",
		func(ctx context.Context, meta outbox.Meta, _ E) (*rules, error) { return m.rules(ctx, meta.Tenant) },
		func(ctx context.Context, tx *db.Tx, _ outbox.Meta, e E, r *rules) error { return handle(ctx, tx, e, r) })
}

// opened starts the clocks that the case's targets ask for.
func (m *Module) opened(ctx context.Context, tx *db.Tx, e desk.CaseOpened, r *rules) error {
	at := place{e.Node, e.Country, e.Zone}
	clocks, err := r.start(sla.Situation{
		Line: e.Line, Brand: e.Brand, Node: e.Node, Country: e.Country, WorkType: e.WorkType, Priority: e.Priority,
	}, at, e.OpenedAt)
	if err != nil || len(clocks) == 0 {
		return err
	}
	rows := make([]row, len(clocks))
	standing := make([]sla.Standing, len(clocks))
	for i := range clocks {
		rows[i] = row{Clock: clocks[i], Case: e.Case, Brand: e.Brand, place: at}
		standing[i] = clocks[i].Standing()
	}
	if fresh, err := insertClocks(ctx, tx, rows); err != nil || !fresh {
		return err
	}
	of := sla.Of{Case: e.Case, Brand: e.Brand, Node: e.Node, NextDueAt: sla.NextDue(clocks)}
	if err := m.bus.Publish(ctx, tx, sla.ClocksStarted{Of: of, Clocks: standing, At: e.OpenedAt}); err != nil {
		return err
	}
	return m.arm(ctx, tx, sla.NextTell(clocks))
}

func (m *Module) responded(ctx context.Context, tx *db.Tx, e desk.CaseResponded, r *rules) error {
	return m.on(ctx, tx, r, e.Case, e.At, func(s *step) error { return s.each(sla.Command{Do: sla.Meet}, sla.Respond) })
}

// moved lets the clocks follow the state of the case. Whoever moves a new case
// has taken it on; whoever resolves it has answered, too, and nobody need come.
func (m *Module) moved(ctx context.Context, tx *db.Tx, e desk.CaseMoved, r *rules) error {
	return m.on(ctx, tx, r, e.Case, e.At, func(s *step) error {
		switch e.To {
		case desk.Cancelled, desk.Closed:
			return s.each(sla.Command{Do: sla.Cancel})
		case desk.Resolved:
			if err := s.each(sla.Command{Do: sla.Meet}, sla.Respond, sla.Own, sla.Resolve); err != nil {
				return err
			}
			return s.each(sla.Command{Do: sla.Cancel}, sla.Arrive)
		case desk.Open, desk.Waiting, desk.New:
		}
		if e.From == desk.Resolved {
			if err := s.each(sla.Command{Do: sla.Reopen}, sla.Resolve); err != nil {
				return err
			}
		}
		if err := s.each(sla.Command{Do: sla.Meet}, sla.Own); err != nil {
			return err
		}
		if e.To == desk.Waiting {
			return s.each(sla.Command{Do: sla.Pause, Reason: reasonOf(e.For)})
		}
		return s.each(sla.Command{Do: sla.Resume})
	})
}

// reasonOf translates whom a case waits for into why its clocks may stop.
func reasonOf(w desk.WaitFor) sla.Reason {
	switch w {
	case desk.ForCustomer:
		return sla.WaitCustomer
	case desk.ForPart:
		return sla.WaitPart
	case desk.ForPartner:
		return sla.WaitPartner
	default:
		return ""
	}
}

// assigned counts on in the hours of the node that serves the case now.
func (m *Module) assigned(ctx context.Context, tx *db.Tx, e desk.CaseAssigned, r *rules) error {
	return m.on(ctx, tx, r, e.Case, e.At, func(s *step) error {
		for i := range s.rows {
			if err := s.move(i, e.Node); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *step) move(i int, node id.Node) error {
	r := &s.rows[i]
	before, due := r.place, r.DueAt
	r.node = node
	from, to := s.rules.calendar(r.Promise, before), s.rules.calendar(r.Promise, r.place)
	next, changes, err := sla.Move(r.Clock, s.at, from, to)
	if err != nil {
		return err
	}
	if r.changed = true; !next.DueAt.Equal(due) {
		changes = append(changes, sla.Change{What: sla.WasResumed, At: s.at}) // goes on, due at another time
	}
	s.took(i, next, changes)
	return nil
}

func (m *Module) appointmentMoved(ctx context.Context, tx *db.Tx, e dispatch.AppointmentMoved, r *rules) error {
	if e.To != dispatch.OnSite {
		return nil
	}
	return m.on(ctx, tx, r, e.Case, e.At, func(s *step) error { return s.each(sla.Command{Do: sla.Meet}, sla.Arrive) })
}

// visited takes the technician's word for when the visit began, which may be
// long before the record came home.
func (m *Module) visited(ctx context.Context, tx *db.Tx, e field.VisitRecorded, r *rules) error {
	return m.on(ctx, tx, r, e.Case, e.StartedAt, func(s *step) error { return s.each(sla.Command{Do: sla.Meet}, sla.Arrive) })
}
