package routing_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// link ties some jobs of a generated problem to each other: pairs, and now and then
// three in a row. What New would refuse, such as pins that contradict, it leaves.
func link(r *rand.Rand, spec *routing.Spec, jobs int) {
	for j := 2; j+1 < jobs; j += 2 + r.IntN(4) {
		l := routing.Link{First: j, Second: j + 1, Crew: routing.Crew(r.IntN(3))}
		switch r.IntN(4) {
		case 0:
			l.Sequence, l.Crew = routing.Together, routing.OtherCrew
			spec.Jobs[j+1].Site = spec.Jobs[j].Site
		case 1, 2:
			l.Sequence, l.Least = routing.Follows, int64(r.IntN(40))
			if r.IntN(2) == 0 {
				l.Most = l.Least + 1 + int64(r.IntN(100))
			}
		}
		links := []routing.Link{l}
		if j+2 < jobs && r.IntN(3) == 0 {
			links = append(links, routing.Link{First: j + 1, Second: j + 2, Sequence: routing.Follows})
			j++
		}
		spec.Links = append(spec.Links, links...)
		if _, err := routing.New(*spec); err != nil {
			spec.Links = spec.Links[:len(spec.Links)-len(links)]
		}
	}
}

// checkLinks is an outsider's view: whole groups, starts and technicians as asked.
func checkLinks(spec *routing.Spec, p *routing.Problem, plan routing.Plan) error {
	who, start, done := map[int]int{}, map[int]int64{}, map[int]int64{}
	for r, s := range routing.Timetable(p, plan) {
		for _, stop := range s.Stops {
			who[stop.Job], _ = p.Owner(r)
			start[stop.Job], done[stop.Job] = stop.Start, stop.Done
		}
	}
	for i, l := range spec.Links {
		a, first := who[l.First]
		b, second := who[l.Second]
		gap := start[l.Second] - done[l.First]
		switch {
		case spec.Jobs[l.First].Retired || spec.Jobs[l.Second].Retired: // over
		case first != second:
			return fmt.Errorf("link %d %+v: one is served, the other is not", i, l)
		case !first:
		case l.Crew == routing.SameCrew && a != b, l.Crew == routing.OtherCrew && a == b:
			return fmt.Errorf("link %d %+v: technicians %d and %d", i, l, a, b)
		case l.Sequence == routing.Together && start[l.First] != start[l.Second]:
			return fmt.Errorf("link %d %+v: starts %d and %d", i, l, start[l.First], start[l.Second])
		case l.Sequence == routing.Follows && (gap < l.Least || l.Most > 0 && gap > l.Most):
			return fmt.Errorf("link %d %+v: a gap of %d", i, l, gap)
		}
	}
	return nil
}

func drawLinked(t *rapid.T, most int) (routing.Spec, *routing.Problem, *rand.Rand) {
	f := drawFeatures(t)
	f.links = true
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
	spec := generate(r, rapid.IntRange(4, most).Draw(t, "jobs"), rapid.IntRange(1, 4).Draw(t, "technicians"), f)
	p, err := routing.New(spec)
	if err != nil {
		t.Fatalf("New() = %v", err)
	}
	return spec, p, r
}

// TestLinksHold drives every operator, ruin, recreate, construction, descent and
// their undo over problems with links and whatever else.
func TestLinksHold(t *testing.T) {
	t.Parallel()
	served, moved := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		spec, p, r := drawLinked(t, 20)
		s := routing.NewProbe(p, p.Empty(), r)
		steps := []func(){s.Step, s.Step, s.Step, s.Descend, s.Construct}
		for range 60 {
			old, score := s.Plan(), s.Score()
			delta, ok := routing.Grain(0), false
			if r.IntN(2) == 0 {
				delta, ok = s.Try(r.IntN(s.Operators()), r.Int32N(int32(p.Jobs())), r.Int32N(int32(p.Jobs())))
				moved += b2i(ok)
			}
			if !ok {
				steps[r.IntN(len(steps))]()
			}
			plan := s.Plan()
			if b := routing.Check(p, plan); b != nil {
				t.Fatalf("Check() = %v", b)
			}
			if err := checkLinks(&spec, p, plan); err != nil {
				t.Fatal(err)
			}
			bill := routing.Cost(p, plan)
			if bill.Score() != s.Score() || ok && bill.Total() != score.Cost+delta {
				t.Fatalf("score %v, recomputed %v; delta %d", s.Score(), bill.Score(), delta)
			}
			served += len(plan.Appointed)
			if r.IntN(2) == 0 && !ok {
				s.Revert()
				if !equalPlans(s.Plan(), old) || s.Score() != score {
					t.Fatalf("Revert() = %v %v, want %v %v", s.Plan(), s.Score(), old, score)
				}
			}
		}
	})
	if served < 100 || moved < 10 {
		t.Errorf("%d linked visits served, %d moves: too few to show anything", served, moved)
	}
}

