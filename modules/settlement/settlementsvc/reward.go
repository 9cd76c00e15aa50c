package settlementsvc

import (
	"context"
	"fmt"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/leaf"
	"fettle.dev/fettle/platform/outbox"
)

// earned gives the customer what they were promised for the slot in which the visit
// was carried out. Dispatch says which appointment that was and work says that it is done,
// each when it comes to it: what is told first is remembered for the other.
func (m *Module) earned(ctx context.Context, tx *db.Tx, _ outbox.Meta, e dispatch.RewardEarned) error {
	if e.Reward.Minor <= 0 {
		return nil
	}
	booked, err := chargesOf(ctx, tx, e.Case, e.WorkOrder)
	if err != nil || slices.ContainsFunc(booked, func(c charge) bool { return c.Rule == settlement.RuleReward || !c.Reverses.IsZero() }) {
		return err // it has been given, or the work was taken out of the books
	}
	err = tx.Put(ctx, `INSERT INTO settlement_reward (tenant_id, work_order_id, appointment_id, minor, currency, at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant_id, work_order_id) DO UPDATE SET appointment_id = excluded.appointment_id, minor = excluded.minor, currency = excluded.currency, at = excluded.at`,
		tx.Tenant(), e.WorkOrder, e.Appointment, e.Reward.Minor, e.Reward.Currency, tx.Now())
	if err != nil {
		return fmt.Errorf("remember reward: %w", err)
	}
	beside, ok, err := rated(ctx, tx, e, booked)
	if err != nil || !ok {
		return err
	}
	return m.grantLate(ctx, tx, beside)
}

// rated returns a charge that a reward can stand beside, false while the work has not been
// rated.
func rated(ctx context.Context, tx *db.Tx, e dispatch.RewardEarned, booked []charge) (charge, bool, error) {
	for _, c := range booked {
		if !c.expense() {
			return c, true, nil
		}
	}
	c := charge{Case: e.Case, WorkOrder: e.WorkOrder}
	err := tx.Row(ctx, `SELECT brand_id, node_id, card_id, card_version, at FROM settlement_unpriced WHERE tenant_id = ? AND work_order_id = ?`, tx.Tenant(), e.WorkOrder).
		Scan(&c.Brand, &c.Node, &c.Card, &c.CardVersion, db.At(&c.At))
	return c, !c.Card.IsZero(), db.NotFound(err, nil)
}

// unpriced remembers work for which nobody is charged anything.
func unpriced(ctx context.Context, tx *db.Tx, c charge) error {
	err := tx.Put(ctx, `INSERT INTO settlement_unpriced (tenant_id, work_order_id, brand_id, node_id, card_id, card_version, at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`, tx.Tenant(), c.WorkOrder, c.Brand, c.Node, c.Card, c.CardVersion, c.At)
	if err != nil {
		return fmt.Errorf("remember work without a price: %w", err)
	}
	return nil
}

// grantLate gives the customer what they were promised beside work that was rated before.
func (m *Module) grantLate(ctx context.Context, tx *db.Tx, beside charge) error {
	out := settlement.ChargesRated{Case: beside.Case, WorkOrder: beside.WorkOrder, Brand: beside.Brand, Node: beside.Node, At: tx.Now()}
	if err := m.grant(ctx, tx, beside, &out); err != nil {
		return err
	}
	if _, err := leaf.Append(ctx, tx, leaf.Entry{Kind: "charges", Subject: beside.Case.Raw(), Record: out}); err != nil {
		return err
	}
	return m.bus.Publish(ctx, tx, out)
}

// grant gives the customer what was promised for the visit of some work, if anything was:
// a line on the case beside another charge of the work, on nobody's statement.
func (m *Module) grant(ctx context.Context, tx *db.Tx, beside charge, out *settlement.ChargesRated) error {
	var reward money.Amount
	err := tx.Row(ctx, `SELECT minor, currency FROM settlement_reward WHERE tenant_id = ? AND work_order_id = ?`, tx.Tenant(), beside.WorkOrder).
		Scan(&reward.Minor, &reward.Currency)
	if err := db.NotFound(err, nil); err != nil {
		return err
	}
	line, ok := settlement.RewardLine(reward)
	if !ok {
		return nil
	}
	c := charge{
		ID: id.New[id.ChargeKind](), Case: beside.Case, WorkOrder: beside.WorkOrder, Brand: beside.Brand, Node: beside.Node, Kind: line.Kind,
		Party: partyOf(warranty.CustomerPays), Payer: warranty.CustomerPays, Quantity: line.Quantity, Unit: line.Unit, Each: line.Each, Amount: line.Amount,
		Card: beside.Card, CardVersion: beside.CardVersion, Rule: line.Rule, At: beside.At,
	}
	if err := insertCharge(ctx, tx, c); err != nil {
		return err
	}
	if err := post(ctx, tx, c.Case.Raw(), c.entry()); err != nil {
		return err
	}
	out.Lines = append(out.Lines, settlement.RatedLine{Charge: c.ID, Kind: c.Kind, Payer: c.Payer, Amount: c.Amount})
	return forget(ctx, tx, c.WorkOrder)
}

// forget drops what was promised for the visit of some work.
func forget(ctx context.Context, tx *db.Tx, wo id.WorkOrder) error {
	if err := tx.Put(ctx, `DELETE FROM settlement_reward WHERE tenant_id = ? AND work_order_id = ?`, tx.Tenant(), wo); err != nil {
		return fmt.Errorf("forget reward: %w", err)
	}
	return nil
}

// chargesOf returns what was charged for some work, and what of it was taken back.
func chargesOf(ctx context.Context, tx *db.Tx, c id.Case, wo id.WorkOrder) ([]charge, error) {
	rows, err := tx.Rows(ctx, `SELECT `+chargeColumns+` FROM settlement_charge WHERE tenant_id = ? AND case_id = ? AND work_order_id = ? ORDER BY id`, tx.Tenant(), c, wo)
	return db.Collect(rows, err, scanCharge)
}
