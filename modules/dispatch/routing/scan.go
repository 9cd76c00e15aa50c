package routing

// slot is a position in a route and what it costs to put a certain job there.
type slot struct {
	stamp int64 // of the route as it was judged
	cost  Grain // preferences and change included; none when it does not fit
	k     int32
	also  int32 // of a second job that comes behind, with the first in its place; 0 without one
}

// slotCells is the most job × route slots that are remembered.
const slotCells = 8 << 20

// lookup is look with a memory: most routes are as they were when the job was
// last tried there.
func (s *search) lookup(at, j int32) slot {
	if s.slots == nil {
		return s.look(at, j)
	}
	c := &s.slots[int(j)*len(s.routes)+int(at)]
	if c.stamp != s.routes[at].stamp {
		*c = s.look(at, j)
	}
	return *c
}

// look is scan where person and van are right for j.
func (s *search) look(at, j int32) slot {
	if !s.admits(at, j) {
		return slot{stamp: s.routes[at].stamp, cost: none}
	}
	return s.scan(at, j)
}

// scan finds the best position for j in a route. It passes over positions whose
// legs and work alone cost more than the best one so far, unless a shift that moves out of
// the night could make up for them; where a detour can be quicker than the direct
// way, that may hide a cheaper position, never the only one.
func (s *search) scan(at, j int32) slot { return s.scanBelow(at, j, none) }

// scanBelow is scan for a position that costs less than a bound.
func (s *search) scanBelow(at, j int32, bound Grain) slot {
	p, r, sh, v := s.p, s.routes[at], &s.p.shifts[at], &s.p.jobs[j]
	if v.mate != Any {
		return s.scanTwo(at, j, v.mate, none)
	}
	best := slot{stamp: r.stamp, cost: bound, k: -1}
	work := s.hourly(r, sh)
	var extra Grain
	if v.extra {
		extra = p.extra(j, at)
	}
	quick, bounded, tidal := p.quick(), !sh.nightly && !p.tolled, sh.road.tide != nil
	if tidal {
		bounded = false
		s.deepen(r, sh)
	}
	if len(r.jobs) == 0 && quick {
		hop := r.spots[0].hop // which an empty route does not travel
		extra += sh.callOut + sh.metre*Grain(hop.metres) + sh.travel*Grain(hop.seconds)
	}
	service, rd := p.least(sh, v), sh.road
	earliest, last := v.open+service, v.close
	var to []leg
	if rd.way == nil {
		to = rd.legs[int(v.site)*rd.stride:][:p.n]
	}
	first := s.frozen[at]
	s.work += len(r.spots)
	s.judged += int64(len(r.spots))
	peaked, cramped := len(p.items[j]) > 0, false
	restocks := peaked && len(sh.stops) > 0 && !v.linked
	if peaked {
		s.stow(r)
	}
	for k := range r.spots[first:] {
		o := &r.spots[first+k]
		if o.ready > last {
			break
		}
		if o.until < earliest {
			continue
		}
		if restocks && !s.holds(r, sh, first+k, j) { // which a refill may help, on another way as well
			cramped = true
			continue
		}
		var in, out leg
		if to != nil {
			in, out = rd.back[int(o.before)*rd.backStep+int(v.site)*rd.backRow], to[o.after]
		} else {
			in, out = rd.way(o.before, v.site), rd.way(v.site, o.after)
		}
		longer := Grain(in.seconds) + Grain(out.seconds) - Grain(o.hop.seconds)
		c := extra + sh.metre*(Grain(in.metres)+Grain(out.metres)-Grain(o.hop.metres)) + sh.travel*longer
		if work > 0 {
			c += work * (longer + Grain(v.service-r.idle))
		}
		if c >= best.cost && bounded {
			continue
		}
		if !tidal && v.enter(o.ready+int64(in.seconds))+service+int64(out.seconds) > o.until {
			continue
		}
		if tidal && !s.mayPay(r, sh, first+k, v, best.cost-extra) {
			continue
		}
		if peaked && !restocks && !s.holds(r, sh, first+k, j) {
			continue
		}
		if !quick {
			whole, ok := s.judgeOne(at, first+k, j)
			c = extra + whole - r.sched
			if !ok || c >= best.cost {
				continue
			}
		}
		best.cost, best.k = c, int32(first+k)
	}
	if cramped {
		if c, _ := s.opens(at, j, best.cost); c.cost < best.cost {
			return c
		}
	}
	if best.k < 0 {
		best.cost, best.k = none, 0
	}
	return best
}

// hourly is the price of a second on duty where it may serve to bound what a change
// costs: the time that a route takes is at least its way and its work. Otherwise it is
// nothing.
func (s *search) hourly(r *route, sh *shift) Grain {
	if !s.p.plain || s.p.quick() || sh.work == 0 || sh.minimum > 0 || len(r.jobs) == 0 {
		return 0
	}
	s.deepen(r, sh)
	return sh.work
}

// judgeOne prices a route with j before position k.
func (s *search) judgeOne(at int32, k int, j int32) (Grain, bool) {
	p, r, sh := s.p, s.routes[at], &s.p.shifts[at]
	s.deepen(r, sh)
	if !p.plain {
		w := s.resume(sh, r, &r.walks[k])
		p.step(&w, sh, &p.jobs[j])
		return s.judgeWalk(sh, &w, nil, r.jobs[k:], len(r.jobs)+1)
	}
	g := p.join(&r.heads[k], &s.singles[j])
	if k < len(r.jobs) {
		g = p.join(&g, &r.tails[k])
	}
	end := endSeg(sh)
	g = p.join(&g, &end)
	return sh.priceSeg(&g)
}
