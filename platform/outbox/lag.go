package outbox

import (
	"context"
	"sync/atomic"
	"time"

	"fettle.dev/fettle/platform/db"
)

// Lag is how far the deliveries of all tenants are behind.
type Lag struct {
	Fresh       int64     // events that have not reached a lane
	OldestFresh time.Time // when the oldest of them was recorded; zero if there is none
	Lanes       []LaneLag // of the subscribers that are behind, by name
}

// LaneLag is how far one subscriber is behind.
type LaneLag struct {
	Subscriber string
	Pending    int64     // lanes with something to hear, parked ones not counted
	Parked     int64     // dead letters
	Since      time.Time // when the oldest of the pending lanes fell behind; zero if none is
	Unheard    bool      // this binary does not know the subscriber: a newer one does, or it is to be retired
}

// pending is how much the subscribers have still to hear.
func (l Lag) pending(subs map[string]*subscriber) (n int64) {
	n = l.Fresh
	for _, s := range l.Lanes {
		if subs[s.Subscriber] != nil {
			n += s.Pending
		}
	}
	return n
}

// Lag measures how far the deliveries are behind, for metrics and health. It
// reads tables that hold only what is pending.
func (b *Bus) Lag(ctx context.Context) (out Lag, err error) {
	err = b.db.ReadAcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) error {
		out = Lag{}
		err := tx.Row(ctx, `SELECT COUNT(*), MIN(recorded_at) FROM outbox_fresh`).Scan(&out.Fresh, db.At(&out.OldestFresh))
		if err != nil {
			return err
		}
		found, err := tx.Rows(ctx, `
			SELECT subscriber, COUNT(*), COUNT(parked_at), MIN(CASE WHEN parked_at IS NULL THEN since_at END)
			FROM outbox_lane GROUP BY subscriber ORDER BY subscriber`)
		out.Lanes, err = db.Collect(found, err, func(scan func(...any) error) (l LaneLag, err error) {
			err = scan(&l.Subscriber, &l.Pending, &l.Parked, db.At(&l.Since))
			l.Pending -= l.Parked
			l.Unheard = b.subs[l.Subscriber] == nil
			return l, err
		})
		return err
	})
	return out, err
}

type counters struct {
	fanned, delivered, failed, parked, lost atomic.Int64
}

// Stats counts what this process has done since it started.
type Stats struct {
	Fanned    int64 // events given to lanes
	Delivered int64 // events handled
	Failed    int64 // tries that failed, those that parked included
	Parked    int64 // lanes parked
	Lost      int64 // leases that passed to others before the work was done
	Held      int64 // lanes leased now
}

// Stats returns the counters.
func (b *Bus) Stats() Stats {
	return Stats{
		b.count.fanned.Load(), b.count.delivered.Load(), b.count.failed.Load(),
		b.count.parked.Load(), b.count.lost.Load(), int64(b.held.Len()),
	}
}
