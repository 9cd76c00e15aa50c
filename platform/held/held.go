// Package held keeps in memory what is small, read at every step and seldom
// written: a tenant's network, its service levels.
//
// What is held is believed for a second; then its version is looked at, and it
// is loaded again only if that has changed. A change by this process is seen by
// the next reader at once, one by another process within the second.
package held

import (
	"context"
	"sync"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// Fresh is how long what is held is believed before its version is looked at.
const Fresh = time.Second

// Store holds one T for each tenant. A T is never changed once it is held. The
// zero Store is empty and ready; it is safe for concurrent use.
type Store[T any] struct {
	mu  sync.Mutex
	all map[id.Tenant]looked[T]
}

type looked[T any] struct {
	value   T
	loaded  bool
	version int64
	at      time.Time // when the version was looked at, machine clock; zero: look again
	writes  int64     // of this process so far
}

// Get returns the tenant's T. version reads what it is counted by, and load
// reads it, both from one snapshot. It may not be called in a step.
func (s *Store[T]) Get(ctx context.Context, d *db.DB, tenant id.Tenant,
	version func(context.Context, *db.Tx) (int64, error), load func(context.Context, *db.Tx, int64) (T, error),
) (T, error) {
	kept, now := s.kept(tenant), d.Machine()()
	if !kept.at.IsZero() && now.Sub(kept.at) < Fresh {
		return kept.value, nil
	}
	next := kept
	err := d.Read(ctx, tenant, func(ctx context.Context, tx *db.Tx) (err error) {
		next = kept
		if next.version, err = version(ctx, tx); err != nil || kept.loaded && next.version == kept.version {
			return err
		}
		next.loaded = true
		next.value, err = load(ctx, tx, next.version)
		return err
	})
	if err != nil {
		var none T
		return none, err
	}
	next.at = now
	s.put(tenant, next)
	return next.value, nil
}

// Wrote has the next reader look at the version again. Call it after the commit
// of a step that has changed it.
func (s *Store[T]) Wrote(tenant id.Tenant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.all[tenant]
	l.at, l.writes = time.Time{}, l.writes+1
	s.keep(tenant, l)
}

func (s *Store[T]) kept(t id.Tenant) looked[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all[t]
}

// put keeps l unless something newer is there. It is not believed if this
// process has written since it was asked for.
func (s *Store[T]) put(t id.Tenant, l looked[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.all[t]
	if now.loaded && now.version > l.version {
		return
	}
	if now.writes != l.writes {
		l.at, l.writes = time.Time{}, now.writes
	}
	s.keep(t, l)
}

func (s *Store[T]) keep(t id.Tenant, l looked[T]) {
	if s.all == nil {
		s.all = map[id.Tenant]looked[T]{}
	}
	s.all[t] = l
}
