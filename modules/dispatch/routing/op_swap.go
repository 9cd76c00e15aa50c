package routing

// swap exchanges the places of u and v.
type swap struct{ u, v int32 }

// Supports is true for every problem.
func (o *swap) Supports(*Problem) bool { return true }

// Evaluate implements operator.
func (o *swap) Evaluate(s *search, u, v int32) Grain {
	o.u, o.v = u, v
	if !o.keepsPairs(s) {
		return none
	}
	a, b, i, j := s.at[u], s.at[v], int(s.pos[u]), int(s.pos[v])
	if a == b {
		mid := o.inside(s)
		if !s.reorders(a, min(i, j), mid, max(i, j)+1) {
			return none
		}
		c, ok := s.judge(a, min(i, j), mid, a, max(i, j)+1)
		if !ok {
			return none
		}
		return c - s.routes[a].sched
	}
	pu, pv := piece{a, i, i + 1, false}, piece{b, j, j + 1, false}
	eu, mayU := s.transfer(pu, b)
	ev, mayV := s.transfer(pv, a)
	if !mayU || !mayV {
		return none
	}
	if s.sighted && s.dull(eu+ev+o.legs(s)) {
		return none
	}
	ra, rb := s.routes[a], s.routes[b]
	if !s.carries(a, piece{a, 0, i, false}, pv, piece{a, i + 1, len(ra.jobs), false}) ||
		!s.carries(b, piece{b, 0, j, false}, pu, piece{b, j + 1, len(rb.jobs), false}) {
		return none
	}
	s.mid = append(s.mid[:0], pv)
	ca, ok := s.judge(a, i, s.mid, a, i+1)
	if !ok {
		return none
	}
	s.mid = append(s.mid[:0], pu)
	cb, ok := s.judge(b, j, s.mid, b, j+1)
	if !ok {
		return none
	}
	return eu + ev + ca + cb - ra.sched - rb.sched
}

// inside is what lies between the outer ends of a swap within one route.
func (o *swap) inside(s *search) []piece {
	a, i, j := s.at[o.u], int(s.pos[o.u]), int(s.pos[o.v])
	i, j = min(i, j), max(i, j)
	s.mid = append(s.mid[:0], piece{a, j, j + 1, false}, piece{a, i + 1, j, false}, piece{a, i, i + 1, false})
	return s.mid
}

// Apply implements operator.
func (o *swap) Apply(s *search) {
	a, b, i, j := s.at[o.u], s.at[o.v], int(s.pos[o.u]), int(s.pos[o.v])
	if a == b {
		s.sew(0, a, min(i, j), o.inside(s), a, max(i, j)+1)
		s.lay(0, a)
		return
	}
	s.mid = append(s.mid[:0], piece{b, j, j + 1, false})
	s.sew(0, a, i, s.mid, a, i+1)
	s.mid = append(s.mid[:0], piece{a, i, i + 1, false})
	s.sew(1, b, j, s.mid, b, j+1)
	s.lay(0, a)
	s.lay(1, b)
}
