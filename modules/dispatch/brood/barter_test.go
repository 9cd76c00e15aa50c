package brood

import (
	"math/rand/v2"
	"testing"
)

// eachSwap calls with every exchange of two stops of routes p and q.
func (l *local) eachSwap(p, q int32, do func(swap)) {
	each := func(r int32, do func(int32)) {
		for v := l.next[l.start(r)]; v != l.end(r); v = l.next[v] {
			do(v)
		}
	}
	each(p, func(u int32) {
		each(q, func(v int32) {
			places := func(r, gone int32, do func(int32)) {
				do(l.start(r))
				each(r, func(x int32) {
					if x != gone {
						do(x)
					}
				})
			}
			places(q, v, func(afterU int32) { places(p, u, func(afterV int32) { do(swap{u, v, afterU, afterV}) }) })
		})
	})
}

// TestWorth makes every exchange of random plans: what it is worth is by how much the
// naive count changes.
func TestWorth(t *testing.T) {
	t.Parallel()
	made := 0
	for seed := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, 8))
		l := newLocal(draw(rng, 12, 2+rng.IntN(3)), rng)
		routes := randomRoutes(l)
		l.bring(routes)
		before := audit(t, l)
		for p := range int32(l.vehicles) {
			for q := range p {
				l.eachSwap(p, q, func(s swap) {
					want := l.worth(s)
					l.perform(s)
					if got := audit(t, l) - before; got != want {
						t.Fatalf("seed %d: %+v changes the plan by %d, said to be worth %d", seed, s, got, want)
					}
					l.bring(routes)
					made++
				})
			}
		}
	}
	if made < 1000 {
		t.Errorf("only %d exchanges", made)
	}
}

// metric makes every way as cheap as the cheapest detour.
func metric(spec *Spec) {
	n := len(spec.Stops)
	for k := range n {
		for i := range n {
			for j := range n {
				a := &spec.Arcs[i*n+j]
				a.Cost = min(a.Cost, spec.Arcs[i*n+k].Cost+spec.Arcs[k*n+j].Cost)
			}
		}
	}
}

// TestDeal finds the best of all exchanges where windows ask nothing, with loads and
// without; where they do, it makes none that does not help.
func TestDeal(t *testing.T) {
	t.Parallel()
	done := 0
	for seed := range uint64(90) {
		rng := rand.New(rand.NewPCG(seed, 9))
		spec := draw(rng, 14, 2)
		if seed%3 > 0 {
			for v := range spec.Stops {
				spec.Stops[v].Open, spec.Stops[v].Close = 0, 1<<20
			}
		}
		if seed%3 > 1 {
			spec.Capacity = 1 << 20
		}
		metric(spec)
		l := newLocal(spec, rng)
		routes := randomRoutes(l)
		l.bring(routes)
		before, best := audit(t, l), int64(0)
		l.eachSwap(0, 1, func(s swap) { best = min(best, l.worth(s)) })
		moved := l.deal(0, 1)
		got := audit(t, l) - before
		if moved != (got < 0) || seed%3 > 0 && got != best {
			t.Fatalf("seed %d: moved %v, worth %d, the best is worth %d", seed, moved, got, best)
		}
		done += b2i(moved)
	}
	if done < 45 {
		t.Errorf("only %d deals", done)
	}
}

// TestBarter makes plans cheaper, rule by rule as the naive count says, and allocates
// nothing.
func TestBarter(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 10))
	l := newLocal(draw(rng, 60, 6), rng)
	helped := 0
	for range 30 {
		l.scatter()
		before := audit(t, l)
		moved := l.barter(-1)
		if after := audit(t, l); moved != (after < before) || after > before {
			t.Fatalf("moved %v from %d to %d", moved, before, after)
		}
		helped += b2i(moved)
	}
	if helped < 20 {
		t.Errorf("helped %d of 30 times", helped)
	}
	routes := randomRoutes(l)
	if n := testing.AllocsPerRun(50, func() { l.bring(routes); l.barter(-1) }); n > 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
