package vroom_test

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/modules/dispatch/vroom"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// A problem written by hand, with all that is supported, and its solution.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"matrix", "points", "shipments"} {
		give, err := os.ReadFile("testdata/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		p := read(t, give)
		got := vroom.Write(p, solve(t, p, 2000), vroom.Answer{Loading: 1, Solving: 2, Geometry: true})
		file := "testdata/" + name + ".solution.json"
		if *update {
			if err := os.WriteFile(file, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %s", name, cmp.Diff(string(want), string(got)))
		}
	}
}

// Whatever is solved obeys the problem when it is recomputed from the JSON, and
// scores what routing says.
func TestSolutionsObey(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		give := text(r, problem(r))
		p, err := vroom.Read(give)
		if err != nil {
			r.Fatalf("%s: %v %s", give, err, named(err))
		}
		plan := solve(r, p, rapid.IntRange(0, 300).Draw(r, "iterations")+1)
		got := answer(t, p, plan)
		if err := judge(give, got); err != nil {
			r.Fatalf("%s\n%+v\n%v", give, got, err)
		}
		bill := routing.Cost(p.Routing(), plan)
		if total := bill.Total().Minor(); got.Summary.Cost < total-3 || got.Summary.Cost > total+3 {
			r.Fatalf("cost %d, routing says %d", got.Summary.Cost, total)
		}
	})
}

// Steps are never refused, and what is found is never worse than they are.
func TestWarmStart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		give := problem(r)
		jobs, shipments, vehicles := give["jobs"].([]any), give["shipments"].([]any), give["vehicles"].([]any)
		for _, v := range vehicles {
			var steps []any
			for range rapid.IntRange(0, len(jobs)).Draw(r, "steps") {
				k := rapid.IntRange(0, len(jobs)-1).Draw(r, "step")
				steps = append(steps, object{"type": "job", "id": jobs[k].(object)["id"], "service_at": 7})
			}
			for range rapid.IntRange(0, 2*len(shipments)).Draw(r, "halves") {
				k, half := rapid.IntRange(0, len(shipments)-1).Draw(r, "shipment"), rapid.SampledFrom([]string{"pickup", "delivery"}).Draw(r, "half")
				at := rapid.IntRange(0, len(steps)).Draw(r, "place")
				steps = slices.Insert(steps, at, any(object{"type": half, "id": shipments[k].(object)[half].(object)["id"]}))
			}
			v.(object)["steps"] = append(append([]any{object{"type": "start"}, object{"type": "break"}}, steps...), object{"type": "end"})
		}
		p, err := vroom.Read(text(r, give))
		if err != nil {
			r.Fatalf("%v %s", err, named(err))
		}
		before, after := routing.Cost(p.Routing(), p.Start()), routing.Cost(p.Routing(), solve(r, p, 50))
		if before.Score().Less(after.Score()) {
			r.Fatalf("%+v after %+v", after, before)
		}
		if err := judge(text(r, give), answer(t, p, p.Start())); err != nil {
			r.Fatal(err)
		}
	})
}

// A start that keeps the rules is taken as it is, breaks and all, wherever they
// stand among the steps.
func TestWarmStartIsKept(t *testing.T) {
	t.Parallel()
	give := with(t, day(), []any{object{"id": 7, "service": 5, "time_windows": []any{[]any{15, 40}}}}, "vehicles", 0, "breaks")
	give = with(t, give, []any{object{"type": "job", "id": 13}, object{"type": "break", "id": 7}, object{"type": "job", "id": 11}}, "vehicles", 0, "steps")
	for _, order := range []string{"between", "none", "last"} {
		steps := with(t, give, nil, "x")
		list := steps["vehicles"].([]any)[0].(object)["steps"].([]any)
		switch order {
		case "none":
			steps = with(t, steps, []any{list[0], list[2]}, "vehicles", 0, "steps")
		case "last":
			steps = with(t, steps, []any{list[0], list[2], list[1]}, "vehicles", 0, "steps")
		}
		if got := read(t, text(t, steps)).Start(); !cmp.Equal(got, routing.Plan{Routes: [][]int{{2, 0}}}) {
			t.Errorf("break %s: the start is %v", order, got)
		}
	}
}

