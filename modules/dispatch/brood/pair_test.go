package brood

import (
	"math/rand/v2"
	"testing"
)

// TestPair finds a move wherever one of those it knows helps: looking at the ways
// first overlooks none.
func TestPair(t *testing.T) {
	t.Parallel()
	found := 0
	for seed := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, 5))
		spec := draw(rng, 12, 2+rng.IntN(4))
		if seed%2 == 0 {
			even(spec)
		}
		l := newLocal(spec, rng)
		routes := randomRoutes(l)
		for u := int32(1); u < l.n; u++ {
			for v := int32(1); v < l.n; v++ {
				if u == v {
					continue
				}
				l.bring(routes)
				a := l.around(u)
				got := l.pair(&a, v)
				if want := l.helps(routes, u, v); got != want {
					t.Fatalf("seed %d, %d and %d in %v: moved %v, want %v", seed, u, v, routes, got, want)
				}
				found += b2i(got)
			}
		}
	}
	if found < 100 {
		t.Errorf("only %d pairs had a move", found)
	}
}

// helps tries the moves of a pair without looking at the ways first.
func (l *local) helps(routes [][]int32, u, v int32) bool {
	w := l.n
	tries := []func() bool{
		func() bool { return l.exchange(u, 1, v, 0, false) },
		func() bool { return l.exchange(u, 2, v, 0, false) },
		func() bool { return l.exchange(u, 2, v, 0, true) },
		func() bool { return u < v && l.exchange(u, 1, v, 1, false) },
		func() bool { return l.exchange(u, 2, v, 1, false) },
		func() bool { return u < v && l.exchange(u, 2, v, 2, false) },
		func() bool { return l.tails(u, v) },
		func() bool { return l.tails(u, l.next[v]) },
		func() bool { return l.reverse(u, v) },
		func() bool { w = l.prev[v]; return w >= l.n && l.exchange(u, 1, w, 0, false) },
		func() bool { w = l.prev[v]; return w >= l.n && l.exchange(u, 2, w, 0, false) },
	}
	for _, try := range tries {
		l.bring(routes)
		if try() {
			return true
		}
	}
	return false
}

// even makes ways as long in both directions.
func even(spec *Spec) {
	n := len(spec.Stops)
	for i := range n {
		for j := range i {
			spec.Arcs[i*n+j] = spec.Arcs[j*n+i]
		}
	}
}

// TestMend leaves nothing for improve to do.
func TestMend(t *testing.T) {
	t.Parallel()
	mended := 0
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 6))
		l := newLocal(draw(rng, 40, 4+rng.IntN(4)), rng)
		l.scatter()
		l.improve()
		l.reprice(l.latePrice*repairMore, l.heavyPrice*repairMore)
		before := audit(t, l)
		l.mend()
		after := audit(t, l)
		l.improve()
		if again := audit(t, l); again != after {
			t.Errorf("seed %d: from %d to %d, then to %d", seed, before, after, again)
		}
		mended += b2i(after < before)
	}
	if mended == 0 {
		t.Error("nothing to mend")
	}
}
