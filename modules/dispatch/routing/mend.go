package routing

import (
	"cmp"
	"slices"
)

const (
	mendTrials = 20 // exchanges tried for one job that finds no place
	mendRun    = 2  // most jobs that give way to one
	mendExtra  = 64 // jobs unserved before that are tried again
	mendMost   = 64 // jobs that make others give way; beyond, they stay unserved
	mendPasses = 3
)

// Mend makes a plan of a revised problem that keeps every rule, at once: routes that
// do not keep them any more are cut, and what has lost its place, or is new, gets one.
// Where there is none, a job that can go elsewhere makes room, or one that counts less
// gives way; so what is pinned, frozen or promised is given up only when none of that
// helps. All else stays where it is. plan may be any plan of p; its routes are first
// put behind what is frozen. The same arguments give the same plan. lost are the jobs
// whose place could not be kept, be there another one or not, and the new ones.
func (v *View) Mend(p *Problem, plan Plan) (next *View, lost []int) {
	s, changed := v.follow(p, p.cleared(plan))
	m := mender{s: s, old: v}
	for _, at := range changed {
		m.cut(at)
	}
	m.regroup()
	must, may := m.homeless(plan)
	for _, j := range must {
		lost = append(lost, int(j))
	}
	left := m.house(must)
	for _, j := range may[:min(len(may), mendExtra)] {
		m.settle(j)
	}
	m.retry(left)
	return s.view(m.plan()), lost
}

// Fill gives every job without a place one, as Mend does: a first plan, made quickly.
func (v *View) Fill() *View {
	s, _ := v.follow(v.s.p, v.plan)
	m := mender{s: s, old: v}
	must, may := m.homeless(Plan{})
	m.house(m.queue(append(must, may...)))
	return s.view(m.plan())
}

// house finds a place for jobs, whatever it takes, and returns those that have none. What
// has moved for one may leave room for another that was refused before.
func (m *mender) house(jobs []int32) []int32 {
	for range mendPasses {
		m.stirred = false
		if jobs = m.pass(jobs); len(jobs) == 0 || !m.stirred {
			break
		}
	}
	return m.retry(jobs)
}

// retry puts in what fits by now, and returns what does not: a visit may be the way to
// another one, save it its set-up, or have a rest come elsewhere.
func (m *mender) retry(jobs []int32) []int32 {
	for n := -1; n != len(jobs); {
		n = len(jobs)
		jobs = slices.DeleteFunc(jobs, func(j int32) bool { return m.s.at[j] >= 0 || m.settle(j) })
	}
	return jobs
}

// pass tries every job once and returns those that are left.
func (m *mender) pass(jobs []int32) (left []int32) {
	for len(jobs) > 0 {
		j := jobs[0]
		jobs = jobs[1:]
		if m.s.at[j] >= 0 || m.settle(j) {
			continue
		}
		if m.s.p.jobs[j].lost > 0 && m.hard < mendMost {
			m.hard++
			if m.stirred = m.swap(j, 1) || m.swap(j, mendRun) || m.stirred; m.s.at[j] >= 0 {
				continue
			}
			jobs = m.queue(append(jobs, m.displace(j)...))
		}
		if m.s.at[j] < 0 {
			left = append(left, j)
		}
	}
	return left
}

// cleared is a plan without what its routes must not have, behind what is frozen.
func (p *Problem) cleared(plan Plan) Plan {
	out := p.Empty()
	out.Appointed = plan.Appointed
	seen := make([]bool, len(p.jobs))
	for j := range p.jobs {
		seen[j] = p.jobs[j].frozen
	}
	for r, jobs := range plan.Routes {
		for _, j := range jobs {
			if j >= 0 && j < len(p.jobs) && !seen[j] && p.may.has(j, r) {
				seen[j] = true
				out.Routes[r] = append(out.Routes[r], j)
			}
		}
	}
	return out
}

// mender is a Mend under way.
type mender struct {
	s    *search
	old  *View
	list []exchange // scratch

	hard    int  // jobs that found no place by themselves
	stirred bool // something has moved, or left, for another
}

// jobs is a copy of a route's jobs.
func (m *mender) jobs(at int32) []int {
	var out []int
	for _, j := range m.s.routes[at].jobs {
		out = append(out, int(j))
	}
	return out
}

