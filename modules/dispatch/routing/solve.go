package routing

import (
	"context"
	"math/rand/v2"

	"fettle.dev/fettle/kernel/fault"
)

// ErrPlan is the refusal of a plan that is not one of this problem.
var ErrPlan = fault.New(fault.Invalid, "routing.invalid_plan")

// defaultIterations is the budget when none is given.
const defaultIterations = 10_000

// restEach is how many steps per hundred jobs lie between two descents at least.
const restEach = 50

// restUntil is the part of the budget after which each better plan is descended from: at
// the very end there is no time for it.
const restUntil = 0.95

// recallParts is into how many parts recall divides the budget.
const recallParts = 20

// Budget says when to stop: whatever comes first, or when the context ends. The
// search cools down towards that point. With no limit at all it makes 10,000
// iterations, unless OnlyContext is set.
type Budget struct {
	Iterations  int            // of ruin and recreate; 0 is without limit
	NoGain      int            // iterations without a better plan; 0 is without limit
	Progress    func() float64 // how much of the allowed time is spent, 0 to 1; asked every 64 iterations, or more often where they take long. A rough first plan is made however little it is
	OnlyContext bool

	// Watch is told now and then how much of the budget is spent, 0 to 1, and how many
	// iterations were made since it was told last; where several workers search, by all of
	// them, at once. It must not take long. What is found does not depend on it.
	Watch func(share float64, iterations int)

	warm float64 // how far the search has cooled down before it starts, 0 to 1
}

// Stats tells what a search did.
type Stats struct {
	Iterations int
	Accepted   int   // steps taken
	Gains      int   // better plans found
	LastGain   int   // iteration of the last of them
	Moves      int64 // judged: places for a visit, moves of two
	Start, End Score
}

// Solve improves start until the budget is spent. It returns a plan that keeps
// every hard rule and scores no worse than start, whose routes are first cut down
// to what the rules allow. The zero Plan starts from nothing. Given iterations or
// NoGain only, the result depends on nothing but the arguments and the state of
// rng. Faults: ErrPlan.
func Solve(ctx context.Context, p *Problem, start Plan, b Budget, rng *rand.Rand) (Plan, Stats, error) {
	plan, err := Repair(p, start)
	if err != nil {
		return Plan{}, Stats{}, err
	}
	if b.Iterations == 0 && b.NoGain == 0 && b.Progress == nil && !b.OnlyContext {
		b.Iterations = defaultIterations
	}
	d := driver{budget: b, search: newSearch(p, plan, rng)}
	d.halted = func() bool { return ctx.Err() != nil }
	d.search.stop = d.enough
	d.search.prepare()
	d.share = 1
	if p.uniform() {
		d.stock, d.breeds = p.stock()
	}
	if d.breeds {
		d.share = ruinMost
	}
	d.stats.Start = d.search.score
	d.warmUp()
	d.run()
	if d.breeds && !d.over && d.score.Lost > 0 {
		d.press()
	}
	switch {
	case !d.breeds || d.over:
	case d.score.Lost == 0:
		d.breed()
	default: // a brood knows only whole plans
		d.share, d.breeds = 1, false
		d.run()
	}
	d.stats.End = d.score
	d.stats.Moves += d.search.judged
	return d.best, d.stats, nil
}

// driver runs a search and remembers the best plan.
type driver struct {
	halted func() bool // the caller has given up
	budget Budget
	search *search
	heat   cooling
	best   Plan
	score  Score
	stats  Stats
	part   int     // of the budget, for recall
	share  float64 // of the budget, for ruin and recreate
	breeds bool    // the rest is for a brood
	stock  *stock  // for the brood
	done   float64 // of the budget
	over   bool    // the budget is spent
	rough  bool    // no descent has been made from the best plan
	rested int     // iteration from which on a better plan is worth a descent
	told   int     // iterations that Watch knows of
}

// warmUp fills the plan and descends once.
func (d *driver) warmUp() {
	s := d.search
	s.plan(&d.best)
	d.score = s.score
	s.open()
	s.construct(d.enough)
	d.hurry()
	s.descend(d.enough)
	if d.score.Less(s.score) {
		s.revert()
	}
	d.keep()
	d.heat = newCooling(s)
}

// hurry puts in at once what is missing where the time was over before there was a first
// plan: whoever allows too little of it is given a rough plan, and not none. Only the
// caller ends that.
func (d *driver) hurry() {
	s := d.search
	if len(s.missing) == 0 || d.halted() || !d.enough() {
		return
	}
	s.stop, s.stopped, s.thorough = d.halted, false, true
	s.recreate()
	s.stop, s.stopped, s.thorough = d.enough, true, false
}

