package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs/lease"
)

var (
	// errNewer says that a lane holds an event which only a newer version of the
	// binary can handle.
	errNewer = errors.New("the event belongs to a newer version")
	// errVanished is for a lane whose workers have ended without a word too often.
	errVanished = errors.New("the workers vanished")
)

// newerRest is how long a lane rests that waits for a newer process.
const newerRest = time.Second

// take notes the leases of a haul and reads what the lanes are to hear.
func (b *Bus) take(ctx context.Context, lanes []*lane) error {
	byTenant := map[id.Tenant][]*lane{}
	for _, l := range lanes {
		byTenant[l.tenant] = append(byTenant[l.tenant], l)
	}
	for tenant, some := range byTenant {
		if err := b.load(ctx, tenant, some); err != nil {
			return errors.Join(err, b.release(ctx, lanes, 0))
		}
	}
	for _, l := range lanes {
		var cancel context.CancelCauseFunc
		l.ctx, cancel = context.WithCancelCause(ctx)
		b.held.Add(l.grip(), l.until, cancel)
	}
	return nil
}

// verdict is how the work on lanes has ended.
type verdict struct {
	parked error // the events that stop lanes which were parked
	err    error // what kept lanes from being worked on
}

func (v *verdict) add(w verdict) {
	v.parked, v.err = errors.Join(v.parked, w.parked), errors.Join(v.err, w.err)
}

// refill reads at once what several lanes of a tenant are to hear next. What it
// cannot read, next will try to read for each and complain.
func (b *Bus) refill(ctx context.Context, lanes []*lane) {
	var empty []*lane
	for _, l := range lanes {
		if len(l.events) == 0 && l.loaded < l.wanted {
			l.done = max(l.done, l.loaded)
			empty = append(empty, l)
		}
	}
	if len(empty) > 1 {
		_ = b.load(ctx, empty[0].tenant, empty)
	}
}

// next returns the next event that the subscriber listens to, with its handler.
// When there is none up to what was wanted, it returns an event without handler
// that stands for the end of the lane.
func (b *Bus) next(ctx context.Context, l *lane) (stored, handler, error) {
	for {
		for len(l.events) > 0 {
			e := l.events[0]
			if h := b.subs[l.subscriber].events[e.Name]; h != nil {
				l.events = l.events[1:]
				return e, h, nil
			}
			if b.reg.Load().wants(l.subscriber, e.Name) {
				return stored{}, nil, fmt.Errorf("%s on %s: %w", l.subscriber, e.Name, errNewer)
			}
			l.events = l.events[1:]
		}
		if l.loaded >= l.wanted {
			return stored{Meta: Meta{Seq: l.wanted}}, nil, nil
		}
		l.done = max(l.done, l.loaded)
		if err := b.load(ctx, l.tenant, []*lane{l}); err != nil {
			return stored{}, nil, err
		}
	}
}

// reach is how far the lane has come once the event at seq is handled: over all
// those after it that the subscriber does not listen to.
func (b *Bus) reach(l *lane, seq int64) int64 {
	for _, e := range l.events {
		if b.subs[l.subscriber].events[e.Name] != nil || b.reg.Load().wants(l.subscriber, e.Name) {
			return e.Seq - 1
		}
	}
	return max(seq, l.loaded)
}

func (b *Bus) measure(l *lane, e stored, began time.Time) Delivery {
	now := b.db.Machine()()
	return Delivery{Subscriber: l.subscriber, Event: e.Name, Took: now.Sub(began), Lag: now.Sub(e.RecordedAt)}
}

func (b *Bus) delivered(d Delivery, h handler) {
	if h == nil {
		return
	}
	b.count.delivered.Add(1)
	if b.o.Observe != nil {
		b.o.Observe(d)
	}
}

// failed stores that an event has failed once more: the lane rests or is parked.
func (b *Bus) failed(l *lane, e stored, d Delivery, cause error) verdict {
	now := b.db.Machine()()
	rest := b.backoff.After(l.attempts + 1)
	var parkedAt any
	d.Code, d.Parked = lease.Code(cause), l.attempts+1 >= b.o.MaxAttempts
	if d.Parked {
		parkedAt = now
	}
	var n int64
	err := b.db.InTx(context.WithoutCancel(l.ctx), l.tenant, func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = tx.Exec(ctx, giveUp, l.mine([]any{e.Seq - 1, l.attempts + 1, now.Add(rest), parkedAt, d.Code}, e.Seq)...)
		return err
	})
	b.report(l, e, d, cause, err)
	switch {
	case err != nil:
		return verdict{err: err} // the lease will run out
	case n == 0:
		b.count.lost.Add(1)
		return verdict{}
	case d.Parked:
		b.count.parked.Add(1)
		return verdict{parked: fmt.Errorf("%s on %s, event %d of its subject: %w", l.subscriber, e.Name, e.Seq, cause)}
	default:
		time.AfterFunc(rest, b.nudge)
		return verdict{}
	}
}

func (b *Bus) report(l *lane, e stored, d Delivery, cause, storing error) {
	b.count.failed.Add(1)
	lease.Tell(l.ctx, b.o.Log, "an event was not handled", d.Parked, cause, storing,
		"tenant", l.tenant.String(), "subscriber", l.subscriber, "event", e.Name, "event_id", e.ID.String(), "attempt", l.attempts+1)
	if b.o.Observe != nil {
		b.o.Observe(d)
	}
}

// release gives lanes back before their leases end, to be taken after rest.
func (b *Bus) release(ctx context.Context, lanes []*lane, rest time.Duration) error {
	if len(lanes) == 0 {
		return nil
	}
	return b.db.AcrossTenants(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		for _, l := range lanes {
			if err := tx.Put(ctx, free, l.mine([]any{tx.Machine().Add(rest)})...); err != nil {
				return err
			}
		}
		return nil
	})
}
