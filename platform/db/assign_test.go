package db_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
)

type (
	colour string
	level  uint8
)

// TestValues writes what the house stores and reads it into every kind of variable
// that the house has, on both engines alike.
func TestValues(t *testing.T) {
	t.Parallel()
	mixed := dbtest.Schema("mixed", `
CREATE TABLE mixed_row (tenant_id BLOB NOT NULL, n BIGINT, s TEXT, b BLOB, f DOUBLE PRECISION, PRIMARY KEY (tenant_id));`)
	person := id.New[id.PersonKind]()
	at := time.UnixMicro(1_790_000_000_123_456).UTC()
	cases := []struct {
		name        string
		column      string
		put         any
		into, want  any
		wantRefused bool
	}{
		{"int", "n", 42, new(int), 42, false},
		{"small unsigned", "n", 7, new(level), level(7), false},
		{"too large", "n", 700, new(level), level(0), true},
		{"negative unsigned", "n", -1, new(level), level(0), true},
		{"bool", "n", true, new(bool), true, false},
		{"neither true nor false", "n", 2, new(bool), false, true},
		{"instant", "n", at, new(int64), at.UnixMicro(), false},
		{"number as text", "n", 12, new(string), "12", false},
		{"NULL for a number", "n", nil, new(int64), int64(0), true},
		{"NULL for a pointer", "n", nil, &[]*int64{new(int64)}[0], (*int64)(nil), false},
		{"number for a pointer", "n", 5, new(*int64), ptr(int64(5)), false},
		{"text", "s", "wärmer 更热", new(string), "wärmer 更热", false},
		{"own text", "s", colour("red"), new(colour), colour("red"), false},
		{"empty text", "s", "", new(string), "", false},
		{"text as bytes", "s", `{"a":1}`, new(json.RawMessage), json.RawMessage(`{"a":1}`), false},
		{"text for a number", "s", "x", new(int64), int64(0), true},
		{"bytes", "b", []byte{0, 1, 2}, new([]byte), []byte{0, 1, 2}, false},
		{"no bytes", "b", []byte{}, new([]byte), []byte{}, false},
		{"nil bytes", "b", []byte(nil), new([]byte), []byte(nil), false},
		{"id", "b", person, new(id.Person), person, false},
		{"zero id", "b", id.Person{}, new(id.Person), id.Person{}, false},
		{"bytes for a number", "b", []byte{1}, new(int64), int64(0), true},
		{"fraction", "f", 0.25, new(float64), 0.25, false},
		{"fraction for a number", "f", 0.25, new(int64), int64(0), true},
		{"any", "s", "x", new(any), "x", false},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, c := range cases {
			into := reflect.New(reflect.TypeOf(c.into).Elem())
			err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `DELETE FROM mixed_row WHERE tenant_id = ?`, tx.Tenant())
				if err == nil {
					_, err = tx.Exec(ctx, `INSERT INTO mixed_row (tenant_id, `+c.column+`) VALUES (?, ?)`, tx.Tenant(), c.put)
				}
				return err
			})
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			err = d.Read(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
				return tx.Row(ctx, `SELECT `+c.column+` FROM mixed_row WHERE tenant_id = ?`, tx.Tenant()).Scan(into.Interface())
			})
			if (err != nil) != c.wantRefused {
				t.Errorf("%s: %v, want refused %v", c.name, err, c.wantRefused)
			}
			if got := into.Elem().Interface(); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%s: %#v, want %#v", c.name, got, c.want)
			}
		}
	}, mixed)
}

func ptr[T any](v T) *T { return &v }

// TestQueries asks in ways that go wrong: each is an error that leaves the
// connection as good as it was.
func TestQueries(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ask := func(fn func(ctx context.Context, tx *db.Tx) error) error {
			return d.Read(t.Context(), dbtest.Tenant, fn)
		}
		var s string
		if err := ask(func(ctx context.Context, tx *db.Tx) error {
			return tx.Row(ctx, `SELECT name FROM shelf_book WHERE tenant_id = ?`, tx.Tenant()).Scan(&s)
		}); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("no row: %v", err)
		}
		for name, fn := range map[string]func(ctx context.Context, tx *db.Tx) error{
			"too few arguments": func(ctx context.Context, tx *db.Tx) error {
				return tx.Row(ctx, `SELECT name FROM shelf_book WHERE tenant_id = ? AND name = ?`, tx.Tenant()).Scan(&s)
			},
			"too few variables": func(ctx context.Context, tx *db.Tx) error {
				return tx.Row(ctx, `SELECT 'a', 'b'`).Scan(&s)
			},
			"no such table": func(ctx context.Context, tx *db.Tx) error {
				return tx.Row(ctx, `SELECT name FROM shelf_desk`).Scan(&s)
			},
			"an argument of no kind": func(ctx context.Context, tx *db.Tx) error {
				return tx.Row(ctx, `SELECT name FROM shelf_book WHERE name = ?`, struct{}{}).Scan(&s)
			},
			"a query whose rows are being read": func(ctx context.Context, tx *db.Tx) error {
				const again = `SELECT 'outer'`
				rows, err := tx.Rows(ctx, again)
				_, err = db.Collect(rows, err, func(func(...any) error) (string, error) {
					return s, tx.Row(ctx, again).Scan(&s)
				})
				return err
			},
			"an error behind the row": func(ctx context.Context, tx *db.Tx) error {
				bad := `SELECT 1 UNION ALL SELECT abs(-9223372036854775807 - 1)` // SQLite has no such number
				if tx.Postgres() {
					bad = `SELECT 1 / (2 - n) FROM generate_series(1, 2) n`
				}
				rows, err := tx.Rows(ctx, bad)
				_, err = db.Collect(rows, err, func(scan func(...any) error) (n int64, err error) { return n, scan(&n) })
				return err
			},
			"two statements": func(ctx context.Context, tx *db.Tx) error {
				return tx.Row(ctx, `SELECT name FROM shelf_book; SELECT 1`).Scan(&s)
			},
		} {
			if err := ask(fn); err == nil || errors.Is(err, sql.ErrNoRows) {
				t.Errorf("%s: %v", name, err)
			}
			if err := ask(func(ctx context.Context, tx *db.Tx) error { return tx.Row(ctx, `SELECT 'still'`).Scan(&s) }); err != nil || s != "still" {
				t.Errorf("after %s: %q, %v", name, s, err)
			}
		}
	}, shelf)
}

// TestGoesOn has a step go on after one of its statements has failed: it is told
// so, or all else that it wrote is there.
func TestGoesOn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			if err := put("Emma")(ctx, tx); err != nil {
				return err
			}
			_ = put("Emma")(ctx, tx)
			return nil
		})
		if stored := len(names(t, d, dbtest.Tenant)) == 1; stored != (err == nil) {
			t.Errorf("InTx = %v, stored: %v", err, stored)
		}
	}, shelf)
}
