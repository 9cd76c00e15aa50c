package routing

import (
	"cmp"
	"slices"
)

const (
	joinTries = 24 // places of the first member that are tried, at the most,
	joinFinds = 5  // and until so many have led to places for all
	joinWidth = 3  // places of each further member that are tried
)

// berth is where one member of a group may go.
type berth struct {
	at     int32
	where  slot
	window Window // of its own windows, cut to what its partners leave
}

// joint is a search for the cheapest places of a group. Nothing that it tries is a
// step of the search: routes are tried on copies, and the old ones put back.
type joint struct {
	s      *search
	g      *group
	order  []int      // of the members
	found  []berth    // by member, the best so far
	starts []int64    // and when they start
	close  []int64    // scratch
	cost   Grain      // and by how much that makes the routes dearer
	now    []berth    // by member, in hand
	levels []level    // by depth
	spare  []*route   // routes to try on
	olds   []tryRoute // what stands in the place of what
	only   int32      // route of the first member, or Any
	whole  bool       // try all places, and be content with any
	wide   bool       // try all routes
	room   []Window   // scratch
}

// level is what one depth of a joint holds.
type level struct {
	first, last []int64 // by member, the starts that are left
	list        []berth
	routes      []int32 // in which it is tried
}

type tryRoute struct {
	at  int32
	old *route
}

func (t *joint) make(members int) {
	t.levels = make([]level, members+1)
	for d := range t.levels {
		t.levels[d].first, t.levels[d].last = make([]int64, members), make([]int64, members)
	}
	t.now, t.found, t.room = make([]berth, members), make([]berth, members), make([]Window, members)
	t.starts, t.close, t.order = make([]int64, members), make([]int64, members), make([]int, members)
}

// join puts the whole group of missing job j where that costs least, j first. Groups
// that may be left for a price are left when that is cheaper.
func (s *search) join(j int32) bool {
	t, g := &s.tied.t, s.p.group(j)
	found := t.seek(s, j, Any, false)
	if !found && s.homes != nil && (s.thorough || s.rng.IntN(allOdds) == 0) {
		t.wide = true
		found = t.seek(s, j, Any, false)
		t.wide = false
	}
	if !found || g.lost == 0 && !s.pays(t.cost, g.price) {
		return false
	}
	t.board()
	return true
}

// seek finds places for the group of j. It leaves everything as it is.
func (t *joint) seek(s *search, j, only int32, whole bool) bool {
	t.s, t.g, t.only, t.whole, t.cost = s, s.p.group(j), only, whole, none
	for i := range t.g.jobs {
		t.order[i] = i
	}
	i := t.g.member(j)
	t.order[0], t.order[i] = i, 0
	copy(t.levels[0].first, t.g.first)
	copy(t.levels[0].last, t.g.last)
	if !t.g.agree(t.levels[0].first[:len(t.g.jobs)], t.levels[0].last[:len(t.g.jobs)]) {
		return false
	}
	t.deeper(0, 0)
	for _, j := range t.g.jobs {
		s.free(j)
	}
	return t.cost < none
}

// deeper tries places for the members from depth d on; cost is what the places of
// those before it seem to cost.
func (t *joint) deeper(d int, cost Grain) (finds int) {
	if d == len(t.g.jobs) {
		return t.settle()
	}
	t.gather(d)
	tries, enough := joinWidth, 1
	if d == 0 {
		tries, enough = joinTries, joinFinds
	}
	for i, b := range t.levels[d].list {
		if t.whole && finds > 0 || !t.whole && (i >= tries || finds >= enough || finds > 0 && cost+b.where.cost >= t.cost) {
			break
		}
		if t.put(d, b) {
			finds += b2i(t.deeper(d+1, cost+b.where.cost) > 0)
		}
		t.undo(1)
		t.s.at[t.job(d)] = -1
	}
	return finds
}

func (t *joint) job(d int) int32 { return t.g.jobs[t.order[d]] }

