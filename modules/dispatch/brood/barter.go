package brood

import "math"

const (
	barterOdds = 0.25              // of a search for barters, when small moves are at their end
	barterNear = 10                // near stops of each of its stops that a route has beside it
	noBerth    = math.MaxInt64 / 4 // what a place costs that there is not
)

// berth is a place in a route: behind a node, and what it costs to go there.
type berth struct {
	cost  int64
	after int32
}

// berths are the best three places of a stop in another route.
type berths [3]berth

// file takes a place in, if it is one of the best.
func (w *berths) file(b berth) {
	switch {
	case b.cost < w[0].cost:
		w[0], w[1], w[2] = b, w[0], w[1]
	case b.cost < w[1].cost:
		w[1], w[2] = b, w[1]
	case b.cost < w[2].cost:
		w[2] = b
	}
}

// swap is an exchange of two stops, and behind which nodes they go.
type swap struct{ u, v, afterU, afterV int32 }

// barter exchanges stops of two routes beside each other. Each goes where it costs least
// in the other route, not to the place that becomes free (SWAP*, Vidal 2022). It looks at
// routes that have changed since an instant, and reports whether anything helped.
func (l *local) barter(since int64) bool {
	better := false
	for p := range int32(l.vehicles) {
		l.beside(p)
		for q := p + 1; int(q) < l.vehicles; q++ {
			if l.marked[q] && max(l.stamp[p], l.stamp[q]) > since && l.deal(p, q) {
				better = true
			}
		}
	}
	return better
}

// beside marks the routes beside one.
func (l *local) beside(p int32) {
	clear(l.marked)
	for u := l.next[l.start(p)]; u < l.n; u = l.next[u] {
		near := l.near[u]
		for _, v := range near[:min(len(near), barterNear)] {
			if r := l.route[v]; r >= 0 {
				l.marked[r] = true
			}
		}
	}
}

// deal makes the exchange between two routes that promises most, if it keeps its promise:
// what one stop's leaving changes for the other's arrival in time is not known before. It
// counts on ways that a further stop does not shorten, and overlooks exchanges otherwise.
func (l *local) deal(p, q int32) bool {
	l.appraise(p, q)
	l.appraise(q, p)
	heavy, best, s := l.due(0, l.loads[p])+l.due(0, l.loads[q]), int64(0), swap{}
	for u := l.next[l.start(p)]; u < l.n; u = l.next[u] {
		for v := l.next[l.start(q)]; v < l.n; v = l.next[v] {
			more := l.spec.Stops[v].Load - l.spec.Stops[u].Load
			c := l.freed[u] + l.freed[v] + l.due(0, l.loads[p]+more) + l.due(0, l.loads[q]-more) - heavy
			if c >= best {
				continue
			}
			x, y := l.berth(u, v), l.berth(v, u)
			if c += x.cost + y.cost; c < best {
				best, s = c, swap{u, v, x.after, y.after}
			}
		}
	}
	if best == 0 || l.worth(s) >= 0 {
		return false
	}
	l.perform(s)
	return true
}

// appraise finds for each stop of p what p costs more without it, and its best places in q,
// in ways and lateness.
func (l *local) appraise(p, q int32) {
	lateP, lateQ := l.due(l.lates[p], 0), l.due(l.lates[q], 0)
	for u := l.next[l.start(p)]; u < l.n; u = l.next[u] {
		a, b := l.prev[u], l.next[u]
		l.freed[u] = l.cost(a, b) - l.cost(a, u) - l.cost(u, b)
		if lateP > 0 {
			l.freed[u] += l.due(l.through(a, nil, b), 0) - lateP
		}
		w := &l.berths[u]
		*w = berths{{noBerth, -1}, {noBerth, -1}, {noBerth, -1}}
		for x := l.start(q); x != l.end(q); x = l.next[x] {
			y := l.next[x]
			if c := l.cost(x, u) + l.cost(u, y) - l.cost(x, y) - lateQ; c < w[2].cost {
				w.file(berth{c + l.due(l.visited(x, u, y), 0), x})
			}
		}
	}
}

// visited is the lateness of a route that goes on from x by u to y.
func (l *local) visited(x, u, y int32) int64 {
	g := join(&l.head[x], l.ride(x, u), &l.singles[u])
	g = join(&g, l.ride(u, y), &l.tail[y])
	return int64(g.late)
}

// berth is the best place of u in the route that v leaves: the one that v makes free, or
// the best of those that v's leaving does not touch.
func (l *local) berth(u, v int32) berth {
	a, b := l.prev[v], l.next[v]
	own := l.cost(a, u) + l.cost(u, b) - l.cost(a, b) - l.due(l.lates[l.route[v]], 0)
	for _, w := range l.berths[u] {
		if w.after != a && w.after != v {
			if w.cost <= own {
				return w
			}
			break
		}
	}
	return berth{own + l.due(l.visited(a, u, b), 0), a}
}

// worth is by how much an exchange changes what the plan costs.
func (l *local) worth(s swap) int64 {
	p, q := l.route[s.u], l.route[s.v]
	more := l.spec.Stops[s.v].Load - l.spec.Stops[s.u].Load
	costP, lateP := l.replaced(p, s.u, s.v, s.afterV)
	costQ, lateQ := l.replaced(q, s.v, s.u, s.afterU)
	return costP + l.due(lateP, l.loads[p]+more) - l.dues[p] + costQ + l.due(lateQ, l.loads[q]-more) - l.dues[q]
}

// replaced is by how much the ways of a route get longer when u leaves it and v comes
// behind a node that stays, and how late the route is then.
func (l *local) replaced(r, u, v, after int32) (cost, late int64) {
	at := l.start(r)
	g := l.head[at]
	ride := func(x int32, s *seg) {
		cost += l.cost(at, x)
		g = join(&g, l.ride(at, x), s)
		at = x
	}
	if after == at {
		ride(v, &l.singles[v])
	}
	for x := l.next[l.start(r)]; ; x = l.next[x] {
		cost -= l.cost(l.prev[x], x)
		if x == l.end(r) {
			ride(x, &l.tail[x])
			return cost, int64(g.late)
		}
		if x != u {
			ride(x, &l.singles[x])
		}
		if x == after {
			ride(v, &l.singles[v])
		}
	}
}

// perform makes an exchange.
func (l *local) perform(s swap) {
	p, q := l.route[s.u], l.route[s.v]
	l.thread(l.prev[s.u], nil, l.next[s.u])
	l.thread(l.prev[s.v], nil, l.next[s.v])
	l.mid = append(l.mid[:0], s.u)
	l.thread(s.afterU, l.mid, l.next[s.afterU])
	l.mid[0] = s.v
	l.thread(s.afterV, l.mid, l.next[s.afterV])
	l.update(p)
	l.update(q)
}
