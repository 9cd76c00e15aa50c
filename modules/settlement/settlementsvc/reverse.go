package settlementsvc

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/leaf"
	"fettle.dev/fettle/platform/outbox"
)

// ruleReversed stands on a line that takes another one back.
const ruleReversed = "reversed"

// askZone says whose months count.
func (m *Module) askZone(ctx context.Context, meta outbox.Meta, _ work.OrderReversed) (*time.Location, error) {
	return m.zone(ctx, meta.Tenant)
}

// reversed takes the charges of a work order back: every line once more below
// nothing, on the statement that is open now, with the entries the other way
// round. The lane has rated the work before it hears of this.
func (m *Module) reversed(ctx context.Context, tx *db.Tx, _ outbox.Meta, e work.OrderReversed, zone *time.Location) error {
	if err := tx.Put(ctx, `DELETE FROM settlement_unpriced WHERE tenant_id = ? AND work_order_id = ?`, tx.Tenant(), e.WorkOrder); err != nil {
		return fmt.Errorf("forget work without a price: %w", err)
	}
	booked, err := chargesOf(ctx, tx, e.Case, e.WorkOrder)
	taken := func(c charge) bool { return !c.Reverses.IsZero() }
	if err != nil || len(booked) == 0 || slices.ContainsFunc(booked, taken) {
		return err // nothing was charged, or it has been taken back
	}
	out := settlement.ChargesReversed{Case: e.Case, WorkOrder: e.WorkOrder, Brand: booked[0].Brand, Node: e.Node, Reason: e.Reason, At: tx.Now()}
	var entry []settlement.Posting
	for _, c := range booked {
		entry = append(entry, settlement.Reverse(c.entry())...)
		back := c.back(tx.Now())
		if err := m.keep(ctx, tx, &back, zone); err != nil {
			return err
		}
		if !c.expense() {
			out.Lines = append(out.Lines, settlement.RatedLine{Charge: back.ID, Kind: back.Kind, Payer: back.Payer, Amount: back.Amount})
		}
	}
	if err := post(ctx, tx, e.Case.Raw(), entry); err != nil {
		return err
	}
	if _, err := leaf.Append(ctx, tx, leaf.Entry{Kind: "charges_reversed", Subject: e.Case.Raw(), Record: out}); err != nil {
		return err
	}
	return m.bus.Publish(ctx, tx, out)
}

// expense reports whether the operator owes the charge to a partner, as against
// being owed it.
func (c charge) expense() bool { return c.Party == settlement.ToPartner && !c.Partner.IsZero() }

// entry is what the charge was booked as.
func (c charge) entry() []settlement.Posting {
	line := settlement.Line{Kind: c.Kind, Amount: c.Amount}
	switch {
	case c.expense():
		return settlement.Owe(line)
	case c.Rule == settlement.RuleReward:
		return settlement.Grant(line)
	}
	return settlement.Charge(settlement.Share{Payer: c.Payer, Amount: c.Amount}, c.Kind)
}

// back is the line that takes the charge back.
func (c charge) back(at time.Time) charge {
	b := c
	b.ID, b.Reverses, b.Statement, b.Rule, b.At = id.New[id.ChargeKind](), c.ID, id.Statement{}, ruleReversed, at
	b.Quantity, b.Amount = -c.Quantity, c.Amount.Neg()
	return b
}
