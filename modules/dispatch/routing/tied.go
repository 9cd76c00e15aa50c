package routing

import (
	"cmp"
	"slices"
)

// tied is what a search keeps of linked jobs. A linked job that is in a route has
// one window, the appointed one; one that is missing has those of the problem.
type tied struct {
	base []job    // as the problem has them
	only []Window // job → its appointed window
	back []Appointed
	t    joint
}

func newTied(p *Problem) *tied {
	t := &tied{base: p.jobs, only: make([]Window, len(p.jobs))}
	most := 0
	for _, g := range p.groups {
		most = max(most, len(g.jobs))
	}
	t.t.make(most)
	return t
}

// limit gives a linked job one window.
func (s *search) limit(j int32, w Window) {
	v, t := &s.p.jobs[j], s.tied
	t.only[j] = w
	v.windows, v.open, v.close = t.only[j:j+1], w.Open, w.Close
	if s.p.plain {
		s.singles[j] = single(v)
	}
}

// free gives a linked job back the windows of the problem.
func (s *search) free(j int32) {
	v, b := &s.p.jobs[j], &s.tied.base[j]
	v.windows, v.open, v.close = b.windows, b.open, b.close
}

// remember notes the window of a linked job that leaves its route, for revert.
func (s *search) remember(j int32) {
	w := s.tied.only[j]
	s.tied.back = append(s.tied.back, Appointed{int(j), w.Open, w.Close})
	s.free(j)
}

// loadTied appoints what a plan does, before its routes are loaded.
func (s *search) loadTied(plan Plan) {
	for _, g := range s.p.groups {
		for _, j := range g.jobs {
			s.free(j)
		}
	}
	for _, a := range s.p.appoint(plan).Appointed {
		s.limit(int32(a.Job), Window{a.Open, a.Close})
	}
	s.tied.back = s.tied.back[:0]
}

// revertTied takes back what a step has done to windows. Routes and s.missing are
// as they were.
func (s *search) revertTied() {
	for _, j := range s.missing {
		if s.p.jobs[j].linked {
			s.free(j)
		}
	}
	for i := len(s.tied.back) - 1; i >= 0; i-- {
		a := s.tied.back[i]
		s.limit(int32(a.Job), Window{a.Open, a.Close})
	}
	s.tied.back = s.tied.back[:0]
}

// planTied writes the appointments down.
func (s *search) planTied(into *Plan) {
	into.Appointed = into.Appointed[:0]
	for j := range s.at {
		if s.at[j] >= 0 && s.p.jobs[j].linked {
			w := s.tied.only[j]
			into.Appointed = append(into.Appointed, Appointed{j, w.Open, w.Close})
		}
	}
	if len(into.Appointed) == 0 {
		into.Appointed = nil
	}
}

// untie drops the partners of every linked job that is missing, from the i-th
// missing one on, and reports whether there were any.
func (s *search) untie(i int) (more bool) {
	if s.tied == nil {
		return false
	}
	for ; i < len(s.missing); i++ {
		g := s.p.group(s.missing[i])
		if g == nil {
			continue
		}
		for _, j := range g.jobs {
			if at := s.at[j]; at >= 0 {
				s.touch(at)
				s.drop(j)
				more = true
			}
		}
	}
	return more
}

// crewed reports whether the technician of a route may do job j, as far as the
// technicians of its partners say.
func (s *search) crewed(at, j int32) bool {
	g, who := s.p.group(j), s.p.shifts[at].technician
	if g == nil {
		return true
	}
	n, i := len(g.jobs), g.member(j)
	for k, v := range g.jobs {
		crew := g.crew[i*n+k]
		if crew == AnyCrew || s.at[v] < 0 || k == i {
			continue
		}
		if (s.p.shifts[s.at[v]].technician == who) != (crew == SameCrew) {
			return false
		}
	}
	return true
}

// besides leaves of the windows of a missing linked job what its partners' windows
// allow whatever they start; false when one of them is missing.
func (s *search) besides(j int32) bool {
	g := s.p.group(j)
	n, i := len(g.jobs), g.member(j)
	w := Window{0, Never}
	for k, v := range g.jobs {
		if k == i {
			continue
		}
		if s.at[v] < 0 {
			return false
		}
		o := s.tied.only[v]
		if gap := g.gap[k*n+i]; gap < Never {
			w.Close = min(w.Close, o.Open+gap)
		}
		if gap := g.gap[i*n+k]; gap < Never {
			w.Open = max(w.Open, o.Close-gap)
		}
	}
	s.p.jobs[j].within(w)
	return true
}

// apart lists the groups that are missing, the urgent first.
func (s *search) apart() []*group {
	var out []*group
	for _, g := range s.p.groups {
		if s.at[g.jobs[0]] < 0 {
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(a, b *group) int { return cmp.Compare(s.p.jobs[b.jobs[0]].rank, s.p.jobs[a.jobs[0]].rank) })
	return out
}

// joins puts the next group in when it is as urgent as the i-th missing job, or
// when there is no such job, and reports whether it has tried one.
func (t *regretTable) joins(i int) bool {
	s := t.s
	if len(t.groups) == 0 || i >= 0 && s.p.jobs[t.groups[0].jobs[0]].rank < s.p.jobs[s.missing[i]].rank {
		return false
	}
	g := t.groups[0]
	t.groups = t.groups[1:]
	if s.join(g.jobs[0]) {
		for _, j := range g.jobs {
			t.update(s.at[j])
		}
		t.opened()
	}
	return true
}

// tiedBlock says what keeps a missing linked job from a shift that could do it
// alone: this asks for places for its whole group.
func (s *search) tiedBlock(j, at int32) Rule {
	t, g := &s.tied.t, s.p.group(j)
	switch {
	case !t.seek(s, j, at, true):
		return RuleLink
	case g.lost == 0 && t.cost >= g.price:
		return RulePrice
	default:
		return RuleNone
	}
}
