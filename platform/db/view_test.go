package db_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
)

// namesIn is names with a context of the caller's.
func namesIn(ctx context.Context, t *testing.T, d *db.DB, tenant id.Tenant) []string {
	t.Helper()
	out, err := db.Get(ctx, d, tenant, func(ctx context.Context, tx *db.Tx) ([]string, error) {
		rows, err := tx.Rows(ctx, `SELECT name FROM shelf_book WHERE tenant_id = ? ORDER BY name`, tx.Tenant())
		return db.Collect(rows, err, func(scan func(...any) error) (s string, err error) { return s, scan(&s) })
	})
	if err != nil {
		t.Error(err)
	}
	return out
}

func write(ctx context.Context, t *testing.T, d *db.DB, tenant id.Tenant, name string) {
	t.Helper()
	if err := d.InTx(ctx, tenant, put(name)); err != nil {
		t.Error(err)
	}
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		outside := t.Context()
		write(outside, t, d, dbtest.Tenant, "a")
		write(outside, t, d, dbtest.Other, "x")
		want := func(when string, got []string, want ...string) {
			t.Helper()
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", when, got, want)
			}
		}
		var leaked context.Context
		err := d.Snapshot(outside, func(ctx context.Context) error {
			leaked = ctx
			want("first", namesIn(ctx, t, d, dbtest.Tenant), "a")
			write(outside, t, d, dbtest.Tenant, "b")
			want("somebody else wrote", namesIn(ctx, t, d, dbtest.Tenant), "a")
			want("outside", namesIn(outside, t, d, dbtest.Tenant), "a", "b")
			if err := d.Read(ctx, dbtest.Tenant, func(context.Context, *db.Tx) error { return errNo }); err == nil {
				t.Error("a read that says no said yes")
			}
			want("after a no", namesIn(ctx, t, d, dbtest.Tenant), "a")
			_ = d.Snapshot(ctx, func(ctx context.Context) error {
				want("within another", namesIn(ctx, t, d, dbtest.Tenant), "a")
				return nil
			})
			want("another tenant", namesIn(ctx, t, d, dbtest.Other), "x")
			write(ctx, t, d, dbtest.Tenant, "c")
			want("after a step of its own", namesIn(ctx, t, d, dbtest.Tenant), "a", "b", "c")
			return d.Read(ctx, dbtest.Tenant, func(context.Context, *db.Tx) error {
				write(ctx, t, d, dbtest.Tenant, "d")
				want("beside a read under way", namesIn(ctx, t, d, dbtest.Tenant), "a", "b", "c", "d")
				return nil
			})
		})
		if err != nil {
			t.Error(err)
		}
		write(outside, t, d, dbtest.Tenant, "e")
		want("afterwards", namesIn(leaked, t, d, dbtest.Tenant), "a", "b", "c", "d", "e")
	}, shelf)
}

// A read that broke is not what the next one sees.
func TestSnapshotAfterAnError(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t.Context(), t, d, dbtest.Tenant, "a")
		_ = d.Snapshot(t.Context(), func(ctx context.Context) error {
			for range 3 {
				err := d.Read(ctx, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.Exec(ctx, `SELECT nothing FROM nowhere`)
					return err
				})
				if err == nil {
					t.Error("nowhere was read")
				}
				if got := namesIn(ctx, t, d, dbtest.Tenant); !slices.Equal(got, []string{"a"}) {
					t.Errorf("after an error: %v", got)
				}
			}
			func() {
				defer func() { _ = recover() }()
				_ = d.Read(ctx, dbtest.Tenant, func(context.Context, *db.Tx) error { panic("lost") })
			}()
			if got := namesIn(ctx, t, d, dbtest.Tenant); !slices.Equal(got, []string{"a"}) {
				t.Errorf("after a panic: %v", got)
			}
			return nil
		})
	}, shelf)
}

// More snapshots than connections that also write do not wait for each other.
func TestSnapshotsDoNotStarve(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var all sync.WaitGroup
		for n := range 40 {
			all.Go(func() {
				_ = d.Snapshot(t.Context(), func(ctx context.Context) error {
					before := len(namesIn(ctx, t, d, dbtest.Tenant))
					write(ctx, t, d, dbtest.Tenant, string(rune('A'+n)))
					if after := len(namesIn(ctx, t, d, dbtest.Tenant)); after <= before {
						t.Errorf("%d books, then %d", before, after)
					}
					return nil
				})
			})
		}
		all.Wait()
	}, shelf)
}
