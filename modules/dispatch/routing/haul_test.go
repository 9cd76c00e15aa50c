package routing_test

import (
	"slices"
	"testing"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// TestBothWays brings two things to 10 and takes two from 20, in a van for two.
func TestBothWays(t *testing.T) {
	t.Parallel()
	spec := line([]int{10, 20}, 0)
	spec.Jobs[0].Load, spec.Jobs[1].Take = []int32{2}, []int32{2}
	spec.Technicians[0].Shifts[0].Capacity = []int32{2}
	p, err := routing.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	if b := routing.Check(p, routing.Plan{Routes: [][]int{{0, 1}}}); b != nil {
		t.Errorf("brought, then taken: Check() = %v", b)
	}
	want := []routing.Breach{{Route: 0, Job: routing.Any, Rule: routing.RuleLoaded}}
	if b := routing.Check(p, routing.Plan{Routes: [][]int{{1, 0}}}); !slices.Equal(b, want) {
		t.Errorf("taken, then brought: Check() = %v, want %v", b, want)
	}
	if o := routing.Insert(p, routing.Plan{Routes: [][]int{{0}}}, 1); len(o) != 1 || o[0].Position != 1 {
		t.Errorf("Insert() = %v, want only the place behind what is brought", o)
	}
}

// TestWhyFullBothWays has a van that is full wherever a visit goes, though no sum
// of what it brings or takes exceeds it.
func TestWhyFullBothWays(t *testing.T) {
	t.Parallel()
	for capacity, want := range map[int32]routing.Rule{4: routing.RuleNone, 3: routing.RuleLoaded} {
		spec := line([]int{10, 20}, 0)
		spec.Jobs[0].Load, spec.Jobs[0].Take = []int32{2}, []int32{2}
		spec.Jobs[1].Load, spec.Jobs[1].Take = []int32{2}, []int32{2}
		spec.Technicians[0].Shifts[0].Capacity = []int32{capacity}
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		if got := routing.Why(p, routing.Plan{Routes: [][]int{{0}}}, 1); got[0].Rule != want {
			t.Errorf("Why() with room for %d = %q, want %q", capacity, got[0].Rule, want)
		}
	}
}
