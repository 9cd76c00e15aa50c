package lease

import (
	"context"
	"time"

	"fettle.dev/fettle/platform/db"
)

// Renew prolongs the leases that are more than a third over by their length from now on,
// in one transaction, and cancels the work under those that have passed to others. hold
// prolongs one until an instant and says how many rows that was: none when it is lost.
func (h *Held[K]) Renew(ctx context.Context, d *db.DB, length time.Duration, hold func(context.Context, *db.Tx, K, time.Time) (int64, error)) error {
	ending := h.Ending(d.Machine()().Add(length * 2 / 3))
	if len(ending) == 0 {
		return nil
	}
	var until time.Time
	var lost map[K]bool
	err := d.AcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) error {
		until, lost = tx.Machine().Add(length), map[K]bool{}
		for _, k := range ending {
			n, err := hold(ctx, tx, k, until)
			if err != nil {
				return err
			}
			lost[k] = n == 0
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, k := range ending {
		if lost[k] {
			h.Lose(k)
		} else {
			h.Extend(k, until)
		}
	}
	return nil
}

// Every calls f again and again, a while apart, until the returned function is called,
// which waits for it. It goes on after ctx has ended, for work that has begun does, too.
func Every(ctx context.Context, while time.Duration, f func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	over := make(chan struct{})
	go func() {
		defer close(over)
		tick := time.NewTicker(while)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				f(ctx)
			}
		}
	}()
	return func() {
		cancel()
		<-over
	}
}

// Pause waits for a while, or until somebody wakes it or ctx ends.
func Pause(ctx context.Context, while time.Duration, wake <-chan struct{}) {
	t := time.NewTimer(while)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-t.C:
	}
}
