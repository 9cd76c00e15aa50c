package routing_test

import (
	"cmp"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch/routing"
)

func TestInsertByHand(t *testing.T) {
	t.Parallel()
	spec := line([]int{10, 30, 20}, 0, 100)
	spec.Jobs[1].Windows = []routing.Window{{Open: 50, Close: 60}}
	spec.Jobs[2].Windows = []routing.Window{{Open: 0, Close: 35}, {Open: 100, Close: 110}}
	spec.Jobs[2].Service = 5
	p, err := routing.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	got := routing.Insert(p, routing.Plan{Routes: [][]int{{0, 1}, nil}}, 2)
	want := []routing.Option{
		// Between 10 and 30, nothing longer; at 30 by 60 means leaving 20 by 50, but the window closes at 35.
		{Route: 0, Position: 1, Window: 0, Earliest: 20, Latest: 35, Cost: 0},
		{Route: 0, Position: 2, Window: 1, Earliest: 100, Latest: 110, Cost: 0},
		{Route: 0, Position: 0, Window: 0, Earliest: 20, Latest: 25, Cost: minor(20)},
		{Technician: 1, Route: 1, Position: 0, Window: 1, Earliest: 100, Latest: 110, Cost: minor(160)},
	}
	// Job 0 has no window, so job 2 may also come first and start until 35, when 30 is still reached by 60.
	want[2].Latest = 25
	if !slices.Equal(got, want) {
		t.Errorf("Insert() = %+v, want %+v", got, want)
	}
}

// TestInsertTellsTheTruth carries out every option: the plan keeps the rules at
// both ends of the offered stretch, and costs what was said.
func TestInsertTellsTheTruth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec, p, r := drawProblem(t, 12)
		plan, _ := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 20})
		job := r.IntN(p.Jobs())
		if half(spec, job) {
			return
		}
		base := plan.Clone()
		for i, route := range base.Routes {
			base.Routes[i] = slices.DeleteFunc(route, func(j int) bool { return j == job })
		}
		if routing.Check(p, base) != nil { // the job was frozen, or held the others in place
			return
		}
		options := routing.Insert(p, plan, job)
		if !slices.IsSortedFunc(options, func(a, b routing.Option) int { return cmp.Compare(a.Cost, b.Cost) }) {
			t.Fatalf("Insert() is not ranked: %+v", options)
		}
		for _, o := range options {
			next := base.Clone()
			next.Routes[o.Route] = slices.Insert(next.Routes[o.Route], o.Position, job)
			before := routing.Cost(p, base)
			if len(spec.Jobs[job].Windows) < 2 {
				after := routing.Cost(p, next)
				if got := after.Total() - after.Left - before.Total() + before.Left; got != o.Cost {
					t.Fatalf("option %+v costs %d", o, got)
				}
			}
			for _, at := range []int64{o.Earliest, o.Latest} {
				if b := routing.Check(at2(t, spec, job, o, at), next); b != nil {
					t.Fatalf("option %+v started at %d: Check() = %v", o, at, b)
				}
			}
		}
	})
}

// at2 is the problem with one job promised to a technician at an instant.
func at2(t *rapid.T, spec routing.Spec, job int, o routing.Option, at int64) *routing.Problem {
	spec.Jobs = slices.Clone(spec.Jobs)
	spec.Jobs[job].Pin = &routing.Pin{Technician: o.Technician, Start: at}
	p, err := routing.New(spec)
	if err != nil {
		t.Fatalf("New() = %v", err)
	}
	return p
}

// TestInsertMissesNothing compares with trying every place and asking Check.
func TestInsertMissesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec, p, r := drawProblem(t, 10)
		plan, _ := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 20})
		left := slices.DeleteFunc(p.Unserved(plan), func(j int) bool { return half(spec, j) })
		if len(left) == 0 {
			return
		}
		job := left[r.IntN(len(left))]
		places := map[[2]int]bool{}
		for _, o := range routing.Insert(p, plan, job) {
			places[[2]int{o.Route, o.Position}] = true
		}
		for route := range plan.Routes {
			for k := range len(plan.Routes[route]) + 1 {
				next := plan.Clone()
				next.Routes[route] = slices.Insert(next.Routes[route], k, job)
				got, fits := places[[2]int{route, k}], routing.Check(p, next) == nil
				if got != fits && got != fixable(t, spec, p, next, route, job) {
					t.Fatalf("route %d position %d: Insert says %v, Check %v", route, k, places[[2]int{route, k}], routing.Check(p, next))
				}
			}
		}
	})
}

