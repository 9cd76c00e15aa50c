package outbox_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

var (
	system = access.Actor{Kind: access.BySystem}
	agent  = access.Caller{
		Tenant: dbtest.Tenant, User: id.User{15: 1},
		Grants: []access.Grant{{Role: access.Agent, Scope: access.Scope{Kind: access.Tenant}}},
	}
)

// publishAs stores events in one step that ctx's caller asked for.
func publishAs(ctx context.Context, t testing.TB, d *db.DB, b *outbox.Bus, events ...outbox.Event) {
	t.Helper()
	must(t, d.InTx(ctx, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error { return b.Publish(ctx, tx, events...) }))
}

// actors is who caused what happened to the case, in order.
func actors(t testing.TB, d *db.DB, b *outbox.Bus, c id.Case) (out []access.Actor) {
	t.Helper()
	past, err := db.Get(t.Context(), d, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) ([]outbox.Past, error) {
		return b.History(ctx, tx, c.Raw(), 100)
	})
	must(t, err)
	for _, e := range past {
		out = append(out, e.Actor)
	}
	return out
}

// An event says who called; what it leads to is done by the system, also when
// somebody who calls has it delivered. Subscribers hear of the actor, and hear of
// the same one when they are taken through the past again.
func TestEventsNameTheirActor(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := outbox.New(d, options())
		var heard []access.Actor
		outbox.On(b, "test.porter", func(ctx context.Context, tx *db.Tx, m outbox.Meta, e said) error {
			tx.AfterCommit(func() { heard = append(heard, m.Actor) })
			if e.N == 1 { // answers are not answered
				return b.Publish(ctx, tx, left{e.Case, 1})
			}
			return nil
		}, outbox.Resets(func(context.Context, *db.Tx) error { return nil }))
		c := newCase()
		asAgent := access.With(t.Context(), agent)
		publishAs(asAgent, t, d, b, said{Case: c, N: 1}, said{Case: c, N: 2})
		publishAs(access.With(t.Context(), access.Caller{Tenant: dbtest.Tenant}), t, d, b, said{Case: c, N: 3})
		publishAs(t.Context(), t, d, b, said{Case: c, N: 4})
		must(t, b.Drain(asAgent))

		customer := access.Actor{Kind: access.ByCustomer}
		if diff := cmp.Diff([]access.Actor{agent.Actor(), agent.Actor(), customer, system, system}, actors(t, d, b, c)); diff != "" {
			t.Errorf("actors (-want +got):\n%s", diff)
		}
		want := []access.Actor{agent.Actor(), agent.Actor(), customer, system}
		if diff := cmp.Diff(want, heard); diff != "" {
			t.Errorf("heard of (-want +got):\n%s", diff)
		}
		heard = nil
		must(t, b.Rebuild(t.Context(), "test.porter"))
		drain(t, b)
		if diff := cmp.Diff(want, heard); diff != "" {
			t.Errorf("heard of again (-want +got):\n%s", diff)
		}
	}, schemas...)
}

// Events that were published before actors were kept stay, are heard, and name
// nobody.
func TestEventsFromBeforeActors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCase()
		must(t, d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO outbox_event (tenant_id, subject_id, subject_seq, id, name, body, occurred_at, recorded_at)
				VALUES (?, ?, 1, ?, 'talk.said.v1', ?, ?, ?)`, tx.Tenant(), c, id.New[id.EventKind](), `{"case":"`+c.String()+`","n":1}`, tx.Now(), tx.Machine())
			if err == nil {
				_, err = tx.Exec(ctx, `INSERT INTO outbox_fresh (tenant_id, subject_id, subject_seq, name, recorded_at)
					VALUES (?, ?, 1, 'talk.said.v1', ?)`, tx.Tenant(), c, tx.Machine())
			}
			return err
		}))
		must(t, d.Migrate(t.Context(), schemas...))
		b := outbox.New(d, options())
		ears(t, b, "test.porter", willing, outbox.FromStart())
		publishAs(access.With(t.Context(), agent), t, d, b, word(c, 2))
		drain(t, b)
		if got := heard(t, d, dbtest.Tenant, "test.porter")[c]; got != 2 {
			t.Errorf("heard %d events, want 2", got)
		}
		if diff := cmp.Diff([]access.Actor{{}, agent.Actor()}, actors(t, d, b, c)); diff != "" {
			t.Errorf("actors (-want +got):\n%s", diff)
		}
	}, dbtest.Before(t, outbox.Schema(), "0002_actor.sql"), ear)
}
