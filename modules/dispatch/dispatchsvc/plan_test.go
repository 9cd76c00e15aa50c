package dispatchsvc_test

import (
	"fmt"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/platform/db/dbtest"
)

// Planning a node books what fits through the same saga, keeps what is promised,
// and says of the rest why.
func TestPlan(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		east, west := k.hire(t, `"start":{"lat_micro":52520000,"lon_micro":13600000}`), k.hire(t, `"start":{"lat_micro":52520000,"lon_micro":13200000}`)
		promised := k.visit(t, 1, 60, near(2))
		_, first := k.book(t, promised, west, tuesday(10))
		homes := map[string]id.Technician{}
		for n := byte(2); n <= 7; n++ {
			at, who := geo.At(52.52, 13.61), east
			if n%2 == 0 {
				at, who = geo.At(52.52, 13.19), west
			}
			homes[k.visit(t, n, 60, at).String()] = who
		}
		odd := k.visit(t, 8, 60, near(2), remedy.SkillNeed{Skill: "crane", Level: 1})
		far := k.visit(t, 9, 60, near(600))
		out := k.want(t, 200, "POST", "/v1/board/"+berlin.String()+"/plan", `{"days":3,"iterations":500}`)
		k.settle(t)
		if n := len(out["booked"].([]any)); n != 6 {
			t.Fatalf("booked %d visits: %v", n, out)
		}
		for _, v := range out["booked"].([]any) {
			m := v.(map[string]any)
			if want := homes[m["work_order"].(string)]; m["technician"] != want.String() {
				t.Errorf("%v goes to %v, who starts at the other end of the town", m["work_order"], m["technician"])
			}
			if s := k.state(t, m["appointment"].(string)); s != "scheduled" {
				t.Errorf("a planned visit is %s", s)
			}
		}
		rules := map[string]string{}
		for _, v := range out["unserved"].([]any) {
			m := v.(map[string]any)
			for _, w := range m["why"].([]any) {
				rules[m["work_order"].(string)] += w.(map[string]any)["rule"].(string) + " "
			}
		}
		if len(rules) != 2 || rules[odd.String()] != "skill_missing skill_missing " || rules[far.String()] != "shift shift " {
			t.Errorf("unserved: %v", rules)
		}
		before, after := out["before"].(map[string]any), out["after"].(map[string]any)
		if before["unserved"] != 8.0 || after["unserved"] != 2.0 || after["visits"] != 7.0 {
			t.Errorf("before %v, after %v", before, after)
		}
		if v := k.want(t, 200, "GET", "/v1/appointments/"+first["id"].(string), ""); v["technician"] != west.String() || v["start_at"] != "2026-11-24T09:00:00Z" {
			t.Errorf("what was promised became %v", v)
		}
		board := k.want(t, 200, "GET", "/v1/board/"+berlin.String(), "")
		for _, v := range board["unassigned"].([]any) {
			if m := v.(map[string]any); len(m["why"].([]any)) != 2 || m["why_at"] == nil {
				t.Errorf("open without reasons: %v", m)
			}
		}
		k.holds(t, east)
		k.holds(t, west)
		again := k.want(t, 200, "POST", "/v1/board/"+berlin.String()+"/plan", `{}`)
		if len(again["booked"].([]any)) != 0 || len(again["unserved"].([]any)) != 2 {
			t.Errorf("planned again: %v", again)
		}
	})
}

// Offers weigh the way, the promise and the other visits: behind the neighbour is
// cheapest, and a promise that runs out draws the visit to the front.
func TestOffersWeigh(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		_, _ = k.book(t, k.visit(t, 1, 60, near(25)), tech, tuesday(12).AddDate(0, 0, 1)) // on Wednesday
		wo := k.visit(t, 2, 60, near(26))
		first := func() map[string]any {
			out := k.want(t, 201, "POST", "/v1/work-orders/"+wo.String()+"/offers", "")
			return out["offers"].([]any)[0].(map[string]any)
		}
		if o := first(); o["start_at"].(string)[:10] != "2026-11-25" {
			t.Errorf("not on the day when somebody is there anyway: %v", o)
		} else if m := o["reasons"].(map[string]any)["travel_metres"].(float64); m > 5_000 {
			t.Errorf("the neighbour costs %v m", m)
		}
		k.publish(t, sla.ClocksStarted{Of: sla.Of{Case: id.Case{0: 8, 15: 2}}, Clocks: []sla.Standing{{Kind: sla.Resolve, DueAt: dbtest.Now.Add(2 * time.Hour)}}})
		o := first()
		if o["start_at"].(string)[:10] != "2026-11-23" {
			t.Errorf("due today, offered %v", o)
		}
		k.publish(t, sla.ClocksStarted{Of: sla.Of{Case: id.Case{0: 8, 15: 2}}, Clocks: []sla.Standing{{Kind: sla.Arrive, DueAt: dbtest.Now.Add(-time.Hour)}}})
		if late := first()["reasons"].(map[string]any)["late_seconds"].(float64); late <= 0 {
			t.Errorf("overdue, but late by %v s", late)
		}
	})
}

