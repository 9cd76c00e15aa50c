package routing_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// giveWay states the problem anew with the rule of a relaxation giving way, by what
// the relaxation says of it and by nothing else.
func giveWay(spec routing.Spec, job int, r routing.Relaxation) routing.Spec {
	spec.Jobs, spec.Technicians = slices.Clone(spec.Jobs), slices.Clone(spec.Technicians)
	j, who := &spec.Jobs[job], &spec.Technicians[r.Technician]
	who.Shifts = slices.Clone(who.Shifts)
	sh := &who.Shifts[r.Shift]
	switch r.Rule {
	case routing.RulePrice:
		j.Price += r.By
	case routing.RuleWindow:
		j.Windows = []routing.Window{{Open: r.Start, Close: r.Start}}
	case routing.RulePart:
		j.PartsFrom -= r.By
	case routing.RuleShift:
		if sh.Regular == 0 {
			sh.Regular = sh.Close
		}
		sh.Close += r.By
	case routing.RuleWork:
		sh.MaxWork += r.By
	case routing.RuleTravel:
		sh.MaxTravel += r.By
	case routing.RuleDistance:
		sh.MaxMetres += r.By
	case routing.RuleJobs:
		sh.MaxJobs += int(r.By)
	case routing.RulePromise:
		spec.Jobs[r.Moved].Pin = nil
	case routing.RulePinned:
		pin := *j.Pin
		if pin.Technician != routing.Any && pin.Technician != r.Technician {
			pin.Technician = routing.Any
		} else {
			pin.Start = routing.Any
		}
		if j.Pin = &pin; pin.Technician == routing.Any && pin.Start == routing.Any {
			j.Pin = nil
		}
	case routing.RuleExcluded:
		j.Excluded = slices.DeleteFunc(slices.Clone(j.Excluded), func(t int) bool { return t == r.Technician })
	case routing.RuleRequired:
		j.Required = append(slices.Clone(j.Required), r.Technician)
	case routing.RuleSkill, routing.RuleLevel, routing.RuleCertificate:
		who.Skills = slices.Clone(who.Skills)
		for _, n := range j.Needs {
			if lacking(who.Skills, n, sh.Close) == r.Rule {
				who.Skills = append(who.Skills, routing.Grant{Skill: n.Skill, Level: n.Level})
			}
		}
	default:
	}
	return spec
}

// lacking is what a technician lacks for a need in a shift that ends at an instant.
func lacking(grants []routing.Grant, n routing.Need, end int64) routing.Rule {
	rule := routing.RuleSkill
	for _, g := range grants {
		if g.Skill != n.Skill {
			continue
		}
		if g.Level >= n.Level {
			if g.Until == 0 || g.Until >= end {
				return routing.RuleNone
			}
			rule = routing.RuleCertificate
		} else if rule == routing.RuleSkill {
			rule = routing.RuleLevel
		}
	}
	return rule
}

// mixed draws a problem with any of the rules.
func mixed(seed uint64) routing.Spec {
	r := rand.New(rand.NewPCG(seed, 17))
	b := func() bool { return r.IntN(2) == 0 }
	return generate(r, 4+r.IntN(14), 1+r.IntN(4), features{
		windows: b(), several: b(), due: b(), skills: b(), breaks: b(), loads: b(), takes: b(), pairs: b(), pins: b(), people: b(), work: b(), frozen: b(),
		partners: b(), surcharges: b(), visits: b(), roads: b(), minimum: b(), nights: b(), worth: b(), unpaid: b(), links: b(), even: b(), tell: b(), tide: b(),
	})
}

