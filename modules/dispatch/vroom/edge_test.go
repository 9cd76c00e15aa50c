package vroom_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"fettle.dev/fettle/modules/dispatch/vroom"
)

// Who may not travel still does what needs no way, and nothing else.
func TestNoTravel(t *testing.T) {
	t.Parallel()
	for _, member := range []string{"max_travel_time", "max_distance"} {
		give := object{
			"vehicles": []any{object{"id": 1, "start_index": 0, "end_index": 0, member: 0}},
			"jobs":     []any{object{"id": 1, "location_index": 0, "service": 5}, object{"id": 2, "location_index": 1}},
			"matrices": object{"car": object{"durations": [][]int{{0, 1}, {1, 0}}, "distances": [][]int{{0, 1}, {1, 0}}}},
		}
		p := read(t, text(t, give))
		var got reply
		if err := json.Unmarshal(vroom.Write(p, solve(t, p, 20), vroom.Answer{}), &got); err != nil {
			t.Fatal(err)
		}
		if got.Summary.Unassigned != 1 || got.Unassigned[0].ID != 2 {
			t.Errorf("%s 0 leaves %+v", member, got.Unassigned)
		}
		if err := judge(text(t, give), got); err != nil {
			t.Errorf("%s 0: %v", member, err)
		}
	}
}

// What VROOM's clients send without meaning anything by it is taken as VROOM takes it.
func TestTakenAsVROOM(t *testing.T) {
	t.Parallel()
	job := func(value any, name string) object { return with(t, day(), value, "jobs", 1, name) }
	vehicle := func(value any, name string) object { return with(t, day(), value, "vehicles", 0, name) }
	for name, give := range map[string]object{
		"a plane for a globe":        job([]any{1810, -3000}, "location"),
		"a height":                   job([]any{8.5, 49.5, 120}, "location"),
		"more than two numbers":      job([]any{[]any{0, 30, 99}}, "time_windows"),
		"room for whatever it is":    with(t, job([]any{5}, "delivery"), []any{uint32(math.MaxUint32)}, "vehicles", 0, "capacity"),
		"a break with any load":      with(t, vehicle([]any{object{"id": 1, "time_windows": []any{[]any{0, 9}}, "max_load": []any{5}}}, "breaks"), []any{5}, "vehicles", 0, "capacity"),
		"two of a name":              with(t, day(), []any{object{"id": 1, "start_index": 0}, object{"id": 1, "start_index": 0}}, "vehicles"),
		"notes of the client's":      job([]any{nil}, "notes"),
		"a way that takes too long":  with(t, day(), uint32(math.MaxUint32), "matrices", "car", "durations", 3, 1),
		"nothing said of a location": job(nil, "location"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := read(t, text(t, give))
			if left := p.Routing().Unserved(solve(t, p, 50)); len(left) > 0 {
				t.Errorf("leaves %v", left)
			}
			if out := vroom.Write(p, solve(t, p, 50), vroom.Answer{Geometry: true}); !json.Valid(out) {
				t.Errorf("written as %s", out)
			}
		})
	}
}

// What takes longer than anything can nobody travels.
func TestTooFar(t *testing.T) {
	t.Parallel()
	for _, member := range []string{"durations", "distances"} {
		give := with(t, day(), [][]int{{0, 10, 20, 30}, {10, 0, 10, 20}, {20, 10, 0, 10}, {30, 20, 10, 0}}, "matrices", "car", "distances")
		for from := range 4 {
			give = with(t, give, 1<<28+1, "matrices", "car", member, from, 3)
		}
		p := read(t, text(t, give))
		if left := p.Routing().Unserved(solve(t, p, 50)); len(left) != 1 || left[0] != 2 {
			t.Errorf("%s: leaves %v", member, left)
		}
	}
}

// Ids are as large as the format has them.
func TestLargeIDs(t *testing.T) {
	t.Parallel()
	const most = "18446744073709551615"
	p := read(t, []byte(`{"vehicles":[{"id":`+most+`,"start_index":0,"breaks":[{"id":`+most+`,"time_windows":[[0,9]]}]}],"jobs":[{"id":`+most+`,"location_index":0}],"matrix":[[0]]}`))
	out := string(vroom.Write(p, solve(t, p, 20), vroom.Answer{}))
	for _, want := range []string{`"vehicle":` + most, `"type":"job","location_index":0,"id":` + most, `"type":"break","id":` + most} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
}