func equalPlans(a, b routing.Plan) bool {
	return slices.EqualFunc(a.Routes, b.Routes, slices.Equal) && slices.Equal(a.Appointed, b.Appointed)
}

// TestSolveKeepsLinks solves, warm-starts, and repairs what somebody has disturbed.
func TestSolveKeepsLinks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec, p, r := drawLinked(t, 16)
		plan, stats := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 150})
		again, better := solve(t, p, plan, routing.Budget{Iterations: 30})
		if stats.End.Less(better.End) {
			t.Fatalf("a warm start got worse: %v, then %v", stats.End, better.End)
		}
		whole, err := routing.Repair(p, plan)
		if err != nil || !equalPlans(whole, plan) {
			t.Fatalf("Repair() = %v %v, want %v as it was", whole, err, plan)
		}
		for _, l := range []routing.Plan{plan, again} {
			if b := routing.Check(p, l); b != nil {
				t.Fatalf("Check() = %v", b)
			}
			if err := checkLinks(&spec, p, l); err != nil {
				t.Fatal(err)
			}
			checkPlan(t, spec, p, l)
		}
		broken := plan.Clone()
		for k := range broken.Routes {
			if n := len(broken.Routes[k]); n > 0 && r.IntN(2) == 0 {
				i := r.IntN(n)
				broken.Routes[k] = slices.Delete(broken.Routes[k], i, i+1)
			}
		}
		if r.IntN(2) == 0 {
			broken.Appointed = nil
		}
		mended, err := routing.Repair(p, broken)
		if err != nil {
			t.Fatal(err)
		}
		if b := routing.Check(p, mended); b != nil {
			t.Fatalf("after Repair, Check() = %v", b)
		}
		if err := checkLinks(&spec, p, mended); err != nil {
			t.Fatalf("after Repair: %v", err)
		}
	})
}

// TestCheckSeesLinks moves what is appointed and who goes: Check agrees with the
// outsider.
func TestCheckSeesLinks(t *testing.T) {
	t.Parallel()
	seen := 0
	rapid.Check(t, func(t *rapid.T) {
		spec, p, r := drawLinked(t, 12)
		plan, _ := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 40})
		for range 20 {
			next := plan.Clone()
			switch k := r.IntN(len(next.Routes)); {
			case len(next.Appointed) > 0 && r.IntN(2) == 0:
				a := &next.Appointed[r.IntN(len(next.Appointed))]
				a.Open, a.Close = a.Open-int64(r.IntN(60)), a.Close+int64(r.IntN(60))
			case len(next.Routes[k]) > 0:
				i, to := r.IntN(len(next.Routes[k])), r.IntN(len(next.Routes))
				j := next.Routes[k][i]
				next.Routes[k] = slices.Delete(next.Routes[k], i, i+1)
				if r.IntN(2) == 0 {
					next.Routes[to] = append(next.Routes[to], j)
				}
			}
			links := checkLinks(&spec, p, next)
			b := routing.Check(p, next)
			about := slices.ContainsFunc(b, func(b routing.Breach) bool { return b.Rule == routing.RuleGroup || b.Rule == routing.RuleApart })
			if about && links == nil || b == nil && links != nil {
				t.Fatalf("Check() = %v, the outsider says %v", b, links)
			}
			seen += b2i(about)
		}
	})
	if seen < 20 {
		t.Errorf("Check found %d broken links, too few to show anything", seen)
	}
}

// pair is two visits for two technicians who live at both ends.
func pair(l routing.Link) routing.Spec {
	spec := line([]int{10, 10}, 0, 100)
	l.First, l.Second = 0, 1
	spec.Links = []routing.Link{l}
	for i := range spec.Jobs {
		spec.Jobs[i].Service = 30
		spec.Technicians[i].Rates.WorkHour = 3600
	}
	return spec
}

