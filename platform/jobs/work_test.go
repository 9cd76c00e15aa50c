package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/jobs"
)

// moody refuses, breaks or panics now and then.
func moody(seed uint64) func(jobs.Job, chore) error {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 1))
	return func(jobs.Job, chore) error {
		mu.Lock()
		n := rng.IntN(12)
		mu.Unlock()
		switch n {
		case 0:
			return errMoody
		case 1:
			return errDeaf
		case 2:
			panic("the line is dead")
		default:
			return nil
		}
	}
}

// Several processes share the work while jobs fail and panic: each job takes
// effect once.
func TestOnceOverProcesses(t *testing.T) {
	t.Parallel()
	const processes, each = 4, 60
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var running sync.WaitGroup
		var last *jobs.Runner
		var d *db.DB
		for p := range processes {
			d = h.Open(t, db.Options{})
			o := options()
			o.MaxAttempts, o.Seed = 1000, uint64(p)
			r := jobs.New(d, o)
			last = r
			jobs.Handle(r, "test.chore", honest(d, moody(uint64(p))))
			jobs.Handle(r, "test.other", honest(d, moody(uint64(p+10))))
			running.Go(func() {
				if err := r.Run(ctx); err != nil {
					t.Error(err)
				}
			})
			for i := range each {
				kind, tenant := "test.chore", dbtest.Tenant
				if i%3 == 0 {
					kind = "test.other"
				}
				if i%4 == 0 {
					tenant = dbtest.Other
				}
				enqueue(t, d, r, tenant, kind, "", dbtest.Now, fmt.Sprint(p, " ", i))
			}
		}
		drain(t, last)
		cancel()
		running.Wait()
		total := 0
		for _, tenant := range []id.Tenant{dbtest.Tenant, dbtest.Other} {
			for name, n := range marks(t, d, tenant) {
				total++
				if n != 1 {
					t.Errorf("job %s took effect %d times, want once", name, n)
				}
			}
		}
		if total != processes*each {
			t.Errorf("%d jobs took effect, want %d", total, processes*each)
		}
	}, schemas...)
}

// stage is two processes on one database, whose machine clock the test moves.
// Each run of a job is announced and waits until it may go on.
type stage struct {
	machine *clock.Set
	d       [2]*db.DB
	r       [2]*jobs.Runner
	begun   [2]chan jobs.Job
	release [2]chan struct{}
	runs    atomic.Int64
}

func newStage(t *testing.T, h dbtest.Home) *stage {
	s := &stage{machine: clock.NewSet(dbtest.Now)}
	for i := range s.r {
		s.begun[i], s.release[i] = make(chan jobs.Job, 100), make(chan struct{})
		s.d[i] = h.Open(t, db.Options{Machine: s.machine.Now})
		s.r[i] = jobs.New(s.d[i], options())
		work := honest(s.d[i], willing)
		jobs.Handle(s.r[i], "test.slow", func(ctx context.Context, j jobs.Job, c chore) error {
			s.runs.Add(1)
			s.begun[i] <- j
			<-s.release[i]
			return work(ctx, j, c)
		})
	}
	return s
}

// start drains one of the two; what comes back says how it ended.
func (s *stage) start(t *testing.T, i int) chan error {
	over := make(chan error, 1)
	go func() { over <- s.r[i].Drain(t.Context()) }()
	return over
}

// A worker that sleeps through its lease has no effect when it wakes up while
// another is at the job.
func TestFence(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		s := newStage(t, h)
		enqueue(t, s.d[0], s.r[0], dbtest.Tenant, "test.slow", "k", dbtest.Now, "one")
		sleeper := s.start(t, 0)
		<-s.begun[0]
		s.machine.To(s.machine.Now().Add(61 * time.Second))
		must(t, s.r[1].Sweep(t.Context()))
		other := s.start(t, 1)
		<-s.begun[1]
		must(t, s.r[0].Renew(t.Context())) // finds out that it has lost
		close(s.release[0])
		for s.r[0].Stats().Held != 0 {
			runtime.Gosched()
		}
		if got := marks(t, s.d[0], dbtest.Tenant); len(got) != 0 {
			t.Errorf("the sleeper had an effect: %v", got)
		}
		close(s.release[1])
		must(t, <-other)
		must(t, <-sleeper)
		if got := marks(t, s.d[0], dbtest.Tenant); got["one"] != 1 {
			t.Errorf("took effect %v, want one once", got)
		}
	}, schemas...)
}

