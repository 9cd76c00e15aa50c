package routing_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// half reports whether a job is half of a shipment.
func half(spec routing.Spec, job int) bool {
	return slices.ContainsFunc(spec.Shipments, func(v routing.Shipment) bool { return v.Pickup == job || v.Delivery == job })
}

// shipped is a line of jobs of which the first is picked up for the second.
func shipped(places []int, homes ...int) routing.Spec {
	spec := line(places, homes...)
	spec.Shipments = []routing.Shipment{{Pickup: 0, Delivery: 1, Load: []int32{1}}}
	for i := range spec.Technicians {
		spec.Technicians[i].Shifts[0].Capacity = []int32{1}
	}
	return spec
}

// TestShipment picks up far out what is delivered on the way there.
func TestShipment(t *testing.T) {
	t.Parallel()
	spec := shipped([]int{30, 10, 20}, 0)
	spec.Jobs[2].Take = []int32{1} // and takes something for which there is room only before or instead
	p, err := routing.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		route []int
		want  []routing.Breach
	}{
		{[]int{0, 1}, nil},
		{[]int{0, 1, 2}, nil},
		{[]int{1, 0}, []routing.Breach{{Route: 0, Job: 0, Rule: routing.RuleSplit}}},
		{[]int{0}, []routing.Breach{{Route: 0, Job: 0, Rule: routing.RuleSplit}}},
		{[]int{1}, []routing.Breach{{Route: 0, Job: 1, Rule: routing.RuleSplit}}},
		{[]int{0, 2, 1}, []routing.Breach{{Route: 0, Job: routing.Any, Rule: routing.RuleLoaded}}},
		{[]int{2, 0, 1}, []routing.Breach{{Route: 0, Job: routing.Any, Rule: routing.RuleLoaded}}},
	} {
		if got := routing.Check(p, routing.Plan{Routes: [][]int{tt.route}}); !slices.Equal(got, tt.want) {
			t.Errorf("Check(%v) = %v, want %v", tt.route, got, tt.want)
		}
	}
	plan := routing.Improve(p, 200, 1)
	if bill := routing.Cost(p, plan); !slices.Equal(plan.Routes[0], []int{0, 1, 2}) || bill.Total() != minor(80) {
		t.Errorf("the plan is %v and costs %d", plan.Routes, bill.Total().Minor())
	}
}

// TestShipmentCountsOnce has one bill for both halves.
func TestShipmentCountsOnce(t *testing.T) {
	t.Parallel()
	spec := shipped([]int{10, 20}, 0)
	spec.Jobs[0].Priority, spec.Jobs[0].Price = 2, 7
	spec.Jobs[1].Priority = 3
	p, err := routing.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	bill := routing.Cost(p, p.Empty())
	if bill.Unserved != [4]int{0, 0, 1, 0} || bill.Left != minor(7) || bill.Lost != 1 {
		t.Errorf("left altogether it counts %+v", bill)
	}
	if got := p.Unserved(p.Empty()); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("Unserved() = %v, want both halves", got)
	}
}

// TestRepairKeepsPairs leaves a half out whose other half is missing or misplaced,
// and keeps whole ones in their order.
func TestRepairKeepsPairs(t *testing.T) {
	t.Parallel()
	p, err := routing.New(shipped([]int{10, 20, 30}, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ give, want [][]int }{
		{[][]int{{0, 2, 1}, nil}, [][]int{{0, 2, 1}, nil}},
		{[][]int{{1, 2, 0}, nil}, [][]int{{2}, nil}},
		{[][]int{{0, 2}, {1}}, [][]int{{2}, nil}},
		{[][]int{{2, 0, 1, 2}, {1}}, [][]int{{2, 0, 1}, nil}},
	} {
		got, err := routing.Repair(p, routing.Plan{Routes: tt.give})
		if err != nil || !slices.EqualFunc(got.Routes, tt.want, slices.Equal) {
			t.Errorf("Repair(%v) = %v, %v, want %v", tt.give, got.Routes, err, tt.want)
		}
	}
}

// TestShipmentRefused points at shipments that cannot be.
func TestShipmentRefused(t *testing.T) {
	t.Parallel()
	for pointer, spoil := range map[string]func(s *routing.Spec){
		"/shipments/0":      func(s *routing.Spec) { s.Shipments[0].Delivery = 9 },
		"/shipments/1":      func(s *routing.Spec) { s.Shipments = append(s.Shipments, routing.Shipment{Pickup: 2, Delivery: 1}) },
		"/shipments/0/load": func(s *routing.Spec) { s.Shipments[0].Load[0] = -1 },
		"/jobs/1/price":     func(s *routing.Spec) { s.Jobs[1].Worth = 1 },
	} {
		spec := shipped([]int{10, 20, 30}, 0)
		spoil(&spec)
		if _, err := routing.New(spec); !slices.Contains(fields(err), pointer) {
			t.Errorf("New() points at %v, want %s", fields(err), pointer)
		}
	}
	for name, spoil := range map[string]func(s *routing.Spec){
		"one job": func(s *routing.Spec) { s.Shipments[0].Delivery = 0 },
		"frozen":  func(s *routing.Spec) { s.Technicians[0].Shifts[0].Frozen = []int{0} },
		"pinned to two": func(s *routing.Spec) {
			s.Jobs[0].Pin, s.Jobs[1].Pin = &routing.Pin{Technician: 0, Start: 5}, &routing.Pin{Technician: 1, Start: 9}
		},
	} {
		spec := shipped([]int{10, 20, 30}, 0, 0)
		spoil(&spec)
		if _, err := routing.New(spec); !slices.Contains(fields(err), "/shipments/0") {
			t.Errorf("%s: New() points at %v, want /shipments/0", name, fields(err))
		}
	}
}

// TestWhyShipment says of a shipment what keeps either half away.
func TestWhyShipment(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		want  routing.Rule
		spoil func(s *routing.Spec)
	}{
		{routing.RuleNone, func(*routing.Spec) {}},
		{routing.RuleSkill, func(s *routing.Spec) { s.Jobs[1].Needs = []routing.Need{{Skill: 1}} }},
		{routing.RuleLoad, func(s *routing.Spec) { s.Shipments[0].Load[0] = 2 }},
		{routing.RuleWindow, func(s *routing.Spec) { s.Jobs[1].Windows = []routing.Window{{Open: 20_000, Close: 20_001}} }},
		{routing.RuleShift, func(s *routing.Spec) { s.Jobs[1].Windows = []routing.Window{{Open: 0, Close: 45}} }},
		{routing.RulePart, func(s *routing.Spec) {
			s.Jobs[0].PartsFrom, s.Jobs[1].Windows = 40, []routing.Window{{Open: 0, Close: 50}}
		}},
		{routing.RuleWork, func(s *routing.Spec) { s.Technicians[0].Shifts[0].MaxWork = 59 }},
		{routing.RuleJobs, func(s *routing.Spec) { s.Technicians[0].Shifts[0].MaxJobs = 2 }},
		{routing.RuleFull, func(s *routing.Spec) {
			s.Jobs[2].Windows, s.Jobs[2].Service = []routing.Window{{Open: 5, Close: 5}}, 9980
		}},
		{routing.RuleNone, func(s *routing.Spec) { s.Jobs[0].Priority, s.Jobs[0].Price = 0, 51 }},
		{routing.RulePrice, func(s *routing.Spec) { s.Jobs[0].Priority, s.Jobs[0].Price = 0, 50 }},
	} {
		spec := shipped([]int{30, 10, 5}, 0)
		tt.spoil(&spec)
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		for job := range 2 {
			if got := routing.Why(p, routing.Plan{Routes: [][]int{{2}}}, job); got[0].Rule != tt.want {
				t.Errorf("Why(%d) = %q, want %q", job, got[0].Rule, tt.want)
			}
		}
	}
}

