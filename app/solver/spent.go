package solver

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/clock"
)

// pulse is how long may pass between two looks at the computing time.
const pulse = 20 * time.Millisecond

// stopwatch starts to count what Limit speaks of.
func (o *Options) stopwatch() func() time.Duration {
	if begin, ok := computed(); ok && o.Computing {
		threads := time.Duration(max(1, o.Threads))
		return func() time.Duration {
			now, _ := computed()
			return (now - begin) / threads
		}
	}
	begin := clock.System()
	return func() time.Duration { return clock.System().Sub(begin) }
}

// deadline ends the context when the limit is spent.
func (o *Options) deadline(ctx context.Context, spent func() time.Duration) (context.Context, context.CancelFunc) {
	if !o.Computing {
		return context.WithTimeout(ctx, o.limit())
	}
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		t := time.NewTicker(pulse)
		defer t.Stop()
		for spent() < o.limit() {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
			}
		}
		cancel()
	}()
	return ctx, cancel
}