// A worker that is slow but alive keeps its job.
func TestRenewal(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		s := newStage(t, h)
		enqueue(t, s.d[0], s.r[0], dbtest.Tenant, "test.slow", "", dbtest.Now, "one")
		slow := s.start(t, 0)
		<-s.begun[0]
		for range 5 {
			s.machine.To(s.machine.Now().Add(40 * time.Second))
			must(t, s.r[0].Renew(t.Context()))
			must(t, s.r[1].Sweep(t.Context()))
		}
		close(s.release[0])
		must(t, <-slow)
		if got := marks(t, s.d[0], dbtest.Tenant); got["one"] != 1 || s.runs.Load() != 1 {
			t.Errorf("took effect %v in %d runs, want once in one", got, s.runs.Load())
		}
	}, schemas...)
}

// A job that has failed too often is parked, without a word of what was said,
// and can be replayed or discarded.
func TestDeadLetters(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := jobs.New(d, options())
		var cured atomic.Bool
		jobs.Handle(r, "test.chore", honest(d, func(_ jobs.Job, c chore) error {
			if c.Name == "sick" && !cured.Load() {
				return errDeaf
			}
			return nil
		}), jobs.Attempts(3))
		enqueue(t, d, r, dbtest.Tenant, "test.chore", "k", dbtest.Now, "sick")
		enqueue(t, d, r, dbtest.Tenant, "test.chore", "", dbtest.Now, "well")
		if err := r.Drain(t.Context()); !errors.Is(err, errDeaf) {
			t.Fatalf("Drain = %v, want %v", err, errDeaf)
		}
		list := func(tenant id.Tenant) []jobs.DeadLetter {
			out, err := db.Get(t.Context(), d, tenant, func(ctx context.Context, tx *db.Tx) ([]jobs.DeadLetter, error) {
				return r.DeadLetters(ctx, tx, id.Job{}, 10)
			})
			must(t, err)
			return out
		}
		all := list(dbtest.Tenant)
		if len(all) != 1 || all[0].Kind != "test.chore" || all[0].Key != "k" || all[0].Attempts != 3 || all[0].Code != "*errors.errorString" || all[0].ParkedAt.IsZero() {
			t.Fatalf("dead letters: %+v", all)
		}
		if theirs := list(dbtest.Other); len(theirs) != 0 {
			t.Errorf("another tenant sees %+v", theirs)
		}
		cured.Store(true)
		replay := func(ctx context.Context, tx *db.Tx) error { return r.Replay(ctx, tx, all[0].ID) }
		step(t, d, dbtest.Tenant, replay)
		drain(t, r)
		if got := marks(t, d, dbtest.Tenant); got["sick"] != 1 || got["well"] != 1 {
			t.Errorf("took effect %v, want each once", got)
		}
		if err := d.InTx(t.Context(), dbtest.Tenant, replay); !errors.Is(err, jobs.ErrNoDeadLetter) {
			t.Errorf("Replay of a done job = %v, want %v", err, jobs.ErrNoDeadLetter)
		}
	}, schemas...)
}

// A parked job does not hold its key; replayed beside a pending one it gives way.
func TestReplayBesidePending(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := jobs.New(d, options())
		var failing atomic.Bool
		failing.Store(true)
		jobs.Handle(r, "test.chore", honest(d, func(jobs.Job, chore) error {
			if failing.Load() {
				return errMoody
			}
			return nil
		}), jobs.Attempts(1))
		enqueue(t, d, r, dbtest.Tenant, "test.chore", "k", dbtest.Now, "old")
		if err := r.Drain(t.Context()); !errors.Is(err, errMoody) {
			t.Fatalf("Drain = %v, want %v", err, errMoody)
		}
		failing.Store(false)
		enqueue(t, d, r, dbtest.Tenant, "test.chore", "k", dbtest.Now, "new")
		step(t, d, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			all, err := r.DeadLetters(ctx, tx, id.Job{}, 10)
			if err != nil || len(all) != 1 {
				return fmt.Errorf("%d dead letters: %w", len(all), err)
			}
			return r.Replay(ctx, tx, all[0].ID)
		})
		drain(t, r)
		if got := marks(t, d, dbtest.Tenant); got["new"] != 1 || got["old"] != 0 {
			t.Errorf("took effect %v, want new once", got)
		}
	}, schemas...)
}