// fixable reports whether a plan still keeps the rules when a job of one of its routes
// is fixed at some instant. Where breaks come by rule, that is not always so.
func fixable(t *rapid.T, spec routing.Spec, p *routing.Problem, plan routing.Plan, route, job int) bool {
	technician, shift := p.Owner(route)
	span := spec.Technicians[technician].Shifts[shift]
	for at := span.Open; at <= span.Close; at++ {
		if routing.Check(at2(t, spec, job, routing.Option{Technician: technician}, at), plan) == nil {
			return true
		}
	}
	return false
}

func TestWhy(t *testing.T) {
	t.Parallel()
	// One job at 10 that technician 0 could do, and one rule at a time against it.
	for _, tt := range []struct {
		want  routing.Rule
		spoil func(j *routing.Job, who *routing.Technician)
	}{
		{routing.RuleNone, func(*routing.Job, *routing.Technician) {}},
		{routing.RuleNoShift, func(_ *routing.Job, w *routing.Technician) { w.Shifts = nil }},
		{routing.RulePinned, func(j *routing.Job, _ *routing.Technician) { j.Pin = &routing.Pin{Technician: 1, Start: routing.Any} }},
		{routing.RuleExcluded, func(j *routing.Job, _ *routing.Technician) { j.Excluded = []int{0} }},
		{routing.RuleRequired, func(j *routing.Job, _ *routing.Technician) { j.Required = []int{1} }},
		{routing.RuleSkill, func(j *routing.Job, _ *routing.Technician) { j.Needs = []routing.Need{{Skill: 4, Level: 1}} }},
		{routing.RuleLevel, func(j *routing.Job, w *routing.Technician) {
			j.Needs, w.Skills = []routing.Need{{Skill: 4, Level: 2}}, []routing.Grant{{Skill: 4, Level: 1}}
		}},
		{routing.RuleCertificate, func(j *routing.Job, w *routing.Technician) {
			j.Needs, w.Skills = []routing.Need{{Skill: 4, Level: 1}}, []routing.Grant{{Skill: 4, Level: 1, Until: 9999}}
		}},
		{routing.RuleLoad, func(j *routing.Job, _ *routing.Technician) { j.Load = []int32{1} }},
		{routing.RulePart, func(j *routing.Job, _ *routing.Technician) { j.PartsFrom = routing.Never }},
		{routing.RulePart, func(j *routing.Job, _ *routing.Technician) { j.PartsFrom = 10_001 }},
		{routing.RulePart, func(j *routing.Job, _ *routing.Technician) {
			j.Windows, j.PartsFrom = []routing.Window{{Open: 10, Close: 20}}, 30
		}},
		{routing.RuleWindow, func(j *routing.Job, _ *routing.Technician) {
			j.Windows = []routing.Window{{Open: 20_000, Close: 20_001}}
		}},
		{routing.RuleReach, func(_ *routing.Job, w *routing.Technician) { w.Shifts[0].Start = 2 }},
		{routing.RuleShift, func(j *routing.Job, _ *routing.Technician) { j.Windows = []routing.Window{{Open: 0, Close: 9}} }},
		{routing.RuleWork, func(_ *routing.Job, w *routing.Technician) { w.Shifts[0].MaxWork = 19 }},
		{routing.RulePrice, func(j *routing.Job, _ *routing.Technician) { j.Priority, j.Price = 0, 20 }},
		{routing.RuleNone, func(j *routing.Job, _ *routing.Technician) { j.Priority, j.Price = 0, 21 }},
	} {
		spec := line([]int{10}, 0, 5000)
		for _, i := range []int{2 * 3, 2*3 + 1} { // site 2 is an island
			spec.Travel.Seconds[i] = routing.Unreachable
		}
		tt.spoil(&spec.Jobs[0], &spec.Technicians[0])
		p, err := routing.New(spec)
		if err != nil {
			t.Fatalf("%s: New() = %v", tt.want, err)
		}
		got := routing.Why(p, p.Empty(), 0)
		if len(got) != 2 || got[0].Rule != tt.want {
			t.Errorf("Why() = %v, want %q for technician 0", got, tt.want)
		}
	}
}

