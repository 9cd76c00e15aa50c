package slasvc

import (
	"context"
	"slices"
	"sync"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

const (
	tellKind = "sla.tell"
	// slot is how exactly warnings and breaches are told; clocks whose instants
	// fall into one slot share one job. The instants in the events are exact.
	slot = 10 * time.Second
	// tellAtOnce is how many cases one step tells about.
	tellAtOnce = 50
	// maxArmed bounds what a process remembers of the jobs that are pending.
	maxArmed = 10_000
)

// armed remembers slots for which a job is pending, so that most steps enqueue
// none. It may forget; then a job is enqueued that is there already.
type armed struct {
	mu    sync.Mutex
	slots map[armedSlot]struct{}
}

type armedSlot struct {
	tenant id.Tenant
	at     int64
}

func (a *armed) has(s armedSlot) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ok := a.slots[s]
	return ok
}

func (a *armed) add(s armedSlot) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.slots == nil || len(a.slots) >= maxArmed {
		a.slots = map[armedSlot]struct{}{}
	}
	a.slots[s] = struct{}{}
}

// arm makes sure that a job looks at the clocks in the slot after the instant,
// or soon if the instant has passed; the zero time asks for nothing.
func (m *Module) arm(ctx context.Context, tx *db.Tx, tell time.Time) error {
	if tell.IsZero() {
		return nil
	}
	if now := tx.Now(); tell.Before(now) {
		tell = now
	}
	at := tell.Truncate(slot)
	if at.Before(tell) {
		at = at.Add(slot)
	}
	s := armedSlot{tx.Tenant(), at.UnixMicro()}
	if at.After(tx.Now()) && m.armed.has(s) {
		return nil
	}
	if err := m.jobs.Enqueue(ctx, tx, tellKind, at.UTC().Format(time.RFC3339), at, struct{}{}); err != nil {
		return err
	}
	tx.AfterCommit(func() { m.armed.add(s) })
	return nil
}

// Tell tells every warning and breach of the tenant that has fallen due on the
// domain clock. It is idempotent and may run beside itself.
func (m *Module) Tell(ctx context.Context, tenant id.Tenant) error {
	r, err := m.rules(ctx, tenant)
	if err != nil {
		return err
	}
	for {
		now := m.db.Now()()
		cases, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]id.Case, error) {
			return toTell(ctx, tx, now, tellAtOnce)
		})
		if err != nil || len(cases) == 0 {
			return err
		}
		slices.SortFunc(cases, func(a, b id.Case) int { return slices.Compare(a[:], b[:]) }) // locked in this order
		err = m.db.InTx(ctx, tenant, func(ctx context.Context, tx *db.Tx) error {
			for _, c := range cases {
				if err := m.on(ctx, tx, r, c, tx.Now(), func(*step) error { return nil }); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}
