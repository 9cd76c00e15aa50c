package outbox

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs/lease"
)

// relayBatch is how many events one step fans out.
const relayBatch = 256

// haul is what one step of the relay brought.
type haul struct {
	lanes  []*lane // leased to this process
	fanned int     // events given to lanes
	more   bool    // there was more than one step takes
	left   bool    // lanes were made that nobody holds yet
	locked bool    // another process is fanning out
	fills  backfills
	reg    *registry
}

// relay leases up to room lanes and fans out what is fresh, in one step. With
// eager it also takes lanes that rest after a failure. Lanes that wait come
// before those that fan-out makes and leases, or they might wait for ever.
func (b *Bus) relay(ctx context.Context, room int, eager bool) (haul, error) {
	var h haul
	err := b.db.AcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		h = haul{}
		free, err := tx.TryLock(ctx, relayLock)
		if err != nil {
			return err
		}
		h.locked = !free
		if h.reg, h.fills, err = b.current(ctx, tx); err != nil {
			return err
		}
		if err := b.claim(ctx, tx, &h, room, eager); err != nil || !free {
			return err
		}
		return b.fanOut(ctx, tx, &h, room)
	})
	if err != nil {
		return haul{}, fmt.Errorf("relay events: %w", err)
	}
	b.reg.Store(h.reg)
	b.count.fanned.Add(int64(h.fanned))
	return h, nil
}

type freshEvent struct {
	tenant  id.Tenant
	subject id.Raw
	seq     int64
	name    string
}

// fanOut takes a batch out of outbox_fresh and raises lanes for it. The batch is
// cut along the primary key, so of each subject it holds a stretch without gaps
// that begins with the oldest. New lanes are leased right away while there is room.
func (b *Bus) fanOut(ctx context.Context, tx *db.Tx, h *haul, room int) error {
	found, err := tx.Rows(ctx, `
		WITH batch AS MATERIALIZED (
			SELECT tenant_id, subject_id, subject_seq FROM outbox_fresh ORDER BY tenant_id, subject_id, subject_seq LIMIT ?)
		DELETE FROM outbox_fresh WHERE (tenant_id, subject_id, subject_seq) IN (SELECT tenant_id, subject_id, subject_seq FROM batch)
		RETURNING tenant_id, subject_id, subject_seq, name`, relayBatch)
	events, err := db.Collect(found, err, func(scan func(...any) error) (e freshEvent, err error) {
		return e, scan(&e.tenant, (*raw)(&e.subject), &e.seq, &e.name)
	})
	if err != nil || len(events) == 0 {
		return err
	}
	if h.reg, err = h.reg.meet(ctx, tx, events); err != nil {
		return err
	}
	h.fanned, h.more = len(events), h.more || len(events) == relayBatch
	wanted := wants(h.reg, h.fills, events)
	for len(wanted) > 0 {
		n := chunk(len(wanted))
		if err := b.raise(ctx, tx, h, wanted[:n], room-len(h.lanes)); err != nil {
			return err
		}
		wanted = wanted[n:]
	}
	if h.left { // other processes may have room
		tx.Notify(db.ChannelWake, wake)
	}
	return nil
}

// laneKey names a lane.
type laneKey struct {
	tenant     id.Tenant
	subscriber string
	subject    id.Raw
}

// want is the stretch of a subject's events that a lane is to hear.
type want struct {
	laneKey
	first, last int64
}

// wants says which lanes a batch calls for, in a fixed order.
func wants(reg *registry, fills backfills, events []freshEvent) []want {
	at := map[laneKey]int{}
	var out []want
	for _, e := range events {
		for _, s := range reg.hears[e.name] {
			k := laneKey{e.tenant, s, e.subject}
			if fills.cover(k) {
				continue
			}
			i, ok := at[k]
			if !ok {
				i = len(out)
				at[k] = i
				out = append(out, want{k, e.seq, e.seq})
			}
			out[i].first, out[i].last = min(out[i].first, e.seq), max(out[i].last, e.seq)
		}
	}
	slices.SortFunc(out, func(x, y want) int {
		return cmpOr(bytes.Compare(x.tenant[:], y.tenant[:]), bytes.Compare(x.subject[:], y.subject[:]), strings.Compare(x.subscriber, y.subscriber))
	})
	return out
}

