package jobs

import (
	"context"
	"errors"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// ErrNoDeadLetter says that the job is not parked (any more).
var ErrNoDeadLetter = fault.New(fault.NotFound, "jobs.no_dead_letter")

// DeadLetter is a job that has failed for the last time.
type DeadLetter struct {
	ID       id.Job
	Kind     string
	Key      string
	RunAt    time.Time // domain clock
	Attempts int64
	Code     string // fault code or Go type, never a message
	ParkedAt time.Time
}

// DeadLetters lists the tenant's parked jobs in the order of their ids, at most
// limit, after the one given; the zero id starts.
func (r *Runner) DeadLetters(ctx context.Context, tx *db.Tx, after id.Job, limit int) ([]DeadLetter, error) {
	found, err := tx.Rows(ctx, `
		SELECT id, kind, COALESCE(key, ''), run_at, attempts, last_error_code, parked_at FROM jobs_job
		WHERE tenant_id = ? AND parked_at IS NOT NULL AND id > ? ORDER BY id LIMIT ?`, tx.Tenant(), after.Raw(), limit)
	return db.Collect(found, err, func(scan func(...any) error) (d DeadLetter, err error) {
		return d, scan(&d.ID, &d.Kind, &d.Key, db.At(&d.RunAt), &d.Attempts, &d.Code, db.At(&d.ParkedAt))
	})
}

// Replay has a parked job done again, as soon as may be. If another job is
// pending under its key by now, that one stands for both and the parked one
// goes. It joins tx; ErrNoDeadLetter if the job is not parked.
func (r *Runner) Replay(ctx context.Context, tx *db.Tx, job id.Job) error {
	n, err := tx.Exec(ctx, `
		UPDATE jobs_job SET parked_at = NULL, attempts = 0, ready_at = 0
		WHERE tenant_id = ? AND id = ? AND parked_at IS NOT NULL AND NOT EXISTS (
			SELECT 1 FROM jobs_job p
			WHERE p.tenant_id = jobs_job.tenant_id AND p.kind = jobs_job.kind AND p.key = jobs_job.key AND p.parked_at IS NULL)`, tx.Tenant(), job)
	if db.IsUnique(err) { // the other one has come this moment
		return errors.Join(db.ErrRetry, err)
	}
	if err != nil {
		return err
	}
	if n == 0 {
		return r.Discard(ctx, tx, job)
	}
	r.announce(tx, tx.Now())
	return nil
}

// Discard removes a parked job for good. It joins tx; ErrNoDeadLetter if the job
// is not parked.
func (r *Runner) Discard(ctx context.Context, tx *db.Tx, job id.Job) error {
	n, err := tx.Exec(ctx, `DELETE FROM jobs_job WHERE tenant_id = ? AND id = ? AND parked_at IS NOT NULL`, tx.Tenant(), job)
	if err == nil && n == 0 {
		return ErrNoDeadLetter
	}
	return err
}
