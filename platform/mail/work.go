package mail

import (
	"context"
	"fmt"
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

// shards spreads the letters of a second over several jobs, because steps that
// put in the same job wait for each other on PostgreSQL.
const shards = 16

// wake makes sure that somebody looks when the hold of m is over.
func (b *Box) wake(ctx context.Context, tx *db.Tx, m id.Mail, sendAfter time.Time) error {
	if b.jobs == nil {
		return nil
	}
	at := sendAfter.Truncate(time.Second)
	if at.Before(sendAfter) {
		at = at.Add(time.Second)
	}
	key := fmt.Sprintf("%d.%d", at.Unix(), m[len(m)-1]%shards)
	return b.jobs.Enqueue(ctx, tx, jobSend, key, at, struct{}{})
}