// run ruins and recreates until the budget is spent.
func (d *driver) run() {
	s := d.search
	if len(s.at) == 0 {
		return
	}
	for ; !d.spent() && d.done < d.share; d.stats.Iterations++ {
		s.open()
		s.ruin()
		s.recreate()
		taken := d.heat.takes(s, d.score, 1-s.rng.Float64())
		if !taken {
			s.revert()
		}
		d.heat.watch(s.score, d.score)
		if d.stats.Iterations%insistEach == 0 {
			s.insist(d.score.Lost > 0 && d.heat.cooled < insistUntil)
		}
		if !taken {
			continue
		}
		d.stats.Accepted++
		if s.score.Less(d.score) {
			if d.rough = d.stats.Iterations < d.rested && d.done < restUntil; !d.rough {
				d.polish()
			}
			d.keep()
			d.stats.Gains++
			d.stats.LastGain = d.stats.Iterations
		}
		if d.rough && d.done >= restUntil {
			d.refine()
		}
	}
	if d.rough {
		d.refine()
	}
}

// refine makes up for a descent from the best plan, which is then the plan in hand.
func (d *driver) refine() {
	d.search.load(d.best)
	d.search.open()
	d.polish()
	d.keep()
}

// polish descends from the plan in hand, and says when that is worth doing again: as long
// as every few steps find a better plan, they do so sooner than a descent does.
func (d *driver) polish() {
	d.search.descend(d.enough)
	d.rested = d.stats.Iterations + len(d.search.at)*restEach/100
	d.rough = false
}

// keep makes the present plan the best one.
func (d *driver) keep() {
	d.search.plan(&d.best)
	d.score = d.search.score
}

// spent looks at the budget, and now and then at the clock behind it.
func (d *driver) spent() bool {
	b, i := &d.budget, d.stats.Iterations
	idle := i - d.stats.LastGain
	if b.Iterations > 0 && i >= b.Iterations || b.NoGain > 0 && idle >= b.NoGain {
		d.over = true
		return true
	}
	if d.search.stopped {
		d.over = true
		return true
	}
	if i%64 != 0 {
		return false
	}
	d.done = d.progress()
	if b.Watch != nil {
		b.Watch(d.done, i-d.told)
		d.told = i
	}
	d.over = d.done >= 1 || d.halted()
	if d.over {
		return true
	}
	if d.breeds && d.done > 0 && i > 0 {
		d.share = ruinShare(len(d.search.at), i, d.done)
	}
	cooled := b.warm + (1-b.warm)*min(1, d.done/d.share)
	d.heat.set(cooled)
	d.search.heat = d.heat.heat
	d.recall(cooled)
	return false
}

// progress is how much of the budget is spent, 0 to 1; without one it goes round.
func (d *driver) progress() float64 {
	b, i := &d.budget, d.stats.Iterations
	if b.Iterations == 0 && b.NoGain == 0 && b.Progress == nil {
		return float64(i%heatCycle) / heatCycle
	}
	var progress float64
	if b.Iterations > 0 {
		progress = float64(i) / float64(b.Iterations)
	}
	if b.NoGain > 0 {
		progress = max(progress, float64(i-d.stats.LastGain)/float64(b.NoGain))
	}
	if b.Progress != nil {
		progress = max(progress, b.Progress())
	}
	return progress
}

// recall goes back to the best plan, a few times in the second half, when the one
// in hand leaves more urgent work: what remains of the budget is better spent there.
func (d *driver) recall(progress float64) {
	part := int(progress * recallParts)
	if part > d.part && part >= recallParts/2 && d.search.score.Lost > d.score.Lost {
		d.search.load(d.best)
	}
	d.part = part
}

// Repair cuts a plan down to what the rules allow: it keeps the order of each
// route and leaves out what is unknown, served before, forbidden or does not fit
// behind what comes before it. A plan that Check approves comes back unchanged, but
// that linked visits which have no fitting windows yet are appointed where they are.
// Faults: ErrPlan, for a wrong number of routes.
func Repair(p *Problem, plan Plan) (Plan, error) {
	out := p.Empty()
	if plan.Routes == nil {
		return out, nil
	}
	if len(plan.Routes) != len(p.shifts) {
		return Plan{}, ErrPlan.With("routes", len(plan.Routes)).With("shifts", len(p.shifts))
	}
	seen, q := make([]bool, len(p.jobs)), p.appointed(plan)
	for j := range p.jobs {
		seen[j] = p.jobs[j].frozen
	}
	for r, jobs := range plan.Routes {
		for _, j := range jobs {
			if j < 0 || j >= len(p.jobs) || seen[j] {
				continue
			}
			seen[j] = true
			out.Routes[r] = append(out.Routes[r], j)
		}
		q.trim(r, out.Routes)
	}
	out.Appointed = plan.Appointed
	return p.regroup(out), nil
}
