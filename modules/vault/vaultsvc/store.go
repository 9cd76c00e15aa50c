package vaultsvc

import (
	"context"
	"fmt"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/platform/db"
)

const columns = `id, person_id, kind, state, ground, law, received_at, answer_by, closed_at, version`

func scanRequest(scan func(...any) error) (r vault.Request, err error) {
	return r, scan(&r.ID, &r.Person, &r.Kind, &r.State, &r.Ground, &r.Law,
		db.At(&r.ReceivedAt), db.At(&r.AnswerBy), db.At(&r.ClosedAt), &r.Version)
}

func insertRequest(ctx context.Context, tx *db.Tx, r vault.Request) error {
	err := tx.Put(ctx, `INSERT INTO vault_request (tenant_id, `+columns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), r.ID, r.Person, r.Kind, r.State, r.Ground, r.Law, r.ReceivedAt, r.AnswerBy, r.ClosedAt, r.Version)
	if err != nil {
		return fmt.Errorf("insert subject request: %w", err)
	}
	return nil
}

// requestByID returns the request, or ErrRequestNotFound; lock may be
// tx.ForUpdate().
func requestByID(ctx context.Context, tx *db.Tx, rid id.SubjectRequest, lock string) (vault.Request, error) {
	r, err := scanRequest(tx.Row(ctx, `SELECT `+columns+` FROM vault_request WHERE tenant_id = ? AND id = ?`+lock, tx.Tenant(), rid).Scan)
	if err != nil {
		return vault.Request{}, fmt.Errorf("load subject request: %w", db.NotFound(err, vault.ErrRequestNotFound))
	}
	return r, nil
}

func requestsOf(ctx context.Context, tx *db.Tx, p id.Person) ([]vault.Request, error) {
	rows, err := tx.Rows(ctx, `SELECT `+columns+` FROM vault_request WHERE tenant_id = ? AND person_id = ? ORDER BY id`, tx.Tenant(), p)
	list, err := db.Collect(rows, err, scanRequest)
	if err != nil {
		return nil, fmt.Errorf("requests of person: %w", err)
	}
	return list, nil
}

func requestsDue(ctx context.Context, tx *db.Tx, after due, limit int) ([]vault.Request, error) {
	rows, err := tx.Rows(ctx, `
		SELECT `+columns+` FROM vault_request WHERE tenant_id = ? AND closed_at IS NULL
			AND (answer_by > ? OR answer_by = ? AND id > ?)
		ORDER BY answer_by, id LIMIT ?`, tx.Tenant(), after.Micros, after.Micros, after.ID[:], limit)
	list, err := db.Collect(rows, err, scanRequest)
	if err != nil {
		return nil, fmt.Errorf("requests that are due: %w", err)
	}
	return list, nil
}

// updateRequest writes what a command changed.
func updateRequest(ctx context.Context, tx *db.Tx, r vault.Request) error {
	n, err := tx.Exec(ctx, `
		UPDATE vault_request SET state = ?, ground = ?, closed_at = ?, version = ? WHERE tenant_id = ? AND id = ? AND version = ?`,
		r.State, r.Ground, r.ClosedAt, r.Version, tx.Tenant(), r.ID, r.Version-1)
	if err != nil {
		return fmt.Errorf("update subject request: %w", err)
	}
	if n == 0 {
		return db.ErrRetry
	}
	return nil
}

// answerErasures closes the person's requests for an erasure that has happened.
// They need not have been taken up one by one: the answer stands.
func answerErasures(ctx context.Context, tx *db.Tx, p id.Person) error {
	err := tx.Put(ctx, `
		UPDATE vault_request SET state = ?, closed_at = ?, version = version + 1
		WHERE tenant_id = ? AND person_id = ? AND kind = ? AND state = ?`,
		vault.Answered, tx.Now(), tx.Tenant(), p, vault.Erasure, vault.InProgress)
	if err != nil {
		return fmt.Errorf("answer requests for erasure: %w", err)
	}
	return nil
}
