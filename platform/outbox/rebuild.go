package outbox

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// fillChunk is how many subjects one step of a backfill takes.
const fillChunk = 500

// backfills is how far each backfill has come: up to and including this subject.
type backfills map[backfill]id.Raw

type backfill struct {
	tenant     id.Tenant
	subscriber string
}

// cover reports whether a backfill will come to the lane by itself.
func (f backfills) cover(k laneKey) bool {
	after, ok := f[backfill{k.tenant, k.subscriber}]
	return ok && bytes.Compare(k.subject[:], after[:]) > 0
}

// of leaves the backfills of these subscribers: those that this binary can do.
func (f backfills) of(subs map[string]*subscriber) backfills {
	out := backfills{}
	for k, after := range f {
		if subs[k.subscriber] != nil {
			out[k] = after
		}
	}
	return out
}

func readBackfills(ctx context.Context, tx *db.Tx) (backfills, error) {
	out := backfills{}
	found, err := tx.Rows(ctx, `SELECT tenant_id, subscriber, after_subject FROM outbox_backfill`)
	_, err = db.Collect(found, err, func(scan func(...any) error) (struct{}, error) {
		var f backfill
		var after raw
		err := scan(&f.tenant, &f.subscriber, &after)
		out[f] = id.Raw(after)
		return struct{}{}, err
	})
	return out, err
}

// Rebuild takes a subscriber through the past again, tenant by tenant: what it
// has built is wiped (see Resets), its dead letters are dropped, and all events
// are delivered to it anew while new ones wait their turn. Run and Drain do the
// work.
func (b *Bus) Rebuild(ctx context.Context, subscriber string) error {
	if err := b.register(ctx); err != nil {
		return err
	}
	s := b.subs[subscriber]
	if s == nil {
		return fmt.Errorf("rebuild %s: there is no such subscriber", subscriber)
	}
	tenants, err := b.tenants(ctx)
	for _, t := range tenants {
		err = errors.Join(err, b.db.InTx(ctx, t, s.restart))
	}
	if err != nil {
		return fmt.Errorf("rebuild %s: %w", subscriber, err)
	}
	b.nudge()
	return nil
}

func (b *Bus) tenants(ctx context.Context) (out []id.Tenant, err error) {
	err = b.db.ReadAcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) error {
		found, err := tx.Rows(ctx, `SELECT tenant_id FROM outbox_tenant ORDER BY tenant_id`)
		out, err = db.Collect(found, err, func(scan func(...any) error) (t id.Tenant, err error) { return t, scan(&t) })
		return err
	})
	return out, err
}

// restart forgets, in one step, what the subscriber has heard from the tenant.
// Workers that hold one of its lanes find it gone.
func (s *subscriber) restart(ctx context.Context, tx *db.Tx) error {
	if err := tx.Lock(ctx, relayLock); err != nil {
		return err
	}
	if err := tx.Put(ctx, `DELETE FROM outbox_lane WHERE tenant_id = ? AND subscriber = ?`, tx.Tenant(), s.name); err != nil {
		return err
	}
	if s.reset != nil {
		if err := s.reset(ctx, tx); err != nil {
			return err
		}
	}
	err := tx.Put(ctx, `
		INSERT INTO outbox_backfill (tenant_id, subscriber, after_subject) VALUES (?, ?, ?)
		ON CONFLICT (tenant_id, subscriber) DO UPDATE SET after_subject = excluded.after_subject`, tx.Tenant(), s.name, id.Raw{})
	return err
}

// fill takes each backfill one chunk of subjects on.
func (b *Bus) fill(ctx context.Context, fills backfills) error {
	for f := range fills {
		if err := b.db.InTx(ctx, f.tenant, b.subs[f.subscriber].fill); err != nil {
			return fmt.Errorf("backfill %s: %w", f.subscriber, err)
		}
	}
	return nil
}

// fill makes lanes for the next subjects, from their first event to the last
// that has been fanned out: what is still fresh will be, and this subject is
// then behind the mark.
func (s *subscriber) fill(ctx context.Context, tx *db.Tx) error {
	if err := tx.Lock(ctx, relayLock); err != nil {
		return err
	}
	var after raw
	err := tx.Row(ctx, `SELECT after_subject FROM outbox_backfill WHERE tenant_id = ? AND subscriber = ?`, tx.Tenant(), s.name).Scan(&after)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // another process was quicker
	}
	if err != nil {
		return err
	}
	last, n, err := s.open(ctx, tx, id.Raw(after))
	if err != nil {
		return err
	}
	if n < fillChunk {
		err = tx.Put(ctx, `DELETE FROM outbox_backfill WHERE tenant_id = ? AND subscriber = ?`, tx.Tenant(), s.name)
		return err
	}
	err = tx.Put(ctx, `UPDATE outbox_backfill SET after_subject = ? WHERE tenant_id = ? AND subscriber = ?`, last, tx.Tenant(), s.name)
	return err
}

// open makes the lanes of one chunk and returns its last subject and its size.
func (s *subscriber) open(ctx context.Context, tx *db.Tx, after id.Raw) (last id.Raw, n int, err error) {
	args := []any{s.name, tx.Machine(), tx.Machine(), tx.Tenant(), after}
	for name := range s.events {
		args = append(args, name)
	}
	found, err := tx.Rows(ctx, `
		INSERT INTO outbox_lane (tenant_id, subscriber, subject_id, done_seq, wanted_seq, ready_at, fence, attempts, since_at, last_error_code)
		SELECT e.tenant_id, ?, e.subject_id, 0, MAX(e.subject_seq), ?, 0, 0, ?, '' FROM outbox_event e
		WHERE e.tenant_id = ? AND e.subject_id > ? AND e.name IN (`+marks(len(s.events))+`) AND NOT EXISTS (
			SELECT 1 FROM outbox_fresh f WHERE f.tenant_id = e.tenant_id AND f.subject_id = e.subject_id AND f.subject_seq = e.subject_seq)
		GROUP BY e.tenant_id, e.subject_id ORDER BY e.subject_id LIMIT `+fmt.Sprint(fillChunk)+`
		RETURNING subject_id`, args...)
	subjects, err := db.Collect(found, err, func(scan func(...any) error) (r raw, err error) { return r, scan(&r) })
	for _, r := range subjects {
		if bytes.Compare(r[:], last[:]) > 0 {
			last = id.Raw(r)
		}
	}
	return last, len(subjects), err
}

// Retire forgets a subscriber that no version of the binary has any more, with
// all that waits for it.
func (b *Bus) Retire(ctx context.Context, subscriber string) error {
	if b.subs[subscriber] != nil {
		return fmt.Errorf("retire %s: it is still subscribed", subscriber)
	}
	return b.db.AcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.Lock(ctx, relayLock); err != nil {
			return err
		}
		// The version must grow although a row goes: the first of the others takes it.
		err := tx.Put(ctx, `
			UPDATE outbox_subscriber SET changed = (SELECT MAX(changed) + 1 FROM outbox_subscriber)
			WHERE name = (SELECT name FROM outbox_subscriber WHERE name <> ? ORDER BY name LIMIT 1)`, subscriber)
		if err != nil {
			return err
		}
		for _, q := range []string{
			`DELETE FROM outbox_subscriber WHERE name = ?`, `DELETE FROM outbox_backfill WHERE subscriber = ?`, `DELETE FROM outbox_lane WHERE subscriber = ?`,
		} {
			if err := tx.Put(ctx, q, subscriber); err != nil {
				return err
			}
		}
		return nil
	})
}