// Visits that a later absence leaves without anybody are shown, and nothing is
// booked upon a day that does not hold together.
func TestConflicts(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		for n := byte(1); n <= 3; n++ {
			if status, out := k.book(t, k.visit(t, n, 60, near(3)), tech, tuesday(6+2*int(n))); status != 201 {
				t.Fatalf("visit %d: %v", n, out)
			}
		}
		path := "/v1/technicians/" + tech.String()
		k.want(t, 200, "PUT", path+"/shifts", `{"week":"Mo-Fr 08:00-11:30"}`)
		conflicts := func() (n int) {
			board := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"?day=2026-11-24", "")
			for _, v := range board["technicians"].([]any)[0].(map[string]any)["appointments"].([]any) {
				if v.(map[string]any)["conflict"] == true {
					n++
				}
			}
			return n
		}
		if n := conflicts(); n != 1 {
			t.Errorf("%d conflicts after half the shift is gone", n)
		}
		wo := k.visit(t, 4, 15, near(3))
		if _, out := k.book(t, wo, tech, tuesday(8)); out["code"] != "dispatch.day_broken" {
			t.Errorf("booked upon a broken day: %v", out)
		}
		if out := k.want(t, 201, "POST", "/v1/work-orders/"+wo.String()+"/offers", ""); len(out["offers"].([]any)) == 0 {
			t.Errorf("other days are offered: %v", out)
		}
		k.want(t, 200, "PUT", path+"/absences", `{"absences":[{"day":"2026-11-24","reason":"sick"}]}`)
		if n := conflicts(); n != 3 {
			t.Errorf("%d conflicts on a day off", n)
		}
		_, out := k.call(t, "PATCH", path, `{"standing":"left"}`)
		if out["code"] != "dispatch.has_visits" {
			t.Errorf("left with visits: %v", out)
		}
	})
}

// A visit stands on the board of the day on which somebody really came, however far
// that is from what was promised.
func TestCameEarly(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		status, a := k.book(t, k.visit(t, 1, 60, near(3)), tech, tuesday(10).Add(72*time.Hour))
		if status != 201 {
			t.Fatalf("booked with %d: %v", status, a)
		}
		k.settle(t)
		apt := a["id"].(string)
		for _, verb := range []string{"dispatch", "accept", "travel", "arrive"} {
			k.want(t, 200, "POST", "/v1/appointments/"+apt+"/"+verb, "{}")
		}
		for day, want := range map[string]int{"": 1, "?day=2026-11-27": 0} {
			board := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+day, "")
			if bars := board["technicians"].([]any)[0].(map[string]any)["appointments"].([]any); len(bars) != want {
				t.Errorf("the board of %v shows %d visits, not %d", board["day"], len(bars), want)
			}
		}
	})
}

func TestTechnicians(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, `"start":{"lat_micro":52523456,"lon_micro":13401234}`)
		path := "/v1/technicians/" + tech.String()
		v := k.want(t, 200, "GET", path, "")
		if v["name"] != "Jo Vogel" || fmt.Sprint(v["start"]) != "map[lat_micro:5.252e+07 lon_micro:1.34e+07]" || v["week"] != "Mo-Fr 08:00-12:00,12:30-17:00" {
			t.Errorf("hired %v", v)
		}
		k.want(t, 200, "PUT", path+"/skills", `{"skills":[{"skill":"refrigerant","level":2}]}`)
		k.want(t, 200, "PATCH", path, `{"employment":"part_time","standing":"paused"}`, "If-Match", `"2"`)
		k.want(t, 412, "PATCH", path, `{"max_minutes":10}`, "If-Match", `"2"`)
		if v = k.want(t, 200, "GET", path, ""); v["employment"] != "part_time" || len(v["skills"].([]any)) != 1 || v["version"] != 3.0 {
			t.Errorf("changed to %v", v)
		}
		if out := k.want(t, 201, "POST", "/v1/work-orders/"+k.visit(t, 1, 60, near(1)).String()+"/offers", ""); fmt.Sprint(out["why"]) != fmt.Sprintf("[map[rule:excluded technician:%s]]", tech) {
			t.Errorf("somebody who is paused is offered: %v", out)
		}
		for _, tt := range []struct{ method, path, body, want string }{
			{"PUT", path + "/skills", `{"skills":[{"skill":"a","level":1},{"skill":"a","level":1}]}`, "dispatch.invalid"},
			{"PUT", path + "/shifts", `{"week":"Mo-Fr 08:00"}`, "api.invalid_input"},
			{"PATCH", path, `{"hour":{"minor":1,"currency":"CNY"}}`, "dispatch.invalid"}, // the kilometre is in EUR
			{"PATCH", path, `{"salary":1}`, "api.invalid_input"},
			{"GET", "/v1/technicians/tech_00000000000000000000000001", "", "not_found"},
			{"POST", "/v1/technicians", fmt.Sprintf(`{"node":%q,"name":" ","employment":"core","hour":{"minor":1,"currency":"EUR"},"kilometre":{"minor":1,"currency":"EUR"},"max_minutes":480,"week":"24/7"}`, berlin), "dispatch.invalid"},
			{"POST", "/v1/technicians", fmt.Sprintf(`{"node":%q,"name":"Li","employment":"core","hour":{"minor":1,"currency":"CNY"},"kilometre":{"minor":1,"currency":"CNY"},"max_minutes":480,"week":"24/7"}`, berlin), "dispatch.currency"},
			{"POST", "/v1/technicians", fmt.Sprintf(`{"node":%q,"name":"Li","employment":"core","hour":{"minor":1,"currency":"CNY"},"kilometre":{"minor":1,"currency":"CNY"},"max_minutes":480,"week":"24/7"}`, id.Node{99}), "dispatch.invalid"},
		} {
			if _, out := k.call(t, tt.method, tt.path, tt.body); out["code"] != tt.want {
				t.Errorf("%s %s %s = %v, want %s", tt.method, tt.path, tt.body, out, tt.want)
			}
		}
		if v = k.want(t, 200, "GET", path, ""); v["version"] != 3.0 {
			t.Errorf("what was refused changed it to %v", v)
		}
	})
}