func TestLinksByHand(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		link   routing.Link
		build  func(s *routing.Spec)
		starts [2]int64 // -1 when it cannot be
		apart  bool     // two technicians
	}{
		{"two-person visit waits for the one who comes from afar", routing.Link{Sequence: routing.Together, Crew: routing.OtherCrew}, nil, [2]int64{90, 90}, true},
		{"one after the other", routing.Link{Sequence: routing.Follows}, nil, [2]int64{10, 40}, false},
		{"after a while", routing.Link{Sequence: routing.Follows, Least: 25}, nil, [2]int64{10, 65}, false},
		{"somebody else goes after a while", routing.Link{Sequence: routing.Follows, Least: 25, Most: 30, Crew: routing.OtherCrew}, nil, [2]int64{30, 90}, true},
		{"the first waits for the second", routing.Link{Sequence: routing.Follows, Most: 20}, func(s *routing.Spec) {
			s.Jobs[1].Windows = []routing.Window{{Open: 500, Close: 600}}
		}, [2]int64{470, 500}, false},
		{"no window in common", routing.Link{Sequence: routing.Together}, func(s *routing.Spec) {
			s.Jobs[0].Windows, s.Jobs[1].Windows = []routing.Window{{Close: 50}}, []routing.Window{{Open: 60, Close: 99}}
		}, [2]int64{-1, -1}, false},
		{"the second window is in common", routing.Link{Sequence: routing.Together}, func(s *routing.Spec) {
			s.Jobs[0].Windows = []routing.Window{{Close: 50}, {Open: 200, Close: 300}}
			s.Jobs[1].Windows = []routing.Window{{Open: 250, Close: 400}}
		}, [2]int64{250, 250}, true},
		{"no partner", routing.Link{Sequence: routing.Together}, func(s *routing.Spec) { s.Jobs[0].Required, s.Jobs[1].Required = []int{0}, []int{0} }, [2]int64{-1, -1}, false},
		{"together with a pin", routing.Link{Sequence: routing.Together}, func(s *routing.Spec) {
			s.Jobs[1].Pin = &routing.Pin{Technician: 1, Start: 222}
		}, [2]int64{222, 222}, true},
	} {
		spec := pair(tt.link)
		if tt.build != nil {
			tt.build(&spec)
		}
		p, err := routing.New(spec)
		if err != nil {
			t.Fatalf("%s: New() = %v", tt.name, err)
		}
		plan := routing.Improve(p, 300, 1)
		if b := routing.Check(p, plan); b != nil {
			t.Errorf("%s: Check() = %v", tt.name, b)
		}
		starts, routes := [2]int64{-1, -1}, map[int]int{}
		for r, s := range routing.Timetable(p, plan) {
			for _, stop := range s.Stops {
				starts[stop.Job], routes[stop.Job] = stop.Start, r
			}
		}
		first := starts
		if starts[0] >= 0 && tt.link.Sequence == routing.Follows { // how far is what counts
			shift := starts[0] - tt.starts[0]
			first = [2]int64{starts[0] - shift, starts[1] - shift}
		}
		if first != tt.starts || starts[0] >= 0 && (routes[0] != routes[1]) != tt.apart {
			t.Errorf("%s: starts %v in routes %v, want %v", tt.name, starts, routes, tt.starts)
		}
	}
}

