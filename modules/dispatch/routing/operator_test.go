package routing_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// drawFeatures draws which rules a problem uses; half of the problems are plain,
// so that both ways to judge a route are walked.
func drawFeatures(t *rapid.T) features {
	b := rapid.Bool()
	f := features{
		windows: b.Draw(t, "windows"), skills: b.Draw(t, "skills"), loads: b.Draw(t, "loads"), pins: b.Draw(t, "pins"),
		people: b.Draw(t, "people"), work: b.Draw(t, "work"), frozen: b.Draw(t, "frozen"),
	}
	if b.Draw(t, "contracts") {
		f.worth, f.unpaid = b.Draw(t, "worth"), b.Draw(t, "unpaid")
		f.partners, f.surcharges = b.Draw(t, "partners"), b.Draw(t, "surcharges")
		f.visits, f.roads, f.minimum, f.nights = b.Draw(t, "visits"), b.Draw(t, "roads"), b.Draw(t, "minimum"), b.Draw(t, "nights")
	}
	f.state = b.Draw(t, "state")
	if b.Draw(t, "goods") {
		f.takes, f.pairs, f.stock = b.Draw(t, "takes"), b.Draw(t, "pairs"), b.Draw(t, "stock")
	}
	f.even = b.Draw(t, "even")
	if b.Draw(t, "travel") {
		f.ways, f.paces, f.setups = b.Draw(t, "ways"), b.Draw(t, "paces"), b.Draw(t, "setups")
		f.tide = b.Draw(t, "tide")
	}
	if b.Draw(t, "rich") {
		f.several, f.due, f.breaks, f.tell = b.Draw(t, "several"), b.Draw(t, "due"), b.Draw(t, "breaks"), b.Draw(t, "tell")
	}
	return f
}

func drawProblem(t *rapid.T, most int) (routing.Spec, *routing.Problem, *rand.Rand) {
	f := drawFeatures(t)
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
	spec := generate(r, rapid.IntRange(1, most).Draw(t, "jobs"), rapid.IntRange(1, 4).Draw(t, "technicians"), f)
	p, err := routing.New(spec)
	if err != nil {
		t.Fatalf("New() = %v", err)
	}
	return spec, p, r
}

// TestDeltaEqualsRecomputed drives every operator over random plans: what it says
// must be what Cost says from scratch, and no move may break a rule.
func TestDeltaEqualsRecomputed(t *testing.T) {
	t.Parallel()
	moves := map[int]int{}
	rapid.Check(t, func(t *rapid.T) {
		_, p, r := drawProblem(t, 25)
		s := routing.NewProbe(p, p.Empty(), r)
		s.Construct()
		for range 600 {
			before := routing.Cost(p, s.Plan())
			op := r.IntN(s.Operators())
			delta, ok := s.Try(op, r.Int32N(int32(p.Jobs())), r.Int32N(int32(p.Jobs())))
			if !ok {
				continue
			}
			moves[op]++
			plan := s.Plan()
			after := routing.Cost(p, plan)
			if after.Total()-before.Total() != delta || after.Score() != s.Score() {
				t.Fatalf("operator %d: delta %d, recomputed %d; score %v, recomputed %v", op, delta, after.Total()-before.Total(), s.Score(), after.Score())
			}
			if b := routing.Check(p, plan); b != nil {
				t.Fatalf("operator %d: Check() = %v", op, b)
			}
		}
	})
	least := 20
	if testing.Short() {
		least = 2
	}
	for op := range 4 {
		if moves[op] < least {
			t.Errorf("operator %d made %d moves, too few to show anything", op, moves[op])
		}
	}
}

// TestStepsAndTheirUndo does the same for ruin, recreate, construction and descent.
func TestStepsAndTheirUndo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, p, r := drawProblem(t, 25)
		s := routing.NewProbe(p, p.Empty(), r)
		steps := []func(){s.Step, s.Step, s.Step, s.Descend, s.Construct}
		for range 40 {
			old, score := s.Plan(), s.Score()
			steps[r.IntN(len(steps))]()
			plan := s.Plan()
			if b := routing.Check(p, plan); b != nil {
				t.Fatalf("Check() = %v", b)
			}
			if bill := routing.Cost(p, plan); bill.Score() != s.Score() {
				t.Fatalf("score %v, recomputed %v", s.Score(), bill.Score())
			}
			if r.IntN(2) == 0 {
				s.Revert()
				if !slices.EqualFunc(s.Plan().Routes, old.Routes, slices.Equal) || s.Score() != score {
					t.Fatalf("Revert() = %v %v, want %v %v", s.Plan(), s.Score(), old, score)
				}
			}
		}
	})
}

// TestRoughWays ruins and recreates where a detour may be quicker and a break may
// come elsewhere when a visit is gone: no step may break a rule.
func TestRoughWays(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]features{
		"plain": {windows: true}, "road": {windows: true, roads: true}, "tide": {windows: true, tide: true, work: true, roads: true},
		"breaks": {windows: true, breaks: true, work: true, due: true, several: true},
	} {
		for seed := range uint64(30) {
			r := rand.New(rand.NewPCG(seed, 99))
			spec := generate(r, 20, 3, f)
			for i, d := range spec.Travel.Seconds {
				if d > 0 {
					spec.Travel.Seconds[i] += r.Int32N(30)
					spec.Travel.Metres[i] += r.Int32N(90)
				}
			}
			p, err := routing.New(spec)
			if err != nil {
				t.Fatal(err)
			}
			s := routing.NewProbe(p, p.Empty(), r)
			s.Construct()
			for range 150 {
				s.Step()
				if b := routing.Check(p, s.Plan()); b != nil {
					t.Fatalf("%s/%d: Check() = %v", name, seed, b)
				}
			}
		}
	}
}

