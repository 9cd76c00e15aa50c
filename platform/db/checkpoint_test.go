package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
)

// TestCheckpointWhileOthersWork empties the log again and again while others read,
// also two at a time under one snapshot, and write without a rest.
func TestCheckpointWhileOthersWork(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.db")
	d, err := db.Open(t.Context(), path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(t.Context(), shelf); err != nil {
		t.Fatal(err)
	}
	busy, stop := context.WithCancel(t.Context())
	var others sync.WaitGroup
	work := func(fn func() error) {
		others.Go(func() {
			for busy.Err() == nil {
				if err := fn(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	read := func(ctx context.Context) error {
		return d.Read(ctx, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			var n int
			return tx.Row(ctx, `SELECT count(*) FROM shelf_book WHERE tenant_id = ?`, tx.Tenant()).Scan(&n)
		})
	}
	for range 3 {
		work(func() error { return d.InTx(t.Context(), dbtest.Tenant, put(id.New[id.EventKind]().String())) })
		work(func() error { return read(t.Context()) })
		work(func() error {
			return d.Snapshot(t.Context(), func(ctx context.Context) error {
				beside := make(chan error, 1)
				go func() { beside <- read(ctx) }()
				return errors.Join(read(ctx), <-beside)
			})
		})
	}
	for range 20 {
		if err := d.Checkpoint(t.Context()); err != nil {
			t.Error(err)
		}
	}
	stop()
	others.Wait()
	if err := d.Checkpoint(t.Context()); err != nil {
		t.Error(err)
	}
	if left, err := os.Stat(path + "-wal"); err != nil || left.Size() != 0 {
		t.Errorf("the log is %+v, %v", left, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Checkpoint(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("for a caller that has gone: %v", err)
	}
	err = d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, _ *db.Tx) error { return d.Checkpoint(ctx) })
	if !errors.Is(err, db.ErrNested) {
		t.Errorf("in a step: %v", err)
	}
}

// TestAnotherProcess has another process open, write to and close the file again
// and again while this one works, as the commands of an operator do.
func TestAnotherProcess(t *testing.T) {
	t.Parallel()
	h := dbtest.SQLite(t, shelf)
	d := h.Open(t, db.Options{})
	busy, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var written atomic.Int64
	for range 4 {
		all.Go(func() {
			for busy.Err() == nil {
				if err := d.InTx(t.Context(), dbtest.Tenant, put(id.New[id.EventKind]().String())); err != nil {
					t.Error(err)
					return
				}
				written.Add(1)
			}
		})
		all.Go(func() {
			for busy.Err() == nil {
				err := d.Read(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
					var n int
					return tx.Row(ctx, `SELECT count(*) FROM (SELECT 1 FROM shelf_book WHERE tenant_id = ? LIMIT 50)`, tx.Tenant()).Scan(&n)
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 10 {
		other, err := db.Open(t.Context(), h.URL, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(other.Migrate(t.Context(), shelf), other.InTx(t.Context(), dbtest.Tenant, put(id.New[id.EventKind]().String())))
		if err := errors.Join(err, other.Close()); err != nil {
			t.Error(err)
		}
		written.Add(1)
	}
	stop()
	all.Wait()
	if got := len(names(t, d, dbtest.Tenant)); int64(got) != written.Load() {
		t.Errorf("%d rows stand, %d were acknowledged", got, written.Load())
	}
}
