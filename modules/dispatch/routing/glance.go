package routing

// bySight reports whether a route costs what its legs do, preferences aside, so that a
// move is worth no more than its legs say. It is still to be walked: it may break a rule.
func (p *Problem) bySight() bool {
	if p.timed || p.tolled || p.saves && p.tasked {
		return false
	}
	for j := range p.jobs {
		if p.jobs[j].due != Never || p.jobs[j].promise != nil {
			return false
		}
	}
	return true
}

// dull reports whether a move is known, by its legs and what else it changes, not to
// bring what descend looks for.
func (s *search) dull(delta Grain) bool { return s.sighted && delta >= 0 }

// hop is what a leg costs a shift.
func (sh *shift) hop(l leg) Grain {
	return sh.metre*Grain(l.metres) + sh.travel*Grain(l.seconds)
}

// legs is by how much the move changes what the legs of both routes cost, or less than
// that where a route is left empty.
func (m *shiftMove) legs(s *search) Grain {
	a, b := s.routes[m.from], s.routes[m.to]
	if len(a.jobs) == m.length && m.from != m.to {
		return -none
	}
	x, y := &s.p.shifts[m.from], &s.p.shifts[m.to]
	first, last := a.spots[m.i].after, a.spots[m.i+m.length].before
	prev, next, gap := a.spots[m.i].before, a.spots[m.i+m.length].after, &b.spots[m.q]
	sum := x.hop(x.road.leg(prev, next)) - x.hop(a.spots[m.i].hop) - x.hop(a.spots[m.i+m.length].hop)
	for k := m.i + 1; k < m.i+m.length; k++ {
		o := &a.spots[k]
		way := o.hop
		if m.flipped {
			way = y.road.leg(o.after, o.before)
		} else if x.road != y.road {
			way = y.road.leg(o.before, o.after)
		}
		sum += y.hop(way) - x.hop(o.hop)
	}
	if m.flipped {
		first, last = last, first
	}
	return sum + y.hop(y.road.leg(gap.before, first)) + y.hop(y.road.leg(last, gap.after)) - y.hop(gap.hop)
}

// legs is the same for a swap of two visits that do not follow one another.
func (o *swap) legs(s *search) Grain {
	a, b := s.at[o.u], s.at[o.v]
	return s.takesOver(a, int(s.pos[o.u]), s.p.jobs[o.v].site) + s.takesOver(b, int(s.pos[o.v]), s.p.jobs[o.u].site)
}

// takesOver is by how much the legs of a route change when its visit i is at another site.
func (s *search) takesOver(at int32, i int, site int32) Grain {
	sh, in, out := &s.p.shifts[at], &s.routes[at].spots[i], &s.routes[at].spots[i+1]
	return sh.hop(sh.road.leg(in.before, site)) + sh.hop(sh.road.leg(site, out.after)) - sh.hop(in.hop) - sh.hop(out.hop)
}

// legs is the same for an exchange of tails; less than that where a route is left empty or
// the two technicians travel at different prices.
func (o *tailSwap) legs(s *search) Grain {
	x, y, ra, rb := &s.p.shifts[o.a], &s.p.shifts[o.b], s.routes[o.a], s.routes[o.b]
	if x.road != y.road || x.travel != y.travel || x.metre != y.metre || o.i+len(rb.jobs)-o.j == 0 || o.j+len(ra.jobs)-o.i == 0 {
		return -none
	}
	// each tail leads to another home
	cross := func(to *shift, head, tail *route, i, j int) Grain {
		if j == len(tail.jobs) {
			return to.hop(to.road.leg(head.spots[i].before, int32(to.End)))
		}
		end := tail.spots[len(tail.jobs)]
		return to.hop(to.road.leg(head.spots[i].before, tail.spots[j].after)) + to.hop(to.road.leg(end.before, int32(to.End))) - to.hop(end.hop)
	}
	return cross(x, ra, rb, o.i, o.j) + cross(y, rb, ra, o.j, o.i) - x.hop(ra.spots[o.i].hop) - y.hop(rb.spots[o.j].hop)
}