// lay replaces a route and returns the old one, which stays as it was.
func (m *mender) lay(at int32, jobs []int) *route {
	old := m.s.routes[at]
	m.lift(at)
	m.s.lay32(at, jobs)
	return old
}

// lift forgets where the jobs of a route are.
func (m *mender) lift(at int32) {
	for _, j := range m.s.routes[at].jobs {
		if m.s.at[j] == at {
			m.s.at[j] = -1
		}
	}
}

// restore puts an old route back.
func (m *mender) restore(at int32, old *route) {
	m.lift(at)
	m.s.routes[at] = old
	m.s.seat(at)
}

// homeless lists the jobs without a place: those that had one, are new or firm, and the
// others.
func (m *mender) homeless(plan Plan) (must, may []int32) {
	p := m.s.p
	had := make([]bool, len(p.jobs))
	for _, r := range plan.Routes {
		for _, j := range r {
			if j >= 0 && j < len(had) {
				had[j] = true
			}
		}
	}
	for j := range m.s.at {
		if m.s.at[j] >= 0 || p.jobs[j].retired || p.jobs[j].linked || p.jobs[j].role == delivery || p.jobs[j].role == refill {
			continue
		}
		if _, served := m.old.Served(j); served || had[j] || j >= len(m.old.s.at) || p.past.jobs[j] || p.Firm(j) {
			must = append(must, int32(j))
		} else {
			may = append(may, int32(j))
		}
	}
	return m.queue(must), m.queue(may)
}

// queue orders jobs by how much they count, then by how little time they leave.
func (m *mender) queue(jobs []int32) []int32 {
	v := m.s.p.jobs
	slices.SortStableFunc(jobs, func(a, b int32) int {
		return cmp.Or(cmp.Compare(v[b].lost, v[a].lost), cmp.Compare(v[a].close, v[b].close), cmp.Compare(a, b))
	})
	return jobs
}

// settle puts a job where that is cheapest and moves nothing else.
func (m *mender) settle(j int32) bool {
	at, where := m.best(j)
	if v := &m.s.p.jobs[j]; where.cost == none || v.lost == 0 && where.cost >= v.price {
		return false
	}
	m.put(at, where, j)
	return true
}

// put inserts a job where scan found a place.
func (m *mender) put(at int32, where slot, j int32) { m.lay(at, m.with(at, where, j)) }

// with is a route with a job where scan found a place: a shipment with both halves, a
// job that needs it behind its refill.
func (m *mender) with(at int32, where slot, j int32) []int {
	jobs := slices.Insert(m.jobs(at), int(where.k), int(j))
	switch mate := m.s.p.jobs[j].mate; {
	case where.also == 0:
	case mate != Any:
		jobs = slices.Insert(jobs, int(where.also), int(mate))
	default:
		_, stop := m.s.opens(at, j, none)
		jobs[where.k] = int(stop)
		jobs = slices.Insert(jobs, int(where.also), int(j))
	}
	return jobs
}

// best is the cheapest place for a job, of equals the one in the earliest shift.
func (m *mender) best(j int32) (at int32, best slot) {
	best.cost = none
	v := m.s.p.shifts
	for r := range m.s.routes {
		if !m.meets(int32(r), j) || !m.s.admits(int32(r), j) {
			continue
		}
		if c := m.s.scan(int32(r), j); c.cost < best.cost || c.cost == best.cost && c.cost < none && v[r].Open < v[at].Open {
			at, best = int32(r), c
		}
	}
	return at, best
}

// meets reports whether a shift is on when the job may be done.
func (m *mender) meets(at, j int32) bool {
	sh, v := &m.s.p.shifts[at], &m.s.p.jobs[j]
	return v.open <= sh.Close && v.close >= sh.Open && m.s.p.may.has(int(j), int(at))
}

// plan is what the search holds; routes that did not change are those of the old plan.
func (m *mender) plan() Plan {
	out := Plan{Routes: make([][]int, len(m.s.routes))}
	for k, r := range m.s.routes {
		if k < len(m.old.s.routes) && r == m.old.s.routes[k] {
			out.Routes[k] = m.old.plan.Routes[k]
		} else {
			out.Routes[k] = m.jobs(int32(k))
		}
	}
	if m.s.tied != nil {
		m.s.planTied(&out)
	}
	return out
}