// TestRelaxationsHold carries out every relaxation of every job that a solved plan
// leaves: the problem stated anew approves the plan, and it costs what was said.
func TestRelaxationsHold(t *testing.T) {
	t.Parallel()
	seen := map[routing.Rule]int{}
	for seed := range uint64(1000) {
		spec := mixed(seed)
		p := must(t, spec)
		plan, _ := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 20})
		for _, job := range p.Unserved(plan) {
			for _, r := range routing.Relax(p, plan, job) {
				seen[r.Rule]++
				checkRelaxation(t, spec, p, plan, job, r)
			}
		}
	}
	for _, rule := range []routing.Rule{
		routing.RulePrice, routing.RuleWindow, routing.RulePart, routing.RuleShift, routing.RuleWork, routing.RuleTravel, routing.RuleDistance,
		routing.RuleJobs, routing.RulePromise, routing.RulePinned, routing.RuleExcluded, routing.RuleRequired, routing.RuleSkill, routing.RuleLevel, routing.RuleCertificate,
	} {
		if seen[rule] < 5 {
			t.Errorf("%q gave way %d times, too few to show anything: %v", rule, seen[rule], seen)
		}
	}
}

func checkRelaxation(t *testing.T, spec routing.Spec, p *routing.Problem, plan routing.Plan, job int, r routing.Relaxation) {
	q, err := routing.New(giveWay(spec, job, r))
	if err != nil {
		t.Fatalf("job %d %+v: New() = %v", job, r, err)
	}
	if b := routing.Check(q, r.Plan); b != nil {
		t.Fatalf("job %d %+v: Check() = %v", job, r, b)
	}
	if r.Rule != routing.RuleNone && r.Rule != routing.RulePrice && routing.Check(p, r.Plan) == nil {
		t.Fatalf("job %d %+v: nothing has to give way", job, r)
	}
	before, after := routing.Cost(p, plan), routing.Cost(q, r.Plan)
	if got := after.Total() - after.Left - before.Total() + before.Left; got != r.Cost {
		t.Fatalf("job %d %+v: costs %d", job, r, got)
	}
	if r.Rule == routing.RulePrice && int64(r.Cost) >= (spec.Jobs[job].Price+r.By)*18000 {
		t.Fatalf("job %d %+v: does not pay at %d", job, r, spec.Jobs[job].Price+r.By)
	}
	route := p.Route(r.Technician, r.Shift)
	if !slices.Contains(r.Plan.Routes[route], job) {
		t.Fatalf("job %d %+v: another technician", job, r)
	}
	for _, s := range routing.Timetable(q, r.Plan)[route].Stops {
		if s.Job == job && s.Start != r.Start {
			t.Fatalf("job %d %+v: starts at %d", job, r, s.Start)
		}
	}
	others := 0 // that are not where they were
	for k := range plan.Routes {
		rest := slices.DeleteFunc(slices.Clone(r.Plan.Routes[k]), func(j int) bool { return j == job || j == r.Moved })
		was := slices.DeleteFunc(slices.Clone(plan.Routes[k]), func(j int) bool { return j == r.Moved })
		others += b2i(!slices.Equal(rest, was))
	}
	if others > 0 || (r.Moved == routing.Any) != (r.Rule != routing.RulePromise) {
		t.Fatalf("job %d %+v: %d routes of others changed, from %v", job, r, others, plan)
	}
}

// lift takes a rule away wholly, for one technician's shift or for the job.
var lift = map[routing.Rule]func(j *routing.Job, sh *routing.Shift){
	routing.RuleWindow:   func(j *routing.Job, _ *routing.Shift) { j.Windows = nil },
	routing.RulePart:     func(j *routing.Job, _ *routing.Shift) { j.PartsFrom = 0 },
	routing.RuleWork:     func(_ *routing.Job, sh *routing.Shift) { sh.MaxWork = 0 },
	routing.RuleTravel:   func(_ *routing.Job, sh *routing.Shift) { sh.MaxTravel = 0 },
	routing.RuleDistance: func(_ *routing.Job, sh *routing.Shift) { sh.MaxMetres = 0 },
	routing.RuleJobs:     func(_ *routing.Job, sh *routing.Shift) { sh.MaxJobs = 0 },
	routing.RuleExcluded: func(j *routing.Job, _ *routing.Shift) { j.Excluded = nil },
	routing.RuleRequired: func(j *routing.Job, _ *routing.Shift) { j.Required = nil },
}

