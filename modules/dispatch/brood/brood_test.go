package brood

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// TestBest keeps every rule, by the naive count, and costs what it says.
func TestBest(t *testing.T) {
	t.Parallel()
	found := 0
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 4))
		spec := draw(rng, 2+rng.IntN(25), 1+rng.IntN(8))
		routes, got := bred(spec, seed, 120)
		if routes == nil {
			continue
		}
		found++
		want, late, heavy := naive(spec, narrow(routes))
		if got != want || late != 0 || heavy != 0 || len(routes) > spec.Vehicles {
			t.Errorf("seed %d: cost %d, want %d; late %d, heavy %d", seed, got, want, late, heavy)
		}
		if all := slices.Sorted(slices.Values(slices.Concat(routes...))); len(slices.Compact(all)) != len(spec.Stops)-1 {
			t.Errorf("seed %d: stops %v", seed, all)
		}
	}
	if found < 5 {
		t.Errorf("only %d instances solved", found)
	}
}

// TestSame breeds the same plans from the same seed.
func TestSame(t *testing.T) {
	t.Parallel()
	spec := draw(rand.New(rand.NewPCG(7, 7)), 30, 12)
	first, _ := bred(spec, 5, 200)
	second, _ := bred(spec, 5, 200)
	if !reflect.DeepEqual(first, second) {
		t.Errorf("%v, then %v", first, second)
	}
}

// TestAdd takes any routes, and is not worse than what is brought in.
func TestAdd(t *testing.T) {
	t.Parallel()
	spec := draw(rand.New(rand.NewPCG(7, 7)), 20, 12)
	given, cost := bred(spec, 1, 100)
	b := New(spec, rand.New(rand.NewPCG(2, 2)))
	b.Add(given)
	if _, got := b.Best(); got > cost {
		t.Errorf("cost %d after adding a plan of %d", got, cost)
	}
	b.Add(given[:1])
	b.Add(nil)
}

func bred(spec *Spec, seed uint64, steps int) ([][]int, int64) {
	b := New(spec, rand.New(rand.NewPCG(seed, 9)))
	for range steps {
		b.Step()
	}
	return b.Best()
}

func narrow(routes [][]int) [][]int32 {
	out := make([][]int32, len(routes))
	for k, r := range routes {
		for _, v := range r {
			out[k] = append(out[k], int32(v))
		}
	}
	return out
}
