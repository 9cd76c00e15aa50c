package brood

import "slices"

const (
	closeOdds  = 0.1 // of an offspring that loses a route
	closeDraws = 3   // routes drawn, of which the shortest is closed
)

// beget takes a child of two plans in hand, whole again. Now and then one of its routes is
// closed, and what that served has to go with the others: small moves seldom empty a
// route, so a population whose plans have one too many would keep it for good.
func (b *Brood) beget() {
	l := b.local
	child := b.cross(b.pick(), b.pick())
	if b.rng.Float64() < closeOdds {
		child, l.shut = b.closed(child)
	}
	l.bring(child)
	l.fill()
	l.shut = false
}

// closed is a child without one of its shorter routes and without empty ones; false when
// there is no other route to take the stops.
func (b *Brood) closed(child [][]int32) ([][]int32, bool) {
	child = slices.DeleteFunc(child, func(r []int32) bool { return len(r) == 0 })
	if len(child) < 2 {
		return child, false
	}
	k := b.rng.IntN(len(child))
	for range closeDraws - 1 {
		if j := b.rng.IntN(len(child)); len(child[j]) < len(child[k]) {
			k = j
		}
	}
	return slices.Delete(child, k, k+1), true
}
