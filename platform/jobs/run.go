package jobs

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"time"

	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs/lease"
)

const (
	// poll is how long Run sleeps at most: the domain clock may be moved, and other
	// processes do not tell what they put in for later.
	poll = time.Second
	// pace is how long Run lets due jobs gather after it has taken some.
	pace = 5 * time.Millisecond
	// adoptEvery is how often Run looks for new tenants.
	adoptEvery = time.Minute
)

// Run does jobs as they fall due until ctx ends; then the contexts of running
// jobs end too, and what does not finish is given back. Any number of processes
// may run at the same time. It returns an error only when it could not start.
func (r *Runner) Run(ctx context.Context) error {
	ctx = access.Uncalled(ctx)
	r.seal()
	if err := r.adoptAll(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	r.running.Add(1)
	defer r.running.Add(-1)
	defer r.db.Woken(wake, r.nudge)()
	defer r.renewing(ctx)()
	var working sync.WaitGroup
	adopted := r.db.Machine()()
	for ctx.Err() == nil {
		if now := r.db.Machine()(); now.Sub(adopted) > adoptEvery {
			adopted = now
			r.complain(ctx, r.adoptAll(ctx))
		}
		r.round(ctx, &working)
	}
	working.Wait()
	return nil
}

// round starts what is due and sleeps until more may be.
func (r *Runner) round(ctx context.Context, working *sync.WaitGroup) {
	r.planned.Store(math.MaxInt64) // whoever enqueues from here on wakes us
	h, err := r.take(ctx, false)
	if err != nil {
		r.complain(ctx, err)
		lease.Pause(ctx, poll, nil)
		return
	}
	r.starved.Store(h.more)
	r.grab(ctx, h.runs)
	for _, u := range h.runs {
		working.Go(func() {
			v := r.work(u)
			r.complain(u.ctx, v.err)
			if r.starved.CompareAndSwap(true, false) {
				r.nudge()
			}
		})
	}
	if len(h.runs) > 0 {
		lease.Pause(ctx, pace, nil)
	}
	wait := poll
	if !h.next.IsZero() {
		wait = max(0, min(poll, h.next.Sub(r.db.Now()())))
	}
	r.planned.Store(r.db.Now()().Add(wait).UnixMicro())
	lease.Pause(ctx, wait, r.wake)
}

func (r *Runner) complain(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		r.o.Log.WarnContext(ctx, "the job runner stumbled", "code", lease.Code(err))
	}
}

// Drain does all that is due on the domain clock, and what becomes due meanwhile,
// one job after the other in the order of their times, without waiting for
// back-off: what fails is tried again at once until it is parked. It waits for
// jobs that other processes hold, and returns the errors of those it had to park.
func (r *Runner) Drain(ctx context.Context) error {
	ctx = access.Uncalled(ctx)
	r.seal()
	if err := r.adoptAll(ctx); err != nil {
		return err
	}
	defer r.renewing(ctx)()
	var parked []error
	for {
		h, err := r.take(ctx, true)
		if err != nil {
			return errors.Join(append(parked, err)...)
		}
		slices.SortFunc(h.runs, func(x, y *run) int {
			return cmp.Or(x.RunAt.Compare(y.RunAt), bytes.Compare(x.ID[:], y.ID[:]))
		})
		r.grab(ctx, h.runs)
		for _, u := range h.runs {
			v := r.work(u)
			if v.parked != nil {
				parked = append(parked, v.parked)
			}
			err = errors.Join(err, v.err)
		}
		over := false
		if err = errors.Join(err, ctx.Err()); err == nil && len(h.runs) == 0 {
			over, err = r.settled(ctx)
		}
		if over || err != nil {
			return errors.Join(append(parked, err)...)
		}
	}
}

// settled reports whether nothing that is due is left, in anybody's hands or
// nobody's: what another process held when we last looked may have come back
// since. While somebody is at work it waits a little.
func (r *Runner) settled(ctx context.Context) (bool, error) {
	type hand struct {
		kind string
		held bool
	}
	var left, busy bool
	err := r.db.ReadAcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) error {
		left, busy = false, false
		found, err := tx.Rows(ctx, `SELECT DISTINCT kind, fence <> 0 FROM jobs_job WHERE parked_at IS NULL AND run_at <= ?`, tx.Now())
		hands, err := db.Collect(found, err, func(scan func(...any) error) (h hand, err error) { return h, scan(&h.kind, &h.held) })
		for _, h := range hands {
			ours := r.kinds[h.kind] != nil
			left, busy = left || ours, busy || ours && h.held
		}
		return err
	})
	if err != nil || !left {
		return true, err
	}
	if busy {
		lease.Pause(ctx, 10*pace, r.wake)
	}
	return false, r.sweep(ctx)
}

// Next is when the earliest job falls due that this binary can do, on the domain
// clock, be it resting after a failure or not; false if there is none. The demo
// moves its clock by it.
func (r *Runner) Next(ctx context.Context) (next time.Time, ok bool, err error) {
	err = r.db.ReadAcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) error {
		var h haul
		for _, name := range r.order {
			queues, err := r.kinds[name].queues(ctx, tx, true)
			if err != nil {
				return err
			}
			for _, q := range queues {
				h.sooner(q.first)
			}
		}
		next = h.next
		return nil
	})
	return next, !next.IsZero(), err
}

// renewing prolongs this process's leases, and ends those that others have let
// run out, until the returned function is called.
func (r *Runner) renewing(ctx context.Context) (stop func()) {
	return lease.Every(ctx, r.o.Lease/3, func(ctx context.Context) {
		r.complain(ctx, errors.Join(r.renew(ctx), r.sweep(ctx)))
	})
}

// renew prolongs the leases on jobs, and cancels those that have passed to others.
func (r *Runner) renew(ctx context.Context) error {
	return r.held.Renew(ctx, r.db, r.o.Lease, func(ctx context.Context, tx *db.Tx, g grip, until time.Time) (int64, error) {
		return tx.Exec(ctx, hold, until, g.tenant, g.job, g.fence)
	})
}
