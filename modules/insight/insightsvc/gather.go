package insightsvc

import (
	"context"
	"fmt"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

func opened(ctx context.Context, tx *db.Tx, _ outbox.Meta, e desk.CaseOpened) error {
	err := tx.Put(ctx, `
		INSERT INTO insight_case (tenant_id, case_id, brand_id, node_id, line_id, country, work_type, symptom, mode, outcome, state, active,
			opened_at, visits, met, breached, stars, cost_minor, currency)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '', 'new', 1, ?, 0, 0, 0, 0, 0, '') ON CONFLICT DO NOTHING`,
		tx.Tenant(), e.Case, e.Brand, e.Node, e.Line, e.Country, e.WorkType, e.Symptom, e.OpenedAt)
	if err != nil {
		return fmt.Errorf("gather case: %w", err)
	}
	return nil
}

// set changes a case's row; set is trusted SQL with its arguments.
func set(ctx context.Context, tx *db.Tx, c id.Case, change string, args ...any) error {
	err := tx.Put(ctx, `UPDATE insight_case SET `+change+` WHERE tenant_id = ? AND case_id = ?`, append(args, tx.Tenant(), c)...)
	return err
}

func responded(ctx context.Context, tx *db.Tx, _ outbox.Meta, e desk.CaseResponded) error {
	return set(ctx, tx, e.Case, `responded_at = ?`, e.At)
}

func moved(ctx context.Context, tx *db.Tx, _ outbox.Meta, e desk.CaseMoved) error {
	switch e.To {
	case desk.Resolved:
		return set(ctx, tx, e.Case, `state = ?, active = 0, resolved_at = ?`, e.To, e.At)
	case desk.New, desk.Open, desk.Waiting:
		return set(ctx, tx, e.Case, `state = ?, active = 1, resolved_at = NULL`, e.To)
	case desk.Closed, desk.Cancelled:
		return set(ctx, tx, e.Case, `state = ?, active = 0`, e.To)
	default:
		return nil
	}
}

func assigned(ctx context.Context, tx *db.Tx, _ outbox.Meta, e desk.CaseAssigned) error {
	return set(ctx, tx, e.Case, `node_id = ?`, e.Node)
}

// identified: the case counts for the line that it turned out to be about.
func identified(ctx context.Context, tx *db.Tx, _ outbox.Meta, e desk.UnitIdentified) error {
	return set(ctx, tx, e.Case, `line_id = ?`, e.Line)
}

func planned(ctx context.Context, tx *db.Tx, _ outbox.Meta, e remedy.PlanAccepted) error {
	return set(ctx, tx, e.Case, `mode = ?`, e.Mode)
}

// clockMet: news of a thing done in time withdraws a breach.
func clockMet(ctx context.Context, tx *db.Tx, _ outbox.Meta, e sla.ClockMet) error {
	if e.Late {
		return nil // its breach has been counted
	}
	return set(ctx, tx, e.Case, `met = met + 1`)
}

func clockBreached(ctx context.Context, tx *db.Tx, _ outbox.Meta, e sla.ClockBreached) error {
	return set(ctx, tx, e.Case, `breached = breached + 1`)
}

func visited(ctx context.Context, tx *db.Tx, _ outbox.Meta, e field.VisitRecorded) error {
	return set(ctx, tx, e.Case, `visits = visits + 1`)
}

func completed(ctx context.Context, tx *db.Tx, _ outbox.Meta, e work.OrderCompleted) error {
	return set(ctx, tx, e.Case, `outcome = ?`, e.Outcome)
}

func charged(ctx context.Context, tx *db.Tx, _ outbox.Meta, e settlement.ChargesRated) error {
	return add(ctx, tx, e.Case, e.Lines)
}

func reversed(ctx context.Context, tx *db.Tx, _ outbox.Meta, e settlement.ChargesReversed) error {
	return add(ctx, tx, e.Case, e.Lines)
}

// add adds what others are charged, or what is taken back of it. A case in two
// currencies keeps the first: sums across currencies would be wrong.
func add(ctx context.Context, tx *db.Tx, c id.Case, lines []settlement.RatedLine) error {
	for _, l := range lines {
		if err := set(ctx, tx, c, `cost_minor = cost_minor + CASE WHEN currency IN ('', ?) THEN CAST(? AS BIGINT) ELSE 0 END,
			currency = CASE WHEN currency = '' THEN ? ELSE currency END`, l.Amount.Currency, l.Amount.Minor, l.Amount.Currency); err != nil {
			return err
		}
	}
	return nil
}

func rated(ctx context.Context, tx *db.Tx, _ outbox.Meta, e desk.CaseRated) error {
	return set(ctx, tx, e.Case, `stars = ?`, e.Stars)
}