// TestRelaxMissesNothing takes one rule away in one shift after another and tries
// every place: when there is one, Relax has named the rule.
func TestRelaxMissesNothing(t *testing.T) {
	t.Parallel()
	tried := 0
	rapid.Check(t, func(t *rapid.T) {
		spec, p, r := drawProblem(t, 12)
		plan, _ := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 30})
		left := p.Unserved(plan)
		if len(left) == 0 {
			return
		}
		job := left[r.IntN(len(left))]
		if spec.Jobs[job].Pin != nil {
			return
		}
		said, fits := map[routing.Rule]bool{}, false
		for _, x := range routing.Relax(p, plan, job) {
			said[x.Rule] = true
			fits = fits || x.Rule == routing.RuleNone || x.Rule == routing.RulePrice
		}
		for rule, take := range lift {
			for who := range spec.Technicians {
				for k := range spec.Technicians[who].Shifts {
					next := giveWay(spec, job, routing.Relaxation{Technician: who, Shift: k})
					take(&next.Jobs[job], &next.Technicians[who].Shifts[k])
					q, err := routing.New(next)
					if err != nil {
						t.Fatal(err)
					}
					route := p.Route(who, k)
					for at := range len(plan.Routes[route]) + 1 {
						l := plan.Clone()
						l.Routes[route] = slices.Insert(l.Routes[route], at, job)
						if routing.Check(q, l) != nil || routing.Check(p, l) == nil {
							continue
						}
						tried++
						if !said[rule] && !fits {
							t.Fatalf("job %d fits into route %d at %d without %q, but Relax says %v", job, route, at, rule, said)
						}
					}
				}
			}
		}
	})
	if tried < 20 && !testing.Short() {
		t.Errorf("%d places were found, too few to show anything", tried)
	}
}

// TestRelaxByHand has a visit of 20 at 10 promised from 50 on, and another one that
// cannot come before 30 and must have begun by 60.
func TestRelaxByHand(t *testing.T) {
	t.Parallel()
	spec := line([]int{10, 10}, 0)
	spec.Technicians[0].Rates = routing.Rates{Kilometre: 1000, OvertimeHour: 3600}
	spec.Technicians[0].Shifts[0].Close = 85
	spec.Jobs[0].Service, spec.Jobs[1].Service = 20, 30
	spec.Jobs[0].Pin = &routing.Pin{Technician: 0, Start: 50}
	spec.Jobs[1].Windows = []routing.Window{{Open: 30, Close: 60}}
	p := must(t, spec)
	plan := routing.Plan{Routes: [][]int{{0}}}
	var got []routing.Relaxation
	for _, r := range routing.Relax(p, plan, 1) {
		r.Plan = routing.Plan{}
		got = append(got, r)
	}
	want := []routing.Relaxation{
		{Rule: routing.RuleWindow, By: 10, Start: 20, Moved: routing.Any},
		{Rule: routing.RuleWindow, By: 20, Start: 10, Moved: routing.Any},
	}
	if !slices.ContainsFunc(got, func(r routing.Relaxation) bool { return r.Rule == routing.RulePromise }) {
		t.Errorf("Relax() = %+v, want the promise of job 0 let go", got)
	}
	for i, w := range want {
		if i >= len(got) || !slices.ContainsFunc(got, func(r routing.Relaxation) bool { return equalRelaxation(r, w) }) {
			t.Errorf("Relax() = %+v, want %+v", got, w)
		}
	}
}

func equalRelaxation(a, b routing.Relaxation) bool {
	return a.Rule == b.Rule && a.By == b.By && a.Start == b.Start && a.Moved == b.Moved && a.Cost == b.Cost
}

func BenchmarkRelax(b *testing.B) {
	p, err := routing.New(generate(rand.New(rand.NewPCG(1, 1)), 1000, 160, everything))
	if err != nil {
		b.Fatal(err)
	}
	plan := routing.Improve(p, 200, 1)
	left := p.Unserved(plan)
	if len(left) == 0 {
		b.Fatal("nothing is left")
	}
	n := 0
	for b.Loop() {
		routing.Relax(p, plan, left[n%len(left)])
		n++
	}
}
