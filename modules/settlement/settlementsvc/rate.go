package settlementsvc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/leaf"
	"fettle.dev/fettle/platform/outbox"
)

// ground is everything that a charge is made from.
type ground struct {
	brief    desk.Brief
	zone     *time.Location
	partner  id.Partner
	coverage warranty.Decision
	prices   map[id.Part]money.Amount
	cards    []cardRow
}

// gather asks everybody who knows something about the work.
func (m *Module) gather(ctx context.Context, meta outbox.Meta, e work.OrderCompleted) (g ground, err error) {
	if g.brief, err = m.desk.Brief(ctx, meta.Tenant, e.Case); err != nil {
		return g, err
	}
	// With the cause that the work found: whether the register has heard of it
	// already must not change who pays.
	ent, err := m.warranty.EntitlementGiven(ctx, meta.Tenant, e.Case, warranty.Cause(e.Cause))
	if err != nil {
		return g, err
	}
	g.coverage = ent.Decision
	if g.zone, err = m.zone(ctx, meta.Tenant); err != nil {
		return g, err
	}
	if !e.Node.IsZero() {
		n, err := m.network.Node(ctx, meta.Tenant, e.Node)
		if err != nil {
			return g, err
		}
		g.partner = n.Partner
	}
	g.prices = map[id.Part]money.Amount{}
	for _, n := range e.Parts {
		p, err := m.catalog.Part(ctx, meta.Tenant, n.Part)
		if errors.Is(err, catalog.ErrPartNotFound) {
			continue // it was used; what it costs is for a person to say
		} else if err != nil {
			return g, err
		}
		g.prices[n.Part] = p.Price
	}
	g.cards, err = db.Get(ctx, m.db, meta.Tenant, allCards)
	return g, err
}

func (m *Module) zone(ctx context.Context, tenant id.Tenant) (*time.Location, error) {
	op, err := m.network.Operator(ctx, tenant)
	if errors.Is(err, network.ErrNoOperator) {
		return time.UTC, nil
	} else if err != nil {
		return nil, err
	}
	return time.LoadLocation(op.Zone)
}

// rate prices the work once and books it.
func (m *Module) rate(ctx context.Context, tx *db.Tx, _ outbox.Meta, e work.OrderCompleted, g ground) error {
	var n int64
	if err := tx.Row(ctx, `SELECT count(*) FROM settlement_charge WHERE tenant_id = ? AND case_id = ? AND work_order_id = ?`, tx.Tenant(), e.Case, e.WorkOrder).Scan(&n); err != nil || n > 0 {
		return err
	}
	out := settlement.ChargesRated{Case: e.Case, WorkOrder: e.WorkOrder, Brand: e.Brand, Node: e.Node, At: tx.Now()}
	p := settlement.Performed{
		Kind: e.Kind, Outcome: e.Outcome, WorkedMinutes: e.WorkedMinutes, TravelMetres: e.TravelMetres, Parts: e.Parts, Prices: g.prices,
	}
	if err := m.income(ctx, tx, e, g, p, &out); err != nil {
		return err
	}
	if err := m.expense(ctx, tx, e, g, p); err != nil {
		return err
	}
	if _, err := leaf.Append(ctx, tx, leaf.Entry{Kind: "charges", Subject: e.Case.Raw(), Record: out}); err != nil {
		return err
	}
	return m.bus.Publish(ctx, tx, out)
}

// income books what others owe the operator.
func (m *Module) income(ctx context.Context, tx *db.Tx, e work.OrderCompleted, g ground, p settlement.Performed, out *settlement.ChargesRated) error {
	card, ok := choose(g.cards, settlement.ToBrand, e.Brand, id.Partner{}, g.brief.Country, e.CompletedAt)
	if !ok {
		return settlement.ErrNoCard.With("party", settlement.ToBrand)
	}
	lines, err := settlement.Rate(p, card.Card)
	if err != nil {
		return err
	}
	left := settlement.Budget{}
	cover := map[warranty.CostKind]*warranty.Coverage{}
	for _, k := range warranty.CostKinds {
		c := g.coverage.Of(k)
		cover[k] = &c
	}
	var entry []settlement.Posting
	for _, l := range lines {
		for _, s := range settlement.Payers(l, cover[l.Kind], left) {
			c := chargeOf(e, l, s.Payer, s.Amount, card)
			c.Party = partyOf(s.Payer)
			if err := m.keep(ctx, tx, &c, g.zone); err != nil {
				return err
			}
			entry = append(entry, settlement.Charge(s, l.Kind)...)
			out.Lines = append(out.Lines, settlement.RatedLine{Charge: c.ID, Kind: l.Kind, Payer: s.Payer, Amount: s.Amount})
		}
	}
	if err := post(ctx, tx, e.Case.Raw(), entry); err != nil {
		return err
	}
	beside := chargeOf(e, settlement.Line{}, "", money.Amount{}, card)
	if len(lines) == 0 {
		if err := unpriced(ctx, tx, beside); err != nil {
			return err
		}
	}
	return m.grant(ctx, tx, beside, out)
}

