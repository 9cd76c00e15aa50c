package remedysvc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

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

// propose writes the plan of a case. A plan that somebody has decided on stands;
// one that is still a proposal gives way to the new one.
func (m *Module) propose(ctx context.Context, tx *db.Tx, _ outbox.Meta, e warranty.EntitlementDecided, g ground) error {
	if stands, err := m.supersede(ctx, tx, e); err != nil || stands || g.brief.State.Over() {
		return err
	}
	p := plan{
		ID: id.New[id.FixPlanKind](), Case: e.Case, Brand: g.brief.Brand, Node: g.brief.Node, Line: g.brief.Line, Unit: g.brief.Unit,
		Symptom: g.brief.Symptom, Facts: g.facts, Proposal: remedy.Propose(g.facts, g.policy), Needs: g.needs, State: proposed,
		ProposedAt: tx.Now(), Version: 1,
	}
	if p.Proposal.Auto {
		p.State, p.Mode, p.DecidedAt = accepted, p.Proposal.Best(), tx.Now()
	}
	if err := insert(ctx, tx, p); err != nil {
		return err
	}
	offered := remedy.PlanProposed{
		Case: p.Case, Plan: p.ID, Mode: p.Proposal.Best(), Options: choosable(p.Proposal), Auto: p.Proposal.Auto, At: tx.Now(),
	}
	if !p.Proposal.Auto {
		return m.bus.Publish(ctx, tx, offered)
	}
	return m.bus.Publish(ctx, tx, offered, p.decided())
}

// supersede makes way for a new plan, unless one has been decided on, which
// stands. The first decision on a case finds none.
func (m *Module) supersede(ctx context.Context, tx *db.Tx, e warranty.EntitlementDecided) (stands bool, err error) {
	if e.Seq == 1 {
		return false, nil
	}
	old, err := latest(ctx, tx, e.Case, tx.ForUpdate())
	switch {
	case errors.Is(err, remedy.ErrNoPlan):
		return false, nil
	case err != nil:
		return false, err
	case old.State != proposed:
		return true, nil
	}
	old.State = superseded
	return false, save(ctx, tx, old)
}

func choosable(p remedy.Proposal) (n int64) {
	for _, o := range p.Options {
		if !o.Out {
			n++
		}
	}
	return n
}

func (p plan) decided() remedy.PlanAccepted {
	e := remedy.PlanAccepted{
		Case: p.Case, Plan: p.ID, Mode: p.Mode, Overruled: p.State == overruled, Brand: p.Brand, Node: p.Node, Line: p.Line, Unit: p.Unit,
		Minutes: p.Needs.Minutes, Skills: p.Needs.Skills, At: p.DecidedAt,
	}
	switch p.Mode {
	case remedy.OnSite, remedy.SelfKit, remedy.CarryIn, remedy.MailIn:
		e.Parts = p.Needs.Parts
	case remedy.Remote, remedy.Swap, remedy.TradeIn, remedy.Refund, remedy.Partial, remedy.NoRemedy:
	}
	return e
}

// decision is what a person decides on a plan.
type decision struct {
	Mode   remedy.Mode `json:"mode,omitempty" maxLength:"20" doc:"the way that is chosen; the first if absent"`
	Reason string      `json:"reason,omitempty" maxLength:"64" pattern:"^[a-z0-9_.]+$" doc:"code of why not the first; needed to overrule"` // never a text: it is kept in clear and told in an event
}

// decidedOn is what they hear.
type decidedOn struct {
	Plan    id.FixPlan  `json:"plan"`
	State   state       `json:"state"`
	Mode    remedy.Mode `json:"mode"`
	Version int64       `json:"version"`
}

