package held_test

import (
	"context"
	"sync"
	"testing"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/held"
)

var shelf = dbtest.Schema("shelf", `CREATE TABLE shelf_count (tenant_id BLOB NOT NULL PRIMARY KEY, n BIGINT NOT NULL);`)

func count(ctx context.Context, tx *db.Tx) (n int64, err error) {
	err = tx.Row(ctx, `SELECT COALESCE(MAX(n), 0) FROM shelf_count WHERE tenant_id = ?`, tx.Tenant()).Scan(&n)
	return n, err
}

func raise(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO shelf_count VALUES (?, 1) ON CONFLICT (tenant_id) DO UPDATE SET n = shelf_count.n + 1`, tx.Tenant())
	return err
}

// A process sees its own changes at once and another's within the second, and
// loads only when the version has changed.
func TestGet(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		machine := clock.NewSet(dbtest.Now)
		d := h.Open(t, db.Options{Machine: machine.Now})
		var s held.Store[int64]
		loads := 0
		get := func() int64 {
			v, err := s.Get(t.Context(), d, dbtest.Tenant, count, func(_ context.Context, _ *db.Tx, version int64) (int64, error) {
				loads++
				return version * 10, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		write := func(after func()) {
			err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
				tx.AfterCommit(after)
				return raise(ctx, tx)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		get()
		write(func() {}) // as another process would
		if v := get(); v != 0 {
			t.Errorf("within the second another's change shows as %d", v)
		}
		machine.To(machine.Now().Add(held.Fresh))
		if v := get(); v != 10 {
			t.Errorf("after the second it is %d, want 10", v)
		}
		write(func() { s.Wrote(dbtest.Tenant) })
		if v := get(); v != 20 {
			t.Errorf("one's own change shows as %d, want 20", v)
		}
		before := loads
		machine.To(machine.Now().Add(held.Fresh))
		if get(); loads != before {
			t.Error("it was loaded again though its version had not changed")
		}
	}, shelf)
}

// Readers beside writers never go back to an older version.
func TestNeverBackwards(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, shelf).Open(t, db.Options{})
	var s held.Store[int64]
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			last := int64(0)
			for range 200 {
				v, err := s.Get(t.Context(), d, dbtest.Tenant, count, func(_ context.Context, _ *db.Tx, version int64) (int64, error) { return version, nil })
				if err != nil || v < last {
					t.Errorf("after %d came %d, %v", last, v, err)
					return
				}
				last = v
			}
		})
	}
	for range 100 {
		err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			tx.AfterCommit(func() { s.Wrote(dbtest.Tenant) })
			return raise(ctx, tx)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
}
