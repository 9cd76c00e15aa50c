package db_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
)

const insertBook = `INSERT INTO shelf_book (tenant_id, name, copies) VALUES (?, ?, 1)`

// TestPut puts rows, good and bad, in front of all that a step may do next.
func TestPut(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		step := func(fn func(ctx context.Context, tx *db.Tx) error) error {
			return d.InTx(t.Context(), dbtest.Tenant, fn)
		}
		err := step(func(ctx context.Context, tx *db.Tx) error {
			for _, name := range []string{"Emma", "Persuasion"} {
				if err := tx.Put(ctx, insertBook, tx.Tenant(), name); err != nil {
					return err
				}
			}
			var n int
			err := tx.Row(ctx, `SELECT count(*) FROM shelf_book WHERE tenant_id = ?`, tx.Tenant()).Scan(&n)
			if n != 2 {
				t.Errorf("the step sees %d of its 2 books", n)
			}
			return errors.Join(err, tx.Put(ctx, insertBook, tx.Tenant(), "Ulysses"))
		})
		if got := names(t, d, dbtest.Tenant); err != nil || len(got) != 3 {
			t.Fatalf("three books put: %v, %v", got, err)
		}
		for what, next := range map[string]func(ctx context.Context, tx *db.Tx) error{
			"the commit": func(context.Context, *db.Tx) error { return nil },
			"Exec": func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, insertBook, tx.Tenant(), "Middlemarch")
				return err
			},
			"Row": func(ctx context.Context, tx *db.Tx) error {
				var n int
				return tx.Row(ctx, `SELECT 1`).Scan(&n)
			},
			"Rows": func(ctx context.Context, tx *db.Tx) error {
				rows, err := tx.Rows(ctx, `SELECT 1`)
				_, err = db.Collect(rows, err, func(scan func(...any) error) (n int, err error) { return n, scan(&n) })
				return err
			},
			"a step that does not listen": func(ctx context.Context, tx *db.Tx) error {
				_, _ = tx.Exec(ctx, `SELECT 1`)
				return nil
			},
		} {
			err := step(func(ctx context.Context, tx *db.Tx) error {
				if err := tx.Put(ctx, insertBook, tx.Tenant(), "Emma"); err != nil {
					return err
				}
				return next(ctx, tx)
			})
			if err == nil || d.Postgres() && db.IsUnique(err) {
				t.Errorf("a row that stands already, put before %s = %v, want an error that is not the next one's", what, err)
			}
			if got := names(t, d, dbtest.Tenant); len(got) != 3 {
				t.Errorf("before %s: the shelf holds %v", what, got)
			}
		}
		if err := d.Read(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			return tx.Put(ctx, insertBook, tx.Tenant(), "by a reader")
		}); err == nil {
			t.Error("a read wrote")
		}
		if err := step(func(ctx context.Context, tx *db.Tx) error { return tx.Put(ctx, `SELECT ?`, struct{}{}) }); err == nil {
			t.Error("an argument of no kind was taken")
		}
	}, shelf)
}

var errTaken = fault.New(fault.Conflict, "shelf.taken")

// TestPutNew has several steps number their rows by what they see: each row gets a
// number of its own, and a key that was given is refused by name.
func TestPutNew(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
					var n int
					if err := tx.Row(ctx, `SELECT count(*) FROM shelf_book WHERE tenant_id = ?`, tx.Tenant()).Scan(&n); err != nil {
						return err
					}
					return tx.PutNew(ctx, db.ErrRetry, insertBook, tx.Tenant(), fmt.Sprint("book ", n))
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := names(t, d, dbtest.Tenant); len(got) != 8 || got[7] != "book 7" {
			t.Errorf("the shelf holds %v", got)
		}
		err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			return tx.PutNew(ctx, errTaken, insertBook, tx.Tenant(), "book 3")
		})
		if !errors.Is(err, errTaken) {
			t.Errorf("a book that stands already = %v, want %v", err, errTaken)
		}
	}, shelf)
}

