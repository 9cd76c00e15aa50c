package remedysvc

import (
	"context"
	"encoding/json"
	"errors"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// propose writes the plan of a case. A plan that somebody has decided on stands;
// one that is still a proposal gives way to the new one.
func (m *Module) propose(ctx context.Context, tx *db.Tx, _ outbox.Meta, e warranty.EntitlementDecided, g ground) error {
	if e.Seq == 1 { // the first decision on a case finds no plan
		if g.brief.State.Over() {
			return nil
		}
		_, err := m.write(ctx, tx, g)
		return err
	}
	old, err := latest(ctx, tx, e.Case, tx.ForUpdate())
	switch {
	case errors.Is(err, remedy.ErrNoPlan):
		if g.brief.State.Over() {
			return nil
		}
		_, err := m.write(ctx, tx, g)
		return err
	case err != nil || old.State != remedy.Proposed:
		return err
	}
	_, err = m.replace(ctx, tx, old, g, remedy.AfterDecision)
	return err
}

// replace lets a new plan take the place of the old one; a case that is over
// gets none.
func (m *Module) replace(ctx context.Context, tx *db.Tx, old plan, g ground, why remedy.Again) (next plan, err error) {
	if g.brief.State.Over() {
		return next, m.giveWay(ctx, tx, old, next.ID, why)
	}
	if g.facts.Tried, err = tries(ctx, tx, old.Case); err != nil {
		return next, err
	}
	next = g.plan(tx)
	if err := m.giveWay(ctx, tx, old, next.ID, why); err != nil { // before the new plan's work begins
		return next, err
	}
	return next, m.store(ctx, tx, next)
}

// giveWay ends a plan in favour of another one, or of none, and tells of it.
func (m *Module) giveWay(ctx context.Context, tx *db.Tx, old plan, by id.FixPlan, why remedy.Again) (err error) {
	if old.State, err = remedy.Next(old.State, remedy.Supersede); err != nil {
		return err
	}
	if err := save(ctx, tx, old); err != nil {
		return err
	}
	return m.bus.Publish(ctx, tx, remedy.PlanSuperseded{Case: old.Case, Plan: old.ID, By: by, Reason: why, At: tx.Now()})
}

// write makes the plan of a case that has none.
func (m *Module) write(ctx context.Context, tx *db.Tx, g ground) (plan, error) {
	p := g.plan(tx)
	return p, m.store(ctx, tx, p)
}

// plan weighs the ways.
func (g ground) plan(tx *db.Tx) plan {
	p := plan{
		ID: id.New[id.FixPlanKind](), Case: g.brief.ID, Brand: g.brief.Brand, Node: g.brief.Node, Line: g.brief.Line, Unit: g.brief.Unit,
		Symptom: g.brief.Symptom, Facts: g.facts, Proposal: remedy.Propose(g.facts, g.policy), Needs: g.needs, State: remedy.Proposed,
		ProposedAt: tx.Now(), Version: 1,
	}
	if p.Proposal.Auto {
		p.State, p.Mode, p.DecidedAt = remedy.Accepted, p.Proposal.Best(), tx.Now()
	}
	return p
}

// store keeps a new plan and tells of it.
func (m *Module) store(ctx context.Context, tx *db.Tx, p plan) error {
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
		Case: p.Case, Plan: p.ID, Mode: p.Mode, Overruled: p.State == remedy.Overruled, Brand: p.Brand, Node: p.Node, Line: p.Line, Unit: p.Unit,
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
	Plan    id.FixPlan   `json:"plan"`
	State   remedy.State `json:"state"`
	Mode    remedy.Mode  `json:"mode"`
	Version int64        `json:"version"`
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
		if p.State != remedy.Proposed {
			return decidedOn{}, remedy.ErrDecided.With("mode", p.Mode)
		}
		if d.Mode == "" {
			d.Mode = p.Proposal.Best()
		}
		o, found := p.Proposal.Find(d.Mode)
		if !found || o.Out && d.Mode != remedy.Partial {
			return decidedOn{}, remedy.ErrNotOffered.With("mode", known(d.Mode, found))
		}
		cmd := p.Proposal.Choosing(d.Mode)
		p.Mode, p.Reason, p.DecidedBy, p.DecidedAt = d.Mode, d.Reason, caller.User, tx.Now()
		if cmd == remedy.Overrule {
			if err := m.mayOverrule(ctx, b, d); err != nil {
				return decidedOn{}, err
			}
		}
		if p.State, err = remedy.Next(p.State, cmd); err != nil {
			return decidedOn{}, err
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
		tenant := tx.Tenant()
		tx.AfterCommit(func() { m.policy.Wrote(tenant) })
		err = tx.Put(ctx, `INSERT INTO remedy_policy (tenant_id, version, policy, at) VALUES (?, ?, ?, ?)`, tenant, p.Version, string(text), tx.Now())
		return p, err
	})
}
