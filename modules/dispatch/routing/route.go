package routing

// spot is a place between two stops of a route, where a job may be put.
type spot struct {
	ready         int64 // earliest departure towards it
	until         int64 // latest arrival at what comes after it
	hop           leg   // across it
	before, after int32 // sites
}

// route is the search's copy of one route with everything that makes a change
// cheap to judge. All but jobs is derived by refresh or kept up by insert; spot k
// lies before jobs[k].
type route struct {
	jobs  []int32
	spots []spot
	load  []int64 // sum over the jobs, per measure that is one

	heads []seg   // start and the first k jobs (plain problems)
	tails []seg   // jobs from k on, without the way home (plain problems)
	idle  int64   // seconds on duty that are neither way nor work (plain problems)
	walks []walk  // after the first k jobs (other problems)
	loads []int64 // loads[k*dims+d] is on board for the first k jobs
	deep  bool    // heads, tails or walks, and loads are up to date

	fore   []haul  // fore[k*peaks+d] is what the first k jobs do to measure d
	aft    []haul  // and those from k on
	open   []int32 // open[k] is how many shipments are on board before jobs[k]
	stowed bool    // all three are up to date

	sched Grain // what time and way cost
	extra Grain // what preferences and change cost
	stamp int64 // number of the last change; no other content ever has it

	turns []turn // what walks have done, where travel depends on the time
	ebb   ebb    // there, too
}

func (r *route) cost() Grain { return r.sched + r.extra }

// refresh derives everything from r.jobs and reports whether the route keeps the
// rules of time and way.
func (s *search) refresh(at int32) (kept bool) {
	r, sh, p := s.routes[at], &s.p.shifts[at], s.p
	n, rd := len(r.jobs), sh.road
	r.spots = r.spots[:0]
	before := int32(sh.Start)
	var travel, metres int64
	for k := range n + 1 {
		after := int32(sh.End)
		if k < n {
			j := r.jobs[k]
			s.at[j], s.pos[j] = at, int32(k)
			after = p.jobs[j].site
		}
		l := rd.leg(before, after)
		r.spots = append(r.spots, spot{hop: l, before: before, after: after})
		travel += int64(l.seconds)
		metres += int64(l.metres)
		before = after
	}
	r.spots[0].ready, r.spots[n].until = sh.Open, sh.Close
	s.forward(sh, r, 0)
	s.backward(sh, r, n)
	s.burdens(r, at)
	r.deep, r.stowed, kept = false, false, true
	switch {
	case n == 0:
		r.sched = 0
	case p.quick():
		kept = sh.Open+int64(r.spots[0].hop.seconds) <= r.spots[0].until
		r.sched = sh.callOut + Grain(travel)*sh.travel + Grain(metres)*sh.metre
	default:
		r.sched, kept = s.judge(at, n, nil, at, n)
	}
	s.clock++
	r.stamp = s.clock
	return kept
}

// quick reports whether a change costs just the legs that it changes.
func (p *Problem) quick() bool { return p.still && !p.timed && !p.tolled && !p.saves }

// forward brings ready up to date behind spot k, as far as anything changes.
func (s *search) forward(sh *shift, r *route, k int) {
	now, tidal := r.spots[k].ready, sh.road.tide != nil
	for ; k < len(r.jobs); k++ {
		v := &s.p.jobs[r.jobs[k]]
		if !tidal {
			now += int64(r.spots[k].hop.seconds)
		} else {
			now = sh.road.arrive(now, r.spots[k].hop.seconds)
		}
		if now <= v.close {
			now = v.enter(now)
		}
		now += s.p.service(sh, v, r.spots[k].before)
		if r.spots[k+1].ready == now {
			return
		}
		r.spots[k+1].ready = now
	}
}

// backward brings until up to date before spot k, as far as anything changes.
// Breaks and set-ups that may be saved are left out, so that it never forbids what
// is allowed.
func (s *search) backward(sh *shift, r *route, k int) {
	last, tidal := r.spots[k].until, sh.road.tide != nil
	for k--; k >= 0; k-- {
		v := &s.p.jobs[r.jobs[k]]
		if !tidal {
			last -= int64(r.spots[k+1].hop.seconds)
		} else {
			last = sh.road.depart(last, r.spots[k+1].hop.seconds)
		}
		last = v.latest(last - s.p.least(sh, v))
		if r.spots[k].until == last {
			return
		}
		r.spots[k].until = last
	}
}

