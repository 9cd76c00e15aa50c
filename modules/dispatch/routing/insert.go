package routing

import (
	"cmp"
	"slices"
)

// Option is one place in a plan where a job fits without moving anything else.
type Option struct {
	Technician, Shift int   // Shift counts within the technician
	Route, Position   int   // where in the plan: before what is there now
	Window            int   // of the job as the search sees it: pins and parts applied
	Earliest, Latest  int64 // starts with which every other visit still keeps its windows
	Delivery          int   // of a shipment whose pickup comes there: where its delivery comes best, with the pickup in the plan; otherwise 0
	Cost              Grain // by how much the plan gets dearer, the price of leaving the job aside
}

// Insert lists every technician, shift, position and window in which a job fits
// into a plan, cheapest first. A job that the plan serves is taken out first. The
// plan must be one that Check approves; a slot that is offered stays good as long
// as the plan does not change. Of a shipment both halves go in, and the option is
// the pickup's. A linked job goes where its partners' appointments
// leave room, and nowhere without them; in its new place it is to be appointed.
func Insert(p *Problem, plan Plan, job int) []Option {
	if job < 0 || job >= len(p.jobs) || p.jobs[job].frozen || p.jobs[job].role == refill {
		return nil
	}
	plan = without(plan, job)
	if mate := p.jobs[job].mate; mate != Any {
		plan = without(plan, int(mate))
		if p.jobs[job].role == delivery {
			job = int(mate)
		}
	}
	s := newSearch(p, plan, nil)
	if p.jobs[job].linked && !s.besides(int32(job)) {
		return nil
	}
	var out []Option
	for at := range s.routes {
		if s.admits(int32(at), int32(job)) && p.may.has(job, at) && s.crewed(int32(at), int32(job)) {
			out = append(out, s.options(int32(at), int32(job))...)
		}
	}
	slices.SortStableFunc(out, func(a, b Option) int {
		return cmp.Or(cmp.Compare(a.Cost, b.Cost), cmp.Compare(a.Earliest, b.Earliest))
	})
	return out
}

// without is a plan less one job.
func without(plan Plan, job int) Plan {
	out := plan.Clone()
	for i, r := range out.Routes {
		out.Routes[i] = slices.DeleteFunc(r, func(j int) bool { return j == job })
	}
	return out
}

// options tries every position of one route.
func (s *search) options(at, j int32) []Option {
	r, v := s.routes[at], &s.p.jobs[j]
	technician, shift := s.p.Owner(int(at))
	extra := s.p.extra(j, at)
	if v.mate != Any {
		extra += s.p.extra(v.mate, at)
	}
	t := newTrial(s, at, j)
	s.stow(r)
	var out []Option
	for k := s.frozen[at]; k <= len(r.jobs); k++ {
		if r.spots[k].ready > v.close || r.spots[k].until < v.open+s.p.least(t.sh, v) || v.mate == Any && !s.holds(r, t.sh, k, j) {
			continue
		}
		for i, w := range v.windows {
			cost, ok := t.best(k, w)
			if !ok {
				continue
			}
			o := Option{
				Technician: technician, Shift: shift, Route: int(at), Position: k, Window: i,
				Delivery: t.delivery, Cost: cost - r.sched + extra,
			}
			if o.Earliest, o.Latest, ok = t.starts(k, w); ok {
				out = append(out, o)
			}
		}
	}
	return out
}

// trial walks one route with one more job in it.
type trial struct {
	s        *search
	sh       *shift
	r        *route
	at, j    int32
	job      job  // a copy whose window is set for each try
	mate     *job // the second half of a shipment, or nil,
	delivery int  // and where it comes, with the first in the route
	walks    []walk
	only     [1]Window
	started  int64 // when the job starts in the last try
}

func newTrial(s *search, at, j int32) *trial {
	t := &trial{s: s, sh: &s.p.shifts[at], r: s.routes[at], at: at, j: j, job: s.p.jobs[j]}
	if t.job.mate != Any {
		t.mate = &s.p.jobs[t.job.mate]
	}
	if !s.p.plain {
		s.deepen(t.r, t.sh)
		t.walks = t.r.walks
		return t
	}
	w := s.p.begin(t.sh)
	t.walks = append(t.walks, w)
	for _, i := range t.r.jobs {
		s.p.step(&w, t.sh, &s.p.jobs[i])
		t.walks = append(t.walks, w)
	}
	return t
}

