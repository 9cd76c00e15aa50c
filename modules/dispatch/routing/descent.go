package routing

// operator is one kind of move around two neighbouring jobs that both are in
// routes. Evaluate says by how much the best move of its kind changes the cost,
// or none when no such move keeps the rules; Apply then makes that move.
type operator interface {
	Supports(p *Problem) bool
	Evaluate(s *search, u, v int32) Grain
	Apply(s *search)
}

// operators returns the moves that a problem can use, cheap ones first.
func operators(p *Problem) []operator {
	var out []operator
	for _, o := range []operator{&relocate{}, &swap{}, &tailSwap{}, &orOpt{}} {
		if o.Supports(p) {
			out = append(out, o)
		}
	}
	return out
}

// descend applies improving moves until none is left among near jobs. It looks
// only at pairs of which a route has changed since the job was last looked at.
func (s *search) descend(halt func() bool) {
	if s.seen == nil {
		s.seen = make([]int64, len(s.at))
		s.ops, s.sight = operators(s.p), s.p.bySight()
	}
	s.sighted = s.sight
	defer func() { s.sighted = false }()
	for better := true; better; {
		better = false
		for j := range s.at {
			if s.at[j] < 0 || s.p.jobs[j].frozen {
				continue
			}
			if halt() {
				return
			}
			better = s.improve(int32(j)) || better
		}
	}
}

// improve tries every move of u with its neighbours.
func (s *search) improve(u int32) bool {
	last, better := s.seen[u], false
	s.seen[u] = s.clock
	for _, v := range s.near[u] {
		if s.at[v] < 0 || s.p.jobs[v].frozen {
			continue
		}
		if s.routes[s.at[u]].stamp <= last && s.routes[s.at[v]].stamp <= last {
			continue
		}
		s.judged += int64(len(s.ops))
		for _, o := range s.ops {
			if o.Evaluate(s, u, v) < 0 {
				o.Apply(s)
				better = true
			}
		}
	}
	return better
}

// sew replaces the jobs of a route by its first keep jobs, the pieces and the
// jobs of route tail from position from on, all as they were before the step; it
// leaves the result in a scratch for lay.
func (s *search) sew(scratch int, at int32, keep int, mid []piece, tail int32, from int) {
	b := s.buf[scratch][:0]
	b = append(b, s.routes[at].jobs[:keep]...)
	for _, m := range mid {
		for i := range m.to - m.from {
			b = append(b, s.routes[m.route].jobs[m.index(i)])
		}
	}
	s.buf[scratch] = append(b, s.routes[tail].jobs[from:]...)
}

// lay puts what sew has made into a route.
func (s *search) lay(scratch int, at int32) {
	r := s.touch(at)
	r.jobs = append(r.jobs[:0], s.buf[scratch]...)
	s.settle(at)
}