// A shipment is picked up before it is delivered, wherever that lies, and takes room
// in between; left, both halves are.
func TestShipments(t *testing.T) {
	t.Parallel()
	give := with(t, day(), []any{1}, "vehicles", 0, "capacity")
	give = with(t, give, []any{object{
		"amount": []any{1}, "priority": 5, "pickup": object{"id": 11, "location_index": 3}, "delivery": object{"id": 11, "location_index": 1, "service": 4},
	}}, "shipments")
	give = with(t, give, []any{object{"id": 13, "location_index": 2, "delivery": []any{1}}}, "jobs")
	p := read(t, text(t, give))
	got := answer(t, p, solve(t, p, 200))
	var kinds []string
	for _, s := range got.Routes[0].Steps {
		kinds = append(kinds, s.Type)
	}
	if err := judge(text(t, give), got); err != nil || !cmp.Equal(kinds, []string{"start", "job", "pickup", "delivery", "end"}) || got.Summary.Priority != 10 {
		t.Errorf("%v %v %+v", err, kinds, got.Summary)
	}
	give = with(t, give, []any{0}, "vehicles", 0, "capacity")
	p = read(t, text(t, give))
	if got = answer(t, p, solve(t, p, 50)); len(got.Unassigned) != 3 || got.Unassigned[1].Type != "pickup" || got.Unassigned[2].Type != "delivery" || !cmp.Equal(got.Unassigned[2].Reasons, []string{"load"}) {
		t.Errorf("left are %+v", got.Unassigned)
	}
}

// No way there, no way back, no time: each is left, and says why.
func TestImpossible(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		give object
		want []string
	}{
		{"no way there", with(t, day(), []any{[]any{0, nil, 20, 30}, []any{10, 0, 10, 20}, []any{20, nil, 0, 10}, []any{30, nil, 10, 0}}, "matrices", "car", "durations"), []string{"unreachable"}},
		{"after hours", with(t, with(t, day(), []any{0, 100}, "vehicles", 0, "time_window"), []any{[]any{101, 200}}, "jobs", 0, "time_windows"), []string{"window"}},
		{"too far for the window", with(t, with(t, day(), []any{100, 200}, "vehicles", 0, "time_window"), []any{[]any{0, 105}}, "jobs", 0, "time_windows"), []string{"shift"}},
		{"a skill", with(t, day(), []any{4}, "jobs", 0, "skills"), []string{"skill_missing"}},
		{"a load", with(t, with(t, day(), []any{1}, "vehicles", 0, "capacity"), []any{2}, "jobs", 0, "delivery"), []string{"load"}},
		{"too far by the distances beside costs", with(t, with(t, with(t, day(), [][]int{{0, 7, 7, 7}, {7, 0, 7, 7}, {7, 7, 0, 7}, {7, 7, 7, 0}}, "matrices", "car", "distances"), [][]int{{0, 1, 1, 1}, {1, 0, 1, 1}, {1, 1, 0, 1}, {1, 1, 1, 0}}, "matrices", "car", "costs"), 13, "vehicles", 0, "max_distance"), []string{"max_distance"}},
		{"no task at all", with(t, day(), 0, "vehicles", 0, "max_tasks"), []string{"no_shift"}},
		{"a break that nobody can take", with(t, with(t, day(), []any{0, 100}, "vehicles", 0, "time_window"), []any{object{"id": 1, "service": 101}}, "vehicles", 0, "breaks"), []string{"no_shift"}},
	} {
		p := read(t, text(t, tt.give))
		got := answer(t, p, solve(t, p, 100))
		if len(got.Unassigned) == 0 || got.Unassigned[0].ID != 11 || !cmp.Equal(got.Unassigned[0].Reasons, tt.want) {
			t.Errorf("%s: %+v, want %v", tt.name, got.Unassigned, tt.want)
		}
	}
}

