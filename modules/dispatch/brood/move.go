package brood

// improve applies small moves until none helps among near stops, and now and then barters,
// until these do not help either. A pair is looked at only when one of its routes has
// changed since the last look.
func (l *local) improve() {
	for v := range l.seen {
		l.seen[v] = -1
	}
	l.descend()
	if l.rng.Float64() >= barterOdds {
		return
	}
	for since, now := int64(-1), l.clock; l.barter(since); since, now = now, l.clock {
		l.descend()
	}
}

// mend does the same for a plan that improve has left and whose prices have gone
// up since: only where rules are broken can anything help now.
func (l *local) mend() {
	for v := range l.seen {
		l.seen[v] = l.clock
	}
	l.clock++
	for r := range l.dues {
		if l.dues[r] > 0 {
			l.stamp[r] = l.clock
		}
	}
	l.descend()
}

func (l *local) descend() {
	l.rng.Shuffle(len(l.order), func(i, j int) { l.order[i], l.order[j] = l.order[j], l.order[i] })
	for better := true; better; {
		better = false
		for _, u := range l.order {
			if l.route[u] >= 0 && l.visit(u) {
				better = true
			}
		}
	}
	l.late, l.heavy = 0, 0
	for r := range l.dues {
		l.late += l.lates[r]
		l.heavy += max(0, l.loads[r]-l.spec.Capacity)
	}
}

// visit tries every move of u with its near stops, and with an empty route.
func (l *local) visit(u int32) bool {
	last, better := l.seen[u], false
	l.seen[u] = l.clock
	at := l.around(u)
	for _, v := range l.near[u] {
		if r := l.route[v]; r < 0 || l.stamp[at.route] <= last && l.stamp[r] <= last {
			continue
		}
		if l.pair(&at, v) {
			better = true
			at = l.around(u)
		}
	}
	if l.vacancy >= 0 && l.stamp[at.route] > last {
		e := l.start(l.vacancy)
		better = l.exchange(u, 1, e, 0, false) || l.tails(l.prev[u], l.next[e]) || better
	}
	return better
}

// through is the lateness of a route: up to a as it is, then stops, then b and
// what follows it.
func (l *local) through(a int32, stops []int32, b int32) int64 {
	g := l.head[a]
	for _, v := range stops {
		g = join(&g, l.ride(a, v), &l.singles[v])
		a = v
	}
	g = join(&g, l.ride(a, b), &l.tail[b])
	return int64(g.late)
}

// way is what the arcs along some stops between two nodes cost.
func (l *local) way(a int32, stops []int32, b int32) int64 {
	var sum int64
	for _, v := range stops {
		sum += l.cost(a, v)
		a = v
	}
	return sum + l.cost(a, b)
}

// tails lets v follow u by exchanging the ends of their routes (2-opt*). Either
// may be an end of its route.
func (l *local) tails(u, v int32) bool {
	p, q := l.route[u], l.route[v]
	if p == q {
		return false
	}
	w, x := l.prev[v], l.next[u]
	if w >= l.n && x >= l.n || u >= l.n && v >= l.n {
		return false // that would only exchange the vehicles
	}
	delta := l.way(u, nil, v) + l.way(w, nil, x) - l.way(u, nil, x) - l.way(w, nil, v)
	if delta >= l.dues[p]+l.dues[q] {
		return false
	}
	loadP := l.load[u] + l.loads[q] - l.load[w]
	loadQ := l.load[w] + l.loads[p] - l.load[u]
	delta += l.due(l.through(u, nil, v), loadP) - l.dues[p] - l.dues[q]
	if delta >= 0 {
		return false
	}
	delta += l.due(l.through(w, nil, x), loadQ)
	if delta >= 0 {
		return false
	}
	l.swapTails(u, v, w, x)
	l.update(p)
	l.update(q)
	return true
}

// swapTails links u to v and w to x; the ends stay with their vehicles.
func (l *local) swapTails(u, v, w, x int32) {
	p, q := l.end(l.route[u]), l.end(l.route[v])
	lastP, lastQ := l.prev[p], l.prev[q]
	if v == q {
		l.thread(u, nil, p)
	} else {
		l.thread(u, nil, v)
		l.thread(lastQ, nil, p)
	}
	if x == p {
		l.thread(w, nil, q)
	} else {
		l.thread(w, nil, x)
		l.thread(lastP, nil, q)
	}
}

// reverse turns round what lies between u and the stop after v, u before v (2-opt).
func (l *local) reverse(u, v int32) bool {
	r := l.route[u]
	if r != l.route[v] || l.pos[u]+1 >= l.pos[v] {
		return false
	}
	l.mid = l.mid[:0]
	var old int64
	for w := v; w != u; w = l.prev[w] {
		l.mid = append(l.mid, w)
		old += l.cost(l.prev[w], w)
	}
	y := l.next[v]
	delta := l.way(u, l.mid, y) - old - l.cost(v, y)
	if delta >= l.dues[r] || delta+l.due(l.through(u, l.mid, y), l.loads[r])-l.dues[r] >= 0 {
		return false
	}
	l.thread(u, l.mid, y)
	l.update(r)
	return true
}
