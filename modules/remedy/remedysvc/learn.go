package remedysvc

import (
	"context"
	"errors"
	"fmt"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// planOf is the plan that a work order was made from: it has its id.
func planOf(wo id.WorkOrder) id.FixPlan { return id.FixPlan(wo) }

// learn counts what came of the plan.
func (m *Module) learn(ctx context.Context, tx *db.Tx, _ outbox.Meta, e work.OrderCompleted) error {
	fixed := e.Outcome == work.Fixed || e.Outcome == work.FixedByCare
	p, counts, err := counted(ctx, tx, e.WorkOrder)
	if err != nil || !counts {
		return err
	}
	if fixed && !p.Unit.IsZero() && p.Symptom != "" {
		err := tx.Put(ctx, `INSERT INTO remedy_repair (tenant_id, unit_id, symptom, case_id, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
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
	p, counts, err := counted(ctx, tx, e.WorkOrder)
	if err != nil || !counts {
		return err
	}
	return p.count(ctx, tx, false)
}

// counted returns the plan of the work order, whatever has taken its place since,
// and whether it was one to repair a product of a line, which is what is counted.
func counted(ctx context.Context, tx *db.Tx, wo id.WorkOrder) (p plan, counts bool, err error) {
	p, err = byID(ctx, tx, planOf(wo), "")
	if errors.Is(err, remedy.ErrNoPlan) {
		return p, false, nil
	}
	return p, !p.Line.IsZero() && p.Facts.WorkType == desk.Repair, err
}

// count adds one attempt to what the tenant knows of the plan's line and way.
func (p plan) count(ctx context.Context, tx *db.Tx, fixed bool) error {
	err := tx.Put(ctx, `INSERT INTO remedy_count (tenant_id, line_id, mode, tried, fixed) VALUES (?, ?, ?, 1, ?)
		ON CONFLICT (tenant_id, line_id, mode) DO UPDATE SET tried = remedy_count.tried + 1, fixed = remedy_count.fixed + excluded.fixed`,
		tx.Tenant(), p.Line, p.Mode, fixed)
	if err != nil {
		return fmt.Errorf("count outcome: %w", err)
	}
	return nil
}
