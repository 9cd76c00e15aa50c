package vroom_test

import "testing"

// A way of 30 seconds to the last of three places, and back, in traffic that is half as
// fast until second 100 and twice as fast from second 200 on.
func TestTraffic(t *testing.T) {
	t.Parallel()
	traffic := object{"car": []any{object{"from": 0, "speed_factor": 0.5}, object{"from": 100, "speed_factor": 1}, object{"from": 200, "speed_factor": 2}}}
	for _, tt := range []struct {
		name                        string
		window                      []any // of the visit
		leave, arrive, home, travel int64
	}{
		{"in the jam", nil, 0, 60, 110, 110}, // home: 20 until 100, 10 after
		{"until its end", []any{90, 99}, 30, 90, 125, 95},
		{"begins in it", []any{120, 130}, 80, 120, 150, 70},
		{"after it", []any{150, 150}, 120, 150, 180, 60},
		{"where it is quick", []any{300, 310}, 285, 300, 315, 30},
	} {
		problem := with(t, day(), []any{object{"id": 13, "location_index": 3}}, "jobs")
		if tt.window != nil {
			problem = with(t, problem, []any{tt.window}, "jobs", 0, "time_windows")
		}
		p := read(t, text(t, with(t, problem, traffic, "traffic")))
		r := answer(t, p, solve(t, p, 20))
		if len(r.Routes) != 1 || len(r.Routes[0].Steps) != 3 {
			t.Fatalf("%s: %+v", tt.name, r)
		}
		steps := r.Routes[0].Steps
		if steps[0].Arrival != tt.leave || steps[1].Arrival != tt.arrive || steps[2].Arrival != tt.home || r.Summary.Duration != tt.travel || r.Summary.Cost != tt.travel {
			t.Errorf("%s: %+v, want %+v", tt.name, r.Routes[0], tt)
		}
	}
}