// gather lists the places of the member at depth d, cheapest first: of each route
// the cheapest, in each window, and no more than will be tried.
func (t *joint) gather(d int) {
	s, j, l := t.s, t.job(d), &t.levels[d]
	i, most := t.order[d], joinWidth
	if d == 0 {
		most = joinTries
	}
	l.list = l.list[:0]
	t.choose(d)
	for _, o := range s.tied.base[j].windows {
		w := Window{max(o.Open, l.first[i]), min(o.Close, l.last[i])}
		if w.Open > w.Close {
			continue
		}
		s.limit(j, w)
		for _, at := range l.routes {
			if !s.admits(at, j) || !s.crewed(at, j) {
				continue
			}
			if t.whole {
				t.everywhere(d, at, w)
			} else {
				t.cheapest(d, at, w, most)
			}
		}
	}
	if t.whole {
		slices.SortStableFunc(l.list, compareBerths)
	}
}

func compareBerths(a, b berth) int { return cmp.Compare(a.where.cost, b.where.cost) }

// choose lists the routes in which the member at depth d is tried.
func (t *joint) choose(d int) {
	s, l := t.s, &t.levels[d]
	switch {
	case d == 0 && t.only != Any:
		l.routes = append(l.routes[:0], t.only)
	case s.homes != nil && !t.wide:
		l.routes = append(l.routes[:0], s.likely(t.job(d))...)
	default:
		l.routes = l.routes[:0]
		for at := range int32(len(s.routes)) {
			if s.barred[at] != s.tick || t.whole {
				l.routes = append(l.routes, at)
			}
		}
	}
}

// cheapest takes the cheapest place in one route into the list, while it is among
// those that will be tried.
func (t *joint) cheapest(d int, at int32, w Window, most int) {
	l, bound := &t.levels[d], none
	if len(l.list) == most {
		bound = l.list[most-1].where.cost
	}
	c := t.s.scanBelow(at, t.job(d), bound)
	if c.cost == none {
		return
	}
	if len(l.list) == most {
		l.list = l.list[:most-1]
	}
	b := berth{at, c, w}
	k := len(l.list)
	for k > 0 && l.list[k-1].where.cost > c.cost {
		k--
	}
	l.list = slices.Insert(l.list, k, b)
}

// everywhere lists all places in one route.
func (t *joint) everywhere(d int, at int32, w Window) {
	l := &t.levels[d]
	t.s.positions(at, t.job(d), func(k int, cost Grain) {
		l.list = append(l.list, berth{at, slot{cost: cost, k: int32(k)}, w})
	})
}

// put tries a place on a copy of its route, and narrows the starts of all to what
// that leaves; false when somebody has none.
func (t *joint) put(d int, b berth) bool {
	s, j, l, next := t.s, t.job(d), &t.levels[d], &t.levels[d+1]
	n, i := len(t.g.jobs), t.order[d]
	t.now[i] = b
	s.limit(j, b.window)
	t.copy(b.at)
	r := s.routes[b.at]
	r.jobs = slices.Insert(r.jobs, int(b.where.k), j)
	s.refresh(b.at)
	copy(next.first[:n], l.first[:n])
	copy(next.last[:n], l.last[:n])
	o := &r.spots[b.where.k]
	next.first[i] = max(next.first[i], s.p.jobs[j].enter(s.p.shifts[b.at].road.arrive(o.ready, o.hop.seconds)))
	next.last[i] = min(next.last[i], o.until)
	return t.g.agree(next.first[:n], next.last[:n])
}

// near works out starts that lie close together: the last visit as early as it can
// be, the others as late as it then allows.
func (t *joint) near(first, last []int64) {
	n := len(first)
	end := 0
	for i := range n {
		if first[i] > first[end] {
			end = i
		}
	}
	copy(t.close, last)
	t.close[end] = first[end]
	for i := range n {
		if gap := t.g.gap[end*n+i]; gap < Never {
			t.close[i] = min(t.close[i], first[end]+gap)
		}
	}
}

