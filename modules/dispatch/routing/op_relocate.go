package routing

// shiftMove takes length jobs from a route and puts them elsewhere; relocate and
// orOpt are made of it.
type shiftMove struct {
	from, to int32
	i, q     int // first job taken, position before which it goes
	length   int
	flipped  bool
}

// evaluate prices the move; q counts in the route as it is.
func (m *shiftMove) evaluate(s *search) Grain {
	a, b := s.routes[m.from], s.routes[m.to]
	cut := piece{m.from, m.i, m.i + m.length, m.flipped}
	if m.from == m.to {
		if s.sighted && s.dull(m.legs(s)) {
			return none
		}
		keep, tail, mid := m.inside(s)
		if !s.reorders(m.from, keep, mid, tail) {
			return none
		}
		c, ok := s.judge(m.from, keep, mid, m.from, tail)
		if !ok {
			return none
		}
		return c - a.sched
	}
	extra, may := s.transfer(cut, m.to)
	if !may || s.sighted && s.dull(extra+m.legs(s)) || !s.carries(m.to, piece{m.to, 0, m.q, false}, cut, piece{m.to, m.q, len(b.jobs), false}) {
		return none
	}
	ca, ok := s.judge(m.from, m.i, nil, m.from, m.i+m.length)
	if !ok {
		return none
	}
	delta := extra + ca - a.sched
	s.mid = append(s.mid[:0], cut)
	cb, ok := s.judge(m.to, m.q, s.mid, m.to, m.q)
	if !ok {
		return none
	}
	return delta + cb - b.sched
}

// inside describes the move within one route.
func (m *shiftMove) inside(s *search) (keep, tail int, mid []piece) {
	cut := piece{m.from, m.i, m.i + m.length, m.flipped}
	if m.q <= m.i {
		s.mid = append(s.mid[:0], cut, piece{m.from, m.q, m.i, false})
		return m.q, m.i + m.length, s.mid
	}
	s.mid = append(s.mid[:0], piece{m.from, m.i + m.length, m.q, false}, cut)
	return m.i, m.q, s.mid
}

func (m *shiftMove) apply(s *search) {
	if m.from == m.to {
		keep, tail, mid := m.inside(s)
		s.sew(0, m.from, keep, mid, m.from, tail)
		s.lay(0, m.from)
		return
	}
	s.mid = append(s.mid[:0], piece{m.from, m.i, m.i + m.length, m.flipped})
	s.sew(0, m.from, m.i, nil, m.from, m.i+m.length)
	s.sew(1, m.to, m.q, s.mid, m.to, m.q)
	s.lay(0, m.from)
	s.lay(1, m.to)
}

// possible reports whether the move names free positions and changes anything.
func (m *shiftMove) possible(s *search) bool {
	a, b := s.routes[m.from], s.routes[m.to]
	if m.i < s.frozen[m.from] || m.i+m.length > len(a.jobs) || m.q < s.frozen[m.to] || m.q > len(b.jobs) {
		return false
	}
	return (m.from != m.to || m.q < m.i || m.q > m.i+m.length) && m.keepsPairs(s)
}

// relocate puts u right after or right before v.
type relocate struct{ best shiftMove }

// Supports is true for every problem.
func (o *relocate) Supports(*Problem) bool { return true }

// Evaluate implements operator.
func (o *relocate) Evaluate(s *search, u, v int32) Grain {
	cost := none
	for after := range 2 {
		m := shiftMove{from: s.at[u], to: s.at[v], i: int(s.pos[u]), q: int(s.pos[v]) + after, length: 1}
		if !m.possible(s) {
			continue
		}
		if c := m.evaluate(s); c < cost {
			cost, o.best = c, m
		}
	}
	return cost
}

// Apply implements operator.
func (o *relocate) Apply(s *search) { o.best.apply(s) }