// TestInsertShipment compares the options of a pair with trying all places.
func TestInsertShipment(t *testing.T) {
	t.Parallel()
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		spec, p, _ := drawProblem(t, 10)
		plan, _ := solve(t, p, routing.Plan{}, routing.Budget{Iterations: 20})
		for _, v := range spec.Shipments {
			if !slices.Contains(p.Unserved(plan), v.Pickup) {
				if plan = dropPair(plan, v); routing.Check(p, plan) != nil {
					return
				}
			}
			best := map[[2]int]routing.Grain{}
			for _, o := range routing.Insert(p, plan, v.Delivery) {
				at := [2]int{o.Route, o.Position}
				if c, ok := best[at]; !ok || o.Cost < c {
					best[at] = o.Cost
				}
				next := withPair(plan, v, o.Route, o.Position, o.Delivery)
				for _, start := range []int64{o.Earliest, o.Latest} {
					if b := routing.Check(at2(t, spec, v.Pickup, o, start), next); b != nil {
						t.Fatalf("option %+v started at %d: Check() = %v", o, start, b)
					}
				}
			}
			found += len(best)
			if len(spec.Jobs[v.Pickup].Windows) < 2 {
				comparePlaces(t, spec, p, plan, v, best)
			}
		}
	})
	if found == 0 {
		t.Error("no option was ever found")
	}
}

// comparePlaces tries every pair of positions with Check and Cost.
func comparePlaces(t *rapid.T, spec routing.Spec, p *routing.Problem, plan routing.Plan, v routing.Shipment, best map[[2]int]routing.Grain) {
	before := routing.Cost(p, plan)
	for route, jobs := range plan.Routes {
		for a := range len(jobs) + 1 {
			want, fits, where := routing.Grain(0), false, 0
			for b := a + 1; b <= len(jobs)+1; b++ {
				next := withPair(plan, v, route, a, b)
				if routing.Check(p, next) != nil {
					continue
				}
				after := routing.Cost(p, next)
				if c := after.Total() - after.Left - before.Total() + before.Left; !fits || c < want {
					want, fits, where = c, true, b
				}
			}
			got, ok := best[[2]int{route, a}]
			if fits && !ok && !fixable(t, spec, p, withPair(plan, v, route, a, where), route, v.Pickup) {
				continue
			}
			if ok != fits || got != want {
				t.Fatalf("route %d position %d: Insert says %d %v, want %d %v", route, a, got, ok, want, fits)
			}
		}
	}
}

func withPair(plan routing.Plan, v routing.Shipment, route, a, b int) routing.Plan {
	next := plan.Clone()
	next.Routes[route] = slices.Insert(slices.Insert(next.Routes[route], a, v.Pickup), b, v.Delivery)
	return next
}

func dropPair(plan routing.Plan, v routing.Shipment) routing.Plan {
	next := plan.Clone()
	for i, r := range next.Routes {
		next.Routes[i] = slices.DeleteFunc(r, func(j int) bool { return j == v.Pickup || j == v.Delivery })
	}
	return next
}