// settle prices the places in hand with the earliest common starts, with those
// that lie closest, and with the latest.
func (t *joint) settle() (finds int) {
	n := len(t.g.jobs)
	l := &t.levels[n]
	t.near(l.first[:n], l.last[:n])
	for _, starts := range [...][]int64{l.first[:n], t.close[:n], l.last[:n]} {
		if cost, ok := t.price(starts); ok && cost < t.cost {
			t.cost, finds = cost, 1
			copy(t.starts, starts)
			copy(t.found, t.now)
		} else if ok {
			finds = 1
		}
	}
	return finds
}

// price is by how much the routes get dearer when the members start when told.
func (t *joint) price(starts []int64) (Grain, bool) {
	s, ok := t.s, true
	var sum Grain
	for i, j := range t.g.jobs {
		s.limit(j, Window{starts[i], starts[i]})
	}
	copies := 0
	for i := range t.g.jobs {
		if at := t.now[i].at; !t.seen(i) {
			sum -= t.original(at).cost()
			t.copy(at)
			copies++
			ok = s.refresh(at) && ok
			sum += s.routes[at].cost()
		}
	}
	t.undo(copies)
	for i, j := range t.g.jobs {
		s.limit(j, t.now[i].window)
	}
	return sum, ok
}

// seen reports whether a member before the i-th is in the same route.
func (t *joint) seen(i int) bool {
	for k := range i {
		if t.now[k].at == t.now[i].at {
			return true
		}
	}
	return false
}

// original is a route as it was before anything was tried.
func (t *joint) original(at int32) *route {
	for _, o := range t.olds {
		if o.at == at {
			return o.old
		}
	}
	return t.s.routes[at]
}

// copy puts a copy in the place of a route.
func (t *joint) copy(at int32) {
	if len(t.spare) == 0 {
		t.spare = append(t.spare, &route{})
	}
	r, old := t.spare[len(t.spare)-1], t.s.routes[at]
	t.spare = t.spare[:len(t.spare)-1]
	r.jobs = append(r.jobs[:0], old.jobs...)
	t.olds = append(t.olds, tryRoute{at, old})
	t.s.routes[at] = r
}

// undo takes the last copies away.
func (t *joint) undo(copies int) {
	s := t.s
	for range copies {
		o := t.olds[len(t.olds)-1]
		t.olds = t.olds[:len(t.olds)-1]
		t.spare = append(t.spare, s.routes[o.at])
		s.routes[o.at] = o.old
		for k, j := range o.old.jobs {
			s.at[j], s.pos[j] = o.at, int32(k)
		}
	}
}

// board carries out what seek has found, and then gives each member as much room
// as the others leave it, unless that makes a route dearer.
func (t *joint) board() {
	s, g := t.s, t.g
	n := len(g.jobs)
	for _, i := range t.order[:n] {
		j, b := g.jobs[i], t.found[i]
		s.limit(j, Window{t.starts[i], t.starts[i]})
		r := s.touch(b.at)
		r.jobs = slices.Insert(r.jobs, int(b.where.k), j)
		s.at[j] = b.at
	}
	s.served(g)
	copy(t.now[:n], t.found[:n])
	tight := t.resettle()
	g.widen(t.starts[:n], t.room[:n])
	for i, j := range g.jobs {
		s.limit(j, s.tied.base[j].around(t.starts[i], t.room[i]))
	}
	if wide := t.resettle(); wide.cost <= tight.cost && wide.kept {
		return
	}
	for i, j := range g.jobs {
		s.limit(j, Window{t.starts[i], t.starts[i]})
	}
	t.resettle()
}

type outcome struct {
	cost Grain
	kept bool
}

// resettle derives the routes of the group anew.
func (t *joint) resettle() outcome {
	kept := true
	for i := range t.g.jobs {
		if !t.seen(i) {
			kept = t.s.settle(t.now[i].at) && kept
		}
	}
	return outcome{t.s.score.Cost, kept}
}

// served takes a group out of what is missing.
func (s *search) served(g *group) {
	for i, j := range s.missing {
		if j >= 0 && s.p.group(j) == g {
			v := &s.p.jobs[j]
			s.missing[i] = -1
			s.score.Cost -= v.price
			s.score.Lost -= v.lost
			s.strain -= int64(s.strains[j])
		}
	}
}
