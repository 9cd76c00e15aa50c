package dispatchsvc_test

import (
	"fmt"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
)

// autonomy says how far the node of the tests looks after itself.
func (k *kit) autonomy(t testing.TB, to dispatch.Autonomy) {
	t.Helper()
	k.want(t, 200, "PUT", "/v1/board/"+berlin.String()+"/engine", fmt.Sprintf(`{"autonomy":%q}`, to), "If-Match", "*")
}

// take books the offer for a window, as a customer would.
func (k *kit) take(t *testing.T, wo id.WorkOrder, start time.Time) (appointment string, technician string) {
	t.Helper()
	out := k.want(t, 201, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"start_at":%q}`, wo, start.Format(time.RFC3339)))
	k.settle(t)
	a := out["id"].(string)
	return a, k.want(t, 200, "GET", "/v1/appointments/"+a, "")["technician"].(string)
}

// sick takes a technician out of the Tuesday.
func (k *kit) sick(t *testing.T, tech string) {
	t.Helper()
	k.want(t, 200, "PUT", "/v1/technicians/"+tech+"/absences", `{"absences":[{"day":"2026-11-24","reason":"sick"}]}`)
}

// Somebody falls ill: what they promised goes to others, each visit in its window,
// and nothing else changes hands.
func TestKeepPromises(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		techs := map[string]id.Technician{}
		for range 3 {
			h := k.hire(t, "")
			techs[h.String()] = h
		}
		k.autonomy(t, dispatch.Keeping)
		var visits, who []string
		for n := byte(1); n <= 6; n++ {
			a, by := k.take(t, k.visit(t, n, 60, near(float64(n))), tuesday(8+int(n%3)*2))
			visits, who = append(visits, a), append(who, by)
		}
		ill := who[0]
		k.sick(t, ill)
		k.at(t, 2*time.Second)
		moved := 0
		for i, a := range visits {
			v := k.want(t, 200, "GET", "/v1/appointments/"+a, "")
			if got := v["start_at"]; got != tuesday(8+(i+1)%3*2).Format(time.RFC3339) {
				t.Errorf("visit %d was promised another window: %v", i+1, got)
			}
			switch by := v["technician"].(string); {
			case who[i] != ill && by != who[i]:
				t.Errorf("visit %d went from %s to %s, who both are there", i+1, who[i], by)
			case by == ill:
				t.Errorf("visit %d is still with who is ill", i+1)
			case by != who[i]:
				moved++
				if why := v["reason"]; why != "dispatch.kept" || v["state"] != "scheduled" {
					t.Errorf("visit %d moved: %v", i+1, v)
				}
			}
		}
		e := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"/engine", "")
		if moved == 0 || e["kept"] != float64(moved) || e["unkept"] != 0.0 {
			t.Errorf("moved %d, engine %v", moved, e)
		}
		for _, tech := range techs {
			k.holds(t, tech)
		}
	})
}

// Who had been told of a visit falls ill: whoever gets it is told at once.
func TestKeptAndTold(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.hire(t, "")
		k.hire(t, "")
		k.autonomy(t, dispatch.Keeping)
		a, by := k.take(t, k.visit(t, 1, 60, near(1)), tuesday(8))
		for _, verb := range []string{"dispatch", "accept"} {
			k.want(t, 200, "POST", "/v1/appointments/"+a+"/"+verb, "{}")
		}
		k.sick(t, by)
		k.at(t, 2*time.Second)
		if v := k.want(t, 200, "GET", "/v1/appointments/"+a, ""); v["technician"] == by || v["state"] != "dispatched" {
			t.Errorf("the visit is %v with %v, who was %s", v["state"], v["technician"], by)
		}
	})
}

// People plan: then nothing moves by itself, and the board says what cannot be kept.
func TestPeoplePlan(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.hire(t, "")
		k.hire(t, "")
		a, by := k.take(t, k.visit(t, 1, 60, near(1)), tuesday(8))
		k.visit(t, 2, 60, near(2))
		k.sick(t, by)
		k.at(t, 2*dispatch.Grace)
		if v := k.want(t, 200, "GET", "/v1/appointments/"+a, ""); v["technician"] != by {
			t.Errorf("moved by itself: %v", v)
		}
		board := k.want(t, 200, "GET", "/v1/board/"+berlin.String(), "")
		if n := len(board["unassigned"].([]any)); n != 1 {
			t.Errorf("%d visits are open, want 1", n)
		}
	})
}

// Nobody else can: the promise stays where it is and is counted.
func TestUnkept(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.hire(t, "")
		k.autonomy(t, dispatch.Keeping)
		a, by := k.take(t, k.visit(t, 1, 60, near(1)), tuesday(8))
		k.sick(t, by)
		k.at(t, 2*time.Second)
		e := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"/engine", "")
		if v := k.want(t, 200, "GET", "/v1/appointments/"+a, ""); v["technician"] != by || v["state"] != "scheduled" || e["unkept"] != 1.0 || e["kept"] != 0.0 {
			t.Errorf("%v, engine %v", v, e)
		}
		k.hire(t, "") // help comes
		k.at(t, 4*time.Second)
		e = k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"/engine", "")
		if v := k.want(t, 200, "GET", "/v1/appointments/"+a, ""); v["technician"] == by || e["unkept"] != 0.0 || e["kept"] != 1.0 {
			t.Errorf("after help came: %v, engine %v", v, e)
		}
	})
}

// Open visits wait for their customer to choose, then get a place; their technicians
// are told a day before.
func TestPlansItself(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.hire(t, "")
		k.autonomy(t, dispatch.Planning)
		k.visit(t, 1, 60, near(1))
		k.at(t, dispatch.Grace-time.Minute)
		k.visit(t, 2, 60, near(2)) // whose customer has half an hour from now on
		open := func() int { return len(k.want(t, 200, "GET", "/v1/board/"+berlin.String(), "")["unassigned"].([]any)) }
		if open() != 2 {
			t.Error("booked before anybody could choose")
		}
		k.at(t, dispatch.Grace+time.Second)
		k.at(t, dispatch.Grace+3*time.Second)
		if n := open(); n != 1 {
			t.Errorf("%d visits are open after the time of one", n)
		}
		k.at(t, 2*dispatch.Grace)
		k.at(t, 2*dispatch.Grace+2*time.Second)
		if n := open(); n != 0 {
			t.Errorf("%d visits are open after the time of both", n)
		}
		k.at(t, 2*dispatch.Grace+dispatch.LookAgain)
		all := k.want(t, 200, "GET", "/v1/appointments", "")["items"].([]any)
		if len(all) != 2 {
			t.Errorf("the visits are %v", all)
		}
		for _, a := range all {
			if s := a.(map[string]any)["state"]; s != "dispatched" {
				t.Errorf("today's visit is %v", s)
			}
		}
	})
}

// Who sees the board may not say what happens on it; nobody else knows of it.
func TestEngineIsTheDispatchers(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		path := "/v1/board/" + berlin.String() + "/engine"
		k.want(t, 412, "PUT", path, `{"autonomy":"plan"}`, "If-Match", `"7"`)
		k.want(t, 422, "PUT", path, `{"autonomy":"whatever"}`, "If-Match", "*")
		k.as("agent", "node", berlin.Raw())
		k.want(t, 200, "GET", path, "")
		k.want(t, 404, "PUT", path, `{"autonomy":"plan"}`, "If-Match", "*")
		k.as("dispatcher", "node", potsdam.Raw())
		k.want(t, 404, "GET", path, "")
	})
}