func TestRefusesLinks(t *testing.T) {
	t.Parallel()
	pinned := func(who int, at int64) *routing.Pin { return &routing.Pin{Technician: who, Start: at} }
	for _, tt := range []struct {
		name, pointer, code string
		spoil               func(s *routing.Spec)
	}{
		{"unknown", "/links/0", "unknown_job", func(s *routing.Spec) { s.Links[0].Second = 3 }},
		{"negative", "/links/0", "unknown_job", func(s *routing.Spec) { s.Links[0].First = -1 }},
		{"itself", "/links/0", "same_job", func(s *routing.Spec) { s.Links[0].Second = 0 }},
		{"frozen", "/links/0", "frozen", func(s *routing.Spec) { s.Technicians[0].Shifts[0].Frozen = []int{1} }},
		{"gap below nothing", "/links/0", "out_of_range", func(s *routing.Spec) { s.Links[0].Least = -1 }},
		{"overflow", "/links/0", "out_of_range", func(s *routing.Spec) { s.Links[0].Most = 1<<63 - 1 }},
		{"no such sequence", "/links/0", "out_of_range", func(s *routing.Spec) { s.Links[0].Sequence = 7 }},
		{"gap of what does not follow", "/links/0", "out_of_range", func(s *routing.Spec) { s.Links[0].Sequence, s.Links[0].Least = routing.Together, 1 }},
		{"after what may take longer", "/links/0", "varied_time", func(s *routing.Spec) { s.Jobs[0].Setup = 1 }},
		{"reversed", "/links/0", "out_of_order", func(s *routing.Spec) { s.Links[0].Least, s.Links[0].Most = 2, 1 }},
		{"circle", "/links/0", "circle", func(s *routing.Spec) {
			s.Links = append(s.Links, routing.Link{First: 1, Second: 2, Sequence: routing.Follows}, routing.Link{First: 2, Second: 0, Sequence: routing.Together})
		}},
		{"pins at other times", "/jobs/1/pin", "contradicts_pin", func(s *routing.Spec) { s.Jobs[0].Pin, s.Jobs[1].Pin = pinned(0, 100), pinned(0, 129) }},
		{"pins of others", "/jobs/0/pin", "contradicts_pin", func(s *routing.Spec) {
			s.Links[0].Crew = routing.SameCrew
			s.Jobs[0].Pin, s.Jobs[1].Pin = pinned(0, -1), pinned(1, -1)
		}},
		{"pins of the same", "/jobs/0/pin", "contradicts_pin", func(s *routing.Spec) {
			s.Links[0].Crew = routing.OtherCrew
			s.Jobs[0].Pin, s.Jobs[1].Pin = pinned(0, -1), pinned(0, -1)
		}},
		{"same and other", "/links/0", "contradiction", func(s *routing.Spec) {
			s.Links[0].Crew = routing.SameCrew
			s.Links = append(s.Links, routing.Link{First: 1, Second: 2, Crew: routing.SameCrew}, routing.Link{First: 0, Second: 2, Crew: routing.OtherCrew})
		}},
		{"larger than the crew", "/links/0", "too_many", func(s *routing.Spec) {
			s.Links = []routing.Link{{Second: 1, Sequence: routing.Together}, {First: 1, Second: 2, Sequence: routing.Together}}
		}},
		{"too large", "/links/0", "too_many", func(s *routing.Spec) {
			s.Jobs = slices.Repeat(s.Jobs[:1], 40)
			for j := range 39 {
				s.Links = append(s.Links, routing.Link{First: j, Second: j + 1})
			}
		}},
	} {
		spec := pair(routing.Link{Sequence: routing.Follows})
		spec.Jobs = append(spec.Jobs, spec.Jobs[0])
		tt.spoil(&spec)
		_, err := routing.New(spec)
		if !errors.Is(err, routing.ErrSpec) || !slices.ContainsFunc(faultFields(err), func(f [2]string) bool { return f == [2]string{tt.pointer, tt.code} }) {
			t.Errorf("%s: New() points at %v, want %s %s", tt.name, faultFields(err), tt.pointer, tt.code)
		}
	}
}

// TestWhyOfLinks asks why a group is left.
func TestWhyOfLinks(t *testing.T) {
	t.Parallel()
	spec := pair(routing.Link{Sequence: routing.Together})
	spec.Jobs[1].Needs = []routing.Need{{Skill: 1, Level: 1}}
	spec.Technicians[1].Skills = []routing.Grant{{Skill: 1, Level: 1}}
	p := must(t, spec)
	if got := routing.Why(p, p.Empty(), 0); got[0].Rule != routing.RuleNone || got[1].Rule != routing.RuleLink {
		t.Errorf("Why() = %v, want none for technician 0, and for 1, whom the other visit needs, %q", got, routing.RuleLink)
	}
	spec.Technicians[1].Skills = nil
	p = must(t, spec)
	if got := routing.Why(p, p.Empty(), 0); got[0].Rule != routing.RuleLink {
		t.Errorf("Why() = %v, want %q", got, routing.RuleLink)
	}
	if got := routing.Why(p, p.Empty(), 1); got[0].Rule != routing.RuleSkill {
		t.Errorf("Why() = %v, want %q", got, routing.RuleSkill)
	}
}

