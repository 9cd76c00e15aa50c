package week_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"fettle.dev/fettle/app/solver"
	"fettle.dev/fettle/app/solver/week"
)

var small = week.Size{Tasks: 120, Technicians: 12, Days: 7, Load: .3, Seed: 1}

type object = map[string]any

// The same size and seed make the same week, another seed another.
func TestMake(t *testing.T) {
	t.Parallel()
	a, b := week.Make(small), week.Make(small)
	other := small
	other.Seed++
	if !bytes.Equal(a, b) || bytes.Equal(a, week.Make(other)) {
		t.Error("the seed does not decide")
	}
	var p struct {
		Vehicles []struct {
			Window [2]int64 `json:"time_window"`
		}
		Jobs []struct{ Service int64 }
	}
	if err := json.Unmarshal(a, &p); err != nil || len(p.Jobs) != 120 || len(p.Vehicles) != 12*5 {
		t.Fatalf("%v: %d jobs, %d shifts, want 120 and five days of twelve", err, len(p.Jobs), len(p.Vehicles))
	}
	var duty, service float64
	for _, v := range p.Vehicles {
		duty += float64(v.Window[1] - v.Window[0])
	}
	for _, j := range p.Jobs {
		service += float64(j.Service)
	}
	if share := service / duty; share < .27 || share > .31 {
		t.Errorf("services fill %.3f of the shifts, want .3 of what breaks leave", share)
	}
	week.Make(week.Size{})
}

// What the solver plans is in order for the judge, and each way to spoil it is not.
func TestJudge(t *testing.T) {
	t.Parallel()
	asked := week.Make(small)
	solved, err := solver.Solve(t.Context(), asked, solver.Options{Iterations: 300, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	v, err := week.Judge(asked, solved)
	if err != nil || v.Road == 0 || v.Routes == 0 {
		t.Fatalf("judged %+v, %v", v, err)
	}
	var s struct {
		Summary struct {
			Unassigned, Routes int
			Duration           int64
		}
	}
	if err := json.Unmarshal(solved, &s); err != nil || s.Summary.Unassigned != v.Left || s.Summary.Routes != v.Routes || abs(s.Summary.Duration-v.Road) > 120+60 { // a second a leg
		t.Errorf("judged %+v, the plan says %+v (%v)", v, s.Summary, err)
	}
	for _, tt := range []struct {
		name, want string
		spoil      func(routes []any) []any
	}{
		{"a route is gone", "neither served nor left", func(r []any) []any { return r[1:] }},
		{"a route comes twice", "twice on the road", func(r []any) []any { return append(r, r[0]) }},
		{"a task is done sooner", "there at", func(r []any) []any { return shifted(r, "arrival", "job", -2000) }},
		{"a service is cut short", "takes", func(r []any) []any { return shifted(r, "service", "job", -60) }},
		{"a task is put off", "takes", func(r []any) []any { return shifted(r, "waiting_time", "job", 14*24*3600) }},
		{"a break is put off", "break", func(r []any) []any { return shifted(r, "waiting_time", "break", 12*3600) }},
		{"a break is left out", "after 0 breaks", func(r []any) []any { return without(r, "break") }},
		{"home is near", "there at", func(r []any) []any { return shifted(r, "arrival", "end", -700) }},
		{"home is late", "comes home", func(r []any) []any { return shifted(r, "arrival", "end", 24*3600) }},
		{"the technician is another", "vehicle", func(r []any) []any {
			for _, v := range r {
				v.(object)["vehicle"] = v.(object)["vehicle"].(float64) + 1
			}
			return r
		}},
		{"a stop of another kind", "type", func(r []any) []any {
			steps(r[0])[1].(object)["type"] = "pickup"
			return r
		}},
	} {
		var plan object
		if err := json.Unmarshal(solved, &plan); err != nil {
			t.Fatal(err)
		}
		plan["routes"] = tt.spoil(plan["routes"].([]any))
		if _, err := week.Judge(asked, encoded(t, plan)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// Skills and parts are asked for, of whoever comes.
func TestJudgeOfPeople(t *testing.T) {
	t.Parallel()
	asked := week.Make(small)
	solved, err := solver.Solve(t.Context(), asked, solver.Options{Iterations: 100, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for member, poor := range map[string]any{"skills": []int{}, "capacity": make([]int, 6)} {
		var p object
		if err := json.Unmarshal(asked, &p); err != nil {
			t.Fatal(err)
		}
		for _, v := range p["vehicles"].([]any) {
			v.(object)[member] = poor
		}
		if _, err := week.Judge(encoded(t, p), solved); err == nil {
			t.Errorf("nobody minds that there is nothing in %s", member)
		}
	}
}

func abs(v int64) int64 { return max(v, -v) }

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func steps(route any) []any { return route.(object)["steps"].([]any) }

// shifted adds to a member of the first step of a kind.
func shifted(routes []any, member, kind string, by float64) []any {
	for _, r := range routes {
		for _, s := range steps(r) {
			if s := s.(object); s["type"] == kind {
				s[member] = s[member].(float64) + by
				return routes
			}
		}
	}
	return routes
}

func without(routes []any, kind string) []any {
	for _, r := range routes {
		r.(object)["steps"] = slices.DeleteFunc(steps(r), func(s any) bool { return s.(object)["type"] == kind })
	}
	return routes
}
