package db_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
)

var shelf = dbtest.Schema("shelf", `
CREATE TABLE shelf_book (
	tenant_id BLOB NOT NULL, name TEXT NOT NULL, copies BIGINT NOT NULL, at BIGINT,
	PRIMARY KEY (tenant_id, name)
) WITHOUT ROWID;
CREATE TABLE shelf_note (tenant_id BLOB NOT NULL, id BLOB NOT NULL, PRIMARY KEY (tenant_id, id));
`, "shelf_note")

var errNo = fault.New(fault.Conflict, "shelf.no")

func put(name string) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO shelf_book (tenant_id, name, copies, at) VALUES (?, ?, ?, ?)`, tx.Tenant(), name, 1, tx.Now())
		return err
	}
}

func names(t *testing.T, d *db.DB, tenant id.Tenant) []string {
	t.Helper()
	out, err := db.Get(t.Context(), d, tenant, func(ctx context.Context, tx *db.Tx) ([]string, error) {
		rows, err := tx.Rows(ctx, `SELECT name FROM shelf_book WHERE tenant_id = ? ORDER BY name`, tx.Tenant())
		return db.Collect(rows, err, func(scan func(...any) error) (s string, err error) { return s, scan(&s) })
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestStep(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		var committed int
		err := d.InTx(ctx, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			tx.AfterCommit(func() { committed++ })
			if err := d.InTx(ctx, dbtest.Tenant, put("nested")); !errors.Is(err, db.ErrNested) {
				t.Errorf("a step inside a step = %v, want ErrNested", err)
			}
			if err := d.Read(ctx, dbtest.Tenant, put("nested")); !errors.Is(err, db.ErrNested) {
				t.Errorf("a read inside a step = %v, want ErrNested", err)
			}
			return put("Emma")(ctx, tx)
		})
		if err != nil || committed != 1 {
			t.Fatalf("InTx = %v, %d hooks ran", err, committed)
		}
		err = d.InTx(ctx, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			tx.AfterCommit(func() { t.Error("a hook of a refused step ran") })
			return errors.Join(put("Ulysses")(ctx, tx), errNo)
		})
		if !errors.Is(err, errNo) {
			t.Errorf("InTx = %v, want %v", err, errNo)
		}
		if err := d.InTx(ctx, dbtest.Tenant, put("Emma")); !db.IsUnique(err) {
			t.Errorf("the same key twice = %v, want a unique violation", err)
		}
		if err := d.Read(ctx, dbtest.Tenant, put("by a reader")); err == nil {
			t.Error("a read wrote")
		}
		if got := names(t, d, dbtest.Tenant); len(got) != 1 || got[0] != "Emma" {
			t.Errorf("the shelf holds %v, want [Emma]", got)
		}
		var at time.Time
		err = d.Read(ctx, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			return tx.Row(ctx, `SELECT at FROM shelf_book WHERE name = 'Emma' AND copies = ?`, true).Scan(db.At(&at))
		})
		if err != nil || !at.Equal(dbtest.Now) {
			t.Errorf("Emma came at %v, %v, want the domain time %v", at, err, dbtest.Now)
		}
	}, shelf)
}

// Row-level security hides other tenants' rows even from SQL that forgets to
// ask, and workers across tenants see only what is shared.
func TestTenantsApart(t *testing.T) {
	t.Parallel()
	h := dbtest.Postgres(t, shelf)
	d := h.Open(t, db.Options{})
	ctx := t.Context()
	for _, tenant := range []id.Tenant{dbtest.Tenant, dbtest.Other} {
		if err := d.InTx(ctx, tenant, put("Emma")); err != nil {
			t.Fatal(err)
		}
		note := func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO shelf_note VALUES (?, ?)`, tx.Tenant(), tx.Tenant())
			return err
		}
		if err := d.InTx(ctx, tenant, note); err != nil {
			t.Fatal(err)
		}
	}
	var n int
	err := d.InTx(ctx, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.Row(ctx, `SELECT count(*) FROM shelf_book`).Scan(&n); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO shelf_book VALUES (?, 'smuggled', 1, 0)`, dbtest.Other)
		if err == nil {
			t.Error("a row was written for another tenant")
		}
		return errNo
	})
	if !errors.Is(err, errNo) || n != 1 {
		t.Errorf("a tenant sees %d books, %v, want 1", n, err)
	}
	if err := d.AcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.Row(ctx, `SELECT count(*) FROM shelf_note`).Scan(&n)
	}); err != nil || n != 2 {
		t.Errorf("a worker sees %d notes, %v, want 2", n, err)
	}
	if err := d.AcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.Row(ctx, `SELECT count(*) FROM shelf_book`).Scan(&n)
	}); err == nil {
		t.Error("a worker read a table that is not shared")
	}
}

// Members of one batch that fail, panic, are cancelled or end their goroutine
// change nothing of what the others hear or store.
func TestMembersKeepApart(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const n = 400
		var wg sync.WaitGroup
		var bad atomic.Int64
		for i := range n {
			wg.Add(1)
			go func() {
				defer wg.Done()
				defer func() {
					if p := recover(); (p != nil) != (i%8 == 3) {
						t.Errorf("member %d panicked with %v", i, p)
					}
				}()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				err := d.InTx(ctx, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
					if err := put(fmt.Sprintf("%03d", i))(ctx, tx); err != nil {
						return err
					}
					switch i % 8 {
					case 1:
						return errNo
					case 2:
						return errors.New("strange")
					case 3:
						panic("ouch")
					case 4:
						cancel() // in the middle of its own step
					case 5:
						_, err := tx.Exec(ctx, `INSERT INTO nowhere VALUES (1)`)
						return err
					}
					return nil
				})
				if (err == nil) != (i%8 == 0 || i%8 == 4 || i%8 > 5) {
					t.Errorf("member %d heard %v", i, err)
				}
				if err != nil {
					bad.Add(1)
				}
			}()
		}
		wg.Wait()
		got := map[string]bool{}
		for _, s := range names(t, d, dbtest.Tenant) {
			got[s] = true
		}
		for i := range n {
			if want := i%8 == 0 || i%8 == 4 || i%8 > 5; got[fmt.Sprintf("%03d", i)] != want {
				t.Errorf("member %d is stored: %v, want %v", i, !want, want)
			}
		}
	}, shelf)
}

func TestGoexitLeavesTheWriterAlive(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, shelf).Open(t, db.Options{})
	err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		defer runtime.Goexit()
		return put("gone")(ctx, tx)
	})
	if err == nil {
		t.Error("a step that ended its goroutine was acknowledged")
	}
	if err := d.InTx(t.Context(), dbtest.Tenant, put("Emma")); err != nil {
		t.Fatal(err)
	}
	if got := names(t, d, dbtest.Tenant); len(got) != 1 {
		t.Errorf("the shelf holds %v", got)
	}
}

// Counters that read, think and write lose no update on either engine.
func TestNoLostUpdate(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		one, two := h.Open(t, db.Options{}), h.Open(t, db.Options{})
		if err := one.InTx(t.Context(), dbtest.Tenant, put("Emma")); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for i := range 100 {
			d := one
			if i%2 == 0 {
				d = two
			}
			wg.Go(func() {
				err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
					var n int64
					if err := tx.Row(ctx, `SELECT copies FROM shelf_book WHERE tenant_id = ? AND name = 'Emma'`+tx.ForUpdate(), tx.Tenant()).Scan(&n); err != nil {
						return err
					}
					_, err := tx.Exec(ctx, `UPDATE shelf_book SET copies = ? WHERE tenant_id = ? AND name = 'Emma'`, n+1, tx.Tenant())
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		n, err := db.Get(t.Context(), one, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) (n int64, err error) {
			return n, tx.Row(ctx, `SELECT copies FROM shelf_book`).Scan(&n)
		})
		if err != nil || n != 101 {
			t.Errorf("%d copies, %v, want 101", n, err)
		}
	}, shelf)
}

func TestRetry(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tries := 0
		err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			if tries++; tries < 4 {
				return fmt.Errorf("seen too early: %w", db.ErrRetry)
			}
			return put("Emma")(ctx, tx)
		})
		if err != nil || tries != 4 && tries != 5 { // on SQLite the batch was one try
			t.Errorf("after %d tries: %v", tries, err)
		}
		err = d.InTx(t.Context(), dbtest.Tenant, func(context.Context, *db.Tx) error { return db.ErrRetry })
		if !errors.Is(err, db.ErrUnavailable) {
			t.Errorf("a step that never succeeds = %v, want ErrUnavailable", err)
		}
	}, shelf)
}

func TestNotify(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		d := h.Open(t, db.Options{})
		heard := make(chan string, 100)
		defer d.Listen(db.ChannelWake, func(p string) { heard <- p })()
		for { // the listener may still be connecting
			err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
				tx.Notify(db.ChannelWake, "up")
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			select {
			case p := <-heard:
				if p != "up" {
					t.Errorf("heard %q", p)
				}
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}, shelf)
}

// TestMissed ends the connection on which a process listens: it listens again,
// and says that something may have been lost.
func TestMissed(t *testing.T) {
	t.Parallel()
	home := dbtest.Postgres(t, shelf)
	home.Alone(t)
	d := home.Open(t, db.Options{})
	missed, heard := make(chan bool, 100), make(chan string, 100)
	defer d.Missed(func() { missed <- true })()
	defer d.Listen(db.ChannelHint, func(p string) { heard <- p })()
	say := func() {
		for {
			err := d.InTx(t.Context(), dbtest.Tenant, func(_ context.Context, tx *db.Tx) error {
				tx.Notify(db.ChannelHint, "changed")
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			select {
			case <-heard:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	say() // heard within the process, be the connection there yet or not
	for ended := 0; ended == 0; ended = home.Deafen(t) {
		for len(missed) > 0 {
			<-missed // of the first connection
		}
	}
	<-missed
	for len(heard) > 0 {
		<-heard
	}
	say()
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		d := h.Open(t, db.Options{})
		ctx := t.Context()
		if err := d.CheckSchema(ctx, shelf); !errors.Is(err, db.ErrSchema) {
			t.Errorf("CheckSchema of an empty database = %v, want ErrSchema", err)
		}
		for range 2 {
			if err := d.Migrate(ctx, shelf); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.CheckSchema(ctx, shelf); err != nil {
			t.Error(err)
		}
		changed := dbtest.Schema("shelf", `CREATE TABLE shelf_other (tenant_id BLOB PRIMARY KEY);`)
		if err := d.Migrate(ctx, changed); err == nil || !strings.Contains(err.Error(), "has changed") {
			t.Errorf("Migrate with a changed file = %v", err)
		}
		broken := dbtest.Schema("broken", `CREATE TABLE broken_a (tenant_id BLOB PRIMARY KEY); CREATE TABLE broken_a (tenant_id BLOB PRIMARY KEY);`)
		if err := d.Migrate(ctx, broken); err == nil {
			t.Error("a broken migration passed")
		}
		mended := dbtest.Schema("broken", `CREATE TABLE broken_a (tenant_id BLOB PRIMARY KEY);`)
		if err := d.Migrate(ctx, mended); err != nil {
			t.Errorf("half of the broken migration stayed: %v", err)
		}
	})
}

// TestFirst keeps a database busy with more than it does at once: what goes first
// does not wait until that is over.
func TestFirst(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const many = 32
		begun, over := make(chan struct{}, many), make(chan struct{})
		var others sync.WaitGroup
		var done atomic.Int32
		for range many {
			others.Go(func() {
				err := d.InTx(t.Context(), dbtest.Tenant, func(context.Context, *db.Tx) error {
					begun <- struct{}{}
					<-over
					done.Add(1)
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		<-begun
		time.Sleep(50 * time.Millisecond) // for the others to stand in line; were it too short, the test would ask less
		ctx, cancel := context.WithTimeout(db.First(t.Context()), 30*time.Second)
		defer cancel()
		first := make(chan error, 1)
		var before int32
		go func() {
			first <- d.InTx(ctx, dbtest.Tenant, func(context.Context, *db.Tx) error {
				before = done.Load()
				return nil
			})
		}()
		release := func(rest time.Duration) {
			for range many {
				over <- struct{}{}
				time.Sleep(rest)
			}
		}
		if !d.Postgres() { // it is the next that the writer takes, whenever it is handed in
			go release(5 * time.Millisecond)
		}
		if err := <-first; err != nil || before == many {
			t.Errorf("%d of %d others came before: %v", before, many, err)
		}
		if d.Postgres() { // it had a connection of its own while all others waited
			release(0)
		}
		others.Wait()
	}, shelf)
}
