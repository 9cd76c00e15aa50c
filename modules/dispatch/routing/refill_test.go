package routing_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// fitsRefilled reports whether a job fits before a position with a refill that the
// route has not made yet somewhere before it. Nobody is sent to a refill for nothing.
func fitsRefilled(p *routing.Problem, spec *routing.Spec, plan routing.Plan, route, at, job int) bool {
	technician, shift := p.Owner(route)
	if newOracle(*spec).supplies(route, slices.Insert(slices.Clone(plan.Routes[route]), at, job)) {
		return false
	}
	for _, f := range spec.Technicians[technician].Shifts[shift].Refills {
		if slices.Contains(plan.Routes[route], f.Job) {
			continue
		}
		for k := range at + 1 {
			next := plan.Clone()
			next.Routes[route] = slices.Insert(slices.Insert(next.Routes[route], at, job), k, f.Job)
			if routing.Check(p, next) == nil {
				return true
			}
		}
	}
	return false
}

// refilled has visits on a line and a depot at 50, where technician 0 may refill.
func refilled(places []int, homes ...int) routing.Spec {
	spec := line(append(slices.Clone(places), 50), homes...)
	spec.Jobs[len(places)].Priority = 0
	spec.Technicians[0].Shifts[0].Refills = []routing.Refill{{Job: len(places), All: true}}
	return spec
}

// TestRefill makes the way to the depot only where that pays, and before what needs it.
func TestRefill(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		build func(s *routing.Spec)
		cost  int64
		made  bool
	}{
		{"not needed", func(*routing.Spec) {}, 40, false},
		{"for a tool", func(s *routing.Spec) { s.Jobs[0].Tools = []int{3} }, 100, true},
		{"the tool is there", func(s *routing.Spec) { s.Jobs[0].Tools, s.Technicians[0].Shifts[0].Tools = []int{3}, []int{3} }, 40, false},
		{"for parts", func(s *routing.Spec) { s.Jobs[0].Parts, s.Jobs[1].Parts = []int32{2}, []int32{1} }, 100, true},
		{"enough parts", func(s *routing.Spec) {
			s.Jobs[0].Parts, s.Jobs[1].Parts, s.Technicians[0].Shifts[0].Parts = []int32{2}, []int32{1}, []int32{3}
		}, 40, false},
		{"one part too few", func(s *routing.Spec) {
			s.Jobs[0].Parts, s.Jobs[1].Parts, s.Technicians[0].Shifts[0].Parts = []int32{2}, []int32{1}, []int32{2}
		}, 100, true},
		{"not worth it", func(s *routing.Spec) {
			s.Jobs[0].Tools, s.Jobs[0].Priority, s.Jobs[0].Price = []int{3}, 0, 59
		}, 40 + 59, false},
		{"worth it", func(s *routing.Spec) {
			s.Jobs[0].Tools, s.Jobs[0].Priority, s.Jobs[0].Price = []int{3}, 0, 61
		}, 100, true},
		{"the wrong tool", func(s *routing.Spec) {
			s.Jobs[0].Tools, s.Technicians[0].Shifts[0].Refills[0] = []int{3}, routing.Refill{Job: 2, Tools: []int{4}}
		}, 40, false},
		{"the right tool", func(s *routing.Spec) {
			s.Jobs[0].Tools, s.Technicians[0].Shifts[0].Refills[0] = []int{3}, routing.Refill{Job: 2, Tools: []int{4, 3}}
		}, 100, true},
		{"visits are limited, refills are none", func(s *routing.Spec) {
			s.Jobs[0].Tools, s.Technicians[0].Shifts[0].MaxJobs, s.Technicians[0].Shifts[0].PerJob = []int{3}, 2, 5
		}, 110, true},
	} {
		spec := refilled([]int{10, 20}, 0)
		tt.build(&spec)
		p, err := routing.New(spec)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		plan := routing.Improve(p, 200, 1)
		bill := routing.Cost(p, plan)
		made := slices.Contains(plan.Routes[0], 2)
		if b := routing.Check(p, plan); b != nil || bill.Total() != minor(tt.cost) || made != tt.made {
			t.Errorf("%s: plan %v costs %d, want %d; %v", tt.name, plan.Routes, bill.Total().Minor(), tt.cost, b)
		}
	}
}

// TestRefillChecked says what lacks where a refill comes too late or to another.
func TestRefillChecked(t *testing.T) {
	t.Parallel()
	spec := refilled([]int{10, 20}, 0, 0)
	spec.Jobs[0].Tools, spec.Jobs[1].Parts = []int{3}, []int32{1}
	p, err := routing.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		routes [][]int
		want   []routing.Breach
	}{
		{[][]int{{2, 0, 1}, nil}, nil},
		{[][]int{{0, 2, 1}, nil}, []routing.Breach{{Route: 0, Job: routing.Any, Rule: routing.RuleTool}}},
		{[][]int{{1, 2, 0}, nil}, []routing.Breach{{Route: 0, Job: routing.Any, Rule: routing.RuleUsedUp}}},
		{[][]int{nil, {2}}, []routing.Breach{{Route: 1, Job: 2, Rule: routing.RuleRequired}}},
		{[][]int{{2}, {0}}, []routing.Breach{{Route: 1, Job: 0, Rule: routing.RuleTool}}},
		{[][]int{{2}, {1}}, []routing.Breach{{Route: 1, Job: 1, Rule: routing.RuleStock}}},
	} {
		if got := routing.Check(p, routing.Plan{Routes: tt.routes}); !slices.Equal(got, tt.want) {
			t.Errorf("Check(%v) = %v, want %v", tt.routes, got, tt.want)
		}
	}
	if got := p.Unserved(p.Empty()); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("Unserved() = %v: a refill is never missing", got)
	}
	if w, o := routing.Why(p, p.Empty(), 2), routing.Insert(p, p.Empty(), 2); w != nil || o != nil {
		t.Errorf("Why() = %v, Insert() = %v of a refill, want none", w, o)
	}
}

