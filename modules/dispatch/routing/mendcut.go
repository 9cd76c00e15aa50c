package routing

import (
	"math"
	"slices"
)

// cut takes out of a route what it cannot keep: as few jobs as possible, those that
// count least, and among them the last.
func (m *mender) cut(at int32) {
	p := m.s.p
	jobs := m.jobs(at)
	for len(p.checkRoute(int(at), jobs)) > 0 && len(jobs) > m.s.frozen[at] {
		k := m.weakest(at, jobs)
		jobs = slices.Delete(jobs, k, k+1)
	}
	m.lay(at, jobs)
}

// weakest is the job whose leaving makes a route keep the rules, or, when no single
// one does, the one that counts least.
func (m *mender) weakest(at int32, jobs []int) int {
	p, best, heals := m.s.p, -1, false
	for k := len(jobs) - 1; k >= m.s.frozen[at]; k-- {
		less := p.jobs[jobs[k]].lost
		if p.jobs[jobs[k]].role == refill { // others live on it
			less = math.MaxInt64
		}
		if heals && less >= p.jobs[jobs[best]].lost {
			continue
		}
		ok := len(p.checkRoute(int(at), slices.Delete(slices.Clone(jobs), k, k+1))) == 0
		if best < 0 || ok && !heals || ok == heals && less < p.jobs[jobs[best]].lost {
			best, heals = k, ok
		}
	}
	return best
}

// regroup takes out what is linked with a job that has lost its place: a group is
// planned as a whole, and that takes a search.
func (m *mender) regroup() {
	for more := len(m.s.p.groups) > 0; more; {
		more = false
		for _, g := range m.s.p.groups {
			if !m.s.together(g) {
				more = m.withdraw(g) || more
			}
		}
	}
}

// together reports whether a group is whole, and what it is appointed to ensures what
// links it: how long its visits take may have been revised since.
func (s *search) together(g *group) bool {
	windows := make([]Window, len(g.jobs))
	for i, j := range g.jobs {
		if windows[i] = s.tied.only[j]; s.at[j] < 0 || !s.honest(j) {
			return false
		}
	}
	return g.implies(windows)
}

// honest reports whether the window to which a linked job is appointed is one of its own
// still: the job may have been revised since.
func (s *search) honest(j int32) bool {
	w := s.tied.only[j]
	return w.Open <= w.Close && slices.ContainsFunc(s.tied.base[j].windows, func(o Window) bool { return o.Open <= w.Open && w.Close <= o.Close })
}

// withdraw takes a group out of the plan, and whatever then breaks a rule.
func (m *mender) withdraw(g *group) (more bool) {
	for _, j := range g.jobs {
		if at := m.s.at[j]; at >= 0 {
			m.lay(at, slices.DeleteFunc(m.jobs(at), func(v int) bool { return v == int(j) }))
			m.cut(at)
			more = true
		}
		m.s.free(j)
	}
	return more
}
