package brood

import (
	"math/rand/v2"
	"testing"
)

// TestRenew follows a population that soon finds nothing any more: the elders come in
// before another begins from nothing, and the best plan is never lost.
func TestRenew(t *testing.T) {
	t.Parallel()
	spec := draw(rand.New(rand.NewPCG(7, 7)), 12, 8)
	for v := range spec.Stops {
		spec.Stops[v].Open, spec.Stops[v].Close = 0, 12_000
	}
	spec.Capacity = 30
	b := New(spec, rand.New(rand.NewPCG(1, 1)))
	births, met, best := 0, 0, int64(-1)
	for range 12 * renewEach * 20 {
		before := b.age
		b.Step()
		_, cost := b.Best()
		if best >= 0 && cost > best {
			t.Fatalf("the best plan cost %d, now %d", best, cost)
		}
		best = cost
		met += b2i(b.age.met && !before.met)
		if b.age.steps <= before.steps {
			births++
			if len(before.elders) > 0 && !before.met {
				t.Fatal("given up without its elders")
			}
			if n := len(b.age.elders); n == 0 || n > elderMost {
				t.Fatalf("%d elders", n)
			}
			if n := len(b.fit.plans) + len(b.unfit.plans); n > 2 {
				t.Fatalf("%d plans after a birth", n)
			}
		}
	}
	if births <= elderMost || met == 0 {
		t.Errorf("%d populations, elders %d times among them", births, met)
	}
}
