package jobs_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/jobs"
)

// Jobs are done when the domain clock says so, in the order of their times.
func TestDue(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		d := h.Open(t, db.Options{})
		r := jobs.New(d, options())
		var got []string
		jobs.Handle(r, "test.chore", func(_ context.Context, j jobs.Job, c chore) error {
			if j.Tenant != dbtest.Tenant || j.Kind != "test.chore" || j.Attempt != 1 || j.ID.IsZero() || j.RunAt.After(d.Now()()) {
				t.Errorf("the job is %+v", j)
			}
			got = append(got, c.Name)
			return nil
		})
		for name, after := range map[string]time.Duration{"third": 3 * time.Hour, "first": time.Hour, "second": 2 * time.Hour, "fourth": 4 * time.Hour} {
			enqueue(t, d, r, dbtest.Tenant, "test.chore", "", dbtest.Now.Add(after), name)
		}
		drain(t, r)
		if len(got) != 0 {
			t.Errorf("%v was done before its time", got)
		}
		if next, ok, err := r.Next(t.Context()); err != nil || !ok || !next.Equal(dbtest.Now.Add(time.Hour)) {
			t.Errorf("Next = %v, %v, %v, want an hour from %v", next, ok, err, dbtest.Now)
		}
		h.Clock.To(dbtest.Now.Add(3 * time.Hour))
		if lag, err := r.Lag(t.Context()); err != nil || lag.Late["test.chore"] != 2*time.Hour {
			t.Errorf("Lag = %+v, %v, want two hours", lag, err)
		}
		drain(t, r)
		drain(t, r)
		if diff := cmp.Diff([]string{"first", "second", "third"}, got); diff != "" {
			t.Errorf("done (-want +got):\n%s", diff)
		}
	}, schemas...)
}

func TestEnqueueRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := jobs.New(d, options())
		var count int
		jobs.Handle(r, "test.chore", func(context.Context, jobs.Job, chore) error { count++; return nil })
		for name, fn := range map[string]func(ctx context.Context, tx *db.Tx) error{
			"no time": func(ctx context.Context, tx *db.Tx) error {
				return r.Enqueue(ctx, tx, "test.chore", "", time.Time{}, nil)
			},
			"odd kind": func(ctx context.Context, tx *db.Tx) error { return r.Enqueue(ctx, tx, "Chore", "", tx.Now(), nil) },
			"not JSON": func(ctx context.Context, tx *db.Tx) error {
				return r.Enqueue(ctx, tx, "test.chore", "", tx.Now(), make(chan int))
			},
			"large": func(ctx context.Context, tx *db.Tx) error {
				return r.Enqueue(ctx, tx, "test.chore", "", tx.Now(), make([]byte, 1<<20))
			},
			"move no key": func(ctx context.Context, tx *db.Tx) error {
				return r.EnqueueOrMove(ctx, tx, "test.chore", "", tx.Now(), nil)
			},
			"rolled back": func(ctx context.Context, tx *db.Tx) error {
				return errors.Join(r.Enqueue(ctx, tx, "test.chore", "", tx.Now(), chore{}), errDeaf)
			},
		} {
			if err := d.InTx(t.Context(), dbtest.Tenant, fn); err == nil {
				t.Errorf("%s: it was put in", name)
			}
		}
		drain(t, r)
		if count != 0 {
			t.Errorf("%d jobs were done, want none", count)
		}
	}, schemas...)
}

// A key stands for one pending job: put in again it stays, moved it moves,
// brought forward it is done by then, cancelled it goes.
func TestKeys(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		d := h.Open(t, db.Options{})
		r := jobs.New(d, options())
		jobs.Handle(r, "test.chore", honest(d, willing))
		jobs.Handle(r, "test.other", honest(d, willing))
		hour := func(n int) time.Time { return dbtest.Now.Add(time.Duration(n) * time.Hour) }
		move := func(kind, key string, at time.Time, name string) {
			step(t, d, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
				return r.EnqueueOrMove(ctx, tx, kind, key, at, chore{name})
			})
		}
		enqueue(t, d, r, dbtest.Tenant, "test.chore", "a", hour(1), "a first")
		enqueue(t, d, r, dbtest.Tenant, "test.chore", "a", hour(2), "a again")
		enqueue(t, d, r, dbtest.Tenant, "test.other", "a", hour(1), "a of another kind")
		enqueue(t, d, r, dbtest.Other, "test.chore", "a", hour(1), "a of another tenant")
		move("test.chore", "b", hour(1), "b first")
		move("test.chore", "b", hour(3), "b moved")
		by := func(key string, at time.Time, name string) {
			step(t, d, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
				return r.EnqueueBy(ctx, tx, "test.chore", key, at, chore{name})
			})
		}
		by("d", hour(9), "d first")
		by("d", hour(2), "d brought forward")
		by("d", hour(5), "d not put off")
		enqueue(t, d, r, dbtest.Tenant, "test.chore", "c", hour(1), "c")
		step(t, d, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			return errors.Join(r.Cancel(ctx, tx, "test.chore", "c"), r.Cancel(ctx, tx, "test.chore", "nobody"))
		})
		h.Clock.To(hour(2))
		drain(t, r)
		want := map[string]int64{"a first": 1, "a of another kind": 1, "d not put off": 1}
		if diff := cmp.Diff(want, marks(t, d, dbtest.Tenant)); diff != "" {
			t.Errorf("after two hours (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[string]int64{"a of another tenant": 1}, marks(t, d, dbtest.Other)); diff != "" {
			t.Errorf("the other tenant (-want +got):\n%s", diff)
		}
		enqueue(t, d, r, dbtest.Tenant, "test.chore", "a", hour(2), "a once more") // the key is free again
		h.Clock.To(hour(3))
		drain(t, r)
		want["b moved"], want["a once more"] = 1, 1
		if diff := cmp.Diff(want, marks(t, d, dbtest.Tenant)); diff != "" {
			t.Errorf("after three hours (-want +got):\n%s", diff)
		}
	}, schemas...)
}

