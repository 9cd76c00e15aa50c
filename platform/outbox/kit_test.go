package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

// said and left are the events of these tests.
type said struct {
	Case id.Case `json:"case"`
	N    int64   `json:"n"`
	Text string  `json:"text,omitempty"`
}

func (said) EventName() string { return "talk.said.v1" }

func (s said) Subject() id.Raw { return s.Case.Raw() }

type left struct {
	Case id.Case `json:"case"`
	N    int64   `json:"n"`
}

func (left) EventName() string { return "talk.left.v1" }

func (l left) Subject() id.Raw { return l.Case.Raw() }

// ear is what subscribers of these tests build: the last N heard, and how many
// events were heard, by case.
var ear = dbtest.Schema("talk", `
CREATE TABLE talk_ear (
	tenant_id BLOB NOT NULL, subscriber TEXT NOT NULL, subject_id BLOB NOT NULL, last BIGINT NOT NULL, heard BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, subscriber, subject_id)
)`)

var schemas = []db.Schema{outbox.Schema(), ear}

// hear is an honest effect: it fails the test if an event comes out of order.
func hear(ctx context.Context, tx *db.Tx, t testing.TB, subscriber string, m outbox.Meta) error {
	var last int64
	err := tx.Row(ctx, `
		INSERT INTO talk_ear (tenant_id, subscriber, subject_id, last, heard) VALUES (?, ?, ?, ?, 1)
		ON CONFLICT (tenant_id, subscriber, subject_id) DO UPDATE SET last = excluded.last, heard = talk_ear.heard + 1
		RETURNING heard`, tx.Tenant(), subscriber, m.Subject, m.Seq).Scan(&last)
	tx.AfterCommit(func() { // a worker that has lost its lane may see anything, but it does not commit
		if last != m.Seq {
			t.Errorf("%s heard event %d of a case as its number %d", subscriber, m.Seq, last)
		}
	})
	return err
}

// heard is how many events of each case the subscriber has heard.
func heard(t testing.TB, d *db.DB, tenant id.Tenant, subscriber string) map[id.Case]int64 {
	t.Helper()
	out, err := db.Get(t.Context(), d, tenant, func(ctx context.Context, tx *db.Tx) (map[id.Case]int64, error) {
		out := map[id.Case]int64{}
		rows, err := tx.Rows(ctx, `SELECT subject_id, heard FROM talk_ear WHERE tenant_id = ? AND subscriber = ?`, tx.Tenant(), subscriber)
		_, err = db.Collect(rows, err, func(scan func(...any) error) (struct{}, error) {
			var c id.Case
			var n int64
			err := scan(&c, &n)
			out[c] = n
			return struct{}{}, err
		})
		return out, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// options are for tests whose handlers fail on purpose.
func options() outbox.Options {
	return outbox.Options{Log: slog.New(slog.DiscardHandler), BackoffBase: time.Millisecond, BackoffMax: 4 * time.Millisecond}
}

// publish stores events in one step of the tenant.
func publish(t testing.TB, d *db.DB, b *outbox.Bus, tenant id.Tenant, events ...outbox.Event) {
	t.Helper()
	err := d.InTx(t.Context(), tenant, func(ctx context.Context, tx *db.Tx) error { return b.Publish(ctx, tx, events...) })
	if err != nil {
		t.Fatal(err)
	}
}

func drain(t testing.TB, b *outbox.Bus) {
	t.Helper()
	if err := b.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// lanes is how many lanes there are, parked or not.
func lanes(t testing.TB, b *outbox.Bus) (pending, parked int64) {
	t.Helper()
	lag, err := b.Lag(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lag.Lanes {
		pending, parked = pending+l.Pending, parked+l.Parked
	}
	return pending + lag.Fresh, parked
}

var errDeaf = errors.New("deaf")

// ears subscribes name to both events with an honest effect; before may refuse.
func ears(t testing.TB, b *outbox.Bus, name string, before func(outbox.Meta) error, opts ...outbox.Option) {
	outbox.On(b, name, func(ctx context.Context, tx *db.Tx, m outbox.Meta, _ said) error {
		if err := hear(ctx, tx, t, name, m); err != nil {
			return err
		}
		return before(m)
	}, opts...)
	outbox.On(b, name, func(ctx context.Context, tx *db.Tx, m outbox.Meta, _ left) error {
		if err := hear(ctx, tx, t, name, m); err != nil {
			return err
		}
		return before(m)
	})
}

func willing(outbox.Meta) error { return nil }

func newCase() id.Case { return id.New[id.CaseKind]() }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func word(c id.Case, n int64) outbox.Event {
	if n%3 == 0 {
		return left{c, n}
	}
	return said{c, n, fmt.Sprint("word ", n)}
}
