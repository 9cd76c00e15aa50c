package outbox_test

import (
	"context"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

// wipe forgets what the subscriber has built for the tenant.
func wipe(name string) outbox.Option {
	return outbox.Resets(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM talk_ear WHERE tenant_id = ? AND subscriber = ?`, tx.Tenant(), name)
		return err
	})
}

// past publishes two events for each of n cases, more than one chunk of a
// backfill takes.
func past(t *testing.T, d *db.DB, b *outbox.Bus, n int) (all []id.Case) {
	var events []outbox.Event
	for range n {
		c := newCase()
		all = append(all, c)
		events = append(events, word(c, 1), word(c, 2))
	}
	publish(t, d, b, dbtest.Tenant, events...)
	publish(t, d, b, dbtest.Other, events[:2]...)
	return all
}

func complete(t *testing.T, d *db.DB, name string, all []id.Case, want int64) {
	t.Helper()
	got := heard(t, d, dbtest.Tenant, name)
	for _, c := range all {
		if got[c] != want {
			t.Fatalf("%s heard %d events of a case, want %d", name, got[c], want)
		}
	}
	if theirs := heard(t, d, dbtest.Other, name); theirs[all[0]] != 2 {
		t.Errorf("%s heard %d events of the other tenant, want 2", name, theirs[all[0]])
	}
}

func TestRebuild(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := outbox.New(d, options())
		ears(t, b, "test.porter", willing, wipe("test.porter"))
		ears(t, b, "test.clerk", willing)
		all := past(t, d, b, 700)
		drain(t, b)
		must(t, b.Rebuild(t.Context(), "test.porter"))
		if got := heard(t, d, dbtest.Tenant, "test.porter"); len(got) != 0 {
			t.Errorf("%d cases are still there after the wipe", len(got))
		}
		for _, c := range all { // and life goes on meanwhile
			publish(t, d, b, dbtest.Tenant, word(c, 3))
		}
		drain(t, b)
		complete(t, d, "test.porter", all, 3)
		complete(t, d, "test.clerk", all, 3) // was not disturbed
		if err := b.Rebuild(t.Context(), "test.nobody"); err == nil {
			t.Error("a subscriber that is not there was rebuilt")
		}
	}, schemas...)
}

// A rebuild while events are being published and delivered ends complete and in order.
func TestRebuildUnderLoad(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		d, d2 := h.Open(t, db.Options{}), h.Open(t, db.Options{})
		b, b2 := outbox.New(d, options()), outbox.New(d2, options())
		ears(t, b, "test.porter", moody(1), wipe("test.porter"))
		ears(t, b2, "test.porter", moody(2), wipe("test.porter"))
		all := past(t, d, b, 60)
		ctx, cancel := context.WithCancel(t.Context())
		over := make(chan error)
		go func() { over <- b2.Run(ctx) }()
		for round := range int64(4) {
			for i, c := range all {
				publish(t, d, b, dbtest.Tenant, word(c, 3+round))
				if i == 30 && round%2 == 0 {
					must(t, b.Rebuild(t.Context(), "test.porter"))
				}
			}
		}
		drain(t, b)
		cancel()
		must(t, <-over)
		complete(t, d, "test.porter", all, 6)
	}, schemas...)
}

// A backfill leaves what is fresh to the relay, even when its lanes are worked
// on before the relay comes to it.
func TestBackfillBeforeFanOut(t *testing.T) {
	t.Parallel()
	h := dbtest.Postgres(t, schemas...) // on SQLite there is no moment between the two
	d, d2 := h.Open(t, db.Options{}), h.Open(t, db.Options{})
	b := outbox.New(d, options())
	ears(t, b, "test.porter", willing, wipe("test.porter"))
	c := newCase()
	publish(t, d, b, dbtest.Tenant, word(c, 1))
	drain(t, b)
	must(t, b.Rebuild(t.Context(), "test.porter"))
	publish(t, d, b, dbtest.Tenant, word(c, 2))
	must(t, b.Fill(t.Context()))

	locked, unlock, over := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		over <- d2.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			held, err := tx.TryLock(ctx, outbox.RelayLock) // Lock would go out with the next statement, or the commit
			if err == nil && !held {
				err = errDeaf
			}
			close(locked)
			<-unlock
			return err
		})
	}()
	<-locked
	drained := make(chan error, 1)
	go func() { drained <- b.Drain(t.Context()) }()
	for waits := true; waits; {
		select {
		case err := <-drained:
			close(unlock)
			t.Fatalf("drained before the relay could come to it: %v", err)
		default:
			pending, _ := lanes(t, b)
			waits = pending != 1 // the lane is done with, the event still fresh
		}
	}
	close(unlock)
	must(t, <-over)
	must(t, <-drained)
	if got := heard(t, d, dbtest.Tenant, "test.porter")[c]; got != 2 {
		t.Errorf("heard %d events, want 2", got)
	}
}

// A new subscriber hears the past if it asks for it, and only what comes if not.
func TestNewSubscriber(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := outbox.New(d, options())
		ears(t, b, "test.porter", willing)
		all := past(t, d, b, 600)
		drain(t, b)

		next := outbox.New(d, options())
		ears(t, next, "test.porter", willing)
		ears(t, next, "test.historian", willing, outbox.FromStart())
		var young int
		outbox.On(next, "test.child", func(_ context.Context, _ *db.Tx, m outbox.Meta, _ left) error {
			young++
			if m.Seq != 3 {
				t.Errorf("the child heard event %d of a case", m.Seq)
			}
			return nil
		})
		drain(t, next)
		for _, c := range all {
			publish(t, d, next, dbtest.Tenant, word(c, 3))
		}
		drain(t, next)
		complete(t, d, "test.historian", all, 3)
		complete(t, d, "test.porter", all, 3)
		if young != len(all) {
			t.Errorf("the child heard %d events, want %d", young, len(all))
		}
		drain(t, outbox.New(d, options())) // a third start changes nothing
		drain(t, next)
		complete(t, d, "test.historian", all, 3)
	}, schemas...)
}

// A subscriber that no binary has any more leaves lanes behind until it is retired.
func TestRetire(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := outbox.New(d, options())
		ears(t, b, "test.porter", willing)
		ears(t, b, "test.clerk", willing)
		drain(t, b)
		next := outbox.New(d, options())
		ears(t, next, "test.porter", willing)
		publish(t, d, next, dbtest.Tenant, word(newCase(), 1))
		drain(t, next)
		lag, err := next.Lag(t.Context())
		if err != nil || len(lag.Lanes) != 1 || !lag.Lanes[0].Unheard || lag.Lanes[0].Subscriber != "test.clerk" {
			t.Fatalf("Lag = %+v, %v, want the clerk's lane as unheard", lag, err)
		}
		if err := next.Retire(t.Context(), "test.porter"); err == nil {
			t.Error("a subscriber was retired from under its handler")
		}
		must(t, next.Retire(t.Context(), "test.clerk"))
		publish(t, d, next, dbtest.Tenant, word(newCase(), 1))
		drain(t, next)
		if pending, parked := lanes(t, next); pending+parked != 0 {
			t.Errorf("%d lanes are left", pending+parked)
		}
	}, schemas...)
}