func TestEach(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var got []string
		each := func(ctx context.Context, tx *db.Tx, query string, asked ...string) error {
			sets := make([][]any, len(asked))
			for i, name := range asked {
				sets[i] = []any{tx.Tenant(), name}
			}
			got = make([]string, len(asked))
			return tx.Each(ctx, query, sets, func(i int, rows *db.Rows) error {
				all, err := db.Collect(rows, nil, func(scan func(...any) error) (s string, err error) { return s, scan(&s) })
				got[i] = fmt.Sprint(all)
				return err
			})
		}
		const byName = `SELECT name FROM shelf_book WHERE tenant_id = ? AND name <= ? ORDER BY name`
		err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			err := errors.Join(tx.Put(ctx, insertBook, tx.Tenant(), "Emma"), tx.Put(ctx, insertBook, tx.Tenant(), "Ulysses"))
			return errors.Join(err, each(ctx, tx, byName, "Z", "A", "F"), put("Persuasion")(ctx, tx))
		})
		if want := []string{"[Emma Ulysses]", "[]", "[Emma]"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
		if err := d.Read(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error { return each(ctx, tx, byName) }); err != nil {
			t.Errorf("nothing asked: %v", err)
		}
		err = d.Read(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			return each(ctx, tx, `SELECT nothing FROM shelf_book WHERE tenant_id = ? AND name = ?`, "Emma", "Ulysses")
		})
		if err == nil {
			t.Error("a column that is not there was read")
		}
		if got := names(t, d, dbtest.Tenant); len(got) != 3 {
			t.Errorf("the shelf holds %v", got)
		}
	}, shelf)
}

