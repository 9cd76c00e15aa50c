package brood

import "math"

// ejectNodes is how many partial routes one search for room looks at.
const ejectNodes = 100_000

// room is a search for the place of a stop.
type room struct {
	press *Press
	stop  int32
	most  int
	nodes int // partial routes looked at

	best  int64 // sum of hard of those that go, in the best place
	ties  int   // places as good as that
	after int32
	out   []int32

	stops  []int32 // of the route that is searched, and its end
	until  []int32 // latest starts there
	spare  int64   // load that the route takes beside all its stops and the new one
	behind int32   // which the stop is put
	going  []int32
}

func (m *room) begin(p *Press, v int32, most int) {
	m.press, m.stop, m.most, m.nodes = p, v, most, 0
	m.best, m.ties, m.going = math.MaxInt64, 0, m.going[:0]
}

// search looks through one route.
func (m *room) search(r int32) {
	l := m.press.local
	m.stops, m.until = m.stops[:0], m.until[:0]
	for v := l.next[l.start(r)]; ; v = l.next[v] {
		m.stops, m.until = append(m.stops, v), append(m.until, l.tail[v].last)
		if v == l.end(r) {
			break
		}
	}
	m.spare = l.spec.Capacity - l.loads[r] - l.spec.Stops[m.stop].Load
	m.walk(0, l.start(r), l.singles[0].first, 0, 0, false)
}

// walk decides on the i-th stop: it stays, it goes, or the new one comes first.
// last has been left at now; sum and load are those of the stops that go.
func (m *room) walk(i int, last, now int32, sum, load int64, placed bool) {
	l := m.press.local
	m.nodes++
	if m.nodes > ejectNodes {
		return
	}
	next := m.stops[i]
	if placed && now+l.ride(last, next) <= m.until[i] && m.spare+load >= 0 {
		m.found(sum)
		return
	}
	if !placed {
		start, ok := l.serve(last, now, m.stop)
		if !ok {
			return // and later it is later
		}
		m.behind = last
		m.walk(i, m.stop, start, sum, load, true)
	}
	if i == len(m.stops)-1 {
		return
	}
	if t, ok := l.serve(last, now, next); ok {
		m.walk(i+1, next, t, sum, load, placed)
	}
	if more := sum + m.press.hard[next]; len(m.going) < m.most && more <= m.best {
		m.going = append(m.going, next)
		m.walk(i+1, last, now, more, load+l.spec.Stops[next].Load, placed)
		m.going = m.going[:len(m.going)-1]
	}
}

// serve is when a stop is left that is visited after another was left; false when
// that is too late to begin.
func (l *local) serve(last, now, v int32) (int32, bool) {
	s := &l.singles[v]
	at := max(now+l.ride(last, v), s.first)
	return at + s.length, at <= s.last
}

// found takes a place, of equally good ones each with the same odds.
func (m *room) found(sum int64) {
	switch {
	case sum > m.best:
		return
	case sum < m.best:
		m.best, m.ties = sum, 0
	}
	m.ties++
	if m.press.rng.IntN(m.ties) == 0 {
		m.after = m.behind
		m.out = append(m.out[:0], m.going...)
	}
}
