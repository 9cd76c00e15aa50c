package outbox_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

// An event arrives whole, with what the outbox knows about it, once.
func TestPublish(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := outbox.New(d, options())
		var metas []outbox.Meta
		var events []said
		outbox.On(b, "test.porter", func(_ context.Context, _ *db.Tx, m outbox.Meta, e said) error {
			metas, events = append(metas, m), append(events, e)
			return nil
		})
		want := []said{{newCase(), 1, "good morning"}, {newCase(), 1, "您好"}}
		publish(t, d, b, dbtest.Tenant, want[0], want[1])
		drain(t, b)
		drain(t, b) // there is nothing left
		if diff := cmp.Diff(want, events); diff != "" {
			t.Fatalf("heard (-want +got):\n%s", diff)
		}
		for i, m := range metas {
			if m.ID.IsZero() || m.Tenant != dbtest.Tenant || m.Name != "talk.said.v1" || m.Subject != want[i].Subject() || m.Seq != 1 ||
				!m.OccurredAt.Equal(dbtest.Now) || time.Since(m.RecordedAt) > time.Minute || time.Since(m.RecordedAt) < 0 {
				t.Errorf("the outbox says of event %d: %+v", i, m)
			}
		}
		if pending, parked := lanes(t, b); pending != 0 || parked != 0 {
			t.Errorf("%d lanes pending, %d parked, want none", pending, parked)
		}
	}, schemas...)
}

// Subjects are numbered without gaps, whatever shares a statement or a step.
func TestPublishNumbers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := outbox.New(d, options())
		ears(t, b, "test.porter", willing)
		cases := []id.Case{newCase(), newCase(), newCase()}
		next := map[id.Case]int64{}
		for _, size := range []int{1, 2, 3, 7, 100, 513} { // 513: more than one batch of the relay
			var events []outbox.Event
			for i := range size {
				c := cases[i*i%len(cases)]
				next[c]++
				events = append(events, word(c, next[c]))
			}
			publish(t, d, b, dbtest.Tenant, events...)
		}
		drain(t, b)
		if diff := cmp.Diff(next, heard(t, d, dbtest.Tenant, "test.porter")); diff != "" {
			t.Errorf("heard by case (-want +got):\n%s", diff)
		}
	}, schemas...)
}

func TestRollbackPublishesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := outbox.New(d, options())
		ears(t, b, "test.porter", willing)
		c := newCase()
		err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			return errors.Join(b.Publish(ctx, tx, word(c, 1)), errDeaf)
		})
		if !errors.Is(err, errDeaf) {
			t.Fatalf("InTx = %v, want %v", err, errDeaf)
		}
		drain(t, b)
		publish(t, d, b, dbtest.Tenant, word(c, 1)) // number 1 is free again
		drain(t, b)
		if got := heard(t, d, dbtest.Tenant, "test.porter")[c]; got != 1 {
			t.Errorf("heard %d events, want 1", got)
		}
	}, schemas...)
}

func TestPublishRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := outbox.New(d, options())
		big := said{Case: newCase(), Text: string(make([]byte, 300<<10))}
		for _, e := range []outbox.Event{said{}, big} {
			err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error { return b.Publish(ctx, tx, e) })
			if err == nil {
				t.Errorf("an event that has no subject or is too large was published")
			}
		}
		err := d.AcrossTenants(t.Context(), func(ctx context.Context, tx *db.Tx) error { return b.Publish(ctx, tx, word(newCase(), 1)) })
		if err == nil {
			t.Error("an event was published without a tenant")
		}
	}, schemas...)
}

// Tenants share workers, nothing else: the same subject is two subjects.
func TestTenants(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := outbox.New(d, options())
		ears(t, b, "test.porter", willing)
		c := newCase()
		publish(t, d, b, dbtest.Tenant, word(c, 1), word(c, 2))
		publish(t, d, b, dbtest.Other, word(c, 1))
		drain(t, b)
		mine, theirs := heard(t, d, dbtest.Tenant, "test.porter")[c], heard(t, d, dbtest.Other, "test.porter")[c]
		if mine != 2 || theirs != 1 {
			t.Errorf("heard %d and %d events, want 2 and 1", mine, theirs)
		}
	}, schemas...)
}

// What a handler publishes is heard too, and what was asked reaches the handler.
func TestAskAndPublish(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := outbox.New(d, options())
		outbox.OnAsk(b, "test.echo", func(ctx context.Context, m outbox.Meta, _ said) (int64, error) {
			if db.Inside(ctx) {
				t.Error("ask runs inside the step")
			}
			return m.Seq + 41, nil
		}, func(ctx context.Context, tx *db.Tx, _ outbox.Meta, e said, answer int64) error {
			return b.Publish(ctx, tx, left{e.Case, answer})
		})
		var got []int64
		outbox.On(b, "test.porter", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e left) error {
			got = append(got, e.N)
			return nil
		})
		publish(t, d, b, dbtest.Tenant, said{newCase(), 1, ""})
		drain(t, b)
		if diff := cmp.Diff([]int64{42}, got); diff != "" {
			t.Errorf("the echo's events (-want +got):\n%s", diff)
		}
	}, schemas...)
}

func TestSubscribeRefuses(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, schemas...).Open(t, db.Options{})
	quiet := func(context.Context, *db.Tx, outbox.Meta, said) error { return nil }
	for name, try := range map[string]func(*outbox.Bus){
		"twice":         func(b *outbox.Bus) { outbox.On(b, "test.porter", quiet) },
		"no dot":        func(b *outbox.Bus) { outbox.On(b, "porter", quiet) },
		"after a start": func(b *outbox.Bus) { drain(t, b); outbox.On(b, "test.late", quiet) },
	} {
		t.Run(name, func(t *testing.T) {
			b := outbox.New(d, options())
			outbox.On(b, "test.porter", quiet)
			defer func() {
				if recover() == nil {
					t.Error("the subscription was taken")
				}
			}()
			try(b)
		})
	}
}
