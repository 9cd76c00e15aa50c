package keys

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Schema is the key store's own; it is migrated on the key database only.
func Schema() db.Schema {
	return db.Schema{Name: "keys", Files: migrations, Shared: []string{"keys_erasure"}}
}

// portions are the numbers of rows that one statement may name. They are few, so
// that the engines' prepared statements are few.
var portions = []int{256, 32, 8, 4, 2, 1}

// split calls fn on parts of list whose lengths are all portions.
func split[T any](list []T, fn func(part []T) error) error {
	for _, n := range portions {
		for len(list) >= n {
			if err := fn(list[:n]); err != nil {
				return err
			}
			list = list[n:]
		}
	}
	return nil
}

type wrappedKey struct {
	person  id.Person
	wrapped []byte
}

// loadTenant returns the tenant's wrapped secret, or nil.
func loadTenant(ctx context.Context, d *db.DB, tenant id.Tenant) ([]byte, error) {
	wrapped, err := db.Get(ctx, d, tenant, selectTenant)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read tenant key: %w", err)
	}
	return wrapped, nil
}

// makeTenant stores fresh unless the tenant has a secret, and returns what holds.
func makeTenant(ctx context.Context, d *db.DB, tenant id.Tenant, fresh []byte) ([]byte, error) {
	wrapped, err := db.Do(ctx, d, tenant, func(ctx context.Context, tx *db.Tx) ([]byte, error) {
		err := tx.Put(ctx, `
			INSERT INTO keys_tenant (tenant_id, wrapped, created_at) VALUES (?, ?, ?)
			ON CONFLICT (tenant_id) DO NOTHING`, tx.Tenant(), fresh, tx.Machine())
		if err != nil {
			return nil, err
		}
		return selectTenant(ctx, tx)
	})
	if err != nil {
		return nil, fmt.Errorf("make tenant key: %w", err)
	}
	return wrapped, nil
}

func selectTenant(ctx context.Context, tx *db.Tx) (wrapped []byte, err error) {
	err = tx.Row(ctx, `SELECT wrapped FROM keys_tenant WHERE tenant_id = ?`, tx.Tenant()).Scan(&wrapped)
	return wrapped, err
}

// insertPersons returns ErrExists for a person who has a row, be it a tombstone:
// nobody gets a second key.
func insertPersons(ctx context.Context, tx *db.Tx, list []wrappedKey) error {
	return split(list, func(part []wrappedKey) error {
		args := make([]any, 0, 4*len(part))
		for _, w := range part {
			args = append(args, tx.Tenant(), w.person, w.wrapped, tx.Machine())
		}
		return tx.PutNew(ctx, ErrExists, `INSERT INTO keys_person (tenant_id, person_id, wrapped, created_at) VALUES `+
			repeat("(?, ?, ?, ?)", len(part)), args...)
	})
}

func countErased(ctx context.Context, tx *db.Tx, persons []id.Person) (total int64, err error) {
	err = split(persons, func(part []id.Person) error {
		var n int64
		err := tx.Row(ctx, `SELECT count(*) FROM keys_erasure WHERE tenant_id = ? AND person_id IN (`+
			repeat("?", len(part))+`)`, with(tx.Tenant(), part)...).Scan(&n)
		total += n
		return err
	})
	return total, err
}

// selectPersons returns tombstones too, as rows without a wrapped key.
func selectPersons(ctx context.Context, tx *db.Tx, persons []id.Person) (out []wrappedKey, err error) {
	err = split(persons, func(part []id.Person) error {
		rows, err := tx.Rows(ctx, `SELECT person_id, wrapped FROM keys_person WHERE tenant_id = ? AND person_id IN (`+
			repeat("?", len(part))+`)`, with(tx.Tenant(), part)...)
		got, err := db.Collect(rows, err, func(scan func(...any) error) (w wrappedKey, err error) {
			return w, scan(&w.person, &w.wrapped)
		})
		out = append(out, got...)
		return err
	})
	return out, err
}

func selectOlder(ctx context.Context, tx *db.Tx, before time.Time, after id.Person, limit int) ([]id.Person, error) {
	rows, err := tx.Rows(ctx, `
		SELECT person_id FROM keys_person WHERE tenant_id = ? AND person_id > ? AND created_at < ? AND length(wrapped) > 0
		ORDER BY person_id LIMIT ?`, tx.Tenant(), after[:], before, limit)
	return db.Collect(rows, err, func(scan func(...any) error) (p id.Person, err error) {
		return p, scan(&p)
	})
}

func deletePersons(ctx context.Context, tx *db.Tx, persons []id.Person) (deleted int64, err error) {
	err = split(persons, func(part []id.Person) error {
		n, err := tx.Exec(ctx, `DELETE FROM keys_person WHERE tenant_id = ? AND person_id IN (`+
			repeat("?", len(part))+`)`, with(tx.Tenant(), part)...)
		deleted += n
		return err
	})
	return deleted, err
}

// destroy overwrites the wrapped key in its place, leaves a tombstone without
// one, and writes down that it is gone.
func destroy(ctx context.Context, tx *db.Tx, e Erasure) error {
	const wrappedSize = 12 + size + 16
	for _, over := range [][]byte{make([]byte, wrappedSize), {}} {
		err := tx.Put(ctx, `
			INSERT INTO keys_person (tenant_id, person_id, wrapped, created_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (tenant_id, person_id) DO UPDATE SET wrapped = excluded.wrapped`,
			e.Tenant, e.Person, over, tx.Machine())
		if err != nil {
			return err
		}
	}
	err := tx.Put(ctx, `
		INSERT INTO keys_erasure (tenant_id, person_id, erased_at) VALUES (?, ?, ?)
		ON CONFLICT (tenant_id, person_id) DO NOTHING`, e.Tenant, e.Person, e.At)
	return err
}

func selectErasures(ctx context.Context, tx *db.Tx) ([]Erasure, error) {
	rows, err := tx.Rows(ctx, `SELECT tenant_id, person_id, erased_at FROM keys_erasure ORDER BY erased_at, tenant_id, person_id`)
	return db.Collect(rows, err, func(scan func(...any) error) (e Erasure, err error) {
		return e, scan(&e.Tenant, &e.Person, db.At(&e.At))
	})
}

// with is the argument list: the tenant, then the persons.
func with(tenant id.Tenant, persons []id.Person) []any {
	args := make([]any, 0, 1+len(persons))
	args = append(args, tenant)
	for _, p := range persons {
		args = append(args, p)
	}
	return args
}

// repeat writes s n times with commas between.
func repeat(s string, n int) string {
	return strings.TrimSuffix(strings.Repeat(s+", ", n), ", ")
}
