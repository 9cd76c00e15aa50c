package outbox_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

func letters(t *testing.T, d *db.DB, b *outbox.Bus, tenant id.Tenant, after outbox.DeadLetter, limit int) []outbox.DeadLetter {
	t.Helper()
	out, err := db.Get(t.Context(), d, tenant, func(ctx context.Context, tx *db.Tx) ([]outbox.DeadLetter, error) {
		return b.DeadLetters(ctx, tx, after, limit)
	})
	must(t, err)
	return out
}

// A poisoned event parks its own lane and no other; a person sees which it is,
// without a word of what it says, and has it replayed or skipped.
func TestPoison(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := outbox.New(d, options())
		sick, well := newCase(), newCase()
		var cured atomic.Bool
		ears(t, b, "test.porter", func(m outbox.Meta) error {
			if m.Subject == sick.Raw() && m.Seq == 2 && !cured.Load() {
				return errors.New("cannot write to jane@example.org")
			}
			return nil
		})
		ears(t, b, "test.clerk", willing)
		for _, c := range []id.Case{sick, well} {
			publish(t, d, b, dbtest.Tenant, word(c, 1), word(c, 2), word(c, 3), word(c, 4))
		}
		if err := b.Drain(t.Context()); err == nil || !strings.Contains(err.Error(), "test.porter") {
			t.Fatalf("Drain = %v, want the porter's trouble", err)
		}
		check := func(wantSick int64) {
			t.Helper()
			got := heard(t, d, dbtest.Tenant, "test.porter")
			if got[sick] != wantSick || got[well] != 4 {
				t.Errorf("the porter heard %d and %d events, want %d and 4", got[sick], got[well], wantSick)
			}
			if got := heard(t, d, dbtest.Tenant, "test.clerk"); got[sick] != 4 || got[well] != 4 {
				t.Errorf("the clerk heard %v, want all", got)
			}
		}
		check(1)
		all := letters(t, d, b, dbtest.Tenant, outbox.DeadLetter{}, 10)
		if len(all) != 1 || all[0].Subscriber != "test.porter" || all[0].Subject != sick.Raw() || all[0].Seq != 2 || all[0].Event.IsZero() ||
			all[0].Name != "talk.said.v1" || all[0].Attempts != 8 || all[0].Waiting != 3 || all[0].Code != "*errors.errorString" || all[0].ParkedAt.IsZero() {
			t.Fatalf("dead letters: %+v", all)
		}
		if theirs := letters(t, d, b, dbtest.Other, outbox.DeadLetter{}, 10); len(theirs) != 0 {
			t.Errorf("another tenant sees %+v", theirs)
		}
		drain(t, b) // a parked lane is not in the way
		check(1)

		replay := func(ctx context.Context, tx *db.Tx) error { return b.Replay(ctx, tx, "test.porter", sick.Raw()) }
		must(t, d.InTx(t.Context(), dbtest.Tenant, replay))
		if err := b.Drain(t.Context()); err == nil {
			t.Error("what is still poisoned went through")
		}
		cured.Store(true)
		must(t, d.InTx(t.Context(), dbtest.Tenant, replay))
		drain(t, b)
		check(4)
		if err := d.InTx(t.Context(), dbtest.Tenant, replay); !errors.Is(err, outbox.ErrNoDeadLetter) {
			t.Errorf("Replay of a sound lane = %v, want %v", err, outbox.ErrNoDeadLetter)
		}
	}, schemas...)
}

func TestSkip(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := outbox.New(d, options())
		c, actor := newCase(), id.New[id.UserKind]()
		var seqs []int64
		outbox.On(b, "test.porter", func(_ context.Context, _ *db.Tx, m outbox.Meta, _ said) error {
			if m.Seq == 2 {
				return errMoody
			}
			seqs = append(seqs, m.Seq)
			return nil
		})
		publish(t, d, b, dbtest.Tenant, said{c, 1, ""}, said{c, 2, ""}, said{c, 3, ""})
		if err := b.Drain(t.Context()); !errors.Is(err, errMoody) {
			t.Fatalf("Drain = %v, want %v", err, errMoody)
		}
		skip := func(seq int64) error {
			return d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
				return b.Skip(ctx, tx, "test.porter", c.Raw(), seq, actor)
			})
		}
		if err := skip(3); !errors.Is(err, outbox.ErrNoDeadLetter) {
			t.Errorf("Skip of an event that is not stuck = %v, want %v", err, outbox.ErrNoDeadLetter)
		}
		must(t, skip(2))
		drain(t, b)
		if len(seqs) != 2 || seqs[0] != 1 || seqs[1] != 3 {
			t.Errorf("heard %v, want [1 3]", seqs)
		}
		var who id.User
		var code string
		err := d.Read(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			return tx.Row(ctx, `SELECT actor_id, error_code FROM outbox_skip WHERE tenant_id = ? AND subject_seq = 2`, tx.Tenant()).Scan(&who, &code)
		})
		if err != nil || who != actor || code != "talktest.moody" {
			t.Errorf("the skip is kept as %v, %q, %v", who, code, err)
		}
	}, schemas...)
}

// Pages of dead letters join without gap or overlap.
func TestDeadLetterPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := options()
		o.MaxAttempts = 1
		b := outbox.New(d, o)
		ears(t, b, "test.porter", func(outbox.Meta) error { return errDeaf })
		ears(t, b, "test.clerk", func(outbox.Meta) error { return errDeaf })
		for range 5 {
			publish(t, d, b, dbtest.Tenant, word(newCase(), 1))
		}
		if err := b.Drain(t.Context()); !errors.Is(err, errDeaf) {
			t.Fatalf("Drain = %v, want %v", err, errDeaf)
		}
		seen := map[[2]string]bool{}
		var last outbox.DeadLetter
		for {
			page := letters(t, d, b, dbtest.Tenant, last, 3)
			for _, l := range page {
				seen[[2]string{l.Subscriber, string(l.Subject[:])}] = true
				last = l
			}
			if len(page) < 3 {
				break
			}
		}
		if len(seen) != 10 {
			t.Errorf("the pages show %d dead letters, want 10", len(seen))
		}
	}, schemas...)
}
