package remedysvc

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// view is a plan as shown.
type view struct {
	ID         id.FixPlan      `json:"id"`
	State      remedy.State    `json:"state"`
	Mode       remedy.Mode     `json:"mode,omitempty"`
	Reason     string          `json:"reason,omitempty"`
	DecidedBy  id.User         `json:"decided_by,omitzero"`
	Facts      remedy.Facts    `json:"facts"`
	Proposal   remedy.Proposal `json:"proposal"`
	Needs      needs           `json:"needs"`
	Outcome    string          `json:"outcome,omitempty"`
	ProposedAt time.Time       `json:"proposed_at"`
	DecidedAt  time.Time       `json:"decided_at,omitzero"`
	Version    int64           `json:"version"`
}

type caseIn struct {
	ID id.Case `path:"id"`
}

// Routes adds the module's part of the API.
func (m *Module) Routes(api *httpapi.API) {
	httpapi.Get(api, httpapi.Op{ID: "plan_get", Path: "/v1/cases/{id}/plan", Action: "plan.read", Kind: "plan", Summary: "How a case is fixed, and why so"},
		func(ctx context.Context, in *caseIn) (*httpapi.Body[view], error) {
			return httpapi.Reply(m.View(ctx, in.ID))
		})
	httpapi.Post(api, httpapi.Op{ID: "plan_decide", Path: "/v1/cases/{id}/plan/decide", Action: "plan.accept", Kind: "plan", Summary: "Accept the plan, or overrule it with a reason"},
		func(ctx context.Context, in *struct {
			caseIn
			Body decision
		},
		) (*httpapi.Body[decidedOn], error) {
			return httpapi.Reply(m.Decide(ctx, in.ID, in.Body))
		})
	httpapi.Post(api, httpapi.Op{ID: "plan_again", Path: "/v1/cases/{id}/plan/again", Action: "plan.overrule", Kind: "plan", Summary: "Have another plan proposed in place of the one that stands"},
		func(ctx context.Context, in *caseIn) (*httpapi.Body[proposedAnew], error) {
			return httpapi.Reply(m.Again(ctx, in.ID))
		})
	httpapi.Get(api, httpapi.Op{ID: "plan_policy_get", Path: "/v1/remedy-policy", Action: "policy.read", Kind: "policy", Summary: "What the ways to fix are weighed by"},
		func(ctx context.Context, _ *struct{}) (*httpapi.Body[remedy.Policy], error) {
			caller, _ := access.From(ctx)
			return httpapi.Reply(db.Get(ctx, m.db, caller.Tenant, currentPolicy))
		})
	httpapi.Put(api, httpapi.Op{ID: "plan_policy_put", Path: "/v1/remedy-policy", Action: "policy.write", Kind: "policy", Summary: "Publish what the ways to fix are weighed by"},
		func(ctx context.Context, in *httpapi.Body[remedy.Policy]) (*httpapi.Body[remedy.Policy], error) {
			return httpapi.Reply(m.SetPolicy(ctx, in.Body))
		})
}

// View returns the newest plan of the case.
func (m *Module) View(ctx context.Context, c id.Case) (view, error) {
	caller, _ := access.From(ctx)
	if _, err := m.allowed(ctx, caller.Tenant, c, "plan.read"); err != nil {
		return view{}, err
	}
	p, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) (plan, error) { return latest(ctx, tx, c, "") })
	for i, o := range p.Proposal.Options {
		p.Proposal.Options[i].Reasons = o.Explain()
	}
	return view{
		ID: p.ID, State: p.State, Mode: p.Mode, Reason: p.Reason, DecidedBy: p.DecidedBy, Facts: p.Facts, Proposal: p.Proposal,
		Needs: p.Needs, Outcome: p.Outcome, ProposedAt: p.ProposedAt, DecidedAt: p.DecidedAt, Version: p.Version,
	}, err
}