// One way may be longer than the other.
func TestAsymmetric(t *testing.T) {
	t.Parallel()
	give := with(t, day(), [][]int{{0, 1, 90, 90}, {90, 0, 1, 90}, {90, 90, 0, 1}, {1, 90, 90, 0}}, "matrices", "car", "durations")
	p := read(t, text(t, give))
	if got := answer(t, p, solve(t, p, 200)); got.Summary.Cost != 4 || got.Summary.Duration != 4 {
		t.Errorf("the round costs %d, want 4", got.Summary.Cost)
	}
}

// What is dear is what the costs say.
func TestCosts(t *testing.T) {
	t.Parallel()
	flat := [][]int{{0, 7, 7, 7}, {7, 0, 7, 7}, {7, 7, 0, 7}, {7, 7, 7, 0}}
	for _, tt := range []struct {
		name string
		give object
		want int64
	}{
		{"seconds of travel", day(), 60},
		{"and a fixed price", with(t, day(), object{"fixed": 40}, "vehicles", 0, "costs"), 100},
		{"a price per hour", with(t, day(), object{"per_hour": 7200}, "vehicles", 0, "costs"), 120},
		{"and per kilometre", with(t, with(t, day(), flat, "matrices", "car", "distances"), object{"per_km": 1000}, "vehicles", 0, "costs"), 88},
		{"a matrix of costs", with(t, day(), flat, "matrices", "car", "costs"), 28},
		{"a price per task hour", with(t, with(t, day(), 5, "jobs", 0, "service"), object{"per_task_hour": 7200}, "vehicles", 0, "costs"), 70},
		{"a matrix of costs and a longest way", with(t, with(t, with(t, day(), flat, "matrices", "car", "costs"), flat, "matrices", "car", "distances"), 1000, "vehicles", 0, "max_distance"), 28},
		{"by another profile", with(t, with(t, day(), object{"durations": flat}, "matrices", "bike"), "bike", "vehicles", 0, "profile"), 28},
		{"twice as fast", with(t, day(), 2, "vehicles", 0, "speed_factor"), 30},
		{"ends anywhere", with(t, day(), nil, "vehicles", 0, "end_index"), 30},
		{"starts anywhere", with(t, day(), nil, "vehicles", 0, "start_index"), 30},
	} {
		p := read(t, text(t, tt.give))
		if got := answer(t, p, solve(t, p, 300)); got.Summary.Cost != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got.Summary.Cost, tt.want)
		}
	}
}

// Of what cannot all be done the higher priorities are done.
func TestPriorities(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		give := day()
		var seen []int64
		for _, j := range give["jobs"].([]any) {
			v := rapid.Int64Range(0, 100).Draw(r, "priority")
			j.(object)["priority"], seen = v, append(seen, v)
		}
		give["vehicles"].([]any)[0].(object)["max_tasks"] = 1
		p := read(r, text(r, give))
		if got := answer(t, p, solve(r, p, 100)); got.Summary.Priority != max(seen[0], seen[1], seen[2]) {
			r.Fatalf("served %d of %v", got.Summary.Priority, seen)
		}
	})
}

// Instants may be timestamps, and "whenever" the largest number at hand.
func TestInstants(t *testing.T) {
	t.Parallel()
	const noon = 1_800_000_000
	for name, give := range map[string]object{
		"timestamps without working hours": with(t, day(), []any{[]any{noon, noon + 5}}, "jobs", 2, "time_windows"),
		"timestamps with endless hours":    with(t, with(t, day(), []any{[]any{noon, noon + 5}}, "jobs", 2, "time_windows"), []any{0, uint32(1<<32 - 1)}, "vehicles", 0, "time_window"),
		"endless windows":                  with(t, day(), []any{[]any{0, int64(1<<53 - 1)}}, "jobs", 2, "time_windows"),
		"endless everything":               with(t, with(t, day(), []any{[]any{0, int64(1<<53 - 1)}}, "jobs", 2, "time_windows"), []any{0, int64(1<<53 - 1)}, "vehicles", 0, "time_window"),
	} {
		p := read(t, text(t, give))
		got := answer(t, p, solve(t, p, 100))
		if err := judge(text(t, give), got); err != nil || len(got.Unassigned) != 0 || got.Summary.Duration > 80 {
			t.Errorf("%s: %v %+v", name, err, got)
		}
	}
}
