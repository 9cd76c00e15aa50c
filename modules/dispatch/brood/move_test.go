package brood

import (
	"math/rand/v2"
	"testing"
)

// moves are all small moves of two different stops.
var moves = map[string]func(l *local, u, v int32) bool{
	"relocate":      func(l *local, u, v int32) bool { return l.exchange(u, 1, v, 0, false) },
	"relocate two":  func(l *local, u, v int32) bool { return l.exchange(u, 2, v, 0, false) },
	"relocate flip": func(l *local, u, v int32) bool { return l.exchange(u, 2, v, 0, true) },
	"to the start":  func(l *local, u, v int32) bool { return l.exchange(u, 1, l.start(l.route[v]), 0, false) },
	"swap":          func(l *local, u, v int32) bool { return l.exchange(u, 1, v, 1, false) },
	"swap two one":  func(l *local, u, v int32) bool { return l.exchange(u, 2, v, 1, false) },
	"swap two":      func(l *local, u, v int32) bool { return l.exchange(u, 2, v, 2, false) },
	"tails":         func(l *local, u, v int32) bool { return l.tails(u, v) },
	"tails after":   func(l *local, u, v int32) bool { return l.tails(u, l.next[v]) },
	"reverse":       func(l *local, u, v int32) bool { return l.reverse(u, v) },
}

// TestMoves tries every move on every pair of random plans: what is done keeps
// all stops, agrees with the naive count and makes the plan cheaper; what is not
// done changes nothing.
func TestMoves(t *testing.T) {
	t.Parallel()
	for name, move := range moves {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(12) {
				rng := rand.New(rand.NewPCG(seed, 1))
				l := newLocal(draw(rng, 14, 2+rng.IntN(4)), rng)
				done := tryAll(t, l, move)
				if seed == 0 && done == 0 {
					t.Error("never done")
				}
			}
		})
	}
}

func tryAll(t *testing.T, l *local, move func(*local, int32, int32) bool) int {
	t.Helper()
	l.bring(randomRoutes(l))
	done, before := 0, audit(t, l)
	for u := int32(1); u < l.n; u++ {
		for v := int32(1); v < l.n; v++ {
			if u == v {
				continue
			}
			moved := move(l, u, v)
			after := audit(t, l)
			if moved && after >= before || !moved && after != before {
				t.Fatalf("%d, %d: moved %v from %d to %d", u, v, moved, before, after)
			}
			done, before = done+b2i(moved), after
		}
	}
	return done
}

// randomRoutes deals the stops out.
func randomRoutes(l *local) [][]int32 {
	routes := make([][]int32, l.vehicles)
	for _, k := range l.rng.Perm(int(l.n) - 1) {
		r := l.rng.IntN(l.vehicles)
		routes[r] = append(routes[r], int32(k+1))
	}
	return routes
}

// TestImprove ends where no move helps.
func TestImprove(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	l := newLocal(draw(rng, 40, 8), rng)
	l.bring(randomRoutes(l))
	before := audit(t, l)
	l.improve()
	if after := audit(t, l); after >= before {
		t.Errorf("from %d to %d", before, after)
	}
	for name, move := range moves {
		if tried := l.near[1][0]; move(l, 1, tried) && name != "to the start" {
			t.Errorf("%s still helps", name)
		}
	}
}

// TestFill puts all stops in, each at a price that the naive count confirms.
func TestFill(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 3))
		l := newLocal(draw(rng, 2+rng.IntN(30), 1+rng.IntN(5)), rng)
		l.scatter()
		audit(t, l)
	}
}