// TestWhyStock names what is not on the van.
func TestWhyStock(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		want  routing.Rule
		spoil func(s *routing.Spec)
	}{
		{routing.RuleNone, func(*routing.Spec) {}},
		{routing.RuleNone, func(s *routing.Spec) { s.Jobs[0].Tools = []int{3} }}, // the depot has it
		{routing.RuleTool, func(s *routing.Spec) { s.Jobs[0].Tools, s.Technicians[0].Shifts[0].Refills = []int{3}, nil }},
		{routing.RuleStock, func(s *routing.Spec) {
			s.Jobs[0].Parts, s.Technicians[0].Shifts[0].Refills[0] = []int32{4}, routing.Refill{Job: 2, Parts: []int32{3}}
		}},
		{routing.RuleUsedUp, func(s *routing.Spec) {
			s.Jobs[0].Parts, s.Jobs[1].Parts, s.Technicians[0].Shifts[0].Refills[0] = []int32{3}, []int32{1}, routing.Refill{Job: 2, Parts: []int32{3}}
			s.Technicians[0].Shifts[0].Parts = []int32{1}
			s.Jobs[1].Parts = []int32{2}
			s.Technicians[0].Shifts[0].Refills[0].Parts[0] = 2
		}},
		{routing.RuleUsedUp, func(s *routing.Spec) {
			s.Jobs[0].Parts, s.Jobs[1].Parts, s.Technicians[0].Shifts[0].Parts = []int32{1}, []int32{1}, []int32{1}
			s.Technicians[0].Shifts[0].Refills = nil
		}},
		{routing.RuleShift, func(s *routing.Spec) {
			s.Jobs[0].Tools, s.Jobs[0].Windows = []int{3}, []routing.Window{{Open: 0, Close: 80}} // 50 there, 40 back
		}},
		{routing.RuleNone, func(s *routing.Spec) {
			s.Jobs[0].Tools, s.Jobs[0].Windows = []int{3}, []routing.Window{{Open: 0, Close: 90}}
		}},
	} {
		spec := refilled([]int{10, 20}, 0)
		tt.spoil(&spec)
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		plan := routing.Plan{Routes: [][]int{{1}}}
		if b := routing.Check(p, plan); b != nil {
			plan.Routes[0] = []int{2, 1}
		}
		if got := routing.Why(p, plan, 0); got[0].Rule != tt.want {
			t.Errorf("Why() = %q, want %q", got[0].Rule, tt.want)
		}
	}
}

// TestRefillRefused points at refills that cannot be.
func TestRefillRefused(t *testing.T) {
	t.Parallel()
	const first = "/technicians/0/shifts/0/refills/0"
	for _, tt := range []struct {
		pointer string
		spoil   func(s *routing.Spec)
	}{
		{first, func(s *routing.Spec) { s.Technicians[0].Shifts[0].Refills[0].Job = 9 }},
		{first + "/parts", func(s *routing.Spec) { s.Technicians[0].Shifts[0].Refills[0].Parts = []int32{-1} }},
		{"/technicians/1/shifts/0/refills/0", func(s *routing.Spec) { s.Technicians[1].Shifts[0].Refills = []routing.Refill{{Job: 2}} }},
		{first, func(s *routing.Spec) { s.Shipments = []routing.Shipment{{Pickup: 0, Delivery: 2}} }},
		{first, func(s *routing.Spec) { s.Technicians[1].Shifts[0].Frozen = []int{2} }},
		{"/jobs/2", func(s *routing.Spec) { s.Jobs[2].Priority = 1 }},
		{"/jobs/2", func(s *routing.Spec) { s.Jobs[2].Tools = []int{1} }},
		{"/jobs/0/parts", func(s *routing.Spec) { s.Jobs[0].Parts = []int32{-1} }},
		{"/technicians/0/shifts/0/parts", func(s *routing.Spec) { s.Technicians[0].Shifts[0].Parts = []int32{-1} }},
	} {
		spec := refilled([]int{10, 20}, 0, 0)
		tt.spoil(&spec)
		if _, err := routing.New(spec); !slices.Contains(fields(err), tt.pointer) {
			t.Errorf("New() points at %v, want %s", fields(err), tt.pointer)
		}
	}
}

// TestOptimumRefilled compares with the exact optimum.
func TestOptimumRefilled(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]features{
		"stock": {stock: true}, "stock and windows": {stock: true, windows: true, several: true, work: true},
		"stock and loads": {stock: true, takes: true, windows: true, visits: true}, "stock and breaks": {stock: true, breaks: true, due: true, windows: true},
		"stock and contracts": {stock: true, partners: true, surcharges: true, visits: true, nights: true, minimum: true, windows: true, skills: true, people: true, pins: true},
		"stock and pairs":     {stock: true, pairs: true, windows: true}, "stock and tide": {stock: true, tide: true, windows: true, work: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(15) {
				r := rand.New(rand.NewPCG(seed, 7))
				compareOptimum(t, generate(r, 3+int(seed%2), 2+int(seed%2), f), fmt.Sprint(name, "/", seed))
			}
		})
	}
}
