package brood

import "math/rand/v2"

const (
	ejectMost   = 3   // stops that make room for one
	jostleMoves = 200 // tried after each ejection
	pressBoost  = 100 // by which rules cost more than ways at first
)

// Press finds places for stops that a plan leaves out, where there are no more
// vehicles: what does not fit pushes out others that have been easier to place so
// far (guided ejection search, Nagata and Bräysy 2009). Its routes keep all
// rules. It belongs to one goroutine.
type Press struct {
	local *local
	rng   *rand.Rand
	left  []int32 // stops without a place, the next to be placed last
	hard  []int64 // stop → how often it could not be placed

	saved [][]int32
	room  room
}

// NewPress starts from routes that keep all rules; they name stops from 1. Spec is
// not changed and must not change either.
func NewPress(spec *Spec, routes [][]int, rng *rand.Rand) *Press {
	p := &Press{local: newLocal(spec, rng), rng: rng, hard: make([]int64, len(spec.Stops))}
	l := p.local
	l.reprice(min(l.latePrice*pressBoost, mostPrice), min(l.heavyPrice*pressBoost, mostPrice))
	l.bring(narrowed(routes, l.vehicles))
	for v := int32(1); v < l.n; v++ {
		p.hard[v] = 1
		if l.route[v] < 0 {
			p.left = append(p.left, v)
		}
	}
	rng.Shuffle(len(p.left), func(i, j int) { p.left[i], p.left[j] = p.left[j], p.left[i] })
	p.saved = make([][]int32, l.vehicles)
	return p
}

// Left is how many stops have no place.
func (p *Press) Left() int { return len(p.left) }

// Routes is the plan in hand; some routes may be empty.
func (p *Press) Routes() [][]int {
	p.save()
	return widened(p.saved)
}

// Step places one stop, for which others may lose their places.
func (p *Press) Step() {
	if len(p.left) == 0 {
		return
	}
	v := p.left[len(p.left)-1]
	p.left = p.left[:len(p.left)-1]
	if p.push(v, 0) || p.squeeze(v) {
		return
	}
	p.hard[v]++
	if !p.push(v, ejectMost) {
		p.left = append(p.left, v)
	}
	for range jostleMoves {
		p.jostle()
	}
}

// squeeze puts a stop where it breaks rules least and then makes small moves. If
// rules are still broken, nothing has happened.
func (p *Press) squeeze(v int32) bool {
	l := p.local
	p.save()
	after := l.place(v)
	l.mid = append(l.mid[:0], v)
	l.thread(after, l.mid, l.next[after])
	l.update(l.route[after])
	l.mend()
	if l.late == 0 && l.heavy == 0 {
		return true
	}
	l.bring(p.saved)
	return false
}

func (p *Press) save() {
	l := p.local
	for r := range int32(l.vehicles) {
		s := p.saved[r][:0]
		for v := l.next[l.start(r)]; v != l.end(r); v = l.next[v] {
			s = append(s, v)
		}
		p.saved[r] = s
	}
}

// push puts a stop where at most so many others have to go that were the easiest
// to place so far.
func (p *Press) push(v int32, most int) bool {
	l, m := p.local, &p.room
	m.begin(p, v, most)
	from := p.rng.IntN(l.vehicles)
	for i := range l.vehicles {
		m.search(int32((from + i) % l.vehicles))
	}
	if m.ties == 0 {
		return false
	}
	for _, u := range m.out {
		l.thread(l.prev[u], nil, l.next[u])
		l.route[u] = -1
		p.left = append(p.left, u)
	}
	l.mid = append(l.mid[:0], v)
	l.thread(m.after, l.mid, l.next[m.after])
	l.update(l.route[m.after])
	return true
}

// jostle makes a move at random if it keeps all rules, whatever it costs.
func (p *Press) jostle() {
	l := p.local
	u := int32(1 + p.rng.IntN(int(l.n)-1))
	if len(l.near[u]) == 0 {
		return
	}
	v := l.near[u][p.rng.IntN(len(l.near[u]))]
	if l.route[u] < 0 || l.route[v] < 0 || l.route[u] == l.route[v] {
		return
	}
	a, _ := l.chain(u, 1)
	b, _ := l.chain(v, p.rng.IntN(2))
	more := l.weight(&b) - l.weight(&a)
	r, q := l.route[u], l.route[v]
	if l.loads[r]+more > l.spec.Capacity || l.loads[q]-more > l.spec.Capacity {
		return
	}
	if l.through(a.before, b.list(), a.after) > 0 || l.through(b.before, a.list(), b.after) > 0 {
		return
	}
	l.thread(a.before, b.list(), a.after)
	l.thread(b.before, a.list(), b.after)
	l.update(r)
	l.update(q)
}
