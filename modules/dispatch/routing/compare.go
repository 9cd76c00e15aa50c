package routing

// Spot is where a plan has a job.
type Spot struct {
	Technician, Shift int // Any when the job is not served
	Start             int64
}

// Change is what became of one job between two plans.
type Change struct {
	Job     int
	Was, Is Spot
	Set     int // the changes that hang together, of Comparison.Sets

	// Back is the first rule that would block the job alone in the shift where it was,
	// and More, when none does, by how much the plan would be dearer with it there, or
	// without it where it was not served, its price and its urgency aside. Both are
	// nothing where only the start has changed, and for refills.
	Back Rule
	More Grain
}

// Comparison is what lies between two plans of one problem.
type Comparison struct {
	Changes []Change // by job
	Sets    []Grain  // by how much each set of changes makes the plan dearer; they add up to all of it
}

// Compare tells two plans that Check approves apart: which jobs have another
// technician, shift or start, are served now or no longer, and what that costs.
// Changes that meet in a route make one set, because what one of them costs by
// itself cannot be told.
func Compare(p *Problem, was, is Plan) Comparison {
	var c Comparison
	old, now := p.spots(was), p.spots(is)
	sets := newSets(len(p.shifts) + len(p.jobs)) // of routes and, behind them, unserved jobs
	for j := range p.jobs {
		if old[j] == now[j] {
			continue
		}
		c.Changes = append(c.Changes, p.change(j, old[j], now[j], is))
		sets.join(p.set(j, old[j]), p.set(j, now[j]))
	}
	names := map[int]int{} // root → set
	name := func(x int, cost Grain) int {
		root := sets.root(x)
		if _, ok := names[root]; !ok {
			names[root] = len(c.Sets)
			c.Sets = append(c.Sets, 0)
		}
		c.Sets[names[root]] += cost
		return names[root]
	}
	for i := range c.Changes {
		v := &c.Changes[i]
		var price Grain
		if (v.Was.Technician == Any) != (v.Is.Technician == Any) {
			price = p.jobs[v.Job].price
		}
		if v.Was.Technician == Any {
			price = -price
		}
		v.Set = name(p.set(v.Job, v.Is), price)
	}
	before, after := p.appointed(was), p.appointed(is)
	for r := range p.shifts {
		if d := after.routeCost(r, is.Routes[r]) - before.routeCost(r, was.Routes[r]); d != 0 {
			name(r, d)
		}
	}
	return c
}

// set numbers what a change touches.
func (p *Problem) set(job int, s Spot) int {
	if s.Technician == Any {
		return len(p.shifts) + job
	}
	return p.Route(s.Technician, s.Shift)
}

// spots tells of each job where a plan has it.
func (p *Problem) spots(plan Plan) []Spot {
	out := make([]Spot, len(p.jobs))
	for j := range out {
		out[j] = Spot{Any, Any, Any}
	}
	for r, s := range Timetable(p, plan) {
		technician, shift := p.Owner(r)
		for _, stop := range s.Stops {
			out[stop.Job] = Spot{technician, shift, stop.Start}
		}
	}
	return out
}

// change asks what would be if a job alone went back.
func (p *Problem) change(job int, was, is Spot, plan Plan) Change {
	c := Change{Job: job, Was: was, Is: is}
	if was.Technician == is.Technician && was.Shift == is.Shift || p.jobs[job].frozen || p.jobs[job].role == refill {
		return c
	}
	rest, q := p.withoutAll(plan, job), p.appointed(plan)
	if is.Technician != Any {
		r := p.Route(is.Technician, is.Shift)
		c.More = q.routeCost(r, rest.Routes[r]) - q.routeCost(r, plan.Routes[r])
	}
	if was.Technician == Any {
		return c
	}
	s := newSearch(p, rest, nil)
	if p.jobs[job].linked && !s.besides(int32(job)) { // its partners have left
		c.Back, c.More = RuleLink, 0
		return c
	}
	where, rule := s.cheapestIn(int32(p.Route(was.Technician, was.Shift)), p.booked(job))
	if c.Back = rule; rule != RuleNone {
		c.More = 0
		return c
	}
	c.More += where.cost
	return c
}

// sets are disjoint sets of numbers.
type sets []int

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func (s sets) root(x int) int {
	for s[x] != x {
		s[x] = s[s[x]]
		x = s[x]
	}
	return x
}

func (s sets) join(a, b int) { s[s.root(a)] = s.root(b) }