// Decide accepts the plan of a case. Choosing another way than the first is
// overruling: it needs a reason and the right to do so. A way that a rule put
// out can be chosen by nobody, with one exception: goods kept against part of
// the money is agreed between people.
func (m *Module) Decide(ctx context.Context, c id.Case, d decision) (decidedOn, error) {
	caller, _ := access.From(ctx)
	b, err := m.allowed(ctx, caller.Tenant, c, "plan.accept")
	if err != nil {
		return decidedOn{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (decidedOn, error) {
		p, err := latest(ctx, tx, c, tx.ForUpdate())
		if err != nil {
			return decidedOn{}, err
		}
		if p.State != proposed {
			return decidedOn{}, remedy.ErrDecided.With("mode", p.Mode)
		}
		if d.Mode == "" {
			d.Mode = p.Proposal.Best()
		}
		o, found := p.Proposal.Find(d.Mode)
		if !found || o.Out && d.Mode != remedy.Partial {
			return decidedOn{}, remedy.ErrNotOffered.With("mode", known(d.Mode, found))
		}
		p.State, p.Mode, p.Reason, p.DecidedBy, p.DecidedAt = accepted, d.Mode, d.Reason, caller.User, tx.Now()
		if d.Mode != p.Proposal.Best() {
			if err := m.mayOverrule(ctx, b, d); err != nil {
				return decidedOn{}, err
			}
			p.State = overruled
		}
		if err := save(ctx, tx, p); err != nil {
			return decidedOn{}, err
		}
		return decidedOn{p.ID, p.State, p.Mode, p.Version + 1}, m.bus.Publish(ctx, tx, p.decided())
	})
}

// known keeps what a caller sent out of a fault.
func known(m remedy.Mode, found bool) remedy.Mode {
	if found {
		return m
	}
	return "?"
}

func (m *Module) mayOverrule(ctx context.Context, b desk.Brief, d decision) error {
	if d.Reason == "" {
		return remedy.ErrReason.At("/reason", "required")
	}
	return m.guard.Can(ctx, "plan.overrule", resource(b))
}

// allowed asks whether the caller may do the action to the case's plan.
func (m *Module) allowed(ctx context.Context, tenant id.Tenant, c id.Case, action string) (desk.Brief, error) {
	b, err := m.desk.Brief(ctx, tenant, c)
	if errors.Is(err, desk.ErrCaseNotFound) {
		return b, remedy.ErrNoPlan
	} else if err != nil {
		return b, err
	}
	return b, m.guard.Can(ctx, action, resource(b))
}

func resource(b desk.Brief) access.Resource {
	return access.Resource{
		Kind: "plan", ID: b.ID.Raw(), Node: b.Node, Brand: b.Brand, Partner: b.Partner, Person: b.Requester, Technician: b.Technician, Country: string(b.Country),
	}
}

// learn counts what came of the plan.
func (m *Module) learn(ctx context.Context, tx *db.Tx, _ outbox.Meta, e work.OrderCompleted) error {
	fixed := e.Outcome == work.Fixed || e.Outcome == work.FixedByCare
	p, counts, err := m.note(ctx, tx, e.Case, e.Outcome)
	if err != nil || !counts {
		return err
	}
	if fixed && !p.Unit.IsZero() && p.Symptom != "" {
		_, err := tx.Exec(ctx, `INSERT INTO remedy_repair (tenant_id, unit_id, symptom, case_id, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			tx.Tenant(), p.Unit, p.Symptom, p.Case, e.CompletedAt)
		if err != nil {
			return fmt.Errorf("note repair: %w", err)
		}
	}
	return p.count(ctx, tx, fixed)
}

// learnFailure counts an attempt that was in vain: odds are those of one attempt,
// so one that needs another is no less a failure than one that ends the work.
func (m *Module) learnFailure(ctx context.Context, tx *db.Tx, _ outbox.Meta, e work.AttemptFailed) error {
	if !e.Outcome.Tried() {
		return nil
	}
	p, counts, err := m.note(ctx, tx, e.Case, e.Outcome)
	if err != nil || !counts {
		return err
	}
	return p.count(ctx, tx, false)
}

// note writes the outcome on the plan of the case. It reports whether the plan
// was one to repair a product of a line, which is what is counted.
func (m *Module) note(ctx context.Context, tx *db.Tx, c id.Case, o work.Outcome) (p plan, counts bool, err error) {
	p, err = latest(ctx, tx, c, tx.ForUpdate())
	if errors.Is(err, remedy.ErrNoPlan) {
		return p, false, nil
	} else if err != nil {
		return p, false, err
	}
	p.Outcome = string(o)
	if err := save(ctx, tx, p); err != nil {
		return p, false, err
	}
	return p, !p.Line.IsZero() && p.Facts.WorkType == desk.Repair, nil
}

// count adds one attempt to what the tenant knows of the plan's line and way.
func (p plan) count(ctx context.Context, tx *db.Tx, fixed bool) error {
	_, err := tx.Exec(ctx, `INSERT INTO remedy_count (tenant_id, line_id, mode, tried, fixed) VALUES (?, ?, ?, 1, ?)
		ON CONFLICT (tenant_id, line_id, mode) DO UPDATE SET tried = remedy_count.tried + 1, fixed = remedy_count.fixed + excluded.fixed`,
		tx.Tenant(), p.Line, p.Mode, fixed)
	if err != nil {
		return fmt.Errorf("count outcome: %w", err)
	}
	return nil
}

// SetPolicy publishes the tenant's policy as the next version.
func (m *Module) SetPolicy(ctx context.Context, p remedy.Policy) (remedy.Policy, error) {
	if err := p.Check(); err != nil {
		return p, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (remedy.Policy, error) {
		if err := m.guard.Can(ctx, "policy.write", access.Resource{Kind: "policy"}); err != nil {
			return p, err
		}
		if err := tx.Lock(ctx, "remedy.policy "+tx.Tenant().String()); err != nil {
			return p, err
		}
		old, err := currentPolicy(ctx, tx)
		if err != nil {
			return p, err
		}
		p.Version = old.Version + 1
		text, err := json.Marshal(p)
		if err != nil {
			return p, err
		}
		_, err = tx.Exec(ctx, `INSERT INTO remedy_policy (tenant_id, version, policy, at) VALUES (?, ?, ?, ?)`, tx.Tenant(), p.Version, string(text), tx.Now())
		return p, err
	})
}