func cmpOr(all ...int) int {
	for _, c := range all {
		if c != 0 {
			return c
		}
	}
	return 0
}

// raise makes lanes, or tells those that stand that there is more. Which of them
// were made here, and so are leased, is told by the fences that come back.
func (b *Bus) raise(ctx context.Context, tx *db.Tx, h *haul, wanted []want, room int) error {
	made := make(map[int64]*lane, len(wanted)) // by fence
	args := make([]any, 0, 8*len(wanted))
	until := tx.Machine().Add(b.o.Lease)
	fence := lease.NewFence()
	h.left = h.left || len(wanted) > room
	for _, w := range wanted {
		holder, ready := lease.Free, tx.Machine()
		if len(made) < room && b.subs[w.subscriber] != nil {
			fence++
			holder, ready = fence, until
			made[fence] = &lane{laneKey: w.laneKey, fence: fence, done: w.first - 1, wanted: w.last, until: until}
		}
		args = append(args, w.tenant, w.subscriber, w.subject, w.first-1, w.last, ready, holder, tx.Machine())
	}
	found, err := tx.Rows(ctx, `
		INSERT INTO outbox_lane (tenant_id, subscriber, subject_id, done_seq, wanted_seq, ready_at, fence, attempts, since_at, last_error_code) VALUES `+
		rows(`(?, ?, ?, ?, ?, ?, ?, 0, ?, '')`, len(wanted))+`
		ON CONFLICT (tenant_id, subscriber, subject_id) DO UPDATE SET wanted_seq = excluded.wanted_seq
		RETURNING fence`, args...)
	_, err = db.Collect(found, err, func(scan func(...any) error) (struct{}, error) {
		var f int64
		err := scan(&f)
		if l := made[f]; l != nil {
			h.lanes = append(h.lanes, l)
		}
		return struct{}{}, err
	})
	return err
}

// claim leases lanes that nobody holds, longest ready first.
func (b *Bus) claim(ctx context.Context, tx *db.Tx, h *haul, room int, eager bool) error {
	if room <= 0 || len(b.names) == 0 {
		return nil
	}
	now := tx.Machine()
	until, fence := now.Add(b.o.Lease), lease.NewFence()
	if eager {
		now = farFuture
	}
	args := append([]any{now}, b.names...)
	args = append(args, room, until, fence)
	found, err := tx.Rows(ctx, `
		WITH due AS MATERIALIZED (
			SELECT tenant_id, subscriber, subject_id FROM outbox_lane
			WHERE fence = 0 AND parked_at IS NULL AND ready_at <= ? AND subscriber IN (`+marks(len(b.names))+`)
			ORDER BY ready_at LIMIT ?`+tx.SkipLocked()+`)
		UPDATE outbox_lane SET ready_at = ?, fence = ?
		WHERE (tenant_id, subscriber, subject_id) IN (SELECT tenant_id, subscriber, subject_id FROM due)
		RETURNING tenant_id, subscriber, subject_id, done_seq, wanted_seq, attempts`, args...)
	h.lanes, err = db.Collect(found, err, func(scan func(...any) error) (*lane, error) {
		l := &lane{fence: fence, until: until}
		return l, scan(&l.tenant, &l.subscriber, (*raw)(&l.subject), &l.done, &l.wanted, &l.attempts)
	})
	h.more = len(h.lanes) == room
	return err
}

var farFuture = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// sweep frees lanes whose lease ran out without a word. That counts as a
// failure: the event may be what ended the worker.
func (b *Bus) sweep(ctx context.Context) error {
	return b.db.AcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `
			UPDATE outbox_lane SET fence = 0, attempts = attempts + 1, last_error_code = 'outbox.lease_expired'
			WHERE fence <> 0 AND ready_at <= ?`, tx.Machine())
		if n > 0 {
			tx.AfterCommit(b.nudge)
		}
		return err
	})
}

// again is how soon to look whether the process that is fanning out has seen
// everything.
const again = 5 * time.Millisecond
