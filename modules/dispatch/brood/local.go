package brood

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

const (
	nearCount = 40      // granular neighbourhood of a move
	rankCount = 200     // stops by which patch finds neighbouring routes
	mostLate  = 1 << 30 // lateness beyond which more costs no more
)

// local is a plan under small moves. Its nodes are the stops from 1 and, for
// each vehicle, a start and an end; all fields about nodes are indexed by them.
// Links say the order; update derives the rest of a route.
type local struct {
	rng      *rand.Rand
	spec     *Spec
	n        int32 // stops with the depot
	vehicles int
	near     [][]int32
	ranked   [][]int32
	singles  []seg
	rides    []int32 // from site to site
	costs    []int32
	even     bool // ways cost the same in both directions

	next, prev, site   []int32
	route, pos         []int32
	head, tail         []seg   // from the start to here, from here to the end
	load               []int64 // from the start to here
	lates, loads, dues []int64 // route → lateness, load, what both cost
	stamp, seen        []int64 // route → last change; stop → change up to which it was looked at
	clock              int64
	judged             int64 // moves

	vacancy int32 // the first empty route, or -1
	shut    bool  // nothing is put into it

	latePrice, heavyPrice int64
	late, heavy           int64 // of the whole plan, as improve leaves it

	order   []int32
	mid     []int32
	missing []int32

	marked []bool   // route → is beside the one in hand; these three are barter's
	freed  []int64  // stop → what its route costs more without it
	berths []berths // stop → where it could go
}

func newLocal(spec *Spec, rng *rand.Rand) *local {
	n := len(spec.Stops)
	v := min(spec.Vehicles, n-1)
	nodes := n + 2*v
	l := &local{
		rng: rng, spec: spec, n: int32(n), vehicles: v, singles: make([]seg, n),
		next: make([]int32, nodes), prev: make([]int32, nodes), site: make([]int32, nodes),
		route: make([]int32, nodes), pos: make([]int32, nodes), head: make([]seg, nodes), tail: make([]seg, nodes),
		load: make([]int64, nodes), lates: make([]int64, v), loads: make([]int64, v), dues: make([]int64, v),
		stamp: make([]int64, v), seen: make([]int64, n), vacancy: -1,
		marked: make([]bool, v), freed: make([]int64, n), berths: make([]berths, n),
		rides: make([]int32, n*n), costs: make([]int32, n*n),
	}
	for k, a := range spec.Arcs {
		l.rides[k], l.costs[k] = a.Seconds, a.Cost
	}
	l.even = l.symmetric()
	for i := range n {
		l.singles[i] = single(&spec.Stops[i])
		l.site[i] = int32(i)
		if i > 0 {
			l.order = append(l.order, int32(i))
		}
	}
	l.neighbours()
	l.firstPrices()
	return l
}

func (l *local) start(r int32) int32 { return l.n + 2*r }
func (l *local) end(r int32) int32   { return l.n + 2*r + 1 }

func (l *local) ride(a, b int32) int32 { return l.rides[l.site[a]*l.n+l.site[b]] }

func (l *local) cost(a, b int32) int64 { return int64(l.costs[l.site[a]*l.n+l.site[b]]) }

func (l *local) symmetric() bool {
	for a := range l.n {
		for b := range a {
			if l.span(a, b) != l.span(b, a) {
				return false
			}
		}
	}
	return true
}

// neighbours ranks for each stop the others by what it takes to have them next
// to it: the way, a fifth of the waiting and all the lateness that cannot be avoided.
func (l *local) neighbours() {
	l.near, l.ranked = make([][]int32, l.n), make([][]int32, l.n)
	cost := make([]int64, l.n)
	for u := int32(1); u < l.n; u++ {
		all := make([]int32, 0, l.n)
		for v := int32(1); v < l.n; v++ {
			if v != u {
				all, cost[v] = append(all, v), min(l.proximity(u, v), l.proximity(v, u))
			}
		}
		slices.SortFunc(all, func(a, b int32) int { return cmp.Or(cmp.Compare(cost[a], cost[b]), cmp.Compare(a, b)) })
		l.ranked[u] = slices.Clip(all[:min(len(all), rankCount)])
		l.near[u] = all[:min(len(all), nearCount)]
	}
}

func (l *local) proximity(a, b int32) int64 {
	x, y, way := &l.spec.Stops[a], &l.spec.Stops[b], int64(l.ride(a, b))
	wait := max(0, y.Open-way-x.Service-x.Close)
	return way + wait/5 + max(0, x.Open+x.Service+way-y.Close)
}