// latest is the latest start at or before t, or -1.
func (j *job) latest(t int64) int64 {
	for i := len(j.windows) - 1; i >= 0; i-- {
		if j.windows[i].Open <= t {
			return min(t, j.windows[i].Close)
		}
	}
	return -1
}

// insert puts j before position k and keeps up what refresh derives; rise is by
// how much that makes the route dearer, preferences and change aside.
func (s *search) insert(at int32, k int, j int32, rise Grain) {
	r, p, v, sh := s.routes[at], s.p, &s.p.jobs[j], &s.p.shifts[at]
	r.jobs = append(r.jobs, 0)
	copy(r.jobs[k+1:], r.jobs[k:])
	r.jobs[k] = j
	s.at[j] = at
	for i := k; i < len(r.jobs); i++ {
		s.pos[r.jobs[i]] = int32(i)
	}
	r.spots = append(r.spots, spot{})
	copy(r.spots[k+1:], r.spots[k:])
	a, b := &r.spots[k], &r.spots[k+1]
	a.after, a.hop = v.site, sh.road.leg(a.before, v.site)
	b.before, b.hop = v.site, sh.road.leg(v.site, b.after)
	a.until, b.ready = -2, -2 // neither is a value of theirs
	s.forward(sh, r, k)
	s.backward(sh, r, k+1)
	for d, l := range p.load(j) {
		r.load[d] += l
	}
	if v.extra {
		r.extra += p.extra(j, at)
	}
	r.deep, r.stowed = false, false
	r.sched += rise
	s.clock++
	r.stamp = s.clock
}

// burdens sums up load and extra.
func (s *search) burdens(r *route, at int32) {
	p := s.p
	r.extra = 0
	if p.open {
		return
	}
	if r.load == nil {
		r.load = make([]int64, p.dims)
	}
	clear(r.load)
	for _, j := range r.jobs {
		for d, l := range p.load(j) {
			r.load[d] += l
		}
		if p.jobs[j].extra {
			r.extra += p.extra(j, at)
		}
	}
}

// deepen brings heads and tails, or walks, and loads up to date.
func (s *search) deepen(r *route, sh *shift) {
	if r.deep {
		return
	}
	r.deep = true
	p, n := s.p, len(r.jobs)
	s.sumLoads(r)
	if !p.plain {
		s.tread(r, sh)
		return
	}
	g, work := startSeg(sh), int64(0)
	r.heads = append(r.heads[:0], g)
	for _, j := range r.jobs {
		g = p.join(&g, &s.singles[j])
		r.heads = append(r.heads, g)
		work += p.jobs[j].service
	}
	end := endSeg(sh)
	g = p.join(&g, &end)
	r.idle = g.dur - g.travel - work
	if cap(r.tails) < n {
		r.tails = make([]seg, 2*n)
	}
	r.tails = r.tails[:n]
	for k := n - 1; k >= 0; k-- {
		r.tails[k] = s.singles[r.jobs[k]]
		if k+1 < n {
			r.tails[k] = p.join(&r.tails[k], &r.tails[k+1])
		}
	}
}

// tread walks a route and remembers how far it has come after each job. What it has done
// by then is remembered once for all.
func (s *search) tread(r *route, sh *shift) {
	w := s.p.begin(sh)
	r.walks = append(r.walks[:0], w)
	if sh.road.tide != nil {
		s.ebbs(r, sh)
		r.turns = r.turns[:0]
		w.log = &r.turns
	}
	for _, j := range r.jobs {
		s.p.step(&w, sh, &s.p.jobs[j])
		r.walks = append(r.walks, w)
		r.walks[len(r.walks)-1].log = nil // nobody writes there any more
	}
}

func (s *search) sumLoads(r *route) {
	d := s.p.dims
	r.loads = r.loads[:0]
	for range d {
		r.loads = append(r.loads, 0)
	}
	for k, j := range r.jobs {
		for i, l := range s.p.load(j) {
			r.loads = append(r.loads, r.loads[k*d+i]+l)
		}
	}
}
