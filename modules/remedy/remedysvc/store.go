package remedysvc

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db"
)

// plan is a fix plan as stored.
type plan struct {
	ID         id.FixPlan
	Case       id.Case
	Brand      id.Brand
	Node       id.Node
	Line       id.Line
	Unit       id.Unit
	Symptom    string
	Facts      remedy.Facts
	Proposal   remedy.Proposal
	Needs      needs
	State      remedy.State
	Mode       remedy.Mode
	Reason     string
	DecidedBy  id.User
	Outcome    string
	ProposedAt time.Time
	DecidedAt  time.Time
	Version    int64
}

const columns = `id, case_id, brand_id, node_id, line_id, unit_id, symptom, facts, proposal, needs, state, mode, reason, decided_by, outcome,
	proposed_at, decided_at, version`

func scanPlan(scan func(...any) error) (p plan, err error) {
	var facts, proposal, need []byte
	err = scan(&p.ID, &p.Case, &p.Brand, &p.Node, &p.Line, &p.Unit, &p.Symptom, &facts, &proposal, &need, &p.State, &p.Mode, &p.Reason,
		&p.DecidedBy, &p.Outcome, db.At(&p.ProposedAt), db.At(&p.DecidedAt), &p.Version)
	if err != nil {
		return p, err
	}
	return p, errors.Join(json.Unmarshal(facts, &p.Facts), json.Unmarshal(proposal, &p.Proposal), json.Unmarshal(need, &p.Needs))
}

func insert(ctx context.Context, tx *db.Tx, p plan) error {
	facts, err := json.Marshal(p.Facts)
	if err != nil {
		return err
	}
	proposal, err := json.Marshal(p.Proposal)
	if err != nil {
		return err
	}
	need, err := json.Marshal(p.Needs)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO remedy_plan (tenant_id, `+columns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), p.ID, p.Case, p.Brand, p.Node, p.Line, p.Unit, p.Symptom, string(facts), string(proposal), string(need), p.State, p.Mode,
		p.Reason, p.DecidedBy, p.Outcome, p.ProposedAt, p.DecidedAt, p.Version)
	if err != nil {
		return fmt.Errorf("insert plan: %w", err)
	}
	return nil
}

// latest returns the plan of the case that stands, the newest where none does, or
// ErrNoPlan.
func latest(ctx context.Context, tx *db.Tx, c id.Case, lock string) (plan, error) {
	p, err := scanPlan(tx.Row(ctx, `SELECT `+columns+` FROM remedy_plan WHERE tenant_id = ? AND case_id = ?
		ORDER BY CASE state WHEN ? THEN 1 ELSE 0 END, id DESC LIMIT 1`+lock, tx.Tenant(), c, remedy.Superseded).Scan)
	return p, db.NotFound(err, remedy.ErrNoPlan)
}

func byID(ctx context.Context, tx *db.Tx, p id.FixPlan, lock string) (plan, error) {
	out, err := scanPlan(tx.Row(ctx, `SELECT `+columns+` FROM remedy_plan WHERE tenant_id = ? AND id = ?`+lock, tx.Tenant(), p).Scan)
	return out, db.NotFound(err, remedy.ErrNoPlan)
}

// tries returns the ways that the case has gone in vain, in order. It is asked
// when a plan is to be made, so what ended well was in vain too.
func tries(ctx context.Context, tx *db.Tx, c id.Case) ([]remedy.Try, error) {
	rows, err := tx.Rows(ctx, `SELECT mode, outcome FROM remedy_plan WHERE tenant_id = ? AND case_id = ? AND outcome <> '' ORDER BY id`, tx.Tenant(), c)
	all, err := db.Collect(rows, err, func(scan func(...any) error) (t remedy.Try, err error) { return t, scan(&t.Mode, &t.Outcome) })
	return slices.DeleteFunc(all, func(t remedy.Try) bool { return !work.Outcome(t.Outcome).Spent() }), err
}

func save(ctx context.Context, tx *db.Tx, p plan) error {
	n, err := tx.Exec(ctx, `UPDATE remedy_plan SET state = ?, mode = ?, reason = ?, decided_by = ?, outcome = ?, decided_at = ?, version = version + 1
		WHERE tenant_id = ? AND id = ? AND version = ?`, p.State, p.Mode, p.Reason, p.DecidedBy, p.Outcome, p.DecidedAt, tx.Tenant(), p.ID, p.Version)
	if err == nil && n != 1 {
		err = db.ErrRetry
	}
	return err
}

// history returns how often each way was tried and worked for the case's line, and
// how often the same fault of its unit was repaired since.
func history(ctx context.Context, tx *db.Tx, c desk.Brief, since time.Time) (_ map[remedy.Mode]remedy.Count, repeats int64, err error) {
	out := map[remedy.Mode]remedy.Count{}
	rows, err := tx.Rows(ctx, `
		SELECT mode, tried, fixed FROM remedy_count WHERE tenant_id = ? AND line_id = ?
		UNION ALL SELECT '', count(*), 0 FROM remedy_repair
		WHERE tenant_id = ? AND unit_id = ? AND symptom = ? AND symptom <> '' AND case_id <> ? AND at > ?`,
		tx.Tenant(), c.Line, tx.Tenant(), c.Unit, c.Symptom, c.ID, since)
	_, err = db.Collect(rows, err, func(scan func(...any) error) (struct{}, error) {
		var m remedy.Mode
		var n remedy.Count
		err := scan(&m, &n.Tried, &n.Fixed)
		if m == "" {
			repeats = n.Tried
		} else {
			out[m] = n
		}
		return struct{}{}, err
	})
	return out, repeats, err
}

func policyVersion(ctx context.Context, tx *db.Tx) (v int64, err error) {
	err = tx.Row(ctx, `SELECT COALESCE(MAX(version), 0) FROM remedy_policy WHERE tenant_id = ?`, tx.Tenant()).Scan(&v)
	return v, err
}

// policyAt is currentPolicy for who has just read its version from the same snapshot.
func policyAt(ctx context.Context, tx *db.Tx, _ int64) (remedy.Policy, error) {
	return currentPolicy(ctx, tx)
}

// currentPolicy returns the newest policy, or the standard one.
func currentPolicy(ctx context.Context, tx *db.Tx) (remedy.Policy, error) {
	var text []byte
	err := tx.Row(ctx, `SELECT policy FROM remedy_policy WHERE tenant_id = ? ORDER BY version DESC LIMIT 1`, tx.Tenant()).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return remedy.Standard, nil
	} else if err != nil {
		return remedy.Policy{}, err
	}
	var p remedy.Policy
	return p, json.Unmarshal(text, &p)
}
