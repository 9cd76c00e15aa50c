package routing

const orOptLongest = 3

// orOpt puts a chain of two or three jobs that begins or ends with u next to v,
// as it is or turned round (Or 1976).
type orOpt struct{ best shiftMove }

// Supports is true for every problem.
func (o *orOpt) Supports(*Problem) bool { return true }

// Evaluate implements operator.
func (o *orOpt) Evaluate(s *search, u, v int32) Grain {
	cost := none
	a, b := s.at[u], s.at[v]
	for length := 2; length <= orOptLongest; length++ {
		// u comes to lie next to v: right after it, or right before it.
		for _, m := range [...]shiftMove{
			{from: a, to: b, i: int(s.pos[u]), q: int(s.pos[v]) + 1, length: length},
			{from: a, to: b, i: int(s.pos[u]) - length + 1, q: int(s.pos[v]) + 1, length: length, flipped: true},
			{from: a, to: b, i: int(s.pos[u]) - length + 1, q: int(s.pos[v]), length: length},
			{from: a, to: b, i: int(s.pos[u]), q: int(s.pos[v]), length: length, flipped: true},
		} {
			if !m.possible(s) || a == b && m.q > m.i && m.q < m.i+length {
				continue
			}
			if c := m.evaluate(s); c < cost {
				cost, o.best = c, m
			}
		}
	}
	return cost
}

// Apply implements operator.
func (o *orOpt) Apply(s *search) { o.best.apply(s) }
