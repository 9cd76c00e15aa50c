package routing

import (
	"cmp"
	"slices"
)

// relaxTries is how many places are carried out for one rule before it counts as
// one that does not help; what look lets through nearly always keeps the others.
const relaxTries = 200

// look walks a route with the job before each position while a rule is loose.
func (x *relaxer) look(at int, l *loose) {
	q, s, r := x.q, x.s, x.s.routes[at]
	if !x.carries(at, l) {
		return
	}
	s.stow(r)
	w := q.begin(&l.sh)
	w.log = &x.log
	for k := 0; k <= len(r.jobs); k++ {
		if k >= s.frozen[at] && s.holds(r, &l.sh, k, int32(x.job)) {
			x.walk(at, k, l, w)
		}
		if k < len(r.jobs) {
			q.step(&w, &l.sh, &q.jobs[r.jobs[k]])
		}
	}
}

// walk goes on from position k, with the job.
func (x *relaxer) walk(at, k int, l *loose, w walk) {
	q := x.q
	q.step(&w, &l.sh, &l.job)
	if w.broken {
		return
	}
	start := x.log[w.turns-1].start
	for _, j := range x.s.routes[at].jobs[k:] {
		q.step(&w, &l.sh, &q.jobs[j])
	}
	leave, ok := q.finish(&w, &l.sh)
	if !ok {
		return
	}
	c := chance{loose: l, at: at, k: k, cost: l.sh.price(&w, leave) + q.extra(int32(x.job), int32(at)), end: w.now, duty: w.now - leave, travel: w.travel, metres: w.metres}
	c.cost -= x.s.routes[at].sched
	switch l.rule {
	case RuleWindow:
		c.ask = start
	case RulePart:
		c.ask = -start
	case RuleShift, RuleWork, RuleTravel, RuleDistance, RuleJobs:
		if c.ask = c.beyond(&x.q.shifts[at], x.visits(at)+1); c.ask <= 0 {
			return // fits as it is
		}
	default: // gives way or does not
	}
	x.found = append(x.found, c)
}

// visits is how many visits a route has.
func (x *relaxer) visits(at int) (n int) {
	for _, j := range x.s.routes[at].jobs {
		n += b2i(x.q.jobs[j].role != refill)
	}
	return n
}

// beyond is by how much a chance exceeds what its loose rule says of a shift.
func (c *chance) beyond(sh *shift, visits int) int64 {
	switch c.rule {
	case RuleShift:
		return c.end - sh.Close
	case RuleWork:
		return c.duty - sh.maxWork
	case RuleTravel:
		return c.travel - sh.maxTravel
	case RuleDistance:
		return c.metres - sh.maxMetres
	case RuleJobs:
		return int64(visits) - left(int64(sh.MaxJobs), int64(sh.Spent.Jobs))
	default:
		return 0
	}
}

// carries reports whether the van has room for the job, and the shift for a visit.
func (x *relaxer) carries(at int, l *loose) bool {
	load := x.q.load(int32(x.job))
	for d, m := range x.q.sums {
		if (m.kind != visits || l.rule != RuleJobs) && x.s.routes[at].load[d]+load[d] > l.sh.room[d] {
			return false
		}
	}
	return true
}

// byRule sorts what was found by rule.
func (x *relaxer) byRule() [][]chance {
	lists := map[Rule][]chance{}
	for _, c := range x.found {
		lists[c.rule] = append(lists[c.rule], c)
	}
	var out [][]chance
	for _, r := range order {
		if len(lists[r]) > 0 {
			out = append(out, lists[r])
		}
	}
	return out
}

// settle carries out the cheapest chance of a rule, and the one that asks least.
func (x *relaxer) settle(list []chance) {
	slices.SortStableFunc(list, func(a, b chance) int { return cmp.Compare(a.cost, b.cost) })
	cheapest, ok := x.first(list, false)
	if !ok {
		return
	}
	slices.SortStableFunc(list, func(a, b chance) int { return cmp.Or(cmp.Compare(a.ask, b.ask), cmp.Compare(a.cost, b.cost)) })
	x.out = append(x.out, cheapest)
	least, ok := x.first(list, true)
	if ok && (least.By < cheapest.By || least.Rule == RuleWindow && least.Start < cheapest.Start) {
		x.out = append(x.out, least)
	}
}

