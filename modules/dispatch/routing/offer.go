package routing

import (
	"cmp"
	"slices"
	"sort"
)

// Offer is the best place for a job in one window.
type Offer struct {
	Window            int // in the list that was asked about
	Technician, Shift int // Shift counts within the technician
	Route, Position   int // where in the plan: before what is there now
	Start             int64
	Earliest, Latest  int64 // starts with which every other visit still keeps its windows
	Late              int64 // seconds after the job's due time at Start
	Cost              Grain // by how much the plan gets dearer
	Second            int   // the next best technician, or Any
	SecondCost        Grain
}

// Offers finds for each window the cheapest place for a job that the plan does not
// serve, moving nothing else, and what the next best technician would cost. p is the
// view's problem or one revised from it by adding the job, which has no windows of its
// own. Windows without a place are left out.
func (v *View) Offers(p *Problem, job int, windows []Window) []Offer {
	s, _ := v.follow(p, v.plan)
	return s.offers(int32(job), windows)
}

func (s *search) offers(j int32, windows []Window) []Offer {
	b := bids{s: s, j: j, windows: windows, best: make([]Offer, len(windows))}
	b.index()
	for at := range s.routes {
		b.ask(int32(at))
	}
	return b.offers()
}

// bids collects the best places of all windows.
type bids struct {
	s       *search
	j       int32
	windows []Window
	order   []int   // windows by their opening
	closes  []int64 // the latest close of a window and those before it in order
	best    []Offer
}

// index puts the windows in order, cut to when the part is there.
func (b *bids) index() {
	from := b.s.p.spec.Jobs[b.j].PartsFrom
	b.windows = slices.Clone(b.windows)
	for i := range b.windows {
		b.best[i] = Offer{Window: i, Technician: Any, Second: Any, Cost: none, SecondCost: none}
		b.windows[i].Open = max(b.windows[i].Open, from)
		if b.windows[i].Open <= b.windows[i].Close {
			b.order = append(b.order, i)
		}
	}
	slices.SortStableFunc(b.order, func(x, y int) int { return cmp.Compare(b.windows[x].Open, b.windows[y].Open) })
	last := int64(-1)
	for _, i := range b.order {
		last = max(last, b.windows[i].Close)
		b.closes = append(b.closes, last)
	}
}

// during lists the windows that a shift overlaps, and maybe some more.
func (b *bids) during(sh *shift) []int {
	from := sort.Search(len(b.order), func(i int) bool { return b.closes[i] >= sh.Open })
	to := from + sort.Search(len(b.order)-from, func(i int) bool { return b.windows[b.order[from+i]].Open > sh.Close })
	return b.order[from:to]
}

// ask tries every position of one route.
func (b *bids) ask(at int32) {
	s, p, j := b.s, b.s.p, b.j
	sh, r, v := &p.shifts[at], s.routes[at], &p.jobs[j]
	during := b.during(sh)
	if len(during) == 0 || !s.admits(at, j) || !p.may.has(int(j), int(at)) {
		return
	}
	extra, rd, bounded := p.extra(j, at), sh.road, !sh.nightly && !p.tolled && !p.saves
	s.stow(r)
	if rd.tide != nil {
		s.deepen(r, sh)
	}
	var t *trial
	for k := s.frozen[at]; k <= len(r.jobs); k++ {
		o := &r.spots[k]
		in, out := rd.leg(o.before, v.site), rd.leg(v.site, o.after)
		arrive, leave := rd.arrive(o.ready, in.seconds), rd.depart(o.until, out.seconds)-p.least(sh, v)
		least := extra + sh.metre*(Grain(in.metres)+Grain(out.metres)-Grain(o.hop.metres)) +
			sh.travel*(Grain(in.seconds)+Grain(out.seconds)-Grain(o.hop.seconds))
		if rd.tide != nil {
			bounded = true
			least = extra + s.least(r, sh, k, v, rd.arrive(v.enter(arrive)+p.least(sh, v), out.seconds))
		}
		for _, i := range during {
			w := b.windows[i]
			if arrive > w.Close || max(arrive, w.Open) > leave || bounded && least >= b.best[i].SecondCost {
				continue
			}
			if t == nil {
				t = newTrial(s, at, j)
			}
			if !s.holds(r, sh, k, j) {
				break
			}
			if cost, ok := t.try(k, w); ok && cost-r.sched+extra < b.best[i].SecondCost && t.fixable(k, w) {
				b.bid(i, at, k, cost-r.sched+extra)
			}
		}
	}
}

// bid keeps the two best technicians of a window.
func (b *bids) bid(i int, at int32, k int, cost Grain) {
	o := &b.best[i]
	who := int(b.s.p.shifts[at].technician)
	switch {
	case cost < o.Cost:
		if o.Technician != who {
			o.Second, o.SecondCost = o.Technician, o.Cost
		}
		o.Technician, o.Route, o.Position, o.Cost = who, int(at), k, cost
	case who != o.Technician && cost < o.SecondCost:
		o.Second, o.SecondCost = who, cost
	}
}

// offers completes the windows that have a place.
func (b *bids) offers() []Offer {
	out := make([]Offer, 0, len(b.best))
	p := b.s.p
	for _, o := range b.best {
		if o.Technician == Any {
			continue
		}
		t := newTrial(b.s, int32(o.Route), b.j)
		_, o.Shift = p.Owner(o.Route)
		o.Earliest, o.Latest, _ = t.starts(o.Position, b.windows[o.Window])
		o.Start, o.Late = t.start(o.Position, b.windows[o.Window])
		if o.Second == Any {
			o.SecondCost = 0
		}
		out = append(out, o)
	}
	return out
}

// start is when the job would start before position k, within w, and how late that is.
func (t *trial) start(k int, w Window) (start, late int64) {
	t.try(k, w)
	var log []turn
	at := t.s.p.begin(t.sh)
	at.log = &log
	visits := slices.Concat(t.r.jobs[:k], []int32{0}, t.r.jobs[k:])
	if t.mate != nil {
		visits = slices.Insert(visits, t.delivery, t.job.mate)
	}
	for i, j := range visits {
		if i == k {
			t.s.p.step(&at, t.sh, &t.job)
		} else {
			t.s.p.step(&at, t.sh, &t.s.p.jobs[j])
		}
	}
	leave, _ := t.s.p.finish(&at, t.sh)
	now := leave
	for i := range log {
		_, begins, done := log[i].from(t.sh.road, now)
		if log[i].job == &t.job {
			return begins, max(0, begins-t.job.due)
		}
		now = done
	}
	return 0, 0
}