// TestLock lets two steps take the same locks, one of them as two in the wrong
// number: never are both inside.
func TestLock(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var all sync.WaitGroup
		var inside atomic.Int32
		for i := range 8 {
			all.Go(func() {
				err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
					if err := tx.Lock(ctx, []string{"a", "b", "c"}[i%2:]...); err != nil {
						return err
					}
					if _, err := tx.Exec(ctx, `SELECT 1`); err != nil { // which has the locks taken
						return err
					}
					if inside.Add(1) != 1 {
						t.Error("two are inside")
					}
					time.Sleep(time.Millisecond)
					inside.Add(-1)
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}, shelf)
}

// TestNotifyOthers says something in one process for another to hear: once, and in
// its own process once too.
func TestNotifyOthers(t *testing.T) {
	t.Parallel()
	home := dbtest.Postgres(t, shelf)
	mine, other := home.Open(t, db.Options{}), home.Open(t, db.Options{})
	here, there := make(chan string, 1000), make(chan string, 1000)
	defer mine.Listen(db.ChannelHint, func(p string) { here <- p })()
	defer other.Listen(db.ChannelHint, func(p string) { there <- p })()
	say := func(what string) {
		err := mine.InTx(t.Context(), dbtest.Tenant, func(_ context.Context, tx *db.Tx) error {
			tx.Notify(db.ChannelHint, what)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for listening := false; !listening; { // the listeners may still be connecting
		say("up")
		select {
		case <-there:
			listening = true
		case <-time.After(20 * time.Millisecond):
		}
	}
	for i := range 50 {
		say(fmt.Sprint(i))
	}
	if err := mine.Close(); err != nil { // which says what is left to say
		t.Fatal(err)
	}
	last := map[string]int{}
	for last["49"] == 0 {
		p := <-there
		last[p]++
	}
	for len(here) > 0 {
		last["here "+<-here]++
	}
	for i := range 50 {
		if a, b := last[fmt.Sprint(i)], last[fmt.Sprint("here ", i)]; a != 1 || b != 1 {
			t.Errorf("%d was heard %d times there and %d times here, want once each", i, a, b)
		}
	}
}

// TestGatherShares lets many come while a step runs: the next takes them all.
func TestGatherShares(t *testing.T) {
	t.Parallel()
	const many = 20
	begun, over := make(chan int), make(chan bool)
	g := db.NewGather(func(items []int) error {
		begun <- len(items)
		<-over
		return nil
	})
	var all sync.WaitGroup
	do := func() {
		if err := g.Do(t.Context(), 1); err != nil {
			t.Error(err)
		}
	}
	all.Go(do)
	if n := <-begun; n != 1 {
		t.Fatalf("%d in the first step, want 1", n)
	}
	for range many {
		all.Go(do)
	}
	for db.Waiting(g) < many {
		runtime.Gosched()
	}
	over <- true
	if n := <-begun; n != many {
		t.Errorf("%d in the second step, want %d", n, many)
	}
	over <- true
	all.Wait()
}

// TestGather lets many store one row each, some of whom may not.
func TestGather(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		errTwice := errors.New("a book twice")
		g := db.NewGather(func(items []string) error {
			return d.InTx(context.Background(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
				for _, name := range items {
					if name == "Necronomicon" {
						panic(name)
					}
					if err := tx.PutNew(ctx, errTwice, insertBook, tx.Tenant(), name); err != nil {
						return err
					}
				}
				return nil
			})
		})
		var all sync.WaitGroup
		var stored, refused atomic.Int32
		const many = 200
		all.Go(func() {
			if err := g.Do(t.Context(), "Necronomicon"); err == nil || errors.Is(err, errTwice) {
				t.Errorf("a step that panics = %v", err)
			}
		})
		for i := range many {
			all.Go(func() {
				switch err := g.Do(t.Context(), fmt.Sprint("book ", i/2)); {
				case err == nil:
					stored.Add(1)
				case errors.Is(err, errTwice):
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := names(t, d, dbtest.Tenant); len(got) != many/2 || stored.Load() != many/2 || refused.Load() != many/2 {
			t.Errorf("%d books stand, %d were acknowledged and %d refused, want %d of each", len(got), stored.Load(), refused.Load(), many/2)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := g.Do(gone, "late"); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, _ *db.Tx) error { return g.Do(ctx, "nested") })
		if !errors.Is(err, db.ErrNested) {
			t.Errorf("inside a step = %v, want ErrNested", err)
		}
	}, shelf)
}

// TestCut breaks the connection under a step and under a read, and in the moment of
// the commit: what is known not to be stored is unavailable, the rest is unknown.
func TestCut(t *testing.T) {
	t.Parallel()
	d := dbtest.Postgres(t, shelf).Open(t, db.Options{})
	ask := func(ctx context.Context, tx *db.Tx) error {
		var n int
		return tx.Row(ctx, `SELECT 1`).Scan(&n)
	}
	for what, fn := range map[string]func(ctx context.Context, tx *db.Tx) error{
		"at the beginning": func(ctx context.Context, tx *db.Tx) error { return errors.Join(db.Cut(tx), ask(ctx, tx)) },
		"in the middle": func(ctx context.Context, tx *db.Tx) error {
			return errors.Join(put("Emma")(ctx, tx), db.Cut(tx), ask(ctx, tx))
		},
	} {
		for how, run := range map[string]func(context.Context, id.Tenant, func(context.Context, *db.Tx) error) error{"step": d.InTx, "read": d.Read} {
			if how == "read" && what == "in the middle" {
				continue // which writes
			}
			if err := run(t.Context(), dbtest.Tenant, fn); !errors.Is(err, db.ErrUnavailable) {
				t.Errorf("a %s that is cut %s = %v, want ErrUnavailable", how, what, err)
			}
		}
	}
	err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		return errors.Join(put("Emma")(ctx, tx), db.Cut(tx))
	})
	if !errors.Is(err, db.ErrUnavailable) && !errors.Is(err, db.ErrUnknownOutcome) {
		t.Errorf("cut before the commit = %v", err)
	}
	err = d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		return errors.Join(db.Cut(tx), errNo)
	})
	if !errors.Is(err, errNo) {
		t.Errorf("a step that says no = %v, want %v", err, errNo)
	}
	_ = d.Read(t.Context(), dbtest.Tenant, ask) // finds out that the connection which that step gave back is cut
	if got := names(t, d, dbtest.Tenant); len(got) != 0 {
		t.Errorf("the shelf holds %v", got)
	}
}
