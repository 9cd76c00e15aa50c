package outbox

import (
	"context"
	"errors"
	"sync"
	"time"

	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs/lease"
)

// How long the relay waits when nobody wakes it: pollBusy after it has found
// something, twice as long each time it has not, up to pollIdle.
const (
	pollBusy = 50 * time.Millisecond
	pollIdle = time.Second
)

// pace is how long Run lets events gather once it has found some. Each round
// costs a commit, and so do the deliveries of each; what comes after a quiet
// moment does not wait.
const pace = 25 * time.Millisecond

// room is how many lanes Run holds at most. What is leased as it is made costs
// half as much, and full bundles cost least; what one process holds of it is
// worked on within a second.
func (b *Bus) room() int { return 16 * b.o.Workers }

// bundleSize is how many lanes share a step at most. What another step waits for
// a lock of is bounded by it on PostgreSQL, and the writer's batch on SQLite.
func (b *Bus) bundleSize() int {
	if b.db.Postgres() {
		return 16
	}
	return 32
}

// Run delivers events until ctx ends, and then gives back what it holds. Any
// number of processes may run at the same time. It returns an error only when
// it could not start.
func (b *Bus) Run(ctx context.Context) error {
	ctx = access.Uncalled(ctx)
	if err := b.register(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	b.running.Add(1)
	defer b.running.Add(-1)
	defer b.db.Woken(wake, b.nudge)()
	defer b.renewing(ctx)()

	bundles := make(chan bundle, b.room()) // never full: held counts the lanes of what is in it
	var workers sync.WaitGroup
	for range b.o.Workers {
		workers.Go(func() {
			for ls := range bundles {
				b.serve(ctx, ls)
			}
		})
	}
	wait := pollBusy
	for ctx.Err() == nil {
		wait = b.cycle(ctx, bundles, wait)
		if wait == pollBusy {
			lease.Pause(ctx, pace, nil)
		}
		if wait > 0 {
			lease.Pause(ctx, wait, b.wake)
		}
	}
	close(bundles)
	workers.Wait()
	return nil
}

// serve works on a bundle and calls for more when Run had to leave some.
func (b *Bus) serve(ctx context.Context, ls bundle) {
	b.complain(ctx, b.work(ctx, ls).err)
	if b.held.Len() <= b.room()/2 && b.starved.CompareAndSwap(true, false) {
		b.nudge()
	}
}

// cycle is one round of the relay; it returns how long to wait for the next.
func (b *Bus) cycle(ctx context.Context, bundles chan<- bundle, wait time.Duration) time.Duration {
	room := cap(bundles) - b.held.Len()
	if room < cap(bundles)/4 {
		room = 0 // a few lanes at a time cost more than they bring
	}
	h, err := b.relay(ctx, room, false)
	if err == nil {
		err = b.take(ctx, h.lanes)
	}
	fills := h.fills.of(b.subs)
	if err == nil && len(fills) > 0 && !h.locked {
		err = b.fill(ctx, fills)
	}
	if err != nil {
		b.complain(ctx, err)
		return pollIdle
	}
	for _, ls := range bundled(h.lanes, b.bundleSize()) {
		bundles <- ls
	}
	if len(h.lanes) >= room {
		b.starved.Store(true)
	}
	switch {
	case h.locked:
		return again
	case h.more && room > len(h.lanes), len(fills) > 0:
		return 0
	case h.fanned > 0 || len(h.lanes) > 0:
		return pollBusy
	default:
		return min(2*max(wait, pollBusy), pollIdle)
	}
}

func (b *Bus) complain(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		b.o.Log.WarnContext(ctx, "the outbox stumbled", "code", lease.Code(err))
	}
}

// renewing prolongs this process's leases, and ends those that others have let
// run out, until the returned function is called.
func (b *Bus) renewing(ctx context.Context) (stop func()) {
	return lease.Every(ctx, b.o.Lease/3, func(ctx context.Context) {
		b.complain(ctx, errors.Join(b.renew(ctx), b.sweep(ctx)))
	})
}

// renew prolongs the leases on lanes, and cancels the work on those that have passed to
// others.
func (b *Bus) renew(ctx context.Context) error {
	return b.held.Renew(ctx, b.db, b.o.Lease, func(ctx context.Context, tx *db.Tx, g grip, until time.Time) (int64, error) {
		return tx.Exec(ctx, hold, until, g.tenant, g.subscriber, g.subject, g.fence)
	})
}
