package routing

import (
	"context"
	"math/rand/v2"
	"sync"
)

const (
	wideJobs   = 5000       // beyond which a problem is cut into districts: below, one search leaves less in the same time
	widePairs  = 20_000_000 // of jobs and shifts, the same: a search keeps something for each
	wideShifts = 64
	wideRounds = 8   // in which a budget is spent,
	wideFirst  = 3   // the first of which counts as so many
	wideWarm   = 0.5 // how far the districts of later rounds have cooled when they start
	wideIdle   = 100 // iterations a visit and round where no budget says
)

// Wide reports whether a problem is better solved by SolveWide than by one search.
func (p *Problem) Wide() bool {
	return len(p.shifts) >= wideShifts && (len(p.jobs) > wideJobs || len(p.jobs)*len(p.shifts) > widePairs)
}

// SolveWide is Solve for large problems, with so many workers at once. In each round it
// cuts the plan into districts, by lines that lie otherwise each time, solves each as a
// problem of its own, and puts them together. The budget's iterations are for each
// worker; NoGain ends the search after a round without a gain. Given iterations only, the
// result depends on nothing but the arguments: how many workers really run at once does
// not matter. Faults: ErrPlan.
func SolveWide(ctx context.Context, p *Problem, start Plan, b Budget, workers int, seed uint64) (Plan, Stats, error) {
	return solveWide(ctx, p, start, b, workers, seed, districtSize)
}

func solveWide(ctx context.Context, p *Problem, start Plan, b Budget, workers int, seed uint64, size extent) (Plan, Stats, error) {
	plan, err := Repair(p, start)
	if err != nil {
		return Plan{}, Stats{}, err
	}
	if b.Iterations == 0 && b.NoGain == 0 && b.Progress == nil && !b.OnlyContext {
		b.Iterations = defaultIterations
	}
	w := wide{ctx: ctx, p: p, budget: b, workers: max(1, workers), seed: seed, size: size, chart: p.chart(), plan: plan}
	bill := Cost(p, plan)
	w.stats.Start, w.stats.End = bill.Score(), bill.Score()
	for round := 0; !w.over(round); round++ {
		if err := w.round(round); err != nil {
			return Plan{}, Stats{}, err
		}
		if bill := Cost(p, w.plan); bill.Score().Less(w.stats.End) {
			w.stats.End, w.stats.LastGain = bill.Score(), w.stats.Iterations
			w.stats.Gains++
		} else if b.NoGain > 0 {
			break
		}
	}
	return w.plan, w.stats, nil
}

// wide is a search by districts.
type wide struct {
	ctx     context.Context
	p       *Problem
	budget  Budget
	workers int
	seed    uint64
	size    extent
	chart   []spotOnChart
	plan    Plan
	stats   Stats
}

func (w *wide) over(round int) bool {
	b := &w.budget
	endless := b.Iterations == 0 && b.Progress == nil
	return w.ctx.Err() != nil || round >= wideRounds && !endless || b.Progress != nil && b.Progress() >= 1
}

// share is how much of the budget is spent before a round.
func share(round int) float64 {
	if round == 0 {
		return 0
	}
	return min(1, float64(round+wideFirst-1)/float64(wideRounds+wideFirst-1))
}

// found is what became of a district.
type found struct {
	part  *Part
	plan  Plan
	stats Stats
	err   error
}

// round solves all districts and puts them together.
func (w *wide) round(round int) error {
	all := w.cut(round)
	out := make([]found, len(all))
	var next sync.Mutex
	taken := 0
	var wg sync.WaitGroup
	for range min(w.workers, len(all)) {
		wg.Go(func() {
			for {
				next.Lock()
				i := taken
				taken++
				next.Unlock()
				if i >= len(all) {
					return
				}
				out[i] = w.solve(all[i], round, i, len(all))
			}
		})
	}
	wg.Wait()
	for _, f := range out {
		if f.err != nil {
			return f.err
		}
		if f.part != nil {
			w.plan = f.part.Merge(w.plan, f.plan)
			w.stats.Iterations += f.stats.Iterations
			w.stats.Accepted += f.stats.Accepted
			w.stats.Moves += f.stats.Moves
		}
	}
	return nil
}

// cut is the plan in districts.
func (w *wide) cut(round int) [][]unit {
	used := 0
	for _, jobs := range w.plan.Routes {
		used += b2i(len(jobs) > 0)
	}
	units := w.p.units(w.chart, w.plan)
	count := len(w.p.jobs) / w.size.jobs
	if used > 0 {
		count = min(count, used/w.size.routes)
	}
	return districts(units, max(1, count), round)
}

// solve solves one of so many districts of a round. The rest of the round's time is shared
// evenly among those that are left.
func (w *wide) solve(units []unit, round, i, of int) found {
	var routes, more []int
	jobs := 0
	for _, u := range units {
		jobs += u.weight
		if u.route != Any {
			routes = append(routes, u.route)
		} else {
			more = append(more, u.job)
		}
	}
	if len(routes) == 0 || jobs == 0 || w.ctx.Err() != nil {
		return found{}
	}
	part, err := w.p.district(w.plan, routes, more)
	if err != nil {
		return found{err: err}
	}
	b := w.slice(round, i, of, jobs)
	rng := rand.New(rand.NewPCG(w.seed, uint64(round)<<32|uint64(i)))
	plan, stats, err := Solve(w.ctx, part.Problem, part.Plan, b, rng)
	return found{part, plan, stats, err}
}

// slice is the budget of a district.
func (w *wide) slice(round, i, of, jobs int) Budget {
	var b Budget
	if round > 0 {
		b.warm = wideWarm
	}
	from, to := share(round), share(round+1)
	if n := w.budget.Iterations; n > 0 {
		b.Iterations = max(1, int(float64(n*w.workers)*(to-from)*float64(jobs)/float64(len(w.p.jobs))))
	}
	if p := w.budget.Progress; p != nil {
		begun := p()
		turns := (of - i + w.workers - 1) / w.workers
		length := max(0, to-begun) / float64(turns)
		b.Progress = func() float64 {
			if length == 0 {
				return 1
			}
			return (p() - begun) / length
		}
	}
	if b.Iterations == 0 && b.Progress == nil {
		b.Iterations = wideIdle * jobs
	}
	if told := w.budget.Watch; told != nil {
		b.Watch = func(share float64, iterations int) {
			told(from+(to-from)*(float64(i)+share)/float64(of), iterations)
		}
	}
	return b
}
