// Package solver is the road from a routing problem in a file to its solution: it
// has the clock, the threads and the patience that the cores of dispatch are
// given as arguments.
package solver

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/modules/dispatch/vroom"
)

// DefaultLimit is how long is searched when nobody says.
const DefaultLimit = 10 * time.Second

// Options say how long and how widely to search.
type Options struct {
	Limit      time.Duration // 0 is without limit if Iterations are given, otherwise DefaultLimit
	Iterations int           // of each thread; 0 is without limit
	Threads    int           // searches that differ by their random numbers; at least 1
	Seed       uint64
	Geometry   bool
	Computing  bool       // Limit is computing time of this process per thread, not time on the clock
	Tell       func(Tick) // told each second after the first two; may be nil
}

// Seconds is a time that somebody has asked for in seconds and parts of them.
func Seconds(v float64) time.Duration {
	return time.Duration(min(v*float64(time.Second), 1<<62))
}

// Tick is how far a search has got.
type Tick struct {
	Spent      time.Duration
	Iterations int64 // of all threads, roughly
}

// Result is the best plan of all threads.
type Result struct {
	Plan       routing.Plan
	Score      routing.Score
	Iterations int   // of all threads
	Moves      int64 // judged, by all threads
	Spent      time.Duration
}

// Solve reads a problem, searches and writes the best solution; reading counts towards
// the limit, of which at least half is left to the search. When ctx ends it
// is the best so far. Given iterations alone, the same problem and seed give the
// same bytes: the times in it are zero then. Faults: those of vroom.Read.
func Solve(ctx context.Context, problem []byte, o Options) ([]byte, error) {
	begin := clock.System()
	p, err := vroom.Read(problem)
	if err != nil {
		return nil, err
	}
	loading := clock.System().Sub(begin)
	if limit := o.limit(); limit > 0 { // reading is a part of it, as VROOM has it
		o.Limit = max(limit-loading, limit/2)
	}
	r, err := Search(ctx, p, o)
	if err != nil {
		return nil, err
	}
	a := vroom.Answer{Geometry: o.Geometry}
	if o.limit() > 0 {
		a.Loading, a.Solving = loading.Milliseconds(), r.Spent.Milliseconds()
	}
	return vroom.Write(p, r.Plan, a), nil
}

// limit is the time that may be spent; 0 is without limit.
func (o *Options) limit() time.Duration {
	if o.Limit == 0 && o.Iterations == 0 {
		return DefaultLimit
	}
	return o.Limit
}

// Search runs the threads and returns the best plan; of equal ones that of the
// first thread.
func Search(ctx context.Context, p *vroom.Problem, o Options) (Result, error) {
	begin := clock.System()
	budget := routing.Budget{Iterations: o.Iterations}
	var made atomic.Int64
	budget.Watch = func(_ float64, iterations int) { made.Add(int64(iterations)) }
	spent := o.stopwatch()
	limit := o.limit()
	budget.Progress = func() float64 {
		if limit == 0 {
			return 0
		}
		return float64(spent()) / float64(limit)
	}
	stop := tell(begin, &made, o.Tell)
	found, err := race(ctx, p, budget, max(1, o.Threads), o.Seed)
	stop()
	if err != nil {
		return Result{}, err
	}
	best := found[0]
	for _, r := range found[1:] {
		if r.Score.Less(best.Score) {
			best.Plan, best.Score = r.Plan, r.Score
		}
		best.Iterations += r.Iterations
		best.Moves += r.Moves
	}
	best.Spent = spent()
	return best, nil
}

// race runs the searches side by side and waits for all of them. A large problem is cut
// into districts, which the threads share.
func race(ctx context.Context, p *vroom.Problem, b routing.Budget, threads int, seed uint64) ([]Result, error) {
	if p.Routing().Wide() {
		plan, stats, err := routing.SolveWide(ctx, p.Routing(), p.Start(), b, threads, seed)
		return []Result{{Plan: plan, Score: stats.End, Iterations: stats.Iterations, Moves: stats.Moves}}, err
	}
	found, errs := make([]Result, threads), make([]error, threads)
	var wg sync.WaitGroup
	for i := range threads {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(seed, uint64(i)))
			plan, stats, err := routing.Solve(ctx, p.Routing(), p.Start(), b, rng)
			found[i], errs[i] = Result{Plan: plan, Score: stats.End, Iterations: stats.Iterations, Moves: stats.Moves}, err
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// tell reports each second after the first two, until stop.
func tell(begin time.Time, made *atomic.Int64, to func(Tick)) (stop func()) {
	if to == nil {
		return func() {}
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-done:
				return
			case <-t.C:
				if spent := clock.System().Sub(begin); spent >= 2*time.Second {
					to(Tick{spent, made.Load()})
				}
			}
		}
	})
	return func() { close(done); wg.Wait() }
}