func TestWhyBesideOthers(t *testing.T) {
	t.Parallel()
	spec := line([]int{10, 10}, 0)
	for i := range spec.Jobs {
		spec.Jobs[i].Windows, spec.Jobs[i].Service = []routing.Window{{Open: 50, Close: 60}}, 20
		spec.Jobs[i].Load = []int32{2}
	}
	spec.Technicians[0].Shifts[0].Capacity = []int32{4}
	p, err := routing.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	plan := routing.Plan{Routes: [][]int{{0}}}
	if got := routing.Why(p, plan, 1); got[0].Rule != routing.RuleFull {
		t.Errorf("Why() = %v, want %q", got, routing.RuleFull)
	}
	if got := routing.Why(p, plan, 0); got != nil {
		t.Errorf("Why() of a served job = %v, want none", got)
	}
	spec.Technicians[0].Shifts[0].Capacity = []int32{3}
	if p, err = routing.New(spec); err != nil {
		t.Fatal(err)
	}
	if got := routing.Why(p, plan, 1); got[0].Rule != routing.RuleLoaded {
		t.Errorf("Why() = %v, want %q", got, routing.RuleLoaded)
	}
}

// TestWhys holds Whys against asking one by one, the served ones too.
func TestWhys(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, p, _ := drawProblem(t, 12)
		plan, _ := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 5})
		all := []int{-1}
		for j := range p.Jobs() + 1 {
			all = append(all, j)
		}
		got := routing.Whys(p, plan, all)
		for k, j := range all {
			if want := routing.Why(p, plan, j); !reflect.DeepEqual(got[k], want) {
				t.Fatalf("job %d among others: %v, alone %v", j, got[k], want)
			}
		}
	})
}

// TestWhyIsTrue holds Why against Check: nothing that it calls impossible fits.
func TestWhyIsTrue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec, p, _ := drawProblem(t, 12)
		plan, _ := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 30})
		for _, job := range p.Unserved(plan) {
			if half(spec, job) {
				continue
			}
			for _, b := range routing.Why(p, plan, job) {
				for k := range spec.Technicians[b.Technician].Shifts {
					r := p.Route(b.Technician, k)
					fits := false
					for at := range len(plan.Routes[r]) + 1 {
						next := plan.Clone()
						next.Routes[r] = slices.Insert(next.Routes[r], at, job)
						fits = fits || routing.Check(p, next) == nil || fitsRefilled(p, &spec, plan, r, at, job)
					}
					if open := b.Rule == routing.RuleNone || b.Rule == routing.RulePrice; fits && !open || !fits && open && k == b.Shift {
						t.Fatalf("job %d technician %d shift %d: %+v, but fits is %v", job, b.Technician, k, b, fits)
					}
				}
			}
		}
	})
}

// TestWhyEvenAlone holds the rules that speak of the job alone, and those that speak
// of the plan, against an empty shift.
func TestWhyEvenAlone(t *testing.T) {
	t.Parallel()
	alone := []routing.Rule{routing.RuleReach, routing.RuleShift, routing.RuleWork, routing.RuleTravel, routing.RuleDistance}
	planned := []routing.Rule{routing.RuleLoaded, routing.RuleJobs, routing.RuleFull, routing.RulePrice}
	seen := map[routing.Rule]int{}
	for seed := range uint64(150) {
		spec := generate(rand.New(rand.NewPCG(seed, 5)), 16, 2, features{windows: true, work: true, roads: true, visits: true, loads: seed%2 == 0, takes: seed%2 == 1})
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		plan := routing.Improve(p, 20, seed)
		for _, job := range p.Unserved(plan) {
			for _, b := range routing.Why(p, plan, job) {
				seen[b.Rule]++
				only := p.Empty()
				only.Routes[p.Route(b.Technician, max(0, b.Shift))] = []int{job}
				breaches := routing.Check(p, only)
				if slices.Contains(alone, b.Rule) && breaches == nil || slices.Contains(planned, b.Rule) && breaches != nil {
					t.Fatalf("seed %d job %d: %+v, but alone Check() = %v", seed, job, b, breaches)
				}
			}
		}
	}
	for _, rule := range []routing.Rule{routing.RuleWork, routing.RuleTravel, routing.RuleDistance, routing.RuleLoaded, routing.RuleJobs, routing.RuleFull} {
		if seen[rule] == 0 {
			t.Errorf("%q was never said: %v", rule, seen)
		}
	}
}

func BenchmarkInsert(b *testing.B) {
	p, err := routing.New(generate(rand.New(rand.NewPCG(1, 1)), 1000, 160, features{windows: true, skills: true, due: true}))
	if err != nil {
		b.Fatal(err)
	}
	plan := routing.Improve(p, 200, 1)
	n := 0
	for b.Loop() {
		routing.Insert(p, plan, n%1000)
		n++
	}
}
