package jobs

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs/lease"
)

// run is a leased job in the hands of this process.
type run struct {
	Job
	kind    *kind
	r       *Runner
	fence   int64
	until   time.Time // end of the lease when it was taken
	payload []byte
	done    atomic.Bool // by Job.Done, and committed
	gone    bool        // finish has found the lease lost

	ctx context.Context // ends when the lease is lost; a run is one piece of work, as a request is
}

// grip is a job with the fence it is held by.
type grip struct {
	tenant id.Tenant
	job    id.Job
	fence  int64
}

func (u *run) grip() grip { return grip{u.Tenant, u.ID, u.fence} }

// queue is what waits of one kind for one tenant.
type queue struct {
	tenant id.Tenant
	first  time.Time // run_at of the first that is ready; zero if all rest
}

// haul is what one look at the table brought.
type haul struct {
	runs []*run
	next time.Time // when the next job is due that is not due now; zero if there is none
	more bool      // due jobs were left for want of room
}

// take leases what is due and has room. With eager there is room for everything,
// and what rests after a failure is taken too.
func (r *Runner) take(ctx context.Context, eager bool) (haul, error) {
	var h haul
	err := r.db.AcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) error {
		h = haul{}
		for _, name := range r.order {
			if err := r.takeKind(ctx, tx, r.kinds[name], &h, eager); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return haul{}, fmt.Errorf("take jobs: %w", err)
	}
	return h, nil
}

func (r *Runner) takeKind(ctx context.Context, tx *db.Tx, k *kind, h *haul, eager bool) error {
	queues, err := k.queues(ctx, tx, eager)
	if err != nil {
		return err
	}
	due := queues[:0]
	for _, q := range queues {
		if q.first.IsZero() {
			continue
		}
		if q.first.After(tx.Now()) {
			h.sooner(q.first)
			continue
		}
		due = append(due, q)
	}
	for i, n := range r.shares(k, due, eager) {
		h.more = h.more || n == 0
		if n == 0 {
			continue
		}
		runs, err := r.lease(ctx, tx, k, due[i].tenant, n, eager)
		if err != nil {
			return err
		}
		h.runs = append(h.runs, runs...)
		h.more = h.more || len(runs) == n
	}
	return nil
}

func (h *haul) sooner(t time.Time) {
	if h.next.IsZero() || t.Before(h.next) {
		h.next = t
	}
}

// queues lists the tenants that have jobs of the kind, by hopping through the
// index from tenant to tenant, however many jobs each has.
func (k *kind) queues(ctx context.Context, tx *db.Tx, eager bool) ([]queue, error) {
	ready := tx.Machine()
	if eager {
		ready = farFuture
	}
	found, err := tx.Rows(ctx, `
		WITH RECURSIVE t(id) AS (
			SELECT (SELECT tenant_id FROM jobs_job WHERE fence = 0 AND parked_at IS NULL AND kind = ? ORDER BY tenant_id LIMIT 1)
			UNION ALL
			SELECT (SELECT tenant_id FROM jobs_job WHERE fence = 0 AND parked_at IS NULL AND kind = ? AND tenant_id > t.id ORDER BY tenant_id LIMIT 1)
			FROM t WHERE t.id IS NOT NULL)
		SELECT id, (
			SELECT run_at FROM jobs_job WHERE fence = 0 AND parked_at IS NULL AND kind = ? AND tenant_id = t.id AND ready_at <= ?
			ORDER BY run_at LIMIT 1)
		FROM t WHERE id IS NOT NULL`, k.name, k.name, k.name, ready)
	return db.Collect(found, err, func(scan func(...any) error) (q queue, err error) {
		return q, scan(&q.tenant, db.At(&q.first))
	})
}

var farFuture = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// drainBatch is how many jobs of a kind and tenant Drain takes at once.
const drainBatch = 256

// shares divides the room of the kind among the queues that are due, one place
// at a time, beginning after the tenant that was served last. It sorts the
// queues into that order.
func (r *Runner) shares(k *kind, due []queue, eager bool) []int {
	out := make([]int, len(due))
	if eager {
		for i := range out {
			out[i] = drainBatch
		}
		return out
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	slices.SortFunc(due, func(x, y queue) int { return bytes.Compare(x.tenant[:], y.tenant[:]) })
	first := slices.IndexFunc(due, func(q queue) bool { return bytes.Compare(q.tenant[:], k.lastTurn[:]) > 0 })
	copy(due, append(slices.Clone(due[max(first, 0):]), due[:max(first, 0)]...))
	for room := k.limit - k.load; room > 0; {
		given := 0
		for i, q := range due {
			if room > 0 && k.loads[q.tenant]+out[i] < k.perTenant {
				out[i]++
				room--
				given++
				k.lastTurn = q.tenant
			}
		}
		if given == 0 {
			break
		}
	}
	return out
}

// lease takes up to n due jobs of one queue, those due longest first.
func (r *Runner) lease(ctx context.Context, tx *db.Tx, k *kind, tenant id.Tenant, n int, eager bool) ([]*run, error) {
	ready := tx.Machine()
	if eager {
		ready = farFuture
	}
	fence, until := lease.NewFence(), tx.Machine().Add(r.o.Lease)
	found, err := tx.Rows(ctx, `
		WITH due AS MATERIALIZED (
			SELECT tenant_id, id FROM jobs_job
			WHERE fence = 0 AND parked_at IS NULL AND kind = ? AND tenant_id = ? AND run_at <= ? AND ready_at <= ?
			ORDER BY run_at LIMIT ?`+tx.SkipLocked()+`)
		UPDATE jobs_job SET fence = ?, ready_at = ? WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM due)
		RETURNING id, COALESCE(key, ''), run_at, payload, attempts`, k.name, tenant, tx.Now(), ready, n, fence, until)
	return db.Collect(found, err, func(scan func(...any) error) (*run, error) {
		u := &run{kind: k, r: r, fence: fence, until: until}
		u.Tenant, u.Kind = tenant, k.name
		err := scan(&u.ID, &u.Key, db.At(&u.RunAt), &u.payload, &u.Attempt)
		u.Attempt++
		u.run = u
		return u, err
	})
}

// sweep frees jobs whose lease ran out without a word. That counts as a failure:
// the job may be what ended the worker.
func (r *Runner) sweep(ctx context.Context) error {
	return r.db.AcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `
			UPDATE jobs_job SET fence = 0, attempts = attempts + 1, last_error_code = 'jobs.lease_expired'
			WHERE fence <> 0 AND ready_at <= ?`, tx.Machine())
		if n > 0 {
			tx.AfterCommit(r.nudge)
		}
		return err
	})
}
