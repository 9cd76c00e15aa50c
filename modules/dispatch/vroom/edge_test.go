package vroom_test

import (
	"encoding/json"
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
