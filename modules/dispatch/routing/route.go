package routing

// route is the search's copy of one route with everything that makes a change
// cheap to judge. All slices but jobs are derived by refresh; indexes count
// positions, position k lying before jobs[k].
type route struct {
	jobs  []int32
	sites []int32 // sites[k] is before position k, sites[k+1] after it
	hops  []leg   // hops[k] leads across position k
	ready []int64 // ready[k] is the earliest departure towards position k
	until []int64 // until[k] is the latest arrival at what is now at position k
	loads []int64 // loads[k*dims+d] is on board for the first k jobs

	heads []seg  // start and the first k jobs (plain problems)
	tails []seg  // jobs from k on, without the way home (plain problems)
	walks []walk // after the first k jobs (other problems)
	deep  bool   // heads, tails or walks are up to date

	sched Grain // what time and way cost
	extra Grain // what preferences and change cost
	stamp int64 // number of the last change
}

func (r *route) cost() Grain { return r.sched + r.extra }

// refresh derives everything from r.jobs.
func (s *search) refresh(at int32) {
	r, sh, p := s.routes[at], &s.p.shifts[at], s.p
	n := len(r.jobs)
	r.sites = append(r.sites[:0], int32(sh.Start))
	for k, j := range r.jobs {
		s.at[j], s.pos[j] = at, int32(k)
		r.sites = append(r.sites, p.jobs[j].site)
	}
	r.sites = append(r.sites, int32(sh.End))
	r.hops = r.hops[:0]
	var travel, metres int64
	for k := range n + 1 {
		l := p.leg(r.sites[k], r.sites[k+1])
		r.hops = append(r.hops, l)
		travel += int64(l.seconds)
		metres += int64(l.metres)
	}
	s.times(r, sh)
	r.deep = false
	r.extra = 0
	if !p.open {
		s.burdens(r, at)
	}
	switch {
	case n == 0:
		r.sched = 0
	case p.plain && !p.timed:
		r.sched = sh.callOut + Grain(travel)*sh.travel + Grain(metres)*sh.metre
	default:
		s.deepen(r, sh)
		r.sched, _ = s.judge(at, n, nil, at, n)
	}
	s.clock++
	r.stamp = s.clock
}

// times fills ready and until. Breaks are left out of until, so that it never
// forbids what is allowed.
func (s *search) times(r *route, sh *shift) {
	n, p := len(r.jobs), s.p
	r.ready = append(r.ready[:0], sh.Open)
	now := sh.Open
	for k, j := range r.jobs {
		v := &p.jobs[j]
		now += int64(r.hops[k].seconds)
		if now <= v.close {
			now = v.enter(now)
		}
		now += v.service
		r.ready = append(r.ready, now)
	}
	if cap(r.until) < n+1 {
		r.until = make([]int64, 2*(n+1))
	}
	r.until = r.until[:n+1]
	last := sh.Close
	r.until[n] = last
	for k := n - 1; k >= 0; k-- {
		v := &p.jobs[r.jobs[k]]
		last = v.latest(last - int64(r.hops[k+1].seconds) - v.service)
		r.until[k] = last
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

// burdens fills loads and extra.
func (s *search) burdens(r *route, at int32) {
	p, d := s.p, s.p.dims
	r.loads = r.loads[:0]
	for range d {
		r.loads = append(r.loads, 0)
	}
	for k, j := range r.jobs {
		load := p.spec.Jobs[j].Load
		for i := range d {
			v := r.loads[k*d+i]
			if i < len(load) {
				v += int64(load[i])
			}
			r.loads = append(r.loads, v)
		}
		if p.jobs[j].extra {
			preference, change := p.extra(j, at)
			r.extra += preference + change
		}
	}
}

// deepen brings heads and tails, or walks, up to date.
func (s *search) deepen(r *route, sh *shift) {
	if r.deep {
		return
	}
	r.deep = true
	p, n := s.p, len(r.jobs)
	if !p.plain {
		w := p.begin(sh)
		r.walks = append(r.walks[:0], w)
		for _, j := range r.jobs {
			p.step(&w, sh, &p.jobs[j])
			r.walks = append(r.walks, w)
		}
		return
	}
	g := startSeg(sh)
	r.heads = append(r.heads[:0], g)
	for _, j := range r.jobs {
		g = p.join(&g, &s.singles[j])
		r.heads = append(r.heads, g)
	}
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
