package brood

import (
	"cmp"
	"slices"
)

// breeder is the scratch of cross.
type breeder struct {
	out, in []bool  // stop → is in a route that leaves, that comes
	of      []int32 // stop → route of the second parent
	common  []int   // route of the second parent → stops that it shares with those that leave
	order   []int
}

func newBreeder(n int) breeder {
	return breeder{out: make([]bool, n), in: make([]bool, n), of: make([]int32, n)}
}

// cross replaces some neighbouring routes of p by those of q that cover most of
// the same stops (selective route exchange, Nagata, Bräysy and Dullaert 2010).
// Stops that would come twice stay in one of the places, drawn at random; those
// that are lost are for fill to put back.
func (b *Brood) cross(p, q *plan) [][]int32 {
	s := &b.scratch
	clear(s.out)
	clear(s.in)
	leave := b.patch(p, 1+b.rng.IntN(max(1, min(len(p.routes), len(q.routes))-1)))
	for _, r := range leave {
		for _, v := range p.routes[r] {
			s.out[v] = true
		}
	}
	come := s.covering(q, len(leave))
	for _, r := range come {
		for _, v := range q.routes[r] {
			s.in[v] = true
		}
	}
	settled := b.rng.IntN(2) == 0 // stops stay where p has them
	child := make([][]int32, 0, b.local.vehicles)
	for k, r := range p.routes {
		if !slices.Contains(leave, k) {
			child = append(child, pruned(r, func(v int32) bool { return settled || !s.in[v] }))
		}
	}
	for _, k := range come {
		child = append(child, pruned(q.routes[k], func(v int32) bool { return !settled || s.out[v] }))
	}
	return child
}

func pruned(route []int32, keep func(int32) bool) []int32 {
	out := make([]int32, 0, len(route))
	for _, v := range route {
		if keep(v) {
			out = append(out, v)
		}
	}
	return out
}

// patch chooses count routes of a plan around a stop drawn at random.
func (b *Brood) patch(p *plan, count int) []int {
	s := &b.scratch
	for k, r := range p.routes {
		for _, v := range r {
			s.of[v] = int32(k)
		}
	}
	seed := int32(1 + b.rng.IntN(len(p.next)-1))
	out := append(make([]int, 0, count), int(s.of[seed]))
	for _, v := range b.local.ranked[seed] {
		if len(out) == count {
			break
		}
		if k := int(s.of[v]); !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// covering lists the count routes of q that share most with what leaves.
func (s *breeder) covering(q *plan, count int) []int {
	s.common, s.order = s.common[:0], s.order[:0]
	for k, r := range q.routes {
		n := 0
		for _, v := range r {
			n += b2i(s.out[v])
		}
		s.common, s.order = append(s.common, 2*n-len(r)), append(s.order, k)
	}
	slices.SortStableFunc(s.order, func(a, b int) int { return cmp.Compare(s.common[b], s.common[a]) })
	return slices.Clone(s.order[:count])
}
