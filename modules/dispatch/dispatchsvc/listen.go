package dispatchsvc

import (
	"context"
	"errors"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// listen subscribes the module. Its one lane per case keeps the order of what
// happens to the case's visits.
func (m *Module) listen() {
	const lane = "dispatch.follow"
	outbox.OnAsk(m.bus, lane, m.askSite, m.orderReady)
	outbox.On(m.bus, lane, m.orderMoved)
	outbox.On(m.bus, lane, m.reserved)
	outbox.On(m.bus, lane, m.refused)
	outbox.On(m.bus, lane, m.partsDelayed)
	outbox.On(m.bus, lane, m.partsDelayEnded)
	outbox.On(m.bus, lane, m.visitRecorded)
	outbox.On(m.bus, lane, m.caseMoved)
	outbox.On(m.bus, lane, m.caseChased)
	outbox.On(m.bus, lane, m.caseAssigned)
	outbox.On(m.bus, lane, m.clocksStarted)
	outbox.On(m.bus, lane, m.clocksResumed)
	outbox.OnAsk(m.bus, "dispatch.lends", m.askOutlet, m.nodeChanged)
	outbox.On(m.bus, "dispatch.lends", m.nodeMoved)
	outbox.OnAsk(m.bus, "dispatch.learn", m.askWork, m.keepSample, outbox.FromStart())
	outbox.OnAsk(m.bus, "dispatch.demand", m.askPlace, m.countDemand, outbox.FromStart(), outbox.Resets(dropDemand))
}

// site is what is asked of the case and the node before a visit is planned.
type site struct {
	brief desk.Brief
	node  network.Node // zero while no node serves the case
}

func (m *Module) askSite(ctx context.Context, meta outbox.Meta, e work.OrderReady) (s site, err error) {
	if e.Kind != work.Visit {
		return s, nil
	}
	if s.brief, err = m.desk.Brief(ctx, meta.Tenant, e.Case); err != nil {
		return s, err
	}
	node := s.brief.Node
	if node.IsZero() {
		node = e.Node
	}
	if node.IsZero() {
		return s, nil
	}
	s.node, err = m.network.Node(ctx, meta.Tenant, node)
	return s, err
}

// orderReady: a visit is to be planned, for the first time or once more.
func (m *Module) orderReady(ctx context.Context, tx *db.Tx, _ outbox.Meta, e work.OrderReady, s site) error {
	if e.Kind != work.Visit {
		return nil
	}
	j, err := jobOf(ctx, tx, e.WorkOrder, tx.ForUpdate())
	fresh := errors.Is(err, dispatch.ErrNoJob)
	if err != nil && !fresh {
		return err
	}
	state := dispatch.Unplanned
	if _, err := liveOf(ctx, tx, e.WorkOrder, ""); err == nil {
		state = dispatch.Booked // it has been promised meanwhile
	} else if !errors.Is(err, dispatch.ErrNotFound) {
		return err
	}
	j.Minutes, j.Needs, j.State, j.ReadyAt = max(1, e.Minutes), needs{e.Skills, e.Parts, e.Tie}, state, tx.Now()
	if !fresh {
		return m.saveJob(ctx, tx, j)
	}
	j.WorkOrder, j.Case, j.Brand, j.Node, j.Partner = e.WorkOrder, e.Case, e.Brand, s.node.ID, s.node.Partner
	j.Requester, j.Country, j.Zone, j.Coarse = s.brief.Requester, s.brief.Country, s.brief.Zone, s.brief.Coarse
	j.Priority, j.WorkType, j.Version = int64(s.brief.Priority), string(s.brief.WorkType), 1
	if j.Zone == "" {
		j.Zone = s.node.Zone
	}
	if err := insertJob(ctx, tx, j); err != nil {
		return err
	}
	if err := m.wantSurvey(ctx, tx, j.Node); err != nil {
		return err
	}
	return m.changed(ctx, tx, j.Node, j.WorkOrder.String(), j.Version)
}

// orderMoved: work that waits is not planned, and work that is over needs no
// visit any more.
func (m *Module) orderMoved(ctx context.Context, tx *db.Tx, _ outbox.Meta, e work.OrderMoved) error {
	if e.Kind != work.Visit {
		return nil
	}
	j, err := jobOf(ctx, tx, e.WorkOrder, tx.ForUpdate())
	if errors.Is(err, dispatch.ErrNoJob) {
		return nil // it was over before it was ready
	} else if err != nil {
		return err
	}
	switch {
	case e.To == work.Waiting && j.State.Open():
		j.State = dispatch.Held
		return m.saveJob(ctx, tx, j)
	case !e.To.Open():
		return m.close(ctx, tx, j, dispatch.ReasonWorkOver)
	default:
		return nil
	}
}

// close ends a job, and the appointment that it may still have. Where somebody is
// on site already, the record of the visit ends it.
func (m *Module) close(ctx context.Context, tx *db.Tx, j job, reason string) error {
	if j.State == dispatch.Done {
		return nil
	}
	j.State = dispatch.Done
	if err := m.saveJob(ctx, tx, j); err != nil {
		return err
	}
	a, err := liveOf(ctx, tx, j.WorkOrder, tx.ForUpdate())
	if errors.Is(err, dispatch.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	return past(m.step(ctx, tx, &a, move{cmd: dispatch.Cancel, reason: reason, at: tx.Now()}))
}

// follow moves an appointment after an event; what no longer fits is history.
func (m *Module) follow(ctx context.Context, tx *db.Tx, a id.Appointment, mv move) error {
	found, err := locked(ctx, tx, a)
	if err != nil {
		return err
	}
	return past(m.step(ctx, tx, &found, mv))
}

// past takes a command that no longer fits for history.
func past(err error) error {
	if errors.Is(err, dispatch.ErrTransition) {
		return nil
	}
	return err
}

// reserved: the parts are held, the appointment stands.
func (m *Module) reserved(ctx context.Context, tx *db.Tx, meta outbox.Meta, e parts.Reserved) error {
	return m.follow(ctx, tx, e.Appointment, move{cmd: dispatch.Confirm, reason: dispatch.ReasonPartsHeld, at: meta.OccurredAt})
}

// refused: without its parts the visit would be in vain; the slot is free again.
func (m *Module) refused(ctx context.Context, tx *db.Tx, meta outbox.Meta, e parts.ReservationRefused) error {
	a, err := locked(ctx, tx, e.Appointment)
	if err != nil || a.State != dispatch.Pending {
		return err
	}
	return m.step(ctx, tx, &a, move{cmd: dispatch.Cancel, reason: dispatch.ReasonPartsRefused, at: meta.OccurredAt})
}

// visitRecorded: the record says how the appointment went. A record without an
// appointment is that of the work order's live one, if it has one.
func (m *Module) visitRecorded(ctx context.Context, tx *db.Tx, _ outbox.Meta, e field.VisitRecorded) error {
	a, err := m.visited(ctx, tx, e)
	if errors.Is(err, dispatch.ErrNotFound) {
		return nil // nobody was expected: fieldsvc has marked it for review
	} else if err != nil || !a.State.Live() {
		return err
	}
	a.earn(&e)
	if !e.StartedAt.IsZero() && e.FinishedAt.After(e.StartedAt) {
		a.ServiceStartAt, a.ServiceEndAt = e.StartedAt, e.FinishedAt
	}
	cmd := dispatch.GiveUp
	switch {
	case e.Outcome == work.NotPresent:
		cmd = dispatch.FindAbsent
	case e.Outcome.Ends():
		cmd = dispatch.Finish
	}
	return past(m.step(ctx, tx, &a, move{cmd: cmd, reason: dispatch.ReasonRecorded, at: e.FinishedAt}))
}

func (m *Module) visited(ctx context.Context, tx *db.Tx, e field.VisitRecorded) (appointment, error) {
	if e.Appointment.IsZero() {
		a, err := liveOf(ctx, tx, e.WorkOrder, "")
		if err != nil {
			return a, err
		}
		return locked(ctx, tx, a.ID)
	}
	return locked(ctx, tx, e.Appointment)
}

// caseMoved: nobody visits for a case that is given up.
func (m *Module) caseMoved(ctx context.Context, tx *db.Tx, _ outbox.Meta, e desk.CaseMoved) error {
	if e.To != desk.Cancelled {
		return nil
	}
	return m.eachJob(ctx, tx, e.Case, func(j job) error { return m.close(ctx, tx, j, dispatch.ReasonCaseOver) })
}

func (m *Module) eachJob(ctx context.Context, tx *db.Tx, c id.Case, fn func(job) error) error {
	all, err := jobsOfCase(ctx, tx, c, tx.ForUpdate())
	if err != nil {
		return err
	}
	for _, j := range all {
		if err := fn(j); err != nil {
			return err
		}
	}
	return nil
}

func (m *Module) caseChased(ctx context.Context, tx *db.Tx, _ outbox.Meta, e desk.CaseChased) error {
	return m.eachJob(ctx, tx, e.Case, func(j job) error {
		if j.Priority == int64(e.Priority) {
			return nil
		}
		j.Priority = int64(e.Priority)
		return m.saveJob(ctx, tx, j)
	})
}

// caseAssigned: another node plans what has not been promised yet.
func (m *Module) caseAssigned(ctx context.Context, tx *db.Tx, _ outbox.Meta, e desk.CaseAssigned) error {
	return m.eachJob(ctx, tx, e.Case, func(j job) error {
		if j.State == dispatch.Booked || j.State == dispatch.Done {
			return nil
		}
		j.Node, j.Partner = e.Node, e.Partner
		return m.saveJob(ctx, tx, j)
	})
}

func (m *Module) clocksStarted(ctx context.Context, tx *db.Tx, _ outbox.Meta, e sla.ClocksStarted) error {
	return m.dueBy(ctx, tx, e.Case, e.Clocks)
}

func (m *Module) clocksResumed(ctx context.Context, tx *db.Tx, _ outbox.Meta, e sla.ClocksResumed) error {
	return m.dueBy(ctx, tx, e.Case, e.Clocks)
}

// dueBy keeps until when the case must be visited and solved.
func (m *Module) dueBy(ctx context.Context, tx *db.Tx, c id.Case, clocks []sla.Standing) error {
	var arrive, resolve time.Time
	for _, k := range clocks {
		switch k.Kind {
		case sla.Arrive:
			arrive = sooner(arrive, k.DueAt)
		case sla.Resolve:
			resolve = sooner(resolve, k.DueAt)
		default:
		}
	}
	if arrive.IsZero() && resolve.IsZero() {
		return nil
	}
	return saveDue(ctx, tx, c, arrive, resolve)
}

// sooner is the earlier of two instants, zero being none.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