// What is asked for while it runs is done once more, since the run may have
// looked too early; what is cancelled while it runs has no effect.
func TestKeysWhileRunning(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := jobs.New(d, options())
		first := true
		work := honest(d, willing)
		jobs.Handle(r, "test.again", func(ctx context.Context, j jobs.Job, c chore) error {
			if first {
				first = false
				enqueue(t, d, r, dbtest.Tenant, "test.again", "k", dbtest.Now, "second")
				enqueue(t, d, r, dbtest.Tenant, "test.again", "k", dbtest.Now.Add(-time.Minute), "third")
			}
			return work(ctx, j, c)
		})
		jobs.Handle(r, "test.cancelled", func(ctx context.Context, j jobs.Job, c chore) error {
			step(t, d, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error { return r.Cancel(ctx, tx, "test.cancelled", "k") })
			return work(ctx, j, c)
		})
		enqueue(t, d, r, dbtest.Tenant, "test.again", "k", dbtest.Now, "first")
		enqueue(t, d, r, dbtest.Tenant, "test.cancelled", "k", dbtest.Now, "cancelled")
		drain(t, r)
		if diff := cmp.Diff(map[string]int64{"first": 1, "third": 1}, marks(t, d, dbtest.Tenant)); diff != "" {
			t.Errorf("done (-want +got):\n%s", diff)
		}
		if s := r.Stats(); s.Lost != 1 || s.Failed != 0 || s.Done != 2 {
			t.Errorf("%+v, want 2 done, 1 lost, 0 failed", s)
		}
	}, schemas...)
}

// Periodic jobs run once in each period for each tenant, and do not make up for
// what they missed.
func TestEvery(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		d := h.Open(t, db.Options{})
		o := options()
		tenants := []id.Tenant{dbtest.Tenant}
		o.Tenants = func(context.Context) ([]id.Tenant, error) { return tenants, nil }
		count := map[id.Tenant]int{}
		failing := false
		periodic := func() *jobs.Runner {
			r := jobs.New(d, o)
			r.Every("test.hourly", time.Hour, func(_ context.Context, tenant id.Tenant) error {
				if failing {
					return errMoody
				}
				count[tenant]++
				return nil
			})
			return r
		}
		r := periodic()
		check := func(name string, after time.Duration, want, other int) {
			t.Helper()
			h.Clock.To(dbtest.Now.Add(after))
			drain(t, r)
			if count[dbtest.Tenant] != want || count[dbtest.Other] != other {
				t.Errorf("%s: %d and %d runs, want %d and %d", name, count[dbtest.Tenant], count[dbtest.Other], want, other)
			}
		}
		check("at once", 0, 1, 0)
		check("not yet", 59*time.Minute, 1, 0)
		check("an hour", time.Hour, 2, 0)
		check("a day later", 25*time.Hour+30*time.Minute, 3, 0)
		check("on the beat", 26*time.Hour, 4, 0)
		tenants = append(tenants, dbtest.Other)
		check("a new tenant", 26*time.Hour+time.Minute, 4, 1)
		r = periodic() // another start
		check("after a restart", 26*time.Hour+30*time.Minute, 4, 1)

		failing = true
		h.Clock.To(dbtest.Now.Add(27 * time.Hour))
		if err := r.Drain(t.Context()); !errors.Is(err, errMoody) {
			t.Errorf("Drain = %v, want %v", err, errMoody)
		}
		failing = false
		check("waits for the next period", 27*time.Hour+10*time.Minute, 4, 2) // the other tenant's beat is a minute later
		check("and goes on", 28*time.Hour, 5, 2)
	}, schemas...)
}
