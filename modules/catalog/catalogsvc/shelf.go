package catalogsvc

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// fresh is how long what lies on the shelf is believed before the version of the
// catalogue is looked at.
const fresh = time.Second

// room is how many things of a tenant lie on the shelf before it is cleared.
const room = 20_000

// shelf holds what every case asks for (lines, models and their parts) as it
// stood at a version of the tenant's catalogue. Units are not kept: there are
// too many, and they change.
type shelf struct {
	mu  sync.Mutex
	all map[id.Tenant]*stock
}

type stock struct {
	version int64
	things  map[spot]any
	at      time.Time // when the version was looked at, machine clock; zero: look again
	writes  int64     // of this process so far
}

// spot is where a thing lies on the shelf.
type spot struct {
	kind string
	id   id.Raw
	code string
}

// find returns what lies at the spot if it is fresh, and how often this process
// had written by then.
func (s *shelf) find(t id.Tenant, at spot, now time.Time) (thing any, writes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.all[t]
	if st == nil {
		return nil, 0
	}
	if st.at.IsZero() || now.Sub(st.at) >= fresh {
		return nil, st.writes
	}
	return st.things[at], st.writes
}

// peek returns what lies at the spot if it is of the version.
func (s *shelf) peek(t id.Tenant, at spot, version int64) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.all[t]; st != nil && st.version == version {
		return st.things[at]
	}
	return nil
}

// put lays a thing of a version on the shelf; what is older than what lies there
// is dropped. It is not believed if this process has written meanwhile.
func (s *shelf) put(t id.Tenant, at spot, thing any, version, writes int64, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.of(t)
	if st.version > version {
		return
	}
	if st.version < version || len(st.things) >= room {
		st.version, st.things = version, map[spot]any{}
	}
	st.things[at] = thing
	if st.writes == writes {
		st.at = now
	}
}

// wrote has the next reader look at the version again.
func (s *shelf) wrote(t id.Tenant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.of(t)
	st.writes, st.at = st.writes+1, time.Time{}
}

func (s *shelf) of(t id.Tenant) *stock {
	if s.all == nil {
		s.all = map[id.Tenant]*stock{}
	}
	if s.all[t] == nil {
		s.all[t] = &stock{things: map[spot]any{}}
	}
	return s.all[t]
}

// shelved returns what lies at the spot, or loads it and lays it there. What it
// returns is shared and is not to be changed.
func shelved[T any](ctx context.Context, m *Module, tenant id.Tenant, at spot, load func(ctx context.Context, tx *db.Tx) (T, error)) (T, error) {
	now := m.db.Machine()()
	thing, writes := m.shelf.find(tenant, at, now)
	if v, ok := thing.(T); ok {
		return v, nil
	}
	var version int64
	v, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (v T, err error) {
		if version, err = versionOf(ctx, tx); err != nil {
			return v, err
		}
		if v, ok := m.shelf.peek(tenant, at, version).(T); ok {
			return v, nil
		}
		return load(ctx, tx)
	})
	if err == nil {
		m.shelf.put(tenant, at, v, version, writes, now)
	}
	return v, err
}

func versionOf(ctx context.Context, tx *db.Tx) (v int64, err error) {
	err = tx.Row(ctx, `SELECT version FROM catalog_version WHERE tenant_id = ?`, tx.Tenant()).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return v, wrap("read version of the catalogue", err)
}

// bump says that the step changes something that may lie on a shelf.
func (m *Module) bump(ctx context.Context, tx *db.Tx) error {
	err := tx.Put(ctx, `
		INSERT INTO catalog_version (tenant_id, version) VALUES (?, 1)
		ON CONFLICT (tenant_id) DO UPDATE SET version = catalog_version.version + 1`, tx.Tenant())
	tenant := tx.Tenant()
	tx.AfterCommit(func() { m.shelf.wrote(tenant) })
	return wrap("begin a change of the catalogue", err)
}
