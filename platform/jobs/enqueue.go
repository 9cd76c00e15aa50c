package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

const (
	insert   = `INSERT INTO jobs_job (tenant_id, id, kind, key, run_at, payload, attempts, ready_at, fence, last_error_code) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, '')`
	sameKey  = ` ON CONFLICT (tenant_id, kind, key) WHERE key IS NOT NULL AND parked_at IS NULL DO `
	keepSlot = insert + sameKey + `UPDATE SET
		payload = CASE WHEN jobs_job.fence = 0 THEN jobs_job.payload ELSE excluded.payload END,
		again_at = CASE WHEN jobs_job.fence = 0 THEN jobs_job.again_at WHEN jobs_job.again_at < excluded.run_at THEN jobs_job.again_at ELSE excluded.run_at END`
	moveSlot = insert + sameKey + `UPDATE SET
		payload = excluded.payload,
		run_at = CASE WHEN jobs_job.fence = 0 THEN excluded.run_at ELSE jobs_job.run_at END,
		again_at = CASE WHEN jobs_job.fence = 0 THEN NULL ELSE excluded.run_at END,
		attempts = CASE WHEN jobs_job.fence = 0 THEN 0 ELSE jobs_job.attempts END,
		ready_at = CASE WHEN jobs_job.fence = 0 THEN 0 ELSE jobs_job.ready_at END`
	soonSlot = insert + sameKey + `UPDATE SET
		payload = excluded.payload,
		run_at = CASE WHEN jobs_job.fence = 0 AND excluded.run_at < jobs_job.run_at THEN excluded.run_at ELSE jobs_job.run_at END,
		again_at = CASE WHEN jobs_job.fence = 0 THEN jobs_job.again_at WHEN jobs_job.again_at < excluded.run_at THEN jobs_job.again_at ELSE excluded.run_at END`
	seed = insert + sameKey + `NOTHING`
)

// maxPayload is how many bytes of JSON a job may carry: it names its work by id.
const maxPayload = 64 << 10

// Enqueue puts a job into the caller's transaction, due at runAt of the domain
// clock. With a key, which is not "", it is put in only if no job of the kind is
// pending under it; what is running is no longer pending: then the job runs once
// more, with the new payload. The payload is stored as JSON and holds no
// personal data.
func (r *Runner) Enqueue(ctx context.Context, tx *db.Tx, kind, key string, runAt time.Time, payload any) error {
	return r.put(ctx, tx, keepSlot, kind, key, runAt, payload)
}

// EnqueueOrMove is Enqueue that gives a job which is pending under the key the
// new time and payload.
func (r *Runner) EnqueueOrMove(ctx context.Context, tx *db.Tx, kind, key string, runAt time.Time, payload any) error {
	if key == "" {
		return fmt.Errorf("enqueue %s: what can be moved needs a key", kind)
	}
	return r.put(ctx, tx, moveSlot, kind, key, runAt, payload)
}

// EnqueueBy is Enqueue that brings a job which is pending under the key forward,
// when it is due later; a steady stream of calls does not put it off.
func (r *Runner) EnqueueBy(ctx context.Context, tx *db.Tx, kind, key string, runAt time.Time, payload any) error {
	if key == "" {
		return fmt.Errorf("enqueue %s: what can be brought forward needs a key", kind)
	}
	return r.put(ctx, tx, soonSlot, kind, key, runAt, payload)
}

// Cancel removes the job that is pending under the key, if there is one. One
// that is running finds itself fenced out at its Done.
func (r *Runner) Cancel(ctx context.Context, tx *db.Tx, kind, key string) error {
	err := tx.Put(ctx, `DELETE FROM jobs_job WHERE tenant_id = ? AND kind = ? AND key = ? AND parked_at IS NULL`, tx.Tenant(), kind, key)
	if err != nil {
		return fmt.Errorf("cancel %s: %w", kind, err)
	}
	return nil
}

func (r *Runner) put(ctx context.Context, tx *db.Tx, query, kind, key string, runAt time.Time, payload any) error {
	body, err := json.Marshal(payload)
	switch {
	case err != nil:
		return fmt.Errorf("enqueue %s: %w", kind, err)
	case len(body) > maxPayload:
		return fmt.Errorf("enqueue %s: %d bytes, at most %d", kind, len(body), maxPayload)
	case tx.Tenant().IsZero():
		return fmt.Errorf("enqueue %s: the step has no tenant", kind)
	case runAt.IsZero():
		return fmt.Errorf("enqueue %s: no time", kind)
	case !wellNamed.MatchString(kind):
		return fmt.Errorf("enqueue %q: not a kind of job", kind)
	}
	var slot any = key
	if key == "" {
		slot, query = nil, insert
	}
	if err := tx.Put(ctx, query, tx.Tenant(), id.New[id.JobKind](), kind, slot, runAt, string(body)); err != nil {
		return fmt.Errorf("enqueue %s: %w", kind, err)
	}
	r.announce(tx, runAt)
	return nil
}

// announce wakes whoever would otherwise sleep past runAt.
func (r *Runner) announce(tx *db.Tx, runAt time.Time) {
	switch {
	case r.running.Load() > 0:
		tx.AfterCommit(func() {
			if runAt.UnixMicro() < r.planned.Load() {
				r.nudge()
			}
		})
	case runAt.After(tx.Now().Add(poll)): // it will be seen in time
	default:
		tx.Notify(db.ChannelWake, wake)
	}
}

// wake says that there are jobs.
const wake = "jobs"

// everyKey is the key of a periodic job.
const everyKey = "every"

// Adopt gives the tenant of tx its periodic jobs, the first run of each being
// due now. Those that it has stay as they are.
func (r *Runner) Adopt(ctx context.Context, tx *db.Tx) error {
	for _, name := range r.order {
		if r.kinds[name].period == 0 {
			continue
		}
		if err := tx.Put(ctx, seed, tx.Tenant(), id.New[id.JobKind](), name, everyKey, tx.Now(), `null`); err != nil {
			return fmt.Errorf("adopt %s: %w", name, err)
		}
	}
	tx.AfterCommit(r.nudge)
	return nil
}

// adoptAll gives the tenants that are new to this process their periodic jobs.
func (r *Runner) adoptAll(ctx context.Context) error {
	if r.o.Tenants == nil {
		return nil
	}
	tenants, err := r.o.Tenants(ctx)
	if err != nil {
		return fmt.Errorf("list tenants: %w", err)
	}
	var errs []error
	for _, t := range tenants {
		r.mu.Lock()
		known := r.seeded[t]
		r.mu.Unlock()
		if known {
			continue
		}
		if err := r.db.InTx(ctx, t, r.Adopt); err != nil {
			errs = append(errs, err)
			continue
		}
		r.mu.Lock()
		r.seeded[t] = true
		r.mu.Unlock()
	}
	return errors.Join(errs...)
}
