// Package jobs does work later: at a time of the domain clock, apart from the
// step that asked for it, and again and again where it is periodic.
//
// Enqueue joins the caller's transaction, so the job is there exactly when its
// cause is. Any number of processes lease due jobs; a job that fails rests
// longer each time and in the end is parked, where a person can see and replay
// it; a job whose worker vanishes is taken over. A job runs at least once: it
// may end after its lease has passed to another, and then only its fence tells.
// Job.Done joins the job's own last step to the fence, so that the step commits
// once. Kinds do not wait for each other, and neither do tenants, up to the
// limits of a kind.
package jobs

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"regexp"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs/lease"
)

//go:embed migrations/*.sql
var files embed.FS

// Schema is what jobs keep in the database.
func Schema() db.Schema {
	return db.Schema{Name: "jobs", Files: files, Shared: []string{"jobs_job"}}
}

// Options tune a Runner; the zero value is good for a server.
type Options struct {
	Lease       time.Duration // how long a silent worker keeps a job; 1 min
	MaxAttempts int64         // failures in a row before a job is parked; 8
	BackoffBase time.Duration // rest after the first failure; 1 s
	BackoffMax  time.Duration // longest rest; 10 min
	Seed        uint64        // of the jitter
	Log         *slog.Logger  // slog.Default()
	// Tenants lists the tenants that periodic jobs run for. Run and Drain ask it
	// when they start, and Run once a minute.
	Tenants func(ctx context.Context) ([]id.Tenant, error)
	// Observe, when set, hears of every run of a job. It is called by several
	// goroutines and must not block.
	Observe func(Report)
}

// Report tells a metric of one run of a job.
type Report struct {
	Kind   string
	Late   time.Duration // from when it was due to when it began, domain clock
	Took   time.Duration // machine clock
	Code   string        // "" when it was done, otherwise the fault code or Go type
	Parked bool          // this failure was the last
}

// Job is what a handler knows about the job it does.
type Job struct {
	ID      id.Job
	Tenant  id.Tenant
	Kind    string
	Key     string
	RunAt   time.Time // when it was due, domain clock
	Attempt int64     // 1 for the first

	run *run
}

// Runner knows how each kind of job is done. One is made at start, all kinds
// follow, then Run or Drain.
type Runner struct {
	db      *db.DB
	o       Options
	backoff *lease.Backoff
	held    lease.Held[grip]
	wake    chan struct{}
	count   counters

	mu     sync.Mutex // guards kinds until sealed, and the kinds' loads
	kinds  map[string]*kind
	order  []string // of kinds, sorted
	sealed bool
	seeded map[id.Tenant]bool // have their periodic jobs

	running atomic.Int32 // calls of Run under way
	planned atomic.Int64 // until when Run means to sleep, domain clock, µs
	starved atomic.Bool  // Run has left due jobs alone for want of room
}

// kind is one sort of work with its limits and its present load.
type kind struct {
	name      string
	do        func(ctx context.Context, j Job, payload []byte) error
	period    time.Duration // 0: not periodic
	limit     int           // runs side by side
	perTenant int           // of them for one tenant
	attempts  int64

	load     int
	loads    map[id.Tenant]int
	lastTurn id.Tenant // who was served last
}

// Option tunes one kind of job.
type Option func(*kind)

// Limit sets how many jobs of the kind run side by side in this process, and how
// many of them for one tenant. The standard is 16 and 4.
func Limit(all, perTenant int) Option {
	return func(k *kind) { k.limit, k.perTenant = all, perTenant }
}

// Attempts sets after how many failures in a row a job of the kind is parked.
func Attempts(n int64) Option { return func(k *kind) { k.attempts = n } }

// New returns a runner on d that knows no kind of job.
func New(d *db.DB, o Options) *Runner {
	o.Lease = orElse(o.Lease, time.Minute)
	o.MaxAttempts = orElse(o.MaxAttempts, 8)
	o.BackoffBase = orElse(o.BackoffBase, time.Second)
	o.BackoffMax = orElse(o.BackoffMax, 10*time.Minute)
	if o.Log == nil {
		o.Log = slog.Default()
	}
	r := &Runner{
		db: d, o: o, wake: make(chan struct{}, 1), kinds: map[string]*kind{}, seeded: map[id.Tenant]bool{},
		backoff: lease.NewBackoff(o.BackoffBase, o.BackoffMax, o.Seed),
	}
	r.planned.Store(math.MaxInt64)
	return r
}

func orElse[T comparable](v, standard T) T {
	var zero T
	if v == zero {
		return standard
	}
	return v
}

// Handle says how jobs of the kind are done. fn opens its own transactions and
// may be run more than once for a job; its context ends when the job's lease is
// lost.
func Handle[T any](r *Runner, kind string, fn func(ctx context.Context, j Job, payload T) error, opts ...Option) {
	r.add(kind, 0, func(ctx context.Context, j Job, body []byte) error {
		var payload T
		if err := json.Unmarshal(body, &payload); err != nil {
			return fmt.Errorf("read payload of %s: %w", kind, err)
		}
		return fn(ctx, j, payload)
	}, opts)
}

// Every has fn called for each tenant once in each period of the domain clock.
// Periods that were missed are not made up for. A run that keeps failing waits
// for the next period instead of being parked.
func (r *Runner) Every(kind string, period time.Duration, fn func(ctx context.Context, tenant id.Tenant) error, opts ...Option) {
	if period <= 0 {
		panic("jobs: " + kind + " has no period")
	}
	r.add(kind, period, func(ctx context.Context, j Job, _ []byte) error { return fn(ctx, j.Tenant) }, opts)
}

var wellNamed = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)

func (r *Runner) add(name string, period time.Duration, do func(context.Context, Job, []byte) error, opts []Option) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.sealed:
		panic("jobs: " + name + " comes after the start")
	case !wellNamed.MatchString(name):
		panic(fmt.Sprintf("jobs: %q is not a name", name))
	case r.kinds[name] != nil:
		panic("jobs: " + name + " is handled twice")
	}
	k := &kind{name: name, do: do, period: period, limit: 16, perTenant: 4, attempts: r.o.MaxAttempts, loads: map[id.Tenant]int{}}
	for _, o := range opts {
		o(k)
	}
	r.kinds[name] = k
	r.order = append(r.order, name)
	slices.Sort(r.order)
}

func (r *Runner) seal() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sealed = true
}

// nudge wakes Run; it never blocks.
func (r *Runner) nudge() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// guarded turns a panic of fn into an error.
func guarded(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &lease.Panic{Value: p, Stack: debug.Stack()}
		}
	}()
	return fn()
}
