package mail

import (
	"context"
	"fmt"
	"sync"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs"
)

// The kinds of jobs. Their names are stored.
const (
	jobSend  = "mail.send"  // when a hold ends
	jobRetry = "mail.retry" // now and then, for what could not be sent
)

// retryEvery is how often letters that did not leave are looked at.
const retryEvery = time.Minute

// Work makes sending the work of r. It is called once, before anything is queued.
func (b *Box) Work(r *jobs.Runner) {
	b.jobs = r
	jobs.Handle(r, jobSend, func(ctx context.Context, j jobs.Job, _ struct{}) error {
		_, err := b.SendDue(ctx, j.Tenant)
		return err
	})
	r.Every(jobRetry, retryEvery, func(ctx context.Context, tenant id.Tenant) error {
		_, err := b.SendDue(ctx, tenant)
		return err
	})
}

// wake makes sure that somebody looks when the hold of a letter is over: one job
// of this process for all letters of a second, so that steps do not queue up for
// one row. Only one that is sure to lie ahead when the step is durable is counted
// on; a step that took longer is found by jobRetry.
func (b *Box) wake(ctx context.Context, tx *db.Tx, sendAfter time.Time) error {
	if b.jobs == nil {
		return nil
	}
	at := sendAfter.Truncate(time.Second)
	if at.Before(sendAfter) {
		at = at.Add(time.Second)
	}
	tenant := tx.Tenant()
	if b.promised.has(tenant, at) && at.Sub(tx.Now()) > Hold/2 {
		return nil
	}
	tx.AfterCommit(func() { b.promised.add(tenant, at) })
	return b.jobs.Enqueue(ctx, tx, jobSend, fmt.Sprintf("%d.%s", at.Unix(), b.self), at, struct{}{})
}

// promised remembers for which second each tenant last had a job put in.
type promised struct {
	mu   sync.Mutex
	last map[id.Tenant]time.Time
}

func (p *promised) has(tenant id.Tenant, at time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last[tenant].Equal(at)
}

func (p *promised) add(tenant id.Tenant, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last == nil {
		p.last = map[id.Tenant]time.Time{}
	}
	p.last[tenant] = at
}
