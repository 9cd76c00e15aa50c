package brood

import "math"

// scatter makes a plan at random: all stops in a random order, each put where
// that costs least.
func (l *local) scatter() {
	l.bring(nil)
	l.fill()
}

// fill puts every stop that is in no route where that costs least with the rules
// it breaks there, in a random order.
func (l *local) fill() {
	l.missing = l.missing[:0]
	for v := int32(1); v < l.n; v++ {
		if l.route[v] < 0 {
			l.missing = append(l.missing, v)
		}
	}
	l.rng.Shuffle(len(l.missing), func(i, j int) { l.missing[i], l.missing[j] = l.missing[j], l.missing[i] })
	for _, v := range l.missing {
		after := l.place(v)
		l.mid = append(l.mid[:0], v)
		l.thread(after, l.mid, l.next[after])
		l.update(l.route[after])
	}
}

// place is the node after which v costs least: among its near stops, at the
// start of routes, and in the first empty route unless that is shut.
func (l *local) place(v int32) int32 {
	best, at := int64(math.MaxInt64), int32(-1)
	try := func(a int32) {
		if c := l.extra(v, a, best); c < best {
			best, at = c, a
		}
	}
	for _, w := range l.near[v] {
		if l.route[w] >= 0 {
			try(w)
		}
	}
	for r := range int32(l.vehicles) {
		if r == l.vacancy && l.shut {
			break
		}
		try(l.start(r))
		if r == l.vacancy {
			break
		}
	}
	return at
}

// extra is what it costs to put v after a; more than best when that is seen early.
func (l *local) extra(v, a int32, best int64) int64 {
	b, r := l.next[a], l.route[a]
	c := l.cost(a, v) + l.cost(v, b) - l.cost(a, b) - l.dues[r]
	if c+l.dues[r] >= best && l.dues[r] == 0 {
		return c
	}
	g := join(&l.head[a], l.ride(a, v), &l.singles[v])
	g = join(&g, l.ride(v, b), &l.tail[b])
	return c + l.due(int64(g.late), l.loads[r]+l.spec.Stops[v].Load)
}
