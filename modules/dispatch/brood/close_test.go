package brood

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestClosed takes a route away from plans of any shape, some of whose routes are empty:
// whole again they have exactly one fewer, unless there is no other.
func TestClosed(t *testing.T) {
	t.Parallel()
	shut := 0
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 5))
		b := New(draw(rng, 2+rng.IntN(14), 1+rng.IntN(6)), rng)
		l := b.local
		child := randomRoutes(l)
		used := len(slices.DeleteFunc(slices.Clone(child), func(r []int32) bool { return len(r) == 0 }))
		child, l.shut = b.closed(child)
		if want := used - b2i(used > 1); l.shut != (used > 1) || len(child) != want {
			t.Fatalf("%d routes are left of %d, want %d; shut is %v", len(child), used, want, l.shut)
		}
		l.bring(child)
		l.fill()
		audit(t, l)
		if n := len(l.plan().routes); n != len(child) {
			t.Fatalf("whole again it has %d routes, want %d", n, len(child))
		}
		shut += b2i(l.shut)
	}
	if shut < 30 {
		t.Errorf("only %d plans had a route to close", shut)
	}
}

// TestBegetLeavesTheDoorOpen: only an offspring that loses a route is filled without a
// new one; small moves and those that come after it may open one.
func TestBegetLeavesTheDoorOpen(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	b := New(draw(rng, 20, 8), rng)
	for range 300 {
		b.Step()
		if b.local.shut {
			t.Fatal("empty routes stay shut")
		}
	}
}
