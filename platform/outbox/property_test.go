package outbox_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

// lore is the outbox as it should be: for each subscriber and case, which events
// it has heard since it was last rebuilt.
type lore struct {
	t      *testing.T
	d      *db.DB
	bus    *outbox.Bus
	cases  []id.Case
	names  []string
	count  map[id.Case]int64 // published
	poison map[string]bool   // key(name, case, seq)
	passed map[string]bool   // skipped once

	mu    sync.Mutex // several workers hear
	heard map[string][]int64
}

func key(name string, c id.Raw) string { return fmt.Sprintf("%s %x", name, c) }

func at(name string, c id.Raw, seq int64) string { return fmt.Sprintf("%s %x %d", name, c, seq) }

func newLore(t *testing.T, d *db.DB, workers int) *lore {
	o := options()
	o.MaxAttempts, o.DrainWorkers = 2, workers
	l := &lore{
		t: t, d: d, bus: outbox.New(d, o), names: []string{"test.porter", "test.clerk"}, cases: []id.Case{newCase(), newCase(), newCase()},
		count: map[id.Case]int64{}, poison: map[string]bool{}, passed: map[string]bool{}, heard: map[string][]int64{},
	}
	for _, name := range l.names {
		listen := func(_ context.Context, tx *db.Tx, m outbox.Meta, _ said) error {
			if l.poison[at(name, m.Subject, m.Seq)] {
				return errMoody
			}
			tx.AfterCommit(func() {
				l.mu.Lock()
				defer l.mu.Unlock()
				l.heard[key(name, m.Subject)] = append(l.heard[key(name, m.Subject)], m.Seq)
			})
			return nil
		}
		outbox.On(l.bus, name, listen)
	}
	return l
}

func (l *lore) pick(r *rapid.T) (name string, c id.Case) {
	return rapid.SampledFrom(l.names).Draw(r, "subscriber"), l.cases[rapid.IntRange(0, len(l.cases)-1).Draw(r, "case")]
}

// stuck is the event that should stop the lane now, 0 if none should.
func (l *lore) stuck(name string, c id.Case) int64 {
	heard := l.heard[key(name, c.Raw())]
	next := int64(1)
	if len(heard) > 0 {
		next = heard[len(heard)-1] + 1
	}
	for ; next <= l.count[c]; next++ {
		k := at(name, c.Raw(), next)
		if l.poison[k] {
			return next
		}
		if !l.passed[k] {
			return 0
		}
	}
	return 0
}

func (l *lore) step(r *rapid.T, fn func(ctx context.Context, tx *db.Tx) error) {
	if err := l.d.InTx(l.t.Context(), dbtest.Tenant, fn); err != nil {
		r.Fatal(err)
	}
}

// check: after Drain each lane has heard everything up to what stops it, in
// order, without what was skipped; and only stopped lanes are left.
func (l *lore) check(r *rapid.T) {
	_ = l.bus.Drain(l.t.Context()) // its error is what was parked, which is checked below
	var wantParked int64
	for _, name := range l.names {
		for _, c := range l.cases {
			end := l.count[c]
			if s := l.stuck(name, c); s > 0 {
				end = s - 1
				wantParked++
			}
			var want []int64
			for seq := int64(1); seq <= end; seq++ {
				if !l.passed[at(name, c.Raw(), seq)] {
					want = append(want, seq)
				}
			}
			if diff := cmp.Diff(want, l.heard[key(name, c.Raw())]); diff != "" {
				r.Fatalf("%s heard of a case (-want +got):\n%s", name, diff)
			}
		}
	}
	if pending, parked := lanes(l.t, l.bus); pending != 0 || parked != wantParked {
		r.Fatalf("%d lanes pending and %d parked, want 0 and %d", pending, parked, wantParked)
	}
}

func TestLanesKeepTheirPromise(t *testing.T) { lanesKeepTheirPromise(t, 1) }

// Several workers take lanes in bundles: what one lane cannot digest is no matter
// of its neighbours.
func TestBundlesKeepThePromise(t *testing.T) { lanesKeepTheirPromise(t, 2) }

func lanesKeepTheirPromise(t *testing.T, workers int) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		d := h.Open(t, db.Options{NoSync: true})
		rapid.Check(t, func(r *rapid.T) {
			l := newLore(t, d, workers)
			defer l.forget(r)
			r.Repeat(map[string]func(*rapid.T){
				"publish": func(r *rapid.T) {
					var events []outbox.Event
					for range rapid.IntRange(1, 5).Draw(r, "events") {
						_, c := l.pick(r)
						l.count[c]++
						events = append(events, said{Case: c})
					}
					l.step(r, func(ctx context.Context, tx *db.Tx) error { return l.bus.Publish(ctx, tx, events...) })
				},
				"poison": func(r *rapid.T) {
					name, c := l.pick(r)
					l.poison[at(name, c.Raw(), l.count[c]+1)] = true
				},
				"heal and replay": func(r *rapid.T) {
					l.check(r)
					name, c := l.pick(r)
					s := l.stuck(name, c)
					if s == 0 {
						r.Skip()
					}
					delete(l.poison, at(name, c.Raw(), s))
					l.step(r, func(ctx context.Context, tx *db.Tx) error { return l.bus.Replay(ctx, tx, name, c.Raw()) })
				},
				"skip": func(r *rapid.T) {
					l.check(r)
					name, c := l.pick(r)
					s := l.stuck(name, c)
					if s == 0 {
						r.Skip()
					}
					delete(l.poison, at(name, c.Raw(), s))
					l.passed[at(name, c.Raw(), s)] = true
					l.step(r, func(ctx context.Context, tx *db.Tx) error {
						return l.bus.Skip(ctx, tx, name, c.Raw(), s, id.New[id.UserKind]())
					})
				},
				"rebuild": func(r *rapid.T) {
					name, _ := l.pick(r)
					if err := l.bus.Rebuild(t.Context(), name); err != nil {
						r.Fatal(err)
					}
					if l.count[l.cases[0]]+l.count[l.cases[1]]+l.count[l.cases[2]] == 0 {
						return // the outbox does not know the tenant yet
					}
					for _, c := range l.cases {
						delete(l.heard, key(name, c.Raw()))
						for seq := range l.count[c] + 1 {
							delete(l.passed, at(name, c.Raw(), seq)) // what was skipped is heard now
						}
					}
				},
				"": l.check,
			})
		})
	}, schemas...)
}

// forget clears the tenant for the next run of the property.
func (l *lore) forget(r *rapid.T) {
	l.step(r, func(ctx context.Context, tx *db.Tx) error {
		for _, table := range []string{"outbox_event", "outbox_fresh", "outbox_lane", "outbox_backfill", "outbox_skip"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE tenant_id = ?`, tx.Tenant()); err != nil {
				return err
			}
		}
		return nil
	})
}
