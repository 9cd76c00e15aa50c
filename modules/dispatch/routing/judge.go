package routing

// piece is jobs[from:to] of a route, in reverse order when flipped.
type piece struct {
	route    int32
	from, to int
	flipped  bool
}

// judge prices the route that shift at would have: its own first keep jobs, the
// pieces, then the jobs of route tail from position from on. It reports false
// when that breaks a rule of time. Preferences, loads and persons are not asked
// here; see transfer and carries.
func (s *search) judge(at int32, keep int, mid []piece, tail int32, from int) (Grain, bool) {
	p, sh, r, t := s.p, &s.p.shifts[at], s.routes[at], s.routes[tail]
	s.deepen(r, sh)
	count := keep + len(t.jobs) - from
	if !p.plain {
		w := &r.walks[keep]
		if p.tidal {
			v := s.resume(sh, r, w)
			w = &v
		}
		return s.judgeWalk(sh, w, mid, t.jobs[from:], count)
	}
	s.deepen(t, &p.shifts[tail])
	g := r.heads[keep]
	for _, m := range mid {
		jobs := s.routes[m.route].jobs
		count += m.to - m.from
		for i := range m.to - m.from {
			g = p.join(&g, &s.singles[jobs[m.index(i)]])
		}
	}
	if from < len(t.jobs) {
		g = p.join(&g, &t.tails[from])
	}
	if count == 0 {
		return 0, true
	}
	end := endSeg(sh)
	g = p.join(&g, &end)
	return sh.priceSeg(&g)
}

func (m *piece) index(i int) int {
	if m.flipped {
		return m.to - 1 - i
	}
	return m.from + i
}

// judgeWalk goes the changed part of the way on foot.
func (s *search) judgeWalk(sh *shift, start *walk, mid []piece, rest []int32, count int) (Grain, bool) {
	p, w := s.p, *start
	for _, m := range mid {
		jobs := s.routes[m.route].jobs
		count += m.to - m.from
		for i := range m.to - m.from {
			p.step(&w, sh, &p.jobs[jobs[m.index(i)]])
		}
	}
	for _, j := range rest {
		p.step(&w, sh, &p.jobs[j])
	}
	if count == 0 {
		return 0, true
	}
	leave, ok := p.finish(&w, sh)
	return sh.price(&w, leave), ok
}

// transfer is by how much preferences and change cost more when the jobs of a
// piece go to route to; false when one of them may not.
func (s *search) transfer(m piece, to int32) (Grain, bool) {
	if s.p.open {
		return 0, true
	}
	var sum Grain
	for _, j := range s.routes[m.route].jobs[m.from:m.to] {
		if !s.p.may.has(int(j), int(to)) || s.p.jobs[j].linked && !s.crewed(to, j) {
			return 0, false
		}
		if s.p.jobs[j].extra {
			sum += s.p.extra(j, to) - s.p.extra(j, m.route)
		}
	}
	return sum, true
}

// carries reports whether the van of shift at has enough for some pieces in this order.
func (s *search) carries(at int32, pieces ...piece) bool {
	if len(s.p.peaks) > 0 && !s.bears(at, pieces) {
		return false
	}
	d := s.p.dims
	if d == 0 {
		return true
	}
	for _, m := range pieces {
		s.deepen(s.routes[m.route], &s.p.shifts[m.route])
	}
	for i := range d {
		var sum int64
		for _, m := range pieces {
			loads := s.routes[m.route].loads
			sum += loads[m.to*d+i] - loads[m.from*d+i]
		}
		if sum > s.p.shifts[at].room[i] {
			return false
		}
	}
	return true
}