// expense books what the operator owes the partner whose node did the work.
func (m *Module) expense(ctx context.Context, tx *db.Tx, e work.OrderCompleted, g ground, p settlement.Performed) error {
	if g.partner.IsZero() {
		return nil
	}
	card, ok := choose(g.cards, settlement.ToPartner, e.Brand, g.partner, g.brief.Country, e.CompletedAt)
	if !ok {
		return settlement.ErrNoCard.With("party", settlement.ToPartner)
	}
	lines, err := settlement.Rate(p, card.Card)
	if err != nil {
		return err
	}
	var entry []settlement.Posting
	for _, l := range lines {
		c := chargeOf(e, l, warranty.OperatorPays, l.Amount, card)
		c.Party, c.Partner = settlement.ToPartner, g.partner
		if err := m.keep(ctx, tx, &c, g.zone); err != nil {
			return err
		}
		entry = append(entry, settlement.Owe(l)...)
	}
	return post(ctx, tx, e.Case.Raw(), entry)
}

// partyOf says on whose statement a payer's charges stand.
func partyOf(p warranty.Payer) settlement.Party {
	switch p {
	case warranty.BrandPays:
		return settlement.ToBrand
	case warranty.PartnerPays:
		return settlement.ToPartner
	case warranty.CustomerPays, warranty.InsurerPays, warranty.OperatorPays:
		return settlement.ToCustomer
	default:
		return settlement.ToCustomer
	}
}

func chargeOf(e work.OrderCompleted, l settlement.Line, payer warranty.Payer, amount money.Amount, card cardRow) charge {
	return charge{
		ID: id.New[id.ChargeKind](), Case: e.Case, WorkOrder: e.WorkOrder, Brand: e.Brand, Node: e.Node, Kind: l.Kind, Payer: payer, Part: l.Part,
		Quantity: l.Quantity, Unit: l.Unit, Each: l.Each, Amount: amount, Card: card.ID, CardVersion: card.Version, Rule: l.Rule, At: e.CompletedAt,
	}
}

// keep writes the charge, on the open statement of the brand or partner. What a
// customer owes stands on the case alone.
func (m *Module) keep(ctx context.Context, tx *db.Tx, c *charge, zone *time.Location) (err error) {
	if c.Party == settlement.ToBrand || c.Party == settlement.ToPartner && !c.Partner.IsZero() {
		if c.Statement, err = openStatement(ctx, tx, *c, zone); err != nil {
			return err
		}
		if err := addToStatement(ctx, tx, c.Statement, c.Amount.Minor); err != nil {
			return fmt.Errorf("add to statement: %w", err)
		}
	}
	return insertCharge(ctx, tx, *c)
}

// choose returns the card that holds: of those that are valid at the time and
// fit, the one that names most; among equals the newest.
func choose(cards []cardRow, party settlement.Party, b id.Brand, p id.Partner, country locale.Country, at time.Time) (best cardRow, ok bool) {
	score := -1
	for _, c := range cards { // the newest first
		if c.Party != party || c.ValidFrom.After(at) || !c.Brand.IsZero() && c.Brand != b || !c.Partner.IsZero() && c.Partner != p || c.Country != "" && c.Country != country {
			continue
		}
		n := 0
		for i, named := range []bool{c.Country != "", !c.Brand.IsZero(), !c.Partner.IsZero()} {
			if named {
				n += 1 << i
			}
		}
		if n > score {
			best, score, ok = c, n, true
		}
	}
	return best, ok
}
