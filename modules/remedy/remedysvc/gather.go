package remedysvc

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// needs is what doing the fix takes, whichever way is chosen.
type needs struct {
	Minutes int64              `json:"minutes"`
	Skills  []remedy.SkillNeed `json:"skills,omitempty"`
	Parts   []remedy.Need      `json:"parts,omitempty"`
}

// ground is everything that a proposal is made from.
type ground struct {
	brief  desk.Brief
	facts  remedy.Facts
	needs  needs
	policy remedy.Policy
}

// Attributes of a model that the planner reads.
const (
	attrModes   = "modes"       // ways it may be served, separated by blanks
	attrPrice   = "price_minor" // of a new unit, in the operator's currency
	attrMinutes = "visit_minutes"
)

// takeAlong is how likely a part must be the cure to be brought to the first visit.
const takeAlong = 250

// gather asks everybody who knows something about the case.
func (m *Module) gather(ctx context.Context, meta outbox.Meta, e warranty.EntitlementDecided) (g ground, err error) {
	if g.brief, err = m.desk.Brief(ctx, meta.Tenant, e.Case); err != nil {
		return g, err
	}
	op, err := m.network.Operator(ctx, meta.Tenant)
	if err != nil && !errors.Is(err, network.ErrNoOperator) {
		return g, err
	}
	g.facts = remedy.Facts{
		WorkType: g.brief.WorkType, Standing: e.Standing, LabourPaid: e.Payers[warranty.Labour], Served: !g.brief.Node.IsZero(),
		Urgent: g.brief.Priority <= desk.High, Currency: string(op.Currency), Statutory: e.Statutory,
	}
	if err := m.readHistory(ctx, meta.Tenant, &g); err != nil {
		return g, err
	}
	g.needs.Minutes = g.policy.VisitMinutes
	if g.brief.Model.IsZero() {
		return g, nil
	}
	return g, m.readModel(ctx, meta.Tenant, op.Currency, &g)
}

// readModel adds what the catalogue knows of the model.
func (m *Module) readModel(ctx context.Context, tenant id.Tenant, currency money.Currency, g *ground) error {
	model, err := m.catalog.Model(ctx, tenant, g.brief.Model)
	if errors.Is(err, catalog.ErrModelNotFound) {
		return nil // it was taken out of the catalogue; the plan is made without it
	} else if err != nil {
		return err
	}
	for _, mode := range strings.Fields(model.Attributes[attrModes]) {
		g.facts.Allowed = append(g.facts.Allowed, remedy.Mode(mode))
	}
	g.facts.UnitMinor = number(model.Attributes[attrPrice])
	if n := number(model.Attributes[attrMinutes]); n > 0 {
		g.needs.Minutes, g.facts.Minutes = n, n
	}
	line, err := m.catalog.Line(ctx, tenant, model.Line)
	if err != nil {
		return err
	}
	if g.policy.SkillPerLine {
		g.needs.Skills = []remedy.SkillNeed{{Skill: line.Code, Level: 1}}
	}
	if g.brief.WorkType != desk.Repair {
		return nil
	}
	suggested, err := m.catalog.Parts(ctx, tenant, model.ID, g.brief.Symptom)
	if err != nil {
		return err
	}
	for _, s := range suggested {
		if s.Permille == 0 {
			continue
		}
		g.facts.Parts = append(g.facts.Parts, remedy.Part{
			Part: s.Part.ID, Quantity: s.Quantity, Permille: int64(s.Permille), CostMinor: cost(s, currency), Hazardous: s.Part.Hazardous,
		})
		if s.Permille >= takeAlong {
			g.needs.Parts = append(g.needs.Parts, remedy.Need{Part: s.Part.ID, Quantity: s.Quantity})
		}
	}
	return nil
}

// cost is a part's list price in the operator's currency; a price in another
// one does not enter the ranking, since no rate is known here.
func cost(s catalog.Suggestion, currency money.Currency) int64 {
	if s.Part.Price.Currency != currency {
		return 0
	}
	return s.Part.Price.Minor * s.Quantity
}

// number reads a whole number of an attribute; anything else is not known.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// term is how far back the same fault of the same unit counts.
const term = 365 * 24 * time.Hour

// readHistory adds the tenant's policy, its own odds, and how often the same
// fault of the same unit was repaired before.
func (m *Module) readHistory(ctx context.Context, tenant id.Tenant, g *ground) (err error) {
	if g.policy, err = m.policy.Get(ctx, m.db, tenant, policyVersion, policyAt); err != nil {
		return err
	}
	return m.db.Read(ctx, tenant, func(ctx context.Context, tx *db.Tx) (err error) {
		g.facts.Counts, g.facts.Repeats, err = history(ctx, tx, g.brief, tx.Now().Add(-term))
		return err
	})
}
