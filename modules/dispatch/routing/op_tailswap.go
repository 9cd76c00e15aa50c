package routing

// tailSwap exchanges the ends of two routes so that v follows u (2-opt*, Potvin
// and Rousseau 1995).
type tailSwap struct {
	a, b int32
	i, j int // the first jobs of the exchanged tails
}

// Supports asks for a second route.
func (o *tailSwap) Supports(p *Problem) bool { return len(p.shifts) > 1 }

// Evaluate implements operator.
func (o *tailSwap) Evaluate(s *search, u, v int32) Grain {
	o.a, o.b, o.i, o.j = s.at[u], s.at[v], int(s.pos[u])+1, int(s.pos[v])
	if o.a == o.b || o.i < s.frozen[o.a] || o.j < s.frozen[o.b] || s.across(o.a, o.i) || s.across(o.b, o.j) {
		return none
	}
	ra, rb := s.routes[o.a], s.routes[o.b]
	ta, tb := piece{o.a, o.i, len(ra.jobs), false}, piece{o.b, o.j, len(rb.jobs), false}
	ea, mayA := s.transfer(ta, o.b)
	eb, mayB := s.transfer(tb, o.a)
	if !mayA || !mayB || s.sighted && s.dull(ea+eb+o.legs(s)) {
		return none
	}
	if !s.carries(o.a, piece{o.a, 0, o.i, false}, tb) || !s.carries(o.b, piece{o.b, 0, o.j, false}, ta) {
		return none
	}
	ca, ok := s.judge(o.a, o.i, nil, o.b, o.j)
	if !ok {
		return none
	}
	cb, ok := s.judge(o.b, o.j, nil, o.a, o.i)
	if !ok {
		return none
	}
	return ca + cb + ea + eb - ra.sched - rb.sched
}

// Apply implements operator.
func (o *tailSwap) Apply(s *search) {
	s.sew(0, o.a, o.i, nil, o.b, o.j)
	s.sew(1, o.b, o.j, nil, o.a, o.i)
	s.lay(0, o.a)
	s.lay(1, o.b)
}
