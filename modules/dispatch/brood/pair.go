package brood

// pairMoves is how many moves of two stops there are, roughly: fewer at the ends of routes.
const pairMoves = 8

// around is what the moves of a stop ask of it again and again: the sites around
// it and the ways between them. What is about the next stop holds where paired.
type around struct {
	u, route             int32
	before, next, beyond int32 // sites
	in, out, end         int64 // before → u → next → beyond
	one, two             int64 // what the ways are shorter without u, without u and next
	turn                 int64 // by how much next → u is longer than u → next
	due                  int64 // of its route
	paired               bool  // next is a stop
}

func (l *local) around(u int32) around {
	x := l.next[u]
	a := around{u: u, route: l.route[u], before: l.site[l.prev[u]], next: l.site[x], paired: x < l.n}
	a.due = l.dues[a.route]
	a.in, a.out = l.span(a.before, u), l.span(u, a.next)
	a.one = a.in + a.out - l.span(a.before, a.next)
	if a.paired {
		a.beyond = l.site[l.next[x]]
		a.end = l.span(a.next, a.beyond)
		a.two = a.in + a.end - l.span(a.before, a.beyond)
		a.turn = l.span(a.next, u) - a.out
	}
	return a
}

// span is what the arc between two sites costs.
func (l *local) span(a, b int32) int64 { return int64(l.costs[a*l.n+b]) }

// pair tries the moves of u and v; one success is enough. The ways that a move
// changes are looked at first: most moves lengthen them by more than all that
// could be saved on rules.
func (l *local) pair(a *around, v int32) bool {
	l.judged += pairMoves
	bound := a.due
	if q := l.route[v]; q != a.route {
		bound += l.dues[q]
		return l.behind(a, v, bound) || l.against(a, v, bound) || l.crossed(a, v, bound)
	}
	return l.behind(a, v, bound) || l.against(a, v, bound) || l.turned(a, v, bound)
}

// behind puts u, or u and the next, behind v, and before it where it is the first.
func (l *local) behind(a *around, v int32, bound int64) bool {
	if l.next[v] != a.u && l.after(a, v, bound) {
		return true
	}
	w := l.prev[v]
	if w < l.n {
		return false
	}
	gap, in := l.span(0, v), l.span(0, a.u)
	return in+l.span(a.u, v)-gap-a.one < bound && l.exchange(a.u, 1, w, 0, false) ||
		a.paired && in+l.span(a.next, v)-gap-a.two < bound && l.exchange(a.u, 2, w, 0, false)
}

// after puts u, or u and the next, behind v.
func (l *local) after(a *around, v int32, bound int64) bool {
	y := l.site[l.next[v]]
	gap, in, out := l.span(v, y), l.span(v, a.u), l.span(a.u, y)
	if in+out-gap-a.one < bound && l.exchange(a.u, 1, v, 0, false) {
		return true
	}
	if !a.paired {
		return false
	}
	return in+l.span(a.next, y)-gap-a.two < bound && l.exchange(a.u, 2, v, 0, false) ||
		l.span(v, a.next)+out+a.turn-gap-a.two < bound && l.exchange(a.u, 2, v, 0, true)
}

// against exchanges u, or u and the next, with v, or v and its next.
func (l *local) against(a *around, v int32, bound int64) bool {
	y, w := l.next[v], l.prev[v]
	if l.route[v] == a.route && max(l.pos[a.u]-l.pos[v], l.pos[v]-l.pos[a.u]) <= 2 {
		return a.u < v && l.exchange(a.u, 1, v, 1, false) || l.exchange(a.u, 2, v, 1, false) || a.u < v && l.exchange(a.u, 2, v, 2, false)
	}
	sy, sw := l.site[y], l.site[w]
	gap := l.span(v, sy)
	// v comes behind before, u behind what is before v.
	bound -= l.span(a.before, v) - a.in + l.span(sw, a.u) - l.span(sw, v)
	if a.u < v && l.span(v, a.next)-a.out+l.span(a.u, sy)-gap < bound && l.exchange(a.u, 1, v, 1, false) {
		return true
	}
	if !a.paired {
		return false
	}
	if l.span(v, a.beyond)-a.end+l.span(a.next, sy)-gap < bound && l.exchange(a.u, 2, v, 1, false) {
		return true
	}
	if a.u > v || y >= l.n {
		return false
	}
	z := l.site[l.next[y]]
	return l.span(y, a.beyond)-a.end+l.span(a.next, z)-l.span(y, z) < bound && l.exchange(a.u, 2, v, 2, false)
}

// crossed exchanges the ends of two routes behind u or before it.
func (l *local) crossed(a *around, v int32, bound int64) bool {
	y, w := l.next[v], l.site[l.prev[v]]
	return l.span(a.u, v)+l.span(w, a.next)-l.span(w, v)-a.out < bound && l.tails(a.u, v) ||
		l.span(a.u, l.site[y])+l.span(v, a.next)-l.span(v, l.site[y])-a.out < bound && l.tails(a.u, y)
}

// turned turns round what lies behind u up to v. Where ways are as long in both
// directions, that changes only those at its ends.
func (l *local) turned(a *around, v int32, bound int64) bool {
	if l.pos[a.u] > l.pos[v] {
		return false
	}
	y := l.site[l.next[v]]
	return (!l.even || l.span(a.u, v)+l.span(a.next, y)-a.out-l.span(v, y) < bound) && l.reverse(a.u, v)
}
