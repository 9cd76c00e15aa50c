package brood

import (
	"math/rand/v2"
	"reflect"
	"testing"
)

// tight makes an instance from routes that just fit: windows lie around the times
// of a plan drawn at random, and there are no more vehicles than it has.
func tight(rng *rand.Rand, n, vehicles int) *Spec {
	spec := draw(rng, n, vehicles)
	routes := make([][]int32, vehicles)
	for k, v := range rng.Perm(n - 1) {
		routes[k%vehicles] = append(routes[k%vehicles], int32(v+1))
	}
	spec.Capacity = 0
	for _, r := range routes {
		now, at, load := int64(0), int32(0), int64(0)
		for _, v := range r {
			now += int64(spec.Arcs[int(at)*n+int(v)].Seconds)
			s := &spec.Stops[v]
			s.Open, s.Close = max(0, now-rng.Int64N(120)), now+rng.Int64N(120)
			now, at, load = now+s.Service, v, load+s.Load
		}
		spec.Capacity = max(spec.Capacity, load)
		spec.Stops[0].Close = max(spec.Stops[0].Close, now+2000)
	}
	return spec
}

// TestPress keeps all rules at every step, loses no stop, and mostly serves all
// where that can be done.
func TestPress(t *testing.T) {
	t.Parallel()
	solved, first := 0, 0
	for seed := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, 8))
		spec := tight(rng, 40, 5)
		p := NewPress(spec, nil, rng)
		for i := range 400 {
			p.Step()
			left := map[int32]bool{}
			for _, v := range p.left {
				left[v] = true
			}
			routes := narrow(p.Routes())
			for _, r := range routes {
				for _, v := range r {
					if left[v] {
						t.Fatalf("seed %d: stop %d is served and left", seed, v)
					}
					left[v] = true
				}
			}
			if _, late, heavy := naive(spec, routes); late != 0 || heavy != 0 || len(left) != 39 {
				t.Fatalf("seed %d: late %d, heavy %d, %d stops", seed, late, heavy, len(left))
			}
			if i == 39 && p.Left() > 0 {
				first++
			}
		}
		solved += b2i(p.Left() == 0)
	}
	if solved < 10 || first == 0 {
		t.Errorf("%d of 12 solved, %d not at once", solved, first)
	}
}

// TestPressSame does the same from the same seed, and takes over what it is given.
func TestPressSame(t *testing.T) {
	t.Parallel()
	spec := tight(rand.New(rand.NewPCG(7, 7)), 40, 5)
	var got [][][]int
	for range 2 {
		p := NewPress(spec, nil, rand.New(rand.NewPCG(1, 1)))
		for range 100 {
			p.Step()
		}
		got = append(got, p.Routes())
		if again := NewPress(spec, p.Routes(), rand.New(rand.NewPCG(1, 1))); again.Left() != p.Left() {
			t.Errorf("%d left, then %d", p.Left(), again.Left())
		}
	}
	if !reflect.DeepEqual(got[0], got[1]) {
		t.Errorf("%v, then %v", got[0], got[1])
	}
}