func must(t *testing.T, spec routing.Spec) *routing.Problem {
	t.Helper()
	p, err := routing.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestInsertBesidePartners carries out every place offered to a linked job whose
// partners stay where they are.
func TestInsertBesidePartners(t *testing.T) {
	t.Parallel()
	offered := 0
	rapid.Check(t, func(t *rapid.T) {
		spec, p, r := drawLinked(t, 12)
		plan, _ := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 40})
		if len(plan.Appointed) == 0 {
			return
		}
		job := plan.Appointed[r.IntN(len(plan.Appointed))].Job
		base := plan.Clone()
		for i, route := range base.Routes {
			base.Routes[i] = slices.DeleteFunc(route, func(j int) bool { return j == job })
		}
		for _, b := range routing.Check(p, base) {
			if b.Rule != routing.RuleGroup { // it held the others in place
				return
			}
		}
		for _, o := range routing.Insert(p, plan, job) {
			offered++
			for _, at := range []int64{o.Earliest, o.Latest} {
				next := base.Appoint(job, routing.Window{Open: at, Close: at})
				next.Routes[o.Route] = slices.Insert(next.Routes[o.Route], o.Position, job)
				if b := routing.Check(p, next); b != nil {
					t.Fatalf("option %+v started at %d: Check() = %v", o, at, b)
				}
				if err := checkLinks(&spec, p, next); err != nil {
					t.Fatalf("option %+v started at %d: %v", o, at, err)
				}
			}
		}
	})
	if offered < 20 {
		t.Errorf("%d places were offered, too few to show anything", offered)
	}
}

func TestLinkedTwiceSameBytes(t *testing.T) {
	t.Parallel()
	f := everything
	f.links = true
	p := must(t, generate(rand.New(rand.NewPCG(3, 1)), 40, 5, f))
	var texts [2][]byte
	for i := range texts {
		plan, stats := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 800})
		texts[i], _ = json.Marshal([]any{plan, stats})
	}
	if string(texts[0]) != string(texts[1]) {
		t.Errorf("two runs differ:\n%s\n%s", texts[0], texts[1])
	}
}

func TestNoAllocationWithLinks(t *testing.T) {
	for name, f := range map[string]features{
		"plain": {windows: true, loads: true, links: true}, "rich": {windows: true, due: true, breaks: true, links: true},
		"tide": {windows: true, links: true, tide: true},
	} {
		r := rand.New(rand.NewPCG(5, 5))
		p := must(t, generate(r, 60, 5, f))
		s := routing.NewProbe(p, p.Empty(), r)
		s.Construct()
		for range 4000 {
			s.Step()
		}
		if n := testing.AllocsPerRun(1000, s.Step); n > 0 {
			t.Errorf("%s: %v allocations per step, want 0", name, n)
		}
	}
}

func faultFields(err error) (out [][2]string) {
	for _, f := range fault.Of(err).Fields {
		out = append(out, [2]string{f.Pointer, f.Code})
	}
	return out
}

// TestLinksAmongManyRoutes steps through a problem with so many shifts that only those
// near a job are tried for it.
func TestLinksAmongManyRoutes(t *testing.T) {
	t.Parallel()
	f := features{windows: true, skills: true, people: true, work: true, links: true}
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 8))
		spec := generate(r, 150, 70, f)
		p := must(t, spec)
		s := routing.NewProbe(p, p.Empty(), r)
		s.Construct()
		appointed := 0
		for range 60 {
			s.Step()
			plan := s.Plan()
			if b := routing.Check(p, plan); b != nil {
				t.Fatalf("seed %d: Check() = %v", seed, b)
			}
			if bill := routing.Cost(p, plan); bill.Score() != s.Score() {
				t.Fatalf("seed %d: score %v, recomputed %v", seed, s.Score(), bill.Score())
			}
			if err := checkLinks(&spec, p, plan); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			appointed += len(plan.Appointed)
		}
		if appointed < 60*10 {
			t.Errorf("seed %d: %d linked visits in 60 plans, too few to show anything", seed, appointed)
		}
	}
}
