package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/jobs"
)

// chore is the payload of these tests.
type chore struct {
	Name string `json:"name"`
}

// done is what the jobs of these tests write: how often each chore took effect.
var done = dbtest.Schema("chores", `
CREATE TABLE chores_done (tenant_id BLOB NOT NULL, name TEXT NOT NULL, times BIGINT NOT NULL, PRIMARY KEY (tenant_id, name))`)

var schemas = []db.Schema{jobs.Schema(), done}

var (
	errMoody = fault.New(fault.Conflict, "choretest.moody")
	errDeaf  = errors.New("deaf to jane@example.org")
)

// options are for tests whose jobs fail on purpose.
func options() jobs.Options {
	return jobs.Options{Log: slog.New(slog.DiscardHandler), BackoffBase: time.Millisecond, BackoffMax: 4 * time.Millisecond}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func step(t testing.TB, d *db.DB, tenant id.Tenant, fn func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	must(t, d.InTx(t.Context(), tenant, fn))
}

// enqueue puts in a chore.
func enqueue(t testing.TB, d *db.DB, r *jobs.Runner, tenant id.Tenant, kind, key string, at time.Time, name string) {
	t.Helper()
	step(t, d, tenant, func(ctx context.Context, tx *db.Tx) error { return r.Enqueue(ctx, tx, kind, key, at, chore{name}) })
}

func drain(t testing.TB, r *jobs.Runner) {
	t.Helper()
	must(t, r.Drain(t.Context()))
}

// mark writes down that a chore took effect.
func mark(ctx context.Context, tx *db.Tx, name string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO chores_done (tenant_id, name, times) VALUES (?, ?, 1)
		ON CONFLICT (tenant_id, name) DO UPDATE SET times = chores_done.times + 1`, tx.Tenant(), name)
	return err
}

// marks is how often each chore took effect.
func marks(t testing.TB, d *db.DB, tenant id.Tenant) map[string]int64 {
	t.Helper()
	out, err := db.Get(t.Context(), d, tenant, func(ctx context.Context, tx *db.Tx) (map[string]int64, error) {
		out := map[string]int64{}
		rows, err := tx.Rows(ctx, `SELECT name, times FROM chores_done WHERE tenant_id = ?`, tx.Tenant())
		_, err = db.Collect(rows, err, func(scan func(...any) error) (struct{}, error) {
			var name string
			var n int64
			err := scan(&name, &n)
			out[name] = n
			return struct{}{}, err
		})
		return out, err
	})
	must(t, err)
	return out
}

// honest does a chore of the kind, with its end joined to its effect.
func honest(d *db.DB, before func(jobs.Job, chore) error) func(context.Context, jobs.Job, chore) error {
	return func(ctx context.Context, j jobs.Job, c chore) error {
		return d.InTx(ctx, j.Tenant, func(ctx context.Context, tx *db.Tx) error {
			if err := mark(ctx, tx, c.Name); err != nil {
				return err
			}
			if err := before(j, c); err != nil {
				return err
			}
			return j.Done(ctx, tx)
		})
	}
}

func willing(jobs.Job, chore) error { return nil }
