package dispatchsvc_test

import (
	"context"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch/dispatchsvc"
	"fettle.dev/fettle/modules/dispatch/travel"
	"fettle.dev/fettle/platform/roads"
)

// river is a road service of a land with a river: whoever crosses it drives an
// hour, and to the island there is no way.
type river struct {
	asked int // ways
	down  bool
}

var (
	bank   = 13.45 // the river's longitude
	island = geo.At(52.80, 13.80)
)

func (*river) Kind() string { return "osrm" }

func (r *river) Table(_ context.Context, from, to []geo.Point) (out []roads.Way, err error) {
	if r.down {
		return nil, roads.ErrSilent
	}
	for _, a := range from {
		for _, b := range to {
			r.asked++
			w := roads.Way{Seconds: 60, Metres: 900}
			switch {
			case (a == island) != (b == island):
				w = roads.Way{Seconds: roads.Unreachable, Metres: roads.Unreachable}
			case (a.Lon() < bank) != (b.Lon() < bank):
				w = roads.Way{Seconds: 3600, Metres: 70_000}
			}
			out = append(out, w)
		}
	}
	return out, nil
}

// withRiver runs a test with the road service.
func withRiver(t *testing.T, fn func(t *testing.T, k *kit, r *river)) {
	t.Helper()
	rivers := map[*kit]*river{}
	each(t, func(t *testing.T, k *kit) { fn(t, k, rivers[k]) }, func(k *kit, d *dispatchsvc.Deps) {
		rivers[k] = &river{}
		d.Roads = rivers[k]
	})
}

// roadsOf is what the board says of the ways of a day.
func (k *kit) roadsOf(t *testing.T) map[string]any {
	t.Helper()
	return k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"?day=2026-11-24", "")["roads"].(map[string]any)
}

// Plans drive as the road service says, from the moment in which it has been asked;
// each way is asked for once.
func TestSurvey(t *testing.T) {
	withRiver(t, func(t *testing.T, k *kit, r *river) {
		tech := k.hire(t, "")
		here, across := k.visit(t, 1, 60, near(2)), k.visit(t, 2, 60, near(6))
		if r.asked != 9 {
			t.Errorf("%d ways were asked for between three places", r.asked)
		}
		for _, tt := range []struct {
			wo      id.WorkOrder
			hour    int
			seconds int64
		}{{here, 8, 60}, {across, 10, 3600}} {
			status, out := k.book(t, tt.wo, tech, tuesday(tt.hour))
			if status != 201 {
				t.Fatal(out)
			}
			got := k.want(t, 200, "GET", "/v1/appointments/"+out["id"].(string), "")
			if want := wayBy(startOf(t, got), tt.seconds); got["travel_seconds"] != want {
				t.Errorf("the way takes %v s, want %v", got["travel_seconds"], want)
			}
		}
		asked := r.asked
		k.visit(t, 3, 60, near(6))
		if r.asked != asked {
			t.Errorf("%d ways were asked for a second time", r.asked-asked)
		}
		if got := k.roadsOf(t); got["service"] != "osrm" || got["measured"] != 6.0 || got["modelled"] != 0.0 || got["code"] != nil {
			t.Errorf("the board says %v", got)
		}
	})
}

// Where nobody can drive nobody is sent.
func TestIsland(t *testing.T) {
	withRiver(t, func(t *testing.T, k *kit, _ *river) {
		tech := k.hire(t, "")
		wo := k.visit(t, 1, 60, island)
		if status, out := k.book(t, wo, tech, tuesday(10)); status != 409 {
			t.Errorf("a visit on the island: %d %v", status, out)
		}
		if got := k.want(t, 201, "POST", "/v1/work-orders/"+wo.String()+"/offers", "")["offers"].([]any); len(got) != 0 {
			t.Errorf("offered: %v", got)
		}
	})
}

// While the service is down the model serves, the board says so, and the service is
// asked again.
func TestRoadsDown(t *testing.T) {
	withRiver(t, func(t *testing.T, k *kit, r *river) {
		r.down = true
		tech := k.hire(t, "")
		wo := k.visit(t, 1, 60, near(6))
		status, out := k.book(t, wo, tech, tuesday(10))
		if status != 201 {
			t.Fatal(out)
		}
		want := travel.For("DE").Way(centre, near(6)).Seconds
		got := k.want(t, 200, "GET", "/v1/appointments/"+out["id"].(string), "")
		if got["travel_seconds"] != wayBy(startOf(t, got), want) {
			t.Errorf("the way takes %v s, the model has %d", got["travel_seconds"], want)
		}
		if got := k.roadsOf(t); got["modelled"] != 2.0 || got["measured"] != 0.0 || got["code"] != "roads_silent" || got["failed_since"] == nil {
			t.Errorf("the board says %v", got)
		}
		r.down = false
		k.at(t, 11*time.Minute)
		if got := k.roadsOf(t); got["measured"] != 2.0 || got["code"] != nil || got["failed_since"] != nil {
			t.Errorf("when the service is back the board says %v", got)
		}
	})
}

// What was said is asked for again after a month, and forgotten after two.
func TestWaysGrowOld(t *testing.T) {
	withRiver(t, func(t *testing.T, k *kit, r *river) {
		k.hire(t, "")
		k.visit(t, 1, 60, near(6))
		day := 24 * time.Hour
		asked := r.asked
		k.at(t, 29*day)
		if r.asked != asked {
			t.Errorf("%d ways were asked for again within the month", r.asked-asked)
		}
		k.at(t, 32*day)
		if r.asked != 2*asked {
			t.Errorf("%d ways were asked for after a month, want %d", r.asked-asked, asked)
		}
		r.down = true
		k.at(t, 95*day)
		if got := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"?day=2026-11-24", "")["roads"].(map[string]any); got["measured"] != 0.0 {
			t.Errorf("ways of two months ago are believed: %v", got)
		}
	})
}

// Without a road service nobody is asked and nothing is claimed.
func TestNoRoads(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.hire(t, "")
		k.visit(t, 1, 60, near(6))
		k.publish(t, desk.CaseChased{Case: id.Case{0: 8, 15: 1}, Priority: desk.High})
		if got := k.roadsOf(t); got["service"] != nil || got["measured"] != 0.0 {
			t.Errorf("the board says %v", got)
		}
	})
}