// A slow kind keeps no other kind waiting, nor a busy tenant another tenant.
func TestNobodyWaitsInLine(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := jobs.New(d, options())
		block := make(chan struct{})
		quick := make(chan string, 2)
		jobs.Handle(r, "test.slow", func(_ context.Context, j jobs.Job, _ chore) error {
			if j.Tenant == dbtest.Other {
				quick <- "the other tenant"
				return nil
			}
			<-block
			return nil
		}, jobs.Limit(4, 2))
		jobs.Handle(r, "test.quick", func(context.Context, jobs.Job, chore) error { quick <- "the other kind"; return nil })
		for range 50 {
			enqueue(t, d, r, dbtest.Tenant, "test.slow", "", dbtest.Now.Add(-time.Hour), "")
		}
		ctx, cancel := context.WithCancel(t.Context())
		over := make(chan error)
		go func() { over <- r.Run(ctx) }()
		enqueue(t, d, r, dbtest.Other, "test.slow", "", dbtest.Now, "")
		enqueue(t, d, r, dbtest.Tenant, "test.quick", "", dbtest.Now, "")
		a, b := <-quick, <-quick
		if a == b {
			t.Errorf("%s came twice", a)
		}
		if held := r.Stats().Held; held > 4 {
			t.Errorf("%d jobs run side by side, want at most 4", held)
		}
		close(block)
		drain(t, r)
		cancel()
		must(t, <-over)
		if s := r.Stats(); s.Done != 52 || s.Failed != 0 {
			t.Errorf("%+v, want 52 done", s)
		}
	}, schemas...)
}

// A kind never runs more jobs side by side than its limit.
func TestLimit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := jobs.New(d, options())
		begun, block := make(chan struct{}, 20), make(chan struct{})
		jobs.Handle(r, "test.slow", func(context.Context, jobs.Job, chore) error {
			begun <- struct{}{}
			<-block
			return nil
		}, jobs.Limit(2, 5))
		quick := make(chan struct{})
		jobs.Handle(r, "test.quick", func(context.Context, jobs.Job, chore) error { quick <- struct{}{}; return nil })
		for range 10 {
			enqueue(t, d, r, dbtest.Tenant, "test.slow", "", dbtest.Now, "")
		}
		ctx, cancel := context.WithCancel(t.Context())
		over := make(chan error)
		go func() { over <- r.Run(ctx) }()
		<-begun
		<-begun
		for range 3 { // rounds have passed
			enqueue(t, d, r, dbtest.Tenant, "test.quick", "", dbtest.Now, "")
			<-quick
		}
		if more := len(begun); more != 0 {
			t.Errorf("%d jobs run beyond the limit", more)
		}
		close(block)
		drain(t, r)
		cancel()
		must(t, <-over)
	}, schemas...)
}

// Run gives back what cannot finish when it is told to stop.
func TestRunStops(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := jobs.New(d, options())
		ctx, cancel := context.WithCancel(t.Context())
		jobs.Handle(r, "test.chore", func(ctx context.Context, _ jobs.Job, _ chore) error {
			cancel()
			<-ctx.Done()
			return ctx.Err()
		})
		enqueue(t, d, r, dbtest.Tenant, "test.chore", "", dbtest.Now, "one")
		must(t, r.Run(ctx))
		if s := r.Stats(); s.Failed != 0 || s.Held != 0 {
			t.Errorf("after a stop: %+v, want no failure and nothing held", s)
		}
		other := jobs.New(d, options())
		jobs.Handle(other, "test.chore", honest(d, willing))
		drain(t, other)
		if got := marks(t, d, dbtest.Tenant); got["one"] != 1 {
			t.Errorf("took effect %v, want once", got)
		}
	}, schemas...)
}
