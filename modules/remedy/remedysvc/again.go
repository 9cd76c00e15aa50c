package remedysvc

import (
	"context"
	"errors"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// gatherAgain gathers anew, with what holds once the cause is known that the
// work has found.
func (m *Module) gatherAgain(ctx context.Context, tenant id.Tenant, c id.Case, cause string) (g ground, err error) {
	e, err := m.terms.EntitlementGiven(ctx, tenant, c, warranty.Cause(cause))
	if err != nil {
		return g, err
	}
	return m.gather(ctx, outbox.Meta{Tenant: tenant}, e.Event())
}

func (m *Module) askFailed(ctx context.Context, meta outbox.Meta, e work.AttemptFailed) (g ground, err error) {
	if !e.Outcome.Fails() {
		return g, nil // the work goes on
	}
	return m.gatherAgain(ctx, meta.Tenant, e.Case, e.Cause)
}

// failed notes an attempt in vain and, when it was the way that failed, proposes
// anew. A plan that has another in its place already is only noted, so that a
// repeat changes nothing.
func (m *Module) failed(ctx context.Context, tx *db.Tx, _ outbox.Meta, e work.AttemptFailed, g ground) error {
	p, err := m.note(ctx, tx, e.WorkOrder, e.Outcome)
	if errors.Is(err, remedy.ErrNoPlan) {
		return nil
	} else if err != nil || !e.Outcome.Fails() || p.State == remedy.Superseded || !g.brief.State.Active() {
		return err // a case that is solved meanwhile gets its plan when it comes back
	}
	_, err = m.replace(ctx, tx, p, g, remedy.AfterFailure)
	return err
}

// completed notes how the work of a plan ended.
func (m *Module) completed(ctx context.Context, tx *db.Tx, _ outbox.Meta, e work.OrderCompleted) error {
	_, err := m.note(ctx, tx, e.WorkOrder, e.Outcome)
	if errors.Is(err, remedy.ErrNoPlan) {
		return nil
	}
	return err
}

// note writes the outcome on the plan that the work was done for.
func (m *Module) note(ctx context.Context, tx *db.Tx, wo id.WorkOrder, o work.Outcome) (plan, error) {
	p, err := byID(ctx, tx, planOf(wo), tx.ForUpdate())
	if err != nil {
		return p, err
	}
	p.Outcome = string(o)
	if err := save(ctx, tx, p); err != nil {
		return p, err
	}
	p.Version++
	return p, nil
}

func (m *Module) askReopened(ctx context.Context, meta outbox.Meta, e desk.CaseMoved) (g ground, err error) {
	if !cameBack(e) {
		return g, nil
	}
	g, err = m.gatherAgain(ctx, meta.Tenant, e.Case, "")
	if errors.Is(err, warranty.ErrNoEntitlement) {
		return g, nil // it has no plan either
	}
	return g, err
}

// cameBack reports whether a case that was taken for solved is open again.
func cameBack(e desk.CaseMoved) bool { return e.From == desk.Resolved && e.To == desk.Open }

// reopened proposes anew for a case that came back, when the plan has had its
// chance. A proposal stands, and so does a plan whose work is still to be done.
func (m *Module) reopened(ctx context.Context, tx *db.Tx, _ outbox.Meta, e desk.CaseMoved, g ground) error {
	if !cameBack(e) || !g.brief.State.Active() {
		return nil
	}
	old, err := latest(ctx, tx, e.Case, tx.ForUpdate())
	if errors.Is(err, remedy.ErrNoPlan) {
		return nil
	} else if err != nil || old.State == remedy.Proposed || !work.Outcome(old.Outcome).Over() {
		return err
	}
	_, err = m.replace(ctx, tx, old, g, remedy.AfterReopen)
	return err
}

// proposedAnew is what who asked for a new plan hears.
type proposedAnew struct {
	Plan  id.FixPlan   `json:"plan"`
	State remedy.State `json:"state"`
	Mode  remedy.Mode  `json:"mode" doc:"the way ranked first; no_remedy when there is none"`
}

// Again has another plan proposed in place of the one that stands, because
// somebody knows better than the events. It takes back what may have been
// decided, so it needs the right to overrule. Where somebody is at the work
// already, their report decides; work that begins in this very moment is kept by
// the module that knows of it, and kept lets its plan stand again.
func (m *Module) Again(ctx context.Context, c id.Case) (proposedAnew, error) {
	caller, _ := access.From(ctx)
	b, err := m.allowed(ctx, caller.Tenant, c, "plan.overrule")
	if err != nil {
		return proposedAnew{}, err
	}
	if !b.State.Active() {
		return proposedAnew{}, remedy.ErrNotOpen.With("state", b.State)
	}
	g, err := m.gatherAgain(ctx, caller.Tenant, c, "")
	if errors.Is(err, warranty.ErrNoEntitlement) {
		return proposedAnew{}, remedy.ErrNoPlan
	} else if err != nil {
		return proposedAnew{}, err
	}
	begun, err := m.begun(ctx, caller.Tenant, c)
	if err != nil {
		return proposedAnew{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (proposedAnew, error) {
		old, err := latest(ctx, tx, c, tx.ForUpdate())
		if err != nil {
			return proposedAnew{}, err
		}
		if old.ID == begun {
			return proposedAnew{}, remedy.ErrUnderWay
		}
		next, err := m.replace(ctx, tx, old, g, remedy.OnRequest)
		return proposedAnew{next.ID, next.State, next.Proposal.Best()}, err
	})
}

// kept lets a plan stand again as it was decided, because somebody was at its
// work when another was asked for; what was proposed or decided in its place
// gives way.
func (m *Module) kept(ctx context.Context, tx *db.Tx, _ outbox.Meta, e work.OrderKept) error {
	old, err := byID(ctx, tx, planOf(e.WorkOrder), tx.ForUpdate())
	if errors.Is(err, remedy.ErrNoPlan) {
		return nil
	} else if err != nil || old.State != remedy.Superseded {
		return err // a repeat finds it standing
	}
	other, err := latest(ctx, tx, e.Case, tx.ForUpdate())
	if err != nil {
		return err
	}
	if other.State != remedy.Superseded {
		if err := m.giveWay(ctx, tx, other, old.ID, remedy.AfterStart); err != nil {
			return err
		}
	}
	if old.State, err = remedy.Next(old.State, old.Proposal.Choosing(old.Mode)); err != nil {
		return err
	}
	return save(ctx, tx, old)
}

// begun returns the case's newest plan when somebody is at its work, and nothing
// otherwise.
func (m *Module) begun(ctx context.Context, tenant id.Tenant, c id.Case) (id.FixPlan, error) {
	p, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (plan, error) { return latest(ctx, tx, c, "") })
	if err != nil {
		return id.FixPlan{}, err
	}
	o, err := m.orders.WorkOrder(ctx, tenant, id.WorkOrder(p.ID))
	if errors.Is(err, work.ErrNotFound) || err == nil && o.State != work.InProgress {
		return id.FixPlan{}, nil
	}
	return p.ID, err
}
