package brood

// chain is a stretch of one or two stops, or none, with the nodes around it.
type chain struct {
	before, after int32
	stops         [2]int32
	count         int
}

// chain takes count stops from u on; with none, u is the node before the gap.
func (l *local) chain(u int32, count int) (chain, bool) {
	if count == 0 {
		return chain{before: u, after: l.next[u]}, true
	}
	c := chain{before: l.prev[u], after: l.next[u], count: count, stops: [2]int32{u}}
	if count == 2 {
		if c.after >= l.n {
			return c, false
		}
		c.stops[1] = c.after
		c.after = l.next[c.after]
	}
	return c, true
}

func (c *chain) list() []int32 { return c.stops[:c.count] }

// exchange puts i stops from u on in the place of j stops from v on, and the
// other way round; with j = 0 they go behind v, turned round when flipped. It
// reports whether that helped and was done.
func (l *local) exchange(u int32, i int, v int32, j int, flipped bool) bool {
	a, ok := l.chain(u, i)
	if !ok {
		return false
	}
	b, ok := l.chain(v, j)
	if !ok {
		return false
	}
	if l.route[u] == l.route[v] {
		return l.within(&a, &b, flipped)
	}
	return l.between(&a, &b, flipped)
}

// flip turns a chain of two round.
func (c *chain) flip() { c.stops[0], c.stops[1] = c.stops[1], c.stops[0] }

// weight is the load of a chain.
func (l *local) weight(c *chain) int64 {
	var sum int64
	for _, v := range c.list() {
		sum += l.spec.Stops[v].Load
	}
	return sum
}

// between exchanges chains of two routes.
func (l *local) between(a, b *chain, flipped bool) bool {
	p, q := l.route[a.before], l.route[b.before]
	delta := -l.way(a.before, a.list(), a.after) - l.way(b.before, b.list(), b.after)
	if flipped {
		a.flip()
	}
	delta += l.way(a.before, b.list(), a.after) + l.way(b.before, a.list(), b.after)
	if delta >= l.dues[p]+l.dues[q] {
		return false
	}
	more := l.weight(b) - l.weight(a)
	delta += l.due(l.through(a.before, b.list(), a.after), l.loads[p]+more) - l.dues[p] - l.dues[q]
	if delta >= 0 {
		return false
	}
	delta += l.due(l.through(b.before, a.list(), b.after), l.loads[q]-more)
	if delta >= 0 {
		return false
	}
	l.thread(a.before, b.list(), a.after)
	l.thread(b.before, a.list(), b.after)
	l.update(p)
	l.update(q)
	return true
}

// within exchanges chains of one route.
func (l *local) within(a, b *chain, flipped bool) bool {
	if l.overlap(a, b) {
		return false
	}
	front, rear := a, b
	if l.pos[b.before] < l.pos[a.before] {
		front, rear = b, a
	}
	adjacent := l.pos[front.after] == l.pos[rear.before]+1 // nothing lies between
	delta := -l.way(front.before, front.list(), front.after)
	if adjacent {
		delta -= l.way(rear.stops[0], rear.stops[1:rear.count], rear.after)
	} else {
		delta -= l.way(rear.before, rear.list(), rear.after)
	}
	if flipped {
		a.flip()
	}
	if adjacent {
		l.mid = append(append(l.mid[:0], rear.list()...), front.list()...)
		delta += l.way(front.before, l.mid, rear.after)
	} else {
		delta += l.way(front.before, rear.list(), front.after) + l.way(rear.before, front.list(), rear.after)
	}
	r := l.route[a.before]
	if delta >= l.dues[r] {
		return false
	}
	if !adjacent {
		l.gather(front, rear)
	}
	if delta+l.due(l.through(front.before, l.mid, rear.after), l.loads[r])-l.dues[r] >= 0 {
		return false
	}
	l.thread(front.before, l.mid, rear.after)
	l.update(r)
	return true
}

// gather leaves in mid what lies between the outer ends of two exchanged chains.
func (l *local) gather(front, rear *chain) {
	l.mid = append(l.mid[:0], rear.list()...)
	for v := front.after; ; v = l.next[v] {
		l.mid = append(l.mid, v)
		if v == rear.before {
			break
		}
	}
	l.mid = append(l.mid, front.list()...)
}

// overlap reports whether two chains of one route share a stop, or a gap lies in
// or right before a chain.
func (l *local) overlap(a, b *chain) bool {
	if b.count == 0 {
		return l.pos[b.before] >= l.pos[a.before] && l.pos[b.before] < l.pos[a.after]
	}
	return l.pos[b.before]+1 < l.pos[a.after] && l.pos[a.before]+1 < l.pos[b.after]
}
