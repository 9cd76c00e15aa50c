package routing_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// revise changes a problem at random, in one revision.
func revise(r *rand.Rand, p *routing.Problem, f features) *routing.Revision {
	v := p.Revise()
	spec := p.Spec()
	technicians := len(spec.Technicians)
	for range r.IntN(3) {
		to, from := make([]routing.Leg, v.Sites()), make([]routing.Leg, v.Sites())
		for i := range to {
			to[i], from[i] = routing.Leg{Seconds: r.Int32N(90), Metres: r.Int32N(300)}, routing.Leg{Seconds: r.Int32N(90) - 2, Metres: r.Int32N(300)}
		}
		v.AddJob(aJob(r, v.AddSite(to, from), technicians, f))
	}
	for range r.IntN(3) {
		if j := r.IntN(len(spec.Jobs)); r.IntN(2) == 0 {
			v.Retire(j)
		} else {
			job := aJob(r, r.IntN(v.Sites()), technicians, f)
			job.Promised = r.IntN(3) == 0
			v.SetJob(j, job)
		}
	}
	t := r.IntN(technicians)
	s := v.Shift(t, 0)
	switch r.IntN(5) {
	case 0:
		s.Off, s.Frozen = true, nil
	case 1:
		s.Close = s.Open + (s.Close-s.Open)/2
	case 2:
		s.Capacity, s.MaxJobs = []int32{r.Int32N(6), 2, 1}, r.IntN(4)
	case 3:
		v.SetSkills(t, []routing.Grant{{Skill: r.IntN(3), Level: 3}})
	default:
		s.Begun = true
	}
	v.SetShift(t, 0, s)
	if r.IntN(3) == 0 {
		v.Now(int64(r.IntN(500)))
	}
	if r.IntN(4) == 0 {
		v.SetWays(func(_, _ int, l routing.Leg) routing.Leg {
			return routing.Leg{Seconds: l.Seconds * 5 / 4, Metres: l.Metres}
		})
	}
	if f.tide && r.IntN(3) == 0 {
		v.SetSpeeds(r.IntN(1+len(spec.Others)), speeds(r))
	}
	return v
}

// sameAnswers asks both problems everything that can be asked of a problem.
func sameAnswers(t *rapid.T, a, b *routing.Problem) {
	start := routing.Improve(a, 20, 1)
	if other := routing.Improve(b, 20, 1); !reflect.DeepEqual(start, other) {
		t.Fatalf("Solve() = %v, want %v", start, other)
	}
	for _, plan := range []routing.Plan{start, a.Empty()} {
		if x, y := routing.Cost(a, plan), routing.Cost(b, plan); x != y {
			t.Fatalf("Cost() = %+v, want %+v", x, y)
		}
		if x, y := routing.Check(a, plan), routing.Check(b, plan); !reflect.DeepEqual(x, y) {
			t.Fatalf("Check() = %v, want %v", x, y)
		}
		for j := range a.Jobs() {
			if x, y := routing.Insert(a, plan, j), routing.Insert(b, plan, j); !reflect.DeepEqual(x, y) {
				t.Fatalf("Insert(%d) = %v, want %v", j, x, y)
			}
			if x, y := routing.Why(a, plan, j), routing.Why(b, plan, j); !reflect.DeepEqual(x, y) {
				t.Fatalf("Why(%d) = %v, want %v", j, x, y)
			}
		}
	}
	for r, jobs := range start.Routes { // a plan that breaks rules
		other := start.Clone()
		slices.Reverse(jobs)
		other.Routes[r] = append(jobs, 0)
		if x, y := routing.Check(a, other), routing.Check(b, other); !reflect.DeepEqual(x, y) {
			t.Fatalf("Check() = %v, want %v", x, y)
		}
	}
}

// TestRevisionEqualsNew revises problems over and over, now and then from one that
// was revised before: each answers like one made anew, and none of the older ones
// changes.
func TestRevisionEqualsNew(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := drawFeatures(t)
		f.links = rapid.Bool().Draw(t, "links")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		p, err := routing.New(generate(r, rapid.IntRange(1, 10).Draw(t, "jobs"), rapid.IntRange(1, 4).Draw(t, "technicians"), f))
		if err != nil {
			t.Fatal(err)
		}
		lineage, specs := []*routing.Problem{p}, []routing.Spec{p.Spec()}
		for range 4 {
			next, err := revise(r, lineage[r.IntN(len(lineage))], f).Seal()
			if errors.Is(err, routing.ErrSpec) {
				continue // a frozen job retired, or shifts out of order
			}
			if err != nil {
				t.Fatal(err)
			}
			lineage, specs = append(lineage, next), append(specs, next.Spec())
		}
		for i, q := range lineage {
			if !reflect.DeepEqual(q.Spec(), specs[i]) {
				t.Fatalf("problem %d of %d has changed", i, len(lineage))
			}
			anew, err := routing.New(specs[i])
			if err != nil {
				t.Fatalf("New() = %v", err)
			}
			sameAnswers(t, q, anew)
		}
	})
}

