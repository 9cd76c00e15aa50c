package routing

import (
	"cmp"
	"slices"
)

// exchange is a way to make room: a run of jobs goes out of a route for another job.
type exchange struct {
	at, from, to int32
	lost         int64 // what the run counts
	cost         Grain
}

// swap makes room for a job by moving a run of others elsewhere, when they all find a
// place there.
func (m *mender) swap(j int32, run int) bool {
	for _, c := range m.chances(j, run, false) {
		if m.trade(j, c) {
			return true
		}
	}
	return false
}

// displace puts a job in the place of others that count less, a few if that will do, and
// returns those.
func (m *mender) displace(j int32) []int32 {
	for run := 1; run <= mendRun; run++ {
		for _, c := range m.chances(j, run, true) {
			old := m.s.routes[c.at]
			if m.enter(j, c) != nil {
				m.stirred = true
				return slices.Clone(old.jobs[c.from:c.to])
			}
		}
	}
	return m.clear(j)
}

// clear puts a job into the route where that is cheapest once everything that counts less
// is out of it, and returns what that is: most of it will find its way back.
func (m *mender) clear(j int32) []int32 {
	var put []int
	var out []int32
	cost, at := none, int32(-1)
	for r := range m.s.routes {
		if !m.meets(int32(r), j) || m.s.p.jobs[j].mate != Any {
			continue
		}
		old := m.s.routes[r]
		less := m.lower(int32(r), j)
		if len(less) == 0 {
			continue
		}
		m.lay(int32(r), slices.DeleteFunc(m.jobs(int32(r)), func(k int) bool { return slices.Contains(less, int32(k)) }))
		if m.s.admits(int32(r), j) && len(m.s.p.checkRoute(r, m.jobs(int32(r)))) == 0 {
			if where := m.s.scan(int32(r), j); where.cost < cost {
				cost, at, out = where.cost, int32(r), less
				put = m.with(int32(r), where, j)
			}
		}
		m.restore(int32(r), old)
	}
	if at < 0 {
		return nil
	}
	m.lay(at, put)
	m.stirred = true
	return out
}

// lower lists what counts less than a job in a route, and may leave it.
func (m *mender) lower(at, j int32) (out []int32) {
	v := m.s.p.jobs
	var sum int64
	for _, k := range m.s.routes[at].jobs[m.s.frozen[at]:] {
		if v[k].lost < v[j].lost && v[k].mate == Any && !v[k].linked && v[k].role != refill && sum+v[k].lost < v[j].lost {
			out, sum = append(out, k), sum+v[k].lost
		}
	}
	return out
}

// chances lists the exchanges that may do, the best first: the least that counts for
// less when that is asked for, then the cheapest.
func (m *mender) chances(j int32, run int, less bool) []exchange {
	m.list = m.list[:0]
	for r := range m.s.routes {
		if m.meets(int32(r), j) {
			m.collect(int32(r), j, run, less)
		}
	}
	slices.SortStableFunc(m.list, func(a, b exchange) int {
		if less && a.lost != b.lost {
			return cmp.Compare(a.lost, b.lost)
		}
		return cmp.Compare(a.cost, b.cost)
	})
	return slices.Clone(m.list[:min(len(m.list), mendTrials)])
}

// collect adds the chances of one route: runs in whose gap there is time for j.
func (m *mender) collect(at, j int32, run int, less bool) {
	s, p, v := m.s, m.s.p, &m.s.p.jobs[j]
	if v.mate != Any {
		return
	}
	r, sh := s.routes[at], &p.shifts[at]
	for from := s.frozen[at]; from+run <= len(r.jobs); from++ {
		c := exchange{at: at, from: int32(from), to: int32(from + run)}
		bound := false
		for _, e := range r.jobs[from : from+run] {
			c.lost += p.jobs[e].lost
			bound = bound || p.jobs[e].mate != Any || p.jobs[e].linked || p.jobs[e].role == refill
		}
		if bound || less && c.lost >= v.lost {
			continue
		}
		before, after := &r.spots[from], &r.spots[from+run]
		in, out := sh.road.leg(before.before, v.site), sh.road.leg(v.site, after.after)
		start := v.enter(sh.road.arrive(before.ready, in.seconds))
		if sh.road.arrive(start+p.least(sh, v), out.seconds) > after.until {
			continue
		}
		c.cost = sh.metre*(Grain(in.metres)+Grain(out.metres)) + sh.travel*(Grain(in.seconds)+Grain(out.seconds)) + p.extra(j, at)
		m.list = append(m.list, c)
	}
}

// enter carries out an exchange, if the rules allow it, and returns the old route.
func (m *mender) enter(j int32, c exchange) *route {
	jobs := m.jobs(c.at)
	old := m.lay(c.at, slices.Delete(jobs, int(c.from), int(c.to)))
	if m.s.admits(c.at, j) && len(m.s.p.checkRoute(int(c.at), m.jobs(c.at))) == 0 {
		if where := m.s.scan(c.at, j); where.cost < none {
			m.put(c.at, where, j)
			return old
		}
	}
	m.restore(c.at, old)
	return nil
}

// trade carries out an exchange if what goes out finds a place elsewhere.
func (m *mender) trade(j int32, c exchange) bool {
	old := m.enter(j, c)
	if old == nil {
		return false
	}
	type kept struct {
		at int32
		r  *route
	}
	back := []kept{{c.at, old}}
	for _, e := range old.jobs[c.from:c.to] {
		at, where := m.best(e)
		if where.cost == none {
			for _, b := range slices.Backward(back) {
				m.restore(b.at, b.r)
			}
			return false
		}
		back = append(back, kept{at, m.s.routes[at]})
		m.put(at, where, e)
	}
	return true
}
