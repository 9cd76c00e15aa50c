package dispatchsvc_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/dispatchsvc"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/platform/access"
)

var slowdowns = "/v1/board/" + berlin.String() + "/slowdowns"

// slowRoads says that ways take longer, and returns the name of that.
func (k *kit) slowRoads(t testing.TB, from, until time.Time, percent int) string {
	t.Helper()
	out := k.want(t, 201, "POST", slowdowns, fmt.Sprintf(`{"from":%q,"until":%q,"percent":%d,"reason":"snow"}`, from.Format(time.RFC3339), until.Format(time.RFC3339), percent))
	k.settle(t)
	return out["id"].(string)
}

// While roads are slow, trials, offers and bookings reckon with longer ways, and the board
// says so; when that is taken back, all is as before.
func TestSlowRoads(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech, idle := k.hire(t, ""), k.hire(t, "")
		_, booked := k.book(t, k.visit(t, 1, 60, near(20)), tech, tuesday(8))
		stands, open := booked["id"].(string), k.visit(t, 2, 60, near(-15))
		try := func() map[string]any {
			return list(k.post(t, "try", `{"work_order":%q,"technician":%q,"start_at":%q}`, open, idle, tuesday(12).Format(time.RFC3339)), "results")[0]
		}
		board := func() (out map[string]any) {
			out = k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"?days=2", "")
			delete(out, "now")
			return out
		}
		before, asIs := try(), board()
		was, _ := k.onBoard(t, stands)

		name := k.slowRoads(t, tuesday(6), tuesday(18), 100)
		shown := list(board(), "slowdowns")
		if len(shown) != 1 || shown[0]["id"] != name || shown[0]["percent"] != 100.0 || shown[0]["reason"] != "snow" || shown[0]["until"] != tuesday(18).Format(time.RFC3339) {
			t.Errorf("the board shows %v", shown)
		}
		slow := try()
		if x := slow["travel_seconds"].(float64) / before["travel_seconds"].(float64); x < 1.8 || x > 2.2 {
			t.Errorf("the way takes %.2f times as long: %v, was %v", x, slow["travel_seconds"], before["travel_seconds"])
		}
		bar, _ := k.onBoard(t, stands)
		if bar["expected_at"] == nil || !instant(t, bar["expected_at"]).After(instant(t, was["service_start_at"])) {
			t.Errorf("expected as before: %v", bar)
		}
		k.remembers(t, open, "slow roads")

		for range 2 { // the second time it is over already
			k.want(t, 200, "POST", slowdowns+"/"+name+"/end", "")
			k.settle(t)
		}
		if d := cmp.Diff(before, try()); d != "" {
			t.Errorf("taken back, a trial says something else: %s", d)
		}
		if d := cmp.Diff(asIs, board()); d != "" {
			t.Errorf("taken back, the board is another: %s", d)
		}
		k.remembers(t, open, "free roads")
	})
}

// What was foreseen on slow roads is what is booked on them.
func TestTrialAndBookingOnSlowRoads(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		k.book(t, k.visit(t, 1, 60, near(12)), tech, tuesday(8))
		open := k.visit(t, 2, 45, near(25))
		k.slowRoads(t, tuesday(9).Add(10*time.Minute), tuesday(11).Add(5*time.Minute), 70)
		foreseen := list(k.post(t, "try", `{"work_order":%q,"technician":%q,"start_at":%q}`, open, tech, tuesday(10).Format(time.RFC3339)), "results")[0]
		_, out := k.book(t, open, tech, tuesday(10))
		a := k.appointment(t, out["id"].(string))
		if s := foreseen["slot"].(map[string]any); instant(t, s["service_start_at"]) != a.ServiceStartAt || a.Reasons.TravelSeconds != int64(foreseen["travel_seconds"].(float64)) {
			t.Errorf("foreseen %v, booked %+v", foreseen, a)
		}
	})
}

// What a technician cannot keep any more on slow roads goes to somebody who is near, in
// its window; it ends by itself.
func TestSlowRoadsGiveWorkToOthers(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.autonomy(t, dispatch.Keeping)
		far := k.hire(t, "")
		k.want(t, 200, "PUT", "/v1/technicians/"+far.String()+"/shifts", `{"week":"Tu 08:00-11:30"}`)
		a, _ := k.take(t, k.visit(t, 1, 60, near(40)), tuesday(8))
		close := k.hire(t, `"start":{"lat_micro":52520000,"lon_micro":13980000}`)
		k.slowRoads(t, tuesday(6), tuesday(12), 150)
		k.at(t, 2*time.Second)
		if v := k.appointment(t, a); v.Technician != close || !v.StartAt.Equal(tuesday(8)) || !v.ServiceStartAt.Before(v.EndAt) {
			t.Errorf("the visit is %+v", v)
		}
		k.at(t, 28*time.Hour)
		if shown := list(k.want(t, 200, "GET", "/v1/board/"+berlin.String(), ""), "slowdowns"); len(shown) > 0 {
			t.Errorf("it has not ended: %v", shown)
		}
	})
}