// TestRevisionRefuses names what is wrong, and leaves the problem as it was.
func TestRevisionRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(v *routing.Revision){
		"a site without ways":    func(v *routing.Revision) { v.AddSite(nil, nil) },
		"a way beyond measure":   func(v *routing.Revision) { v.AddSite([]routing.Leg{{Seconds: 1 << 29}, {}}, make([]routing.Leg, 2)) },
		"a job nowhere":          func(v *routing.Revision) { v.AddJob(routing.Job{Site: 9}) },
		"frozen in a shift away": func(v *routing.Revision) { v.SetShift(0, 0, routing.Shift{Off: true, Frozen: []int{0}, Close: 9}) },
		"ways beyond measure": func(v *routing.Revision) {
			v.SetWays(func(_, _ int, _ routing.Leg) routing.Leg { return routing.Leg{Metres: 1 << 30} })
		},
		"a shift that ends earlier": func(v *routing.Revision) { v.SetShift(0, 0, routing.Shift{Open: 9, Close: 8}) },
	} {
		p, err := routing.New(line([]int{10}, 0))
		if err != nil {
			t.Fatal(err)
		}
		v := p.Revise()
		change(v)
		if _, err := v.Seal(); !errors.Is(err, routing.ErrSpec) {
			t.Errorf("%s: Seal() = %v, want %v", name, err, routing.ErrSpec)
		}
		if next, err := p.Revise().Seal(); err != nil || next.Jobs() != 1 {
			t.Errorf("%s: afterwards Seal() = %v", name, err)
		}
	}
}

// TestNow moves the instant on: an idle technician goes on no earlier, one under way is
// left alone, breaks that are over are forgotten and so are shifts.
func TestNow(t *testing.T) {
	t.Parallel()
	shift := routing.Shift{Open: 100, Close: 200, MaxWork: 80, Breaks: []routing.Break{{Open: 110, Close: 120, Length: 5}, {Open: 130, Close: 160, Length: 5}}}
	for _, tt := range []struct {
		name string
		now  int64
		make func(s *routing.Shift)
		want func(s *routing.Shift)
	}{
		{"not yet", 100, func(*routing.Shift) {}, func(*routing.Shift) {}},
		{"not begun", 130, func(*routing.Shift) {}, func(s *routing.Shift) { s.Open, s.Breaks = 130, s.Breaks[1:] }},
		{"idle", 130, func(s *routing.Shift) { s.Begun, s.Spent.Work = true, 7 }, func(s *routing.Shift) { s.Open, s.Breaks, s.Spent.Work = 130, s.Breaks[1:], 37 }},
		{"under way", 130, func(s *routing.Shift) { s.Begun, s.Frozen = true, []int{0} }, func(*routing.Shift) {}},
		{"over", 300, func(*routing.Shift) {}, func(s *routing.Shift) { s.Open, s.Breaks, s.Off = 200, nil, true }},
	} {
		spec := line([]int{10}, 0)
		s := shift
		tt.make(&s)
		spec.Technicians[0].Shifts[0] = s
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		v := p.Revise()
		v.Now(tt.now)
		next, err := v.Seal()
		if err != nil {
			t.Fatal(err)
		}
		want := s
		tt.want(&want)
		got := next.Spec().Technicians[0].Shifts[0]
		if len(got.Breaks) != len(want.Breaks) || got.Open != want.Open || got.Off != want.Off || got.Spent != want.Spent {
			t.Errorf("%s: %+v, want %+v", tt.name, got, want)
		}
	}
}

// TestTryLeavesNoTrace asks about a new site from many sides, between revisions that
// add sites for good.
func TestTryLeavesNoTrace(t *testing.T) {
	t.Parallel()
	p, err := routing.New(line([]int{10, 20}, 0))
	if err != nil {
		t.Fatal(err)
	}
	room := p.Revise()
	room.Reserve(40)
	if p, err = room.Seal(); err != nil {
		t.Fatal(err)
	}
	for k := range 12 {
		var wait sync.WaitGroup
		for g := range 4 {
			wait.Go(func() {
				v := p.Revise()
				ways := make([]routing.Leg, v.Sites())
				for i := range ways {
					ways[i].Seconds = int32(100*k + g)
				}
				j := v.AddJob(routing.Job{Site: v.AddSite(ways, ways), Priority: 1})
				if err := routing.Try(v, func(q *routing.Problem) {
					if options := routing.Insert(q, q.Empty(), j); len(options) != 1 || options[0].Earliest != int64(100*k+g) {
						t.Errorf("trial %d of %d: %+v", g, k, options)
					}
				}); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		v := p.Revise()
		ways := make([]routing.Leg, v.Sites())
		for i := range ways {
			ways[i].Seconds = int32(k)
		}
		v.AddSite(ways, ways)
		if p, err = v.Seal(); err != nil {
			t.Fatal(err)
		}
	}
	spec := p.Spec()
	for k := range 12 {
		if got := spec.Travel.Seconds[(spec.Travel.Sites-12+k)*spec.Travel.Sites]; got != int32(k) {
			t.Errorf("site %d of 12 is %d away, want %d", k, got, k)
		}
	}
}

// BenchmarkRevise puts a job at a new site in the place of one that is over, and sends
// somebody home, each time from where the last revision left off.
func BenchmarkRevise(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	f := features{windows: true, skills: true, due: true, breaks: true, people: true}
	p, err := routing.New(generate(r, 1000, 160, f))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		v := p.Revise()
		ways := make([]routing.Leg, v.Sites())
		j, t := r.IntN(1000), r.IntN(160)
		v.Retire(j)
		v.SetJob(j, aJob(r, v.AddSite(ways, ways), 160, f))
		s := v.Shift(t, 0)
		s.Off = !s.Off
		v.SetShift(t, 0, s)
		next, err := v.Seal()
		if err != nil {
			b.Fatal(err)
		}
		p = next
	}
}