// line is a problem by hand: sites on a line, one unit of time and money per
// unit of way, technicians who start and end at 0 unless homes says otherwise.
func line(places []int, homes ...int) routing.Spec {
	at := append(slices.Clone(places), homes...)
	spec := routing.Spec{Travel: routing.Matrix(len(at), func(i, j int) (int32, int32) {
		d := int32(abs(at[i] - at[j]))
		return d, d
	})}
	for i := range places {
		spec.Jobs = append(spec.Jobs, routing.Job{Site: i, Priority: 1})
	}
	for i := range homes {
		h := len(places) + i
		spec.Technicians = append(spec.Technicians, routing.Technician{
			Rates:  routing.Rates{Kilometre: 1000},
			Shifts: []routing.Shift{{Start: h, End: h, Open: 0, Close: 10000}},
		})
	}
	return spec
}

// minor is a price of whole units in Grains.
func minor(v int64) routing.Grain { return routing.Grain(v * 18000) }

// handMove plans by hand, makes one move and compares delta and routes.
func handMove(t *testing.T, op int, places, homes []int, give [][]int, u, v int32, delta int64, want [][]int) {
	t.Helper()
	p, err := routing.New(line(places, homes...))
	if err != nil {
		t.Fatal(err)
	}
	s := routing.NewProbe(p, routing.Plan{Routes: give}, rand.New(rand.NewPCG(1, 1)))
	got, ok := s.Try(op, u, v)
	if !ok || got != minor(delta) {
		t.Errorf("Try(%d, %d) = %d, %v, want %d", u, v, got, ok, minor(delta))
	}
	if !slices.EqualFunc(s.Plan().Routes, want, slices.Equal) {
		t.Errorf("Try(%d, %d) leaves %v, want %v", u, v, s.Plan().Routes, want)
	}
}

func TestRelocate(t *testing.T) {
	t.Parallel()
	// Home at 0: 10, -20, 30 is a way of 120, and 10, 30, -20 one of 100.
	handMove(t, 0, []int{10, -20, 30}, []int{0}, [][]int{{0, 1, 2}}, 1, 2, -20, [][]int{{0, 2, 1}})
	// To the other technician, who lives at 100: before or after her visit costs the same.
	handMove(t, 0, []int{10, 80, 90}, []int{0, 100}, [][]int{{0, 1}, {2}}, 1, 2, -140+20, [][]int{{0}, {1, 2}})
}

func TestSwap(t *testing.T) {
	t.Parallel()
	handMove(t, 1, []int{10, 90}, []int{0, 100}, [][]int{{1}, {0}}, 0, 1, -320, [][]int{{0}, {1}})
	handMove(t, 1, []int{10, -10, 20}, []int{0}, [][]int{{0, 1, 2}}, 1, 2, -20, [][]int{{0, 2, 1}})
}

func TestTailSwap(t *testing.T) {
	t.Parallel()
	// 10 then -20, and -10 then 20: 60 each; 10, 20 and -10, -20 are 40 each.
	handMove(t, 2, []int{10, -20, -10, 20}, []int{0, 0}, [][]int{{0, 1}, {2, 3}}, 0, 3, -40, [][]int{{0, 3}, {2, 1}})
}

func TestOrOpt(t *testing.T) {
	t.Parallel()
	// The chain 80, 90 moves whole to the technician at 100, behind 95, turned so that 90 comes first.
	handMove(t, 3, []int{10, 80, 90, 95}, []int{0, 100}, [][]int{{0, 1, 2}, {3}}, 2, 3, -160+30, [][]int{{0}, {3, 2, 1}})
}

// TestNoAllocation keeps the inner loop free of garbage.
func TestNoAllocation(t *testing.T) {
	for name, f := range map[string]features{
		"plain": {windows: true, loads: true}, "both ways": {windows: true, takes: true}, "pairs": {windows: true, takes: true, pairs: true}, "stock": {windows: true, stock: true, work: true}, "rich": {windows: true, due: true, breaks: true}, "rich pairs": {windows: true, due: true, breaks: true, pairs: true},
		"contracts": {windows: true, partners: true, surcharges: true, visits: true, roads: true, minimum: true, nights: true, worth: true},
		"ways":      {windows: true, ways: true, paces: true, setups: true}, "ways unpaid": {windows: true, ways: true, unpaid: true}, "tide": {windows: true, due: true, breaks: true, work: true, tide: true}, "tide and pairs": {windows: true, tide: true, pairs: true},
		"rich contracts": {windows: true, due: true, breaks: true, partners: true, surcharges: true, visits: true, roads: true, minimum: true, nights: true},
	} {
		r := rand.New(rand.NewPCG(5, 5))
		p, err := routing.New(generate(r, 60, 5, f))
		if err != nil {
			t.Fatal(err)
		}
		s := routing.NewProbe(p, p.Empty(), r)
		s.Construct()
		for range 5000 {
			s.Step()
		}
		if n := testing.AllocsPerRun(2000, s.Step); n > 0 {
			t.Errorf("%s: %v allocations per step, want 0", name, n)
		}
	}
}