// first carries out the first chance that keeps every other rule; early starts the
// job in another window as early as can be.
func (x *relaxer) first(list []chance, early bool) (Relaxation, bool) {
	for _, c := range list[:min(len(list), relaxTries)] {
		if early && c.rule == RuleWindow {
			l := *c.loose
			l.job.windows, c.loose = []Window{{c.ask, c.ask}}, &l
		}
		if r, ok := x.do(&c); ok {
			return r, true
		}
	}
	return Relaxation{}, false
}

// do makes the rule give way by just as much as a chance asks, and checks the route.
func (x *relaxer) do(c *chance) (Relaxation, bool) {
	q, j := x.q, x.job
	jobs := slices.Insert(slices.Clone(x.plan.Routes[c.at]), c.k, j)
	wasJob, wasShift, mayNot := q.jobs[j], q.shifts[c.at], !q.may.has(j, c.at)
	before := q.routeCost(c.at, x.plan.Routes[c.at])
	defer func() {
		q.jobs[j], q.shifts[c.at] = wasJob, wasShift
		if mayNot {
			q.may.clear(j, c.at)
		}
	}()
	q.may.set(j, c.at)
	q.jobs[j], q.shifts[c.at] = c.job, c.exact(q.visits(jobs))
	start := q.startOf(c.at, jobs, j)
	r := Relaxation{Rule: c.rule, Start: start, Moved: Any, By: c.beyond(&wasShift, q.visits(jobs))}
	switch c.rule {
	case RuleWindow:
		q.jobs[j].windows = []Window{{start, start}}
		if r.By = away(x.spec.Windows, start); r.By == 0 {
			return Relaxation{}, false // fits as it is
		}
	case RulePart:
		q.jobs[j].windows = windowsFrom(x.spec, start)
		if r.By = x.spec.PartsFrom - start; r.By <= 0 {
			return Relaxation{}, false
		}
	default:
	}
	if c.rule == RuleShift && !x.certified(c.at) || len(q.checkRoute(c.at, jobs)) > 0 || q.startOf(c.at, jobs, j) != start {
		return Relaxation{}, false
	}
	r.Technician, r.Shift = q.Owner(c.at)
	r.Cost = q.routeCost(c.at, jobs) - before
	if v := &wasJob; c.rule == RuleNone && v.lost == 0 && r.Cost >= v.price {
		r.Rule, r.By = RulePrice, int64(r.Cost-v.price)/perMinor+1
	}
	r.Plan = x.plan.Clone()
	r.Plan.Routes[c.at] = jobs
	return r, true
}

// exact is the shift when its rule gives way by just as much as needed.
func (c *chance) exact(visits int) shift {
	sh := c.sh
	switch c.rule {
	case RuleShift:
		sh.Close = c.end
	case RuleWork:
		sh.maxWork = c.duty
	case RuleTravel:
		sh.maxTravel = c.travel
	case RuleDistance:
		sh.maxMetres = c.metres
	case RuleJobs:
		sh.MaxJobs = visits + sh.Spent.Jobs
	default:
	}
	return sh
}

// certified reports whether the certificates for what a route serves cover a shift
// that ends later.
func (x *relaxer) certified(at int) bool {
	return !slices.ContainsFunc(append([]int{x.job}, x.plan.Routes[at]...), func(j int) bool {
		return !x.q.jobs[j].frozen && x.q.personal(j, at) != RuleNone
	})
}

// windowsFrom is when a job may start if its part comes at an instant.
func windowsFrom(spec *Job, from int64) []Window {
	v := *spec
	v.PartsFrom = from
	return windowsOf(&v, false)
}

// away is how far an instant is from the nearest window.
func away(windows []Window, at int64) int64 {
	best := Never
	for _, w := range windows {
		best = min(best, max(0, w.Open-at, at-w.Close))
	}
	return best
}

// routeCost is what a route costs, everything included.
func (p *Problem) routeCost(r int, jobs []int) Grain {
	var b Bill
	if len(jobs) > 0 {
		b.addRoute(p, r, jobs)
	}
	return b.Total()
}

// startOf is when the timetable of a route starts one of its jobs.
func (p *Problem) startOf(r int, jobs []int, job int) int64 {
	for _, s := range p.schedule(r, jobs).Stops {
		if s.Job == job {
			return s.Start
		}
	}
	return Any
}
