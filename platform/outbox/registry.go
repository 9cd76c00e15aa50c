package outbox

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// relayLock is held by the one step of all processes that fans out, backfills or
// changes who listens to what.
const relayLock = "outbox.relay"

// registry is who listens to what according to the database, which is the union
// over the versions of the binary that run: an old relay must not drop what
// only a new subscriber hears. It is never changed, only replaced.
type registry struct {
	version int64
	hears   map[string][]string // event → subscribers
	tenants map[id.Tenant]bool  // known to outbox_tenant
}

// wants reports whether the subscriber listens to the event in any version of
// the binary.
func (r *registry) wants(subscriber, event string) bool {
	return slices.Contains(r.hears[event], subscriber)
}

// register writes this binary's subscribers into the database, once. New ones
// that asked for it are to be taken through the past.
func (b *Bus) register(ctx context.Context) error {
	if b.registered.Load() {
		return nil
	}
	b.seal()
	err := b.db.AcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.Lock(ctx, relayLock); err != nil {
			return err
		}
		known, err := subscribers(ctx, tx)
		if err != nil {
			return err
		}
		for _, name := range b.names {
			s := b.subs[name.(string)]
			if err := s.register(ctx, tx, known); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("register subscribers: %w", err)
	}
	b.registered.Store(true)
	return nil
}

func (s *subscriber) register(ctx context.Context, tx *db.Tx, known map[string]string) error {
	events, old := known[s.name]
	if old && events == s.eventList() {
		return nil
	}
	err := tx.Put(ctx, `
		INSERT INTO outbox_subscriber (name, events, changed)
		VALUES (?, ?, (SELECT COALESCE(MAX(changed), 0) + 1 FROM outbox_subscriber))
		ON CONFLICT (name) DO UPDATE SET events = excluded.events, changed = excluded.changed`, s.name, s.eventList())
	if err != nil || old || !s.fromStart {
		return err
	}
	err = tx.Put(ctx, `
		INSERT INTO outbox_backfill (tenant_id, subscriber, after_subject)
		SELECT tenant_id, name, ? FROM outbox_tenant, outbox_subscriber WHERE name = ?`, id.Raw{}, s.name)
	return err
}

// subscribers returns the stored event list of each subscriber.
func subscribers(ctx context.Context, tx *db.Tx) (map[string]string, error) {
	out := map[string]string{}
	found, err := tx.Rows(ctx, `SELECT name, events FROM outbox_subscriber`)
	_, err = db.Collect(found, err, func(scan func(...any) error) (struct{}, error) {
		var name, events string
		err := scan(&name, &events)
		out[name] = events
		return struct{}{}, err
	})
	return out, err
}

// current returns the registry as the step sees it, and what is being
// backfilled. It costs one statement while nothing has changed.
func (b *Bus) current(ctx context.Context, tx *db.Tx) (*registry, backfills, error) {
	var version, filling int64
	err := tx.Row(ctx, `SELECT COALESCE(MAX(changed), 0), (SELECT COUNT(*) FROM outbox_backfill) FROM outbox_subscriber`).Scan(&version, &filling)
	if err != nil {
		return nil, nil, err
	}
	reg := b.reg.Load()
	if reg.version != version {
		if reg, err = readRegistry(ctx, tx, version); err != nil {
			return nil, nil, err
		}
	}
	if filling == 0 {
		return reg, nil, nil
	}
	fills, err := readBackfills(ctx, tx)
	return reg, fills, err
}

func readRegistry(ctx context.Context, tx *db.Tx, version int64) (*registry, error) {
	reg := &registry{version: version, hears: map[string][]string{}, tenants: map[id.Tenant]bool{}}
	known, err := subscribers(ctx, tx)
	if err != nil {
		return nil, err
	}
	for name, events := range known {
		for _, e := range strings.Fields(events) {
			reg.hears[e] = append(reg.hears[e], name)
		}
	}
	for _, names := range reg.hears {
		slices.Sort(names)
	}
	found, err := tx.Rows(ctx, `SELECT tenant_id FROM outbox_tenant`)
	_, err = db.Collect(found, err, func(scan func(...any) error) (struct{}, error) {
		var t id.Tenant
		err := scan(&t)
		reg.tenants[t] = true
		return struct{}{}, err
	})
	return reg, err
}

// meet notes tenants that publish for the first time.
func (reg *registry) meet(ctx context.Context, tx *db.Tx, events []freshEvent) (*registry, error) {
	grown := reg
	for _, e := range events {
		if grown.tenants[e.tenant] {
			continue
		}
		if err := tx.Put(ctx, `INSERT INTO outbox_tenant (tenant_id) VALUES (?) ON CONFLICT (tenant_id) DO NOTHING`, e.tenant); err != nil {
			return nil, err
		}
		tenants := map[id.Tenant]bool{e.tenant: true}
		for t := range grown.tenants {
			tenants[t] = true
		}
		grown = &registry{grown.version, grown.hears, tenants}
	}
	return grown, nil
}
