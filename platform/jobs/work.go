package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs/lease"
)

// errVanished is for a job whose workers have ended without a word too often.
var errVanished = errors.New("the workers vanished")

const (
	mine = ` WHERE tenant_id = ? AND id = ? AND fence = ?`
	drop = `DELETE FROM jobs_job` + mine + ` AND again_at IS NULL`
	redo = `UPDATE jobs_job SET run_at = again_at, again_at = NULL, attempts = 0, ready_at = 0, fence = 0, last_error_code = ''` + mine + ` AND again_at IS NOT NULL`
	roll = `UPDATE jobs_job SET run_at = ?, again_at = NULL, attempts = 0, ready_at = 0, fence = 0, last_error_code = ?` + mine
	rest = `UPDATE jobs_job SET attempts = ?, last_error_code = ?, ready_at = ?, fence = 0` + mine
	park = `UPDATE jobs_job SET attempts = ?, last_error_code = ?, parked_at = ?, fence = 0` + mine
	hold = `UPDATE jobs_job SET ready_at = ?` + mine
	free = `UPDATE jobs_job SET ready_at = 0, fence = 0` + mine
)

func (u *run) mine(before ...any) []any { return append(before, u.Tenant, u.ID, u.fence) }

// Done joins the end of the job to tx, its last step: either both are stored or
// neither is, and ErrLost ends the step if the job has passed to somebody else
// or was cancelled. A handler that does not call it is done when it returns nil.
func (j Job) Done(ctx context.Context, tx *db.Tx) error {
	if err := j.run.finish(ctx, tx); err != nil {
		return err
	}
	tx.AfterCommit(func() { j.run.done.Store(true) })
	return nil
}

// finish deletes the job, or puts it back for its next time.
func (u *run) finish(ctx context.Context, tx *db.Tx) error {
	if u.kind.period > 0 {
		return u.moved(tx.Exec(ctx, roll, u.mine(u.following(tx.Now()), "")...))
	}
	n, err := tx.Exec(ctx, drop, u.mine()...)
	if err != nil || n == 1 {
		return err
	}
	tx.AfterCommit(u.r.nudge)
	return u.moved(tx.Exec(ctx, redo, u.mine()...))
}

func (u *run) moved(n int64, err error) error {
	if err == nil && n == 0 {
		return lease.ErrLost
	}
	return err
}

// following is the first time of the period's beat after now.
func (u *run) following(now time.Time) time.Time {
	beats := now.Sub(u.RunAt)/u.kind.period + 1
	return u.RunAt.Add(max(beats, 1) * u.kind.period)
}

// grab notes the leases of a haul.
func (r *Runner) grab(ctx context.Context, runs []*run) {
	for _, u := range runs {
		var cancel context.CancelCauseFunc
		u.ctx, cancel = context.WithCancelCause(ctx)
		r.held.Add(u.grip(), u.until, cancel)
		r.load(u.kind, u.Tenant, 1)
	}
}

func (r *Runner) load(k *kind, tenant id.Tenant, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k.load += n
	if k.loads[tenant] += n; k.loads[tenant] == 0 {
		delete(k.loads, tenant)
	}
}

// verdict is how a run has ended.
type verdict struct {
	parked error // what the job failed of for the last time
	err    error // what kept the end from being stored
}

// work does one job and stores how it ended.
func (r *Runner) work(u *run) verdict {
	defer r.held.Drop(u.grip())
	defer r.load(u.kind, u.Tenant, -1)
	began := r.db.Machine()()
	report := Report{Kind: u.Kind, Late: max(0, r.db.Now()().Sub(u.RunAt))}
	err := errVanished
	if u.Attempt <= u.kind.attempts {
		err = r.do(u)
	}
	report.Took = r.db.Machine()().Sub(began)
	switch {
	case err == nil || u.done.Load():
		r.count.done.Add(1)
		r.observe(report)
		return verdict{}
	case errors.Is(err, lease.ErrLost) && u.lost():
		r.count.lost.Add(1)
		return verdict{}
	case u.ctx.Err() != nil && errors.Is(err, u.ctx.Err()):
		return verdict{err: r.release(u)}
	default:
		return r.failed(u, report, err)
	}
}

// do runs the handler and then what it has left to finish.
func (r *Runner) do(u *run) error {
	if err := u.ctx.Err(); err != nil {
		return err
	}
	if err := guarded(func() error { return u.kind.do(u.ctx, u.Job, u.payload) }); err != nil || u.done.Load() {
		return err
	}
	err := r.db.InTx(context.WithoutCancel(u.ctx), u.Tenant, u.finish)
	if errors.Is(err, lease.ErrLost) {
		u.gone = true
	}
	return err
}

// lost reports whether the lease is gone, as against a handler that says
// ErrLost of something else.
func (u *run) lost() bool {
	if u.gone {
		return true
	}
	var n int64
	err := u.r.db.Read(context.WithoutCancel(u.ctx), u.Tenant, func(ctx context.Context, tx *db.Tx) error {
		return tx.Row(ctx, `SELECT COUNT(*) FROM jobs_job`+mine, u.mine()...).Scan(&n)
	})
	return err == nil && n == 0
}

// failed stores that the job has failed once more: it rests, waits for its next
// period, or is parked. One that was asked for again meanwhile starts afresh.
func (r *Runner) failed(u *run, report Report, cause error) verdict {
	report.Code, report.Parked = lease.Code(cause), u.Attempt >= u.kind.attempts
	pause := r.backoff.After(u.Attempt)
	var n int64
	err := r.db.InTx(context.WithoutCancel(u.ctx), u.Tenant, func(ctx context.Context, tx *db.Tx) (err error) {
		switch {
		case !report.Parked:
			n, err = tx.Exec(ctx, rest, u.mine(u.Attempt, report.Code, tx.Machine().Add(pause))...)
		case u.kind.period > 0:
			n, err = tx.Exec(ctx, roll, u.mine(u.following(tx.Now()), report.Code)...)
		default:
			if n, err = tx.Exec(ctx, redo, u.mine()...); err == nil && n == 0 {
				n, err = tx.Exec(ctx, park, u.mine(u.Attempt, report.Code, tx.Machine())...)
			}
		}
		return err
	})
	r.report(u, report, cause, err)
	switch {
	case err != nil:
		return verdict{err: err} // the lease will run out
	case n == 0:
		r.count.lost.Add(1)
		return verdict{}
	case report.Parked:
		r.count.parked.Add(1)
		return verdict{parked: fmt.Errorf("%s: %w", u.Kind, cause)}
	default:
		time.AfterFunc(pause, r.nudge)
		return verdict{}
	}
}

func (r *Runner) report(u *run, report Report, cause, storing error) {
	r.count.failed.Add(1)
	lease.Tell(u.ctx, r.o.Log, "a job failed", report.Parked, cause, storing,
		"tenant", u.Tenant.String(), "kind", u.Kind, "job", u.ID.String(), "attempt", u.Attempt)
	r.observe(report)
}

func (r *Runner) observe(report Report) {
	if r.o.Observe != nil {
		r.o.Observe(report)
	}
}

// release gives a job back before its lease ends, as it was.
func (r *Runner) release(u *run) error {
	return r.db.InTx(context.WithoutCancel(u.ctx), u.Tenant, func(ctx context.Context, tx *db.Tx) error {
		err := tx.Put(ctx, free, u.mine()...)
		return err
	})
}
