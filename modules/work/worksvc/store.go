package worksvc

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db"
)

// needs is what the work takes beside time.
type needs struct {
	Skills []remedy.SkillNeed `json:"skills,omitempty"`
	Parts  []remedy.Need      `json:"parts,omitempty"`
	Tie    *work.Tie          `json:"tie,omitempty"`
}

// order is a work order as stored.
type order struct {
	ID        id.WorkOrder
	Case      id.Case
	Plan      id.FixPlan
	Kind      work.Kind
	Brand     id.Brand
	Node      id.Node
	Line      id.Line
	Model     id.Model
	Minutes   int64
	Needs     needs
	State     work.State
	Outcome   work.Outcome
	Attempts  int64
	CreatedAt time.Time
	ChangedAt time.Time
	Version   int64
}

const columns = `id, case_id, plan_id, kind, brand_id, node_id, line_id, model_id, minutes, needs, state, outcome, attempts, created_at, changed_at, version`

func scanOrder(scan func(...any) error) (o order, err error) {
	var need []byte
	err = scan(&o.ID, &o.Case, &o.Plan, &o.Kind, &o.Brand, &o.Node, &o.Line, &o.Model, &o.Minutes, &need, &o.State, &o.Outcome, &o.Attempts,
		db.At(&o.CreatedAt), db.At(&o.ChangedAt), &o.Version)
	if err != nil {
		return o, err
	}
	return o, json.Unmarshal(need, &o.Needs)
}

func insert(ctx context.Context, tx *db.Tx, o order) error {
	need, err := json.Marshal(o.Needs)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO work_order (tenant_id, `+columns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), o.ID, o.Case, o.Plan, o.Kind, o.Brand, o.Node, o.Line, o.Model, o.Minutes, string(need), o.State, o.Outcome, o.Attempts,
		o.CreatedAt, o.ChangedAt, o.Version)
	if err != nil {
		return fmt.Errorf("insert work order: %w", err)
	}
	return nil
}

func byID(ctx context.Context, tx *db.Tx, wo id.WorkOrder, lock string) (order, error) {
	o, err := scanOrder(tx.Row(ctx, `SELECT `+columns+` FROM work_order WHERE tenant_id = ? AND id = ?`+lock, tx.Tenant(), wo).Scan)
	return o, db.NotFound(err, work.ErrNotFound)
}

func ofCase(ctx context.Context, tx *db.Tx, c id.Case, lock string) ([]order, error) {
	rows, err := tx.Rows(ctx, `SELECT `+columns+` FROM work_order WHERE tenant_id = ? AND case_id = ? ORDER BY id`+lock, tx.Tenant(), c)
	return db.Collect(rows, err, scanOrder)
}

func save(ctx context.Context, tx *db.Tx, o order) error {
	n, err := tx.Exec(ctx, `UPDATE work_order SET state = ?, outcome = ?, attempts = ?, changed_at = ?, version = version + 1
		WHERE tenant_id = ? AND id = ? AND version = ?`, o.State, o.Outcome, o.Attempts, tx.Now(), tx.Tenant(), o.ID, o.Version)
	if err == nil && n != 1 {
		err = db.ErrRetry
	}
	return err
}

func (o order) brief() work.Brief {
	return work.Brief{
		ID: o.ID, Case: o.Case, Kind: o.Kind, State: o.State, Brand: o.Brand, Node: o.Node, Line: o.Line, Model: o.Model,
		Minutes: o.Minutes, Skills: o.Needs.Skills, Parts: o.Needs.Parts, Tie: o.Needs.Tie, Version: o.Version,
	}
}

// step moves the order by the command and publishes the move.
func (m *Module) step(ctx context.Context, tx *db.Tx, o *order, cmd work.Command, reason string) error {
	to, err := work.Next(o.State, cmd)
	if err != nil {
		return err
	}
	from := o.State
	o.State = to
	if err := save(ctx, tx, *o); err != nil {
		return err
	}
	o.Version++
	if from == to {
		return nil
	}
	return m.bus.Publish(ctx, tx, work.OrderMoved{
		WorkOrder: o.ID, Case: o.Case, Node: o.Node, Kind: o.Kind, From: from, To: to, Reason: reason, At: tx.Now(),
	})
}
