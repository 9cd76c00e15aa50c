package learn_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch/learn"
)

const slip = 1e-9

func drawLogs(t *rapid.T) []float64 {
	return rapid.SliceOfN(rapid.Float64Range(-3, 3), 0, 60).Draw(t, "logs")
}

// One visit, however odd, moves an estimate by no more than a step, and in its own
// direction; without visits the parent holds; the estimate lies among what it is
// made of, and moves with it.
func TestShrink(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		logs, parent := drawLogs(t), rapid.Float64Range(-1, 1).Draw(t, "parent")
		theta := learn.Shrink(logs, parent)
		if len(logs) == 0 && theta != parent {
			t.Fatalf("nothing was learnt, and %v became %v", parent, theta)
		}
		all := append(slices.Clone(logs), parent)
		if theta < slices.Min(all)-slip || theta > slices.Max(all)+slip {
			t.Fatalf("%v lies outside %v", theta, all)
		}
		one := rapid.Float64Range(-1e6, 1e6).Draw(t, "one more")
		more := learn.Shrink(append(slices.Clone(logs), one), parent)
		if math.Abs(more-theta) > learn.Step+slip {
			t.Fatalf("%v moves %v to %v", one, theta, more)
		}
		if (one-theta)*(more-theta) < -slip {
			t.Fatalf("%v moves %v the other way, to %v", one, theta, more)
		}
		by := rapid.Float64Range(-1, 1).Draw(t, "by")
		moved := slices.Clone(logs)
		for i := range moved {
			moved[i] += by
		}
		if got := learn.Shrink(moved, parent+by); math.Abs(got-theta-by) > 1e-6 {
			t.Fatalf("moved by %v, %v becomes %v", by, theta, got)
		}
	})
}

// Many visits that agree are believed, the more the closer, through noise; and one in
// ten that is absurd does not keep them from it.
func TestShrinkConverges(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	truth := math.Log(1.4)
	off := func(n int, absurd bool) float64 { // in the mean of 40 tries
		sum := 0.0
		for range 40 {
			logs := make([]float64, n)
			for i := range logs {
				logs[i] = truth + 0.3*rng.NormFloat64()
				if absurd && i%10 == 9 {
					logs[i] = 5
				}
			}
			sum += math.Abs(learn.Shrink(logs, 0) - truth)
		}
		return sum / 40
	}
	before := truth
	for _, n := range []int{5, 50, 500, 5000} {
		got := off(n, false)
		if got > before*2/3 {
			t.Errorf("%d visits are off by %.4f, a tenth as many by %.4f", n, got, before)
		}
		if bad := off(n, true); bad > got+0.09 {
			t.Errorf("with a tenth of them absurd %d visits are off by %.4f, without by %.4f", n, bad, got)
		}
		before = got
	}
	if before > 0.005 {
		t.Errorf("5,000 visits are off by %.4f", before)
	}
}

func TestByHand(t *testing.T) {
	t.Parallel()
	// Six visits weigh as much as the parent does.
	if got := learn.Shrink([]float64{0.4, 0.4, 0.4, 0.4, 0.4, 0.4}, 0); math.Abs(got-0.2) > slip {
		t.Errorf("half way is %v", got)
	}
	for give, want := range map[float64]int64{0: 1000, 10: learn.Most, -10: learn.Least} {
		if got := learn.Permille(give); got != want {
			t.Errorf("Permille(%v) = %d, want %d", give, got, want)
		}
	}
	for _, tt := range [][2]int64{{0, 5}, {5, 0}, {-1, 5}} {
		if _, ok := learn.Log(tt[0], tt[1]); ok {
			t.Errorf("%v of nothing is a factor", tt)
		}
	}
	if got := (learn.Factor{Permille: 1380}).Times(40); got != 55 {
		t.Errorf("40 minutes × 1.38 = %d", got)
	}
	if got := (learn.Factor{}).Times(40); got != 40 {
		t.Errorf("nothing learnt makes %d of 40", got)
	}
}

func visit(node byte, tech byte, work string, stated, taken int64) learn.Visit {
	return learn.Visit{Node: id.Node{node}, Technician: id.Technician{tech}, Work: work, Stated: stated, Taken: taken, Reckoned: 600, Driven: 900}
}

// What is asked of is answered from the closest that has visits, and a technician
// who works like the others is reckoned like the others.
func TestLore(t *testing.T) {
	t.Parallel()
	var here, all []learn.Visit
	for range 40 {
		here = append(here, visit(1, 1, "repair", 3600, 5400), visit(1, 2, "repair", 3600, 5400))
		all = append(all, visit(2, 9, "repair", 3600, 3600), visit(2, 9, "install", 7200, 3600))
	}
	here = append(here, visit(1, 3, "repair", 3600, 7200)) // once
	all = append(all, here...)
	l := learn.Of(id.Node{1}, here, all)
	if l.Travel.Permille < 1400 || l.Travel.Permille > 1500 || l.Travel.Visits != 81 {
		t.Errorf("ways: %+v", l.Travel)
	}
	for _, tt := range []struct {
		name      string
		work      string
		tech      byte
		low, high int64
		of        learn.Level
	}{
		{"much done", "repair", 1, 1400, 1500, learn.OfTechnician},
		{"once done: like the others, a little longer", "repair", 3, 1440, 1620, learn.OfTechnician},
		{"not known here", "repair", 8, 1350, 1500, learn.OfNode},
		{"done elsewhere", "install", 1, 500, 600, learn.OfWork},
		{"never done", "survey", 1, 0, 0, learn.OfNobody},
	} {
		f, of := l.Service(tt.work, id.Technician{tt.tech})
		if of != tt.of || f.Permille < tt.low || f.Permille > tt.high {
			t.Errorf("%s: %+v of %q", tt.name, f, of)
		}
	}
}

// What is learnt does not depend on the order in which visits are read, and of
// nothing nothing is learnt.
func TestLoreIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		visits := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) learn.Visit {
			return learn.Visit{
				Node: id.Node{1}, Technician: id.Technician{rapid.ByteRange(1, 3).Draw(t, "tech")}, Work: rapid.SampledFrom([]string{"", "repair", "install"}).Draw(t, "work"),
				Stated: rapid.Int64Range(-10, 10_000).Draw(t, "stated"), Taken: rapid.Int64Range(-10, 100_000).Draw(t, "taken"),
				Reckoned: rapid.Int64Range(0, 5_000).Draw(t, "reckoned"), Driven: rapid.Int64Range(0, 50_000).Draw(t, "driven"),
			}
		}), 0, 40).Draw(t, "visits")
		want := learn.Of(id.Node{1}, visits, visits)
		mixed := rapid.Permutation(visits).Draw(t, "mixed")
		if d := cmp.Diff(want, learn.Of(id.Node{1}, mixed, mixed)); d != "" {
			t.Fatalf("another order (-want +got):\n%s", d)
		}
		for _, w := range want.Works {
			for _, f := range append([]learn.Factor{w.Everywhere, w.Here}, want.Travel) {
				if f.Permille < learn.Least || f.Permille > learn.Most {
					t.Fatalf("%+v", f)
				}
			}
		}
	})
	if l := learn.Of(id.Node{1}, nil, nil); l.Travel.Permille != 1000 || len(l.Works) != 0 {
		t.Errorf("of nothing: %+v", l)
	}
}
