package warrantysvc

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/platform/db"
)

// jsonText is a value stored as JSON.
type jsonText struct{ v any }

// Scan implements sql.Scanner.
func (j jsonText) Scan(src any) error {
	switch s := src.(type) {
	case string:
		return json.Unmarshal([]byte(s), j.v)
	case []byte:
		return json.Unmarshal(s, j.v)
	default:
		return fmt.Errorf("scan JSON from %T", src)
	}
}

// terms returns the terms for which the condition holds, as they were stored.
func terms(ctx context.Context, tx *db.Tx, where string, args ...any) ([]warranty.Term, error) {
	rows, err := tx.Rows(ctx, `SELECT body FROM warranty_term WHERE `+where, args...)
	return db.Collect(rows, err, func(scan func(...any) error) (t warranty.Term, err error) {
		return t, scan(jsonText{&t})
	})
}

func insertTerm(ctx context.Context, tx *db.Tx, t warranty.Term) error {
	body, err := json.Marshal(t)
	if err != nil {
		return wrap("encode term", err)
	}
	err = tx.Put(ctx, `
		INSERT INTO warranty_term (tenant_id, id, version, code, brand_id, line_id, body, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), t.ID, t.Version, t.Code, t.Brand, t.Line, string(body), tx.Now())
	return wrap("insert term", err)
}

func replaceTerm(ctx context.Context, tx *db.Tx, t warranty.Term) error {
	err := tx.Put(ctx, `UPDATE warranty_term SET replaced_at = ? WHERE tenant_id = ? AND id = ? AND version = ?`,
		tx.Now(), tx.Tenant(), t.ID, t.Version)
	return wrap("replace term", err)
}

// registration returns the registration of the unit, or nil.
func registration(ctx context.Context, tx *db.Tx, unit id.Unit, lock string) (*warranty.Registration, error) {
	r := warranty.Registration{Unit: unit}
	err := tx.Row(ctx, `
		SELECT sold_on, sold_in, installed_on, proof, proof_file, registered_at, version
		FROM warranty_registration WHERE tenant_id = ? AND unit_id = ?`+lock, tx.Tenant(), unit.Raw()).
		Scan(&r.SoldOn, &r.SoldIn, &r.InstalledOn, &r.Proof, &r.ProofFile, db.At(&r.RegisteredAt), &r.Version)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // no registration is no error
	}
	return &r, wrap("load registration", err)
}

func putRegistration(ctx context.Context, tx *db.Tx, brand id.Brand, r warranty.Registration) error {
	err := tx.Put(ctx, `
		INSERT INTO warranty_registration (tenant_id, unit_id, brand_id, sold_on, sold_in, installed_on, proof, proof_file, registered_at, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant_id, unit_id) DO UPDATE SET sold_on = excluded.sold_on, sold_in = excluded.sold_in,
			installed_on = excluded.installed_on, proof = excluded.proof, proof_file = excluded.proof_file,
			registered_at = excluded.registered_at, version = excluded.version
		WHERE warranty_registration.version = excluded.version - 1`,
		tx.Tenant(), r.Unit, brand, r.SoldOn, r.SoldIn, r.InstalledOn, r.Proof, r.ProofFile, r.RegisteredAt, r.Version)
	return wrap("put registration", err)
}

// current returns the entitlement that holds for the case, or ErrNoEntitlement.
func current(ctx context.Context, tx *db.Tx, c id.Case, lock string) (warranty.Entitlement, error) {
	e := warranty.Entitlement{Case: c}
	err := tx.Row(ctx, `
		SELECT seq, id, brand_id, node_id, unit_id, facts, decision, policy_hash, decided_at, superseded_by
		FROM warranty_entitlement WHERE tenant_id = ? AND case_id = ? ORDER BY seq DESC LIMIT 1`+lock, tx.Tenant(), c.Raw()).
		Scan(&e.Seq, &e.ID, &e.Brand, &e.Node, &e.Unit, jsonText{&e.Facts}, jsonText{&e.Decision}, &e.PolicyHash, db.At(&e.DecidedAt), &e.SupersededBy)
	if errors.Is(err, sql.ErrNoRows) {
		return e, warranty.ErrNoEntitlement
	}
	return e, wrap("load entitlement", err)
}

// insert stores the entitlement, or returns false when the case has one of that
// seq already.
func insert(ctx context.Context, tx *db.Tx, e warranty.Entitlement) (bool, error) {
	facts, err := json.Marshal(e.Facts)
	if err != nil {
		return false, wrap("encode facts", err)
	}
	decision, err := json.Marshal(e.Decision)
	if err != nil {
		return false, wrap("encode decision", err)
	}
	n, err := tx.Exec(ctx, `
		INSERT INTO warranty_entitlement (tenant_id, case_id, seq, id, brand_id, node_id, unit_id, facts, decision, policy_hash, decided_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		tx.Tenant(), e.Case, e.Seq, e.ID, e.Brand, e.Node, e.Unit, string(facts), string(decision), e.PolicyHash, e.DecidedAt)
	return n == 1, wrap("insert entitlement", err)
}

func supersede(ctx context.Context, tx *db.Tx, old, by warranty.Entitlement) error {
	err := tx.Put(ctx, `UPDATE warranty_entitlement SET superseded_by = ? WHERE tenant_id = ? AND case_id = ? AND seq = ?`,
		by.ID, tx.Tenant(), old.Case, old.Seq)
	return wrap("supersede entitlement", err)
}

// wrap says what was being done when err came up.
func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
