package brood

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// draw makes an instance; matrices need be neither symmetric nor metric.
func draw(rng *rand.Rand, n, vehicles int) *Spec {
	spec := &Spec{Stops: make([]Stop, n), Vehicles: vehicles, Capacity: int64(4 + rng.IntN(30))}
	x, y := make([]float64, n), make([]float64, n)
	for i := range n {
		x[i], y[i] = rng.Float64()*1000, rng.Float64()*1000
		open := rng.Int64N(6000)
		spec.Stops[i] = Stop{Open: open, Close: open + rng.Int64N(3000), Service: rng.Int64N(200), Load: rng.Int64N(4)}
	}
	spec.Stops[0] = Stop{Close: 12_000}
	for i := range n {
		for j := range n {
			a := Arc{Seconds: int32(math.Hypot(x[i]-x[j], y[i]-y[j])) + rng.Int32N(30), Cost: rng.Int32N(1000)}
			if i == j {
				a = Arc{}
			}
			spec.Arcs = append(spec.Arcs, a)
		}
	}
	return spec
}

// naive counts a plan from scratch: cost, lateness by cheating windows, excess load.
func naive(spec *Spec, routes [][]int32) (cost, late, heavy int64) {
	for _, r := range routes {
		if len(r) == 0 {
			continue
		}
		var load int64
		now, at := spec.Stops[0].Open, int32(0)
		for _, v := range append(slices.Clone(r), 0) {
			arc, stop := spec.Arcs[int(at)*len(spec.Stops)+int(v)], &spec.Stops[v]
			cost += int64(arc.Cost)
			now += int64(arc.Seconds)
			if now > stop.Close {
				late, now = late+now-stop.Close, stop.Close
			}
			now = max(now, stop.Open) + stop.Service
			load += stop.Load
			at = v
		}
		heavy += max(0, load-spec.Capacity)
	}
	return cost, late, heavy
}

// audit compares everything that local knows with the naive count, and that each
// stop is served once.
func audit(t *testing.T, l *local) int64 {
	t.Helper()
	var routes [][]int32
	served := make([]int, l.n)
	var late, heavy int64
	vacant := int32(-1)
	for r := range int32(l.vehicles) {
		var stops []int32
		for v := l.next[l.start(r)]; v != l.end(r); v = l.next[v] {
			if l.route[v] != r || l.prev[l.next[v]] != v {
				t.Fatalf("stop %d: broken links", v)
			}
			served[v]++
			stops = append(stops, v)
		}
		routes = append(routes, stops)
		if len(stops) == 0 && vacant < 0 {
			vacant = r
		}
		late, heavy = late+l.lates[r], heavy+max(0, l.loads[r]-l.spec.Capacity)
	}
	if vacant != l.vacancy {
		t.Fatalf("the first empty route is %d, want %d", l.vacancy, vacant)
	}
	for v := 1; v < int(l.n); v++ {
		if served[v] != 1 {
			t.Fatalf("stop %d served %d times", v, served[v])
		}
	}
	cost, wantLate, wantHeavy := naive(l.spec, routes)
	if late != wantLate || heavy != wantHeavy {
		t.Fatalf("late %d, heavy %d, want %d, %d", late, heavy, wantLate, wantHeavy)
	}
	return cost + late*l.latePrice + heavy*l.heavyPrice
}
