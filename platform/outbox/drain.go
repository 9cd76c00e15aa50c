package outbox

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/jobs/lease"
)

// drainRoom is how many lanes Drain leases at once.
const drainRoom = 1024

// Drain delivers all there is, and what handlers publish meanwhile, without
// waiting for back-off: what fails is tried again at once until it is parked.
// With one DrainWorker the order repeats: what is pending is heard in the order
// in which it was published, a batch at a time. It waits for lanes that other
// processes hold, and returns the errors of the events that it had to park.
func (b *Bus) Drain(ctx context.Context) error {
	ctx = access.Uncalled(ctx)
	if err := b.register(ctx); err != nil {
		return err
	}
	defer b.renewing(ctx)()
	var parked []error
	for {
		h, err := b.relay(ctx, drainRoom, true)
		if err != nil {
			return errors.Join(append(parked, err)...)
		}
		if err := b.take(ctx, h.lanes); err != nil {
			return errors.Join(append(parked, err)...)
		}
		v := b.workAll(ctx, h.lanes)
		if v.parked != nil {
			parked = append(parked, v.parked)
		}
		if err := errors.Join(v.err, ctx.Err()); err != nil {
			return errors.Join(append(parked, err)...)
		}
		over, err := b.settled(ctx, h)
		if err != nil || over {
			return errors.Join(append(parked, err)...)
		}
	}
}

// settled does what comes after a round of Drain and reports whether nothing is
// left.
func (b *Bus) settled(ctx context.Context, h haul) (bool, error) {
	fills := h.fills.of(b.subs)
	switch {
	case h.locked:
		lease.Pause(ctx, again, b.wake)
		return false, nil
	case len(fills) > 0:
		return false, b.fill(ctx, fills)
	case h.fanned > 0 || len(h.lanes) > 0:
		return false, nil
	}
	lag, err := b.Lag(ctx)
	if err != nil || lag.pending(b.subs) == 0 {
		return true, err
	}
	lease.Pause(ctx, pollBusy, b.wake) // others hold it, or have died holding it
	return false, b.sweep(ctx)
}

// workAll works on the lanes, DrainWorkers at a time, and sums up how it went.
func (b *Bus) workAll(ctx context.Context, lanes []*lane) (v verdict) {
	todo := make(chan bundle, len(lanes))
	for _, ls := range b.portions(lanes) {
		todo <- ls
	}
	close(todo)
	var mu sync.Mutex
	var workers sync.WaitGroup
	for range min(b.o.DrainWorkers, len(todo)) {
		workers.Go(func() {
			for ls := range todo {
				w := b.work(ctx, ls)
				mu.Lock()
				v.add(w)
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	return v
}

// portions is what the workers of Drain take on one after the other. One worker
// takes lane by lane, in the order of publishing; several have no order to keep.
func (b *Bus) portions(lanes []*lane) []bundle {
	if b.o.DrainWorkers > 1 {
		return bundled(lanes, b.bundleSize())
	}
	slices.SortFunc(lanes, byPublishing)
	out := make([]bundle, len(lanes))
	for i := range lanes {
		out[i] = lanes[i : i+1]
	}
	return out
}

// byPublishing orders lanes by their first event. Event ids made by one process
// grow, which is all that is asked here.
func byPublishing(x, y *lane) int {
	if len(x.events) == 0 || len(y.events) == 0 {
		return len(x.events) - len(y.events)
	}
	a, c := x.events[0].ID, y.events[0].ID
	return cmpOr(bytes.Compare(a[:], c[:]), strings.Compare(x.subscriber, y.subscriber))
}
