package routing

import (
	"context"
	"math/rand/v2"
)

// Probe lets the tests drive the search step by step.
type Probe struct{ s *search }

// NewProbe starts a search with a plan.
func NewProbe(p *Problem, plan Plan, rng *rand.Rand) *Probe {
	s := newSearch(p, plan, rng)
	s.prepare()
	return &Probe{s}
}

// Operators is how many moves the problem uses.
func (p *Probe) Operators() int { return len(operators(p.s.p)) }

// Try evaluates one move of two jobs and makes it when it keeps the rules, be it
// for better or worse.
func (p *Probe) Try(op int, u, v int32) (Grain, bool) {
	if u == v || p.s.at[u] < 0 || p.s.at[v] < 0 || p.s.p.jobs[u].frozen || p.s.p.jobs[v].frozen {
		return 0, false
	}
	o := operators(p.s.p)[op]
	p.s.open()
	delta := o.Evaluate(p.s, u, v)
	if delta == none {
		return 0, false
	}
	o.Apply(p.s)
	return delta, true
}

// Best is by how much a missing job makes a route dearer where scan puts it; false when
// it finds no place.
func (p *Probe) Best(at, j int32) (Grain, bool) {
	c := p.s.slotFor(at, j)
	return c.cost, c.cost < none
}

// Ebbs says of every place in a route that is allowed for a missing job, which is no
// shipment, by how much it makes the route dearer at least, and by how much it does.
func (p *Probe) Ebbs(at, j int32, yield func(least, cost Grain)) {
	s, v, sh := p.s, &p.s.p.jobs[j], &p.s.p.shifts[at]
	if !s.p.may.has(int(j), int(at)) || !s.admits(at, j) {
		return
	}
	r := s.routes[at]
	s.deepen(r, sh)
	s.positions(at, j, func(k int, cost Grain) {
		o, rd := &r.spots[k], sh.road
		start := v.enter(rd.arrive(o.ready, rd.leg(o.before, v.site).seconds))
		arrive := rd.arrive(start+s.p.least(sh, v), rd.leg(v.site, o.after).seconds)
		yield(s.least(r, sh, k, v, arrive)+s.p.extra(j, at), cost)
	})
}

// Arrive is when a leg is driven that begins at an instant, and Depart the latest
// beginning of one that is driven by an instant.
func Arrive(speeds []Speed, now, seconds int64) int64 { return newTide(speeds).arrive(now, seconds) }

// Depart is told beside Arrive.
func Depart(speeds []Speed, by, seconds int64) int64 { return newTide(speeds).depart(by, seconds) }

// Glance is what an operator says of a move of two jobs when it looks for gains alone, and
// what it says otherwise.
func (p *Probe) Glance(op int, u, v int32) (hasty, full Grain) {
	if u == v || p.s.at[u] < 0 || p.s.at[v] < 0 || p.s.p.jobs[u].frozen || p.s.p.jobs[v].frozen {
		return none, none
	}
	o := operators(p.s.p)[op]
	p.s.sighted = p.s.p.bySight()
	hasty = o.Evaluate(p.s, u, v)
	p.s.sighted = false
	return hasty, o.Evaluate(p.s, u, v)
}

// SolveByDistricts is SolveWide with districts of so many jobs.
func SolveByDistricts(p *Problem, start Plan, b Budget, workers, jobs int) (Plan, Stats, error) {
	return solveWide(context.Background(), p, start, b, workers, 7, extent{jobs, 1})
}

// ComputedFrom is how many sites there are where travel is computed rather than kept.
const ComputedFrom = computedFrom

// Step ruins and recreates.
func (p *Probe) Step() {
	p.s.open()
	p.s.ruin()
	p.s.recreate()
}

// Construct fills the plan; Descend improves it.
func (p *Probe) Construct() { p.s.open(); p.s.construct(func() bool { return false }) }

// Descend applies improving moves.
func (p *Probe) Descend() { p.s.open(); p.s.descend(func() bool { return false }) }

// Revert takes the last step back.
func (p *Probe) Revert() { p.s.revert() }

// Score is what the search believes.
func (p *Probe) Score() Score { return p.s.score }

// Plan is what the search holds.
func (p *Probe) Plan() Plan {
	var l Plan
	p.s.plan(&l)
	return l
}

// Improve runs Solve for tests that need nothing but a plan.
func Improve(p *Problem, iterations int, seed uint64) Plan {
	l, _, err := Solve(context.Background(), p, Plan{}, Budget{Iterations: iterations}, rand.New(rand.NewPCG(seed, 1)))
	if err != nil {
		panic(err)
	}
	return l
}

// Close lists the jobs that are ruined together with one, nearest first.
func (p *Probe) Close(job int) []int32 { return p.s.close[job] }

// Apart is how far the sites of two jobs are from each other, there and back.
func (p *Probe) Apart(a, b int32) int64 { return p.s.p.apart(p.s.p.jobs[a].site, p.s.p.jobs[b].site) }

// RuinShare is how much of a budget comes before breeding.
var RuinShare = ruinShare

// Press looks for places for what a plan leaves, without ruin before or breeding after.
func Press(p *Problem, plan Plan, seed uint64) (Plan, Score) {
	s := newSearch(p, plan, rand.New(rand.NewPCG(seed, 1)))
	s.prepare()
	d := driver{search: s, budget: Budget{Iterations: 40_000}, share: 1, halted: func() bool { return false }}
	d.stock, d.breeds = p.stock()
	d.keep()
	d.heat = newCooling(s)
	d.press()
	return d.best, d.score
}

// AskedBeside reports whether a question takes no revision.
func AskedBeside(v *View, q Question) bool {
	q.Job.Windows = nil
	_, ok, _ := v.askBeside(&q)
	return ok
}

// Try is Revision.try.
func Try(r *Revision, f func(p *Problem)) error { return r.try(f) }

// Insist lets what is left count more, or all come back to what it counts by itself.
func (p *Probe) Insist(more bool) { p.s.insist(more) }

// Strain is what the search believes that all it leaves counts, and what that adds up to.
func (p *Probe) Strain() (kept, sum int64) {
	for _, j := range p.s.missing {
		sum += int64(p.s.strains[j])
	}
	return p.s.strain, sum
}

// Strains is what leaving a job counts by itself, now, and at most.
func (p *Probe) Strains(j int) (own, now, most int32) {
	own = p.s.p.jobs[j].strain
	return own, p.s.strains[j], insistMost * own
}

// Prefers reports whether a search without any heat would go on from another plan.
func (p *Probe) Prefers(other Plan) bool {
	s := p.s
	s.open()
	heat := newCooling(s)
	back := undo{score: s.score, strain: s.strain}
	s.load(other)
	s.back.score, s.back.strain = back.score, back.strain
	return heat.takes(s, Score{}, 1)
}