func TestBadSlowdowns(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		name := k.slowRoads(t, tuesday(8), tuesday(9), 40)
		for _, body := range []string{
			`{}`, `{"until":"2026-11-22T08:00:00Z","percent":40,"reason":"snow"}`, `{"until":"9999-12-31T23:59:59Z","percent":40,"reason":"snow"}`,
			`{"until":"2026-11-24T08:00:00Z","percent":-40,"reason":"snow"}`, `{"until":"2026-11-24T08:00:00Z","percent":10000,"reason":"snow"}`,
			`{"until":"2026-11-24T08:00:00Z","percent":40,"reason":"moon"}`, `{"from":"2026-11-24T09:00:00Z","until":"2026-11-24T08:00:00Z","percent":40,"reason":"jam"}`,
			`{"until":"2026-11-24T08:00:00Z","percent":0,"reason":"jam"}`, `{"until":"2026-11-24T08:00:00Z","percent":4.5,"reason":"jam"}`,
		} {
			if status, out := k.call(t, "POST", slowdowns, body); status != 422 && status != 400 {
				t.Errorf("%s = %d %v", body, status, out)
			}
		}
		for range 19 {
			k.slowRoads(t, tuesday(8), tuesday(9), 40)
		}
		if status, out := k.call(t, "POST", slowdowns, fmt.Sprintf(`{"until":%q,"percent":40,"reason":"jam"}`, tuesday(9).Format(time.RFC3339))); status != 409 || out["code"] != "dispatch.slowdowns_full" {
			t.Errorf("one too many: %d %v", status, out)
		}
		k.want(t, 404, "POST", "/v1/board/"+potsdam.String()+"/slowdowns/"+name+"/end", "")
		k.want(t, 404, "POST", slowdowns+"/"+id.New[id.SlowdownKind]().String()+"/end", "")
		k.caller = access.System(id.Tenant{9})
		if status, out := k.call(t, "POST", slowdowns+"/"+name+"/end", ""); status != 404 {
			t.Errorf("another tenant: %d %v", status, out)
		}
		k.as(access.Technician, access.Node, berlin.Raw())
		if status, _ := k.call(t, "POST", slowdowns, `{"until":"2026-11-24T08:00:00Z","percent":40,"reason":"jam"}`); status != 404 && status != 403 {
			t.Errorf("a technician may: %d", status)
		}
	})
}

// Whoever sets out later arrives no earlier, also where something begins or ends to slow
// the roads down, and never earlier than on free roads.
func TestNobodyOvertakesOnSlowRoads(t *testing.T) {
	t.Parallel()
	crew := []dispatch.Technician{{Zone: "Europe/Berlin"}}
	rapid.Check(t, func(t *rapid.T) {
		begin := tuesday(6)
		var slow []dispatch.Slowdown
		for range rapid.IntRange(1, 3).Draw(t, "slowdowns") {
			from := begin.Add(time.Duration(rapid.IntRange(0, 8*3600).Draw(t, "from")) * time.Second)
			until := from.Add(time.Duration(rapid.IntRange(60, 4*3600).Draw(t, "long")) * time.Second)
			slow = append(slow, dispatch.Slowdown{From: from, Until: until, Percent: rapid.Int64Range(1, 900).Draw(t, "percent"), Reason: dispatch.Jam})
		}
		way := rapid.Int32Range(1, 7200).Draw(t, "way")
		arrives := func(at time.Time, slow []dispatch.Slowdown) int64 {
			p, err := routing.New(routing.Spec{
				Travel:      routing.Travel{Sites: 2, Seconds: []int32{0, way, way, 0}, Metres: make([]int32, 4), Speeds: dispatchsvc.Rush(crew, begin, 1, slow)},
				Jobs:        []routing.Job{{Site: 1, Priority: 1}},
				Technicians: []routing.Technician{{Shifts: []routing.Shift{{Open: at.Unix(), Close: at.Unix() + 48*3600, Begun: true}}}},
			})
			if err != nil {
				t.Fatal(err)
			}
			return routing.Timetable(p, routing.Plan{Routes: [][]int{{0}}})[0].Stops[0].Start
		}
		last := int64(0)
		at := begin.Add(time.Duration(rapid.IntRange(0, 8*3600).Draw(t, "at")) * time.Second)
		for _, s := range slow { // around an edge
			if rapid.Bool().Draw(t, "edge") {
				at = s.Until.Add(-20 * time.Second)
			}
		}
		for range 40 {
			is := arrives(at, slow)
			if is < last || is < arrives(at, nil) {
				t.Fatalf("setting out at %v arrives at %d, before %d or the free roads' %d", at, is, last, arrives(at, nil))
			}
			last, at = is, at.Add(time.Second)
		}
	})
}
