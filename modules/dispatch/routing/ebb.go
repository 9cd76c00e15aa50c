package routing

// ebb is what a route costs at least wherever something more is put into it, where
// travel depends on the time: it stands in front of walking the route. It looks at the
// ways, each at the greatest speed there is while somebody may be on it, at the work,
// and at overtime until the earliest return.
type ebb struct {
	rates []int64 // spot → the greatest speed between leaving towards it and arriving behind it
	floor Grain   // of the route as it is
}

// ebbs derives the ebb of a route from its spots.
func (s *search) ebbs(r *route, sh *shift) {
	t, e := sh.road.tide, &r.ebb
	e.rates, e.floor = e.rates[:0], sh.callOut
	for k := range r.spots {
		o := &r.spots[k]
		rate := t.fast // where frozen work is late, nothing bounds how late
		if o.ready <= o.until {
			rate = t.quickest(o.ready, o.until)
		}
		e.rates = append(e.rates, rate)
		e.floor += sh.ebbing(o.hop, rate)
	}
	for _, j := range r.jobs {
		e.floor += sh.work * Grain(s.p.least(sh, &s.p.jobs[j]))
	}
	end := &r.spots[len(r.jobs)]
	e.floor += sh.overtime * Grain(max(0, sh.road.arrive(end.ready, end.hop.seconds)-sh.regular))
}

// ebbing is what a leg costs at least, driven no faster than at a rate.
func (sh *shift) ebbing(l leg, rate int64) Grain {
	return (sh.travel+sh.work)*Grain(int64(l.seconds)*usual/rate) + sh.metre*Grain(l.metres)
}

// sooner reports whether somebody comes to what is behind a spot earlier than without
// what was put in before it, on a quick detour: then an ebb says nothing.
func (sh *shift) sooner(o *spot, arrive int64) bool {
	return arrive < sh.road.arrive(o.ready, o.hop.seconds)
}

// least is by how much a route gets dearer at least with v before its k-th job, given
// when that lets somebody arrive behind it.
func (s *search) least(r *route, sh *shift, k int, v *job, arrive int64) Grain {
	o := &r.spots[k]
	if s.p.tolled || s.p.saves || sh.sooner(o, arrive) {
		return -none
	}
	rate, rd := r.ebb.rates[k], sh.road
	return r.ebb.floor - r.sched + sh.work*Grain(s.p.least(sh, v)) +
		sh.ebbing(rd.leg(o.before, v.site), rate) + sh.ebbing(rd.leg(v.site, o.after), rate) - sh.ebbing(o.hop, rate)
}

// mayPay reports whether there is time for v before the k-th job of a route, and whether
// that may cost less than most.
func (s *search) mayPay(r *route, sh *shift, k int, v *job, most Grain) bool {
	o, rd := &r.spots[k], sh.road
	start := v.enter(rd.arrive(o.ready, rd.leg(o.before, v.site).seconds))
	arrive := rd.arrive(start+s.p.least(sh, v), rd.leg(v.site, o.after).seconds)
	return arrive <= o.until && s.least(r, sh, k, v, arrive) < most
}

// least is by how much the route gets dearer at least with x before a and y before b,
// where that fits.
func (t *pairing) least(a, b int) Grain {
	p, sh, r := t.s.p, t.sh, t.r
	o, e := &r.spots[a], &r.spots[b]
	if p.tolled || p.saves || t.sooner || sh.sooner(e, t.behind) {
		return -none
	}
	rd, x, y := sh.road, &p.jobs[t.x], &p.jobs[t.y]
	rate, next := r.ebb.rates[a], r.ebb.rates[b]
	sum := r.ebb.floor - r.sched + sh.work*Grain(p.least(sh, x)+p.least(sh, y)) +
		sh.ebbing(rd.leg(o.before, x.site), rate) + sh.ebbing(rd.leg(y.site, e.after), next) - sh.ebbing(o.hop, rate)
	if a == b {
		return sum + sh.ebbing(rd.leg(x.site, y.site), rate)
	}
	return sum + sh.ebbing(rd.leg(x.site, o.after), rate) + sh.ebbing(rd.leg(e.before, y.site), next) - sh.ebbing(e.hop, next)
}