// try prices the route with the job before position k, started within w.
func (t *trial) try(k int, w Window) (Grain, bool) {
	t.only[0] = w
	t.job.windows, t.job.open, t.job.close = t.only[:], w.Open, w.Close
	at := t.s.resume(t.sh, t.r, &t.walks[k])
	service := t.s.p.service(t.sh, &t.job, at.site)
	t.s.p.step(&at, t.sh, &t.job)
	if at.broken {
		return none, false
	}
	t.started = at.now - service
	if t.mate != nil {
		for ; k < t.delivery-1; k++ {
			t.s.p.step(&at, t.sh, &t.s.p.jobs[t.r.jobs[k]])
		}
		t.s.p.step(&at, t.sh, t.mate)
	}
	return t.s.judgeWalk(t.sh, &at, nil, t.r.jobs[k:], 1)
}

// best is try; a delivery goes where that is cheapest.
func (t *trial) best(k int, w Window) (Grain, bool) {
	if t.mate == nil {
		return t.try(k, w)
	}
	cost, where := none, 0
	for b := k; b <= len(t.r.jobs); b++ {
		t.delivery = b + 1
		if !t.s.bearsPair(t.at, t.j, k, b) {
			continue
		}
		if c, ok := t.try(k, w); ok && c < cost {
			cost, where = c, t.delivery
		}
	}
	t.delivery = where
	return cost, where > 0
}

// starts narrows a window that fits to its first and last start that fit; false when
// the visit can be fixed at none.
func (t *trial) starts(k int, w Window) (first, last int64, ok bool) {
	w.Open, w.Close = max(w.Open, t.sh.Open), min(w.Close, t.sh.Close)
	if t.sh.road.tide != nil && !t.steady() { // how far the start is put off matters, too
		return t.exactly(k, w, w.Open, w.Close)
	}
	low, high := w.Open, w.Close
	for low < high { // the least x such that [open, x] fits
		mid := low + (high-low)/2
		if _, ok := t.try(k, Window{w.Open, mid}); ok {
			high = mid
		} else {
			low = mid + 1
		}
	}
	first = low
	low, high = first, w.Close
	for low < high { // the greatest x such that [x, close] fits
		mid := low + (high-low+1)/2
		if _, ok := t.try(k, Window{mid, w.Close}); ok {
			low = mid
		} else {
			high = mid - 1
		}
	}
	if !t.steady() {
		return t.exactly(k, w, first, low)
	}
	return first, low, true
}

// steady reports whether all starts between two with which the route fits fit, too.
func (t *trial) steady() bool {
	limited := t.sh.maxWork < Never || t.sh.maxTravel < Never
	return len(t.sh.Breaks) == 0 && (t.sh.road.tide == nil || !limited)
}

// fixable reports whether the visit, for which the last try has found a place in w, can
// be fixed at some start; see exactly.
func (t *trial) fixable(k int, w Window) bool {
	if t.steady() {
		return true
	}
	if _, ok := t.try(k, Window{t.started, t.started}); ok {
		return true
	}
	_, _, ok := t.starts(k, w)
	return ok
}

// exactly narrows a stretch further to starts at which the visit can be fixed: where
// somebody waits for it, a break may come to lie in the waiting, and a later one be
// missed for that.
func (t *trial) exactly(k int, w Window, first, last int64) (int64, int64, bool) {
	fixed := func(x int64) bool {
		_, ok := t.try(k, Window{x, x})
		return ok
	}
	if _, ok := t.try(k, Window{first, last}); !ok {
		first, last = w.Open, w.Close
	}
	tries := append([]int64{first, last, t.started}, t.turns(k)...)
	if t.sh.road.tide != nil {
		put, _ := t.start(k, Window{first, last})
		tries = append(tries, put)
	}
	for _, good := range tries {
		if good = min(max(good, first), last); fixed(good) {
			return edge(good, first, fixed), edge(good, last, fixed), true
		}
	}
	return first, last, false
}

// turns are the starts of a visit before position k around which the breaks before it
// come to lie elsewhere: as somebody arrives, and as each break in the waiting ends.
func (t *trial) turns(k int) []int64 {
	at := &t.walks[k]
	now := t.sh.road.arrive(at.now, t.sh.road.leg(at.site, t.job.site).seconds)
	out := []int64{now}
	for i := int(at.rest); i < len(t.sh.Breaks); i++ {
		b := &t.sh.Breaks[i]
		start, until := b.enter(now)
		if start > until {
			break
		}
		now = start + b.Length
		out = append(out, now-1, now)
	}
	return out
}

// edge goes from a start that is good towards another one, as far as all seem good.
func edge(good, to int64, fixed func(int64) bool) int64 {
	for good != to && !fixed(to) {
		if mid := good + (to-good)/2; mid != good && fixed(mid) {
			good = mid
		} else if to = mid; mid == good {
			break
		}
	}
	return to
}