// firstPrices lets a second of lateness cost what a second of way does, and the
// heaviest load what an average way does.
func (l *local) firstPrices() {
	var cost, seconds, heaviest int64 = 0, 1, 1
	for _, near := range l.near {
		for _, v := range near {
			cost, seconds = cost+l.cost(near[0], v), seconds+int64(l.ride(near[0], v))
		}
	}
	for i := range l.spec.Stops {
		heaviest = max(heaviest, l.spec.Stops[i].Load)
	}
	l.latePrice = min(max(1, cost/seconds), mostPrice)
	l.heavyPrice = min(max(1, cost/int64(l.n)/nearCount/heaviest), mostPrice)
}

// take gives a route its stops.
func (l *local) take(r int32, stops []int32) {
	l.thread(l.start(r), stops, l.end(r))
	l.update(r)
}

// bring takes a plan in hand.
func (l *local) bring(routes [][]int32) {
	for v := range l.n {
		l.route[v] = -1
	}
	for r := range int32(l.vehicles) {
		var stops []int32
		if int(r) < len(routes) {
			stops = routes[r]
		}
		l.take(r, stops)
	}
}

// thread links stops in their order between two nodes.
func (l *local) thread(a int32, stops []int32, b int32) {
	for _, v := range stops {
		l.next[a], l.prev[v] = v, a
		a = v
	}
	l.next[a], l.prev[b] = b, a
}

// update derives everything about a route from its links.
func (l *local) update(r int32) {
	a, e := l.start(r), l.end(r)
	l.route[a], l.route[e] = r, r
	l.head[a], l.tail[e] = seg{first: l.singles[0].first, last: l.singles[0].last}, seg{first: l.singles[0].first, last: l.singles[0].last}
	l.load[a], l.pos[a] = 0, 0
	for v := l.next[a]; ; v = l.next[v] {
		l.route[v], l.pos[v] = r, l.pos[a]+1
		one := &l.tail[e]
		l.load[v] = l.load[a]
		if v != e {
			one = &l.singles[v]
			l.load[v] += l.spec.Stops[v].Load
		}
		l.head[v] = join(&l.head[a], l.ride(a, v), one)
		a = v
		if v == e {
			break
		}
	}
	for v := l.prev[e]; v >= 0; v = l.prev[v] {
		b, one := l.next[v], &l.head[l.start(r)]
		if v < l.n {
			one = &l.singles[v]
		}
		l.tail[v] = join(one, l.ride(v, b), &l.tail[b])
		if v >= l.n {
			break
		}
	}
	l.lates[r], l.loads[r] = int64(l.head[e].late), l.load[e]
	l.dues[r] = l.due(l.lates[r], l.loads[r])
	l.clock++
	l.stamp[r] = l.clock
	l.vacate(r)
}

// vacate keeps vacancy up after a route has changed.
func (l *local) vacate(r int32) {
	empty := l.next[l.start(r)] == l.end(r)
	switch {
	case empty && (l.vacancy < 0 || r < l.vacancy):
		l.vacancy = r
	case !empty && r == l.vacancy:
		for l.vacancy++; int(l.vacancy) < l.vehicles; l.vacancy++ {
			if l.next[l.start(l.vacancy)] == l.end(l.vacancy) {
				return
			}
		}
		l.vacancy = -1
	}
}

// due is what lateness and load cost.
func (l *local) due(late, load int64) int64 {
	return min(late, mostLate)*l.latePrice + min(max(0, load-l.spec.Capacity), mostLate)*l.heavyPrice
}

// reprice changes what rules cost.
func (l *local) reprice(late, heavy int64) {
	l.latePrice, l.heavyPrice = late, heavy
	for r := range l.dues {
		l.dues[r] = l.due(l.lates[r], l.loads[r])
	}
}

// charge is what a plan costs with the rules it breaks.
func (l *local) charge(p *plan) int64 {
	return p.cost + min(p.late, mostLate)*l.latePrice + min(p.heavy, mostLate)*l.heavyPrice
}

// plan copies the plan in hand out.
func (l *local) plan() *plan {
	p := &plan{next: make([]int32, l.n), prev: make([]int32, l.n), late: l.late, heavy: l.heavy}
	for r := range int32(l.vehicles) {
		a, e := l.start(r), l.end(r)
		if l.next[a] == e {
			continue
		}
		stops := make([]int32, 0, l.pos[e]-1)
		for v := l.next[a]; v != e; v = l.next[v] {
			p.next[v], p.prev[v] = l.site[l.next[v]], l.site[l.prev[v]]
			p.cost += l.cost(l.prev[v], v)
			stops = append(stops, v)
		}
		p.cost += l.cost(l.prev[e], e)
		p.routes = append(p.routes, stops)
	}
	return p
}
