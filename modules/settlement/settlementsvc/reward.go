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

// promised remembers what the customer was promised for the slot, in the place of what
// was promised before. Where the work has been charged already, because its completion
// was told first, the reward is booked now.
func (m *Module) promised(ctx context.Context, tx *db.Tx, _ outbox.Meta, e dispatch.AppointmentScheduled) error {
	if e.Reward.Minor <= 0 {
		return forget(ctx, tx, e.WorkOrder)
	}
	err := tx.Put(ctx, `INSERT INTO settlement_reward (tenant_id, work_order_id, appointment_id, minor, currency, at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant_id, work_order_id) DO UPDATE SET appointment_id = excluded.appointment_id, minor = excluded.minor, currency = excluded.currency, at = excluded.at`,
		tx.Tenant(), e.WorkOrder, e.Appointment, e.Reward.Minor, e.Reward.Currency, tx.Now())
	if err != nil {
		return fmt.Errorf("remember reward: %w", err)
	}
	booked, err := chargesOf(ctx, tx, e.Case, e.WorkOrder)
	if err != nil || len(booked) == 0 {
		return err
	}
	if slices.ContainsFunc(booked, func(c charge) bool { return c.Rule == settlement.RuleReward || !c.Reverses.IsZero() }) {
		return forget(ctx, tx, e.WorkOrder) // it has been given, or the work was taken out of the books
	}
	return m.grantLate(ctx, tx, booked[0])
}

// unpromised forgets what was promised with an appointment that came to nothing, unless
// another one has been promised since. What is in the books stays there.
func (m *Module) unpromised(ctx context.Context, tx *db.Tx, _ outbox.Meta, e dispatch.AppointmentEnded) error {
	if err := tx.Put(ctx, `DELETE FROM settlement_reward WHERE tenant_id = ? AND work_order_id = ? AND appointment_id = ?`, tx.Tenant(), e.WorkOrder, e.Appointment); err != nil {
		return fmt.Errorf("forget reward: %w", err)
	}
	return nil
}

// grantLate gives the customer what was promised beside charges that were told before it.
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
