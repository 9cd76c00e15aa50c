package dispatchsvc_test

import (
	"fmt"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/remedy"
)

// cellsOf are some places on Tuesday for some technicians, as a trial is asked.
func cellsOf(crew []id.Technician) (cells string, at []time.Time, who []id.Technician) {
	for _, c := range crew {
		for hour := 8; hour <= 16; hour += 2 {
			if cells != "" {
				cells += ","
			}
			cells += fmt.Sprintf(`{"technician":%q,"start_at":%q}`, c, tuesday(hour).Format(time.RFC3339))
			at, who = append(at, tuesday(hour)), append(who, c)
		}
	}
	return cells, at, who
}

// What a trial says of a visit that needs two technicians is what booking it comes to:
// the moment where it fits, the rule where it does not.
func TestTryTied(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		crew := []id.Technician{k.hire(t, ""), k.hire(t, `"skills":[{"skill":"lift","level":2}]`), k.hire(t, "")}
		k.book(t, k.visit(t, 7, 115, near(9)), crew[1], tuesday(12)) // the only one who may lift is away at noon
		one := k.visit(t, 1, 90, near(2))
		two := k.tied(t, 101, with(one), 60, remedy.SkillNeed{Skill: "lift", Level: 1})
		cells, at, who := cellsOf(crew)
		results := list(k.post(t, "try", `{"work_order":%q,"cells":[%s]}`, one, cells), "results")
		fits := 0
		for i, r := range results {
			status, out := k.book(t, one, who[i], at[i])
			if (status == 201) != r["fits"].(bool) {
				t.Fatalf("%v at %v: tried %v, booked %d %v", who[i], at[i], r, status, out)
			}
			if status != 201 {
				if rule := out["args"].(map[string]any)["rule"]; rule != r["rule"] {
					t.Errorf("%v at %v: tried %v, refused by %v", who[i], at[i], r, rule)
				}
				continue
			}
			fits++
			a, _ := k.met(t, one, two)
			if slot := r["slot"].(map[string]any); slot["service_start_at"] != a["service_start_at"] || r["cost"].(map[string]any)["minor"].(float64) <= 0 {
				t.Errorf("tried %v, came to %v", r, a)
			}
			k.verb(t, a, "cancel")
			k.settle(t)
			k.none(t, one, two)
		}
		if fits == 0 || fits == len(results) {
			t.Errorf("%d of %d places fit", fits, len(results))
		}
	})
}

// The same of one that is promised: the second technician goes along.
func TestTryMoveTied(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		crew := []id.Technician{k.hire(t, ""), k.hire(t, ""), k.hire(t, "")}
		one := k.visit(t, 1, 90, near(2))
		two := k.tied(t, 101, with(one), 60)
		if status, out := k.book(t, one, crew[0], tuesday(10)); status != 201 {
			t.Fatal(out)
		}
		a, b := k.met(t, one, two)
		mate := b["technician"]
		for i, c := range crew[1:] { // both others are away for a part of the day, at different times
			k.book(t, k.visit(t, byte(7+i), 115, near(9)), c, tuesday(12+4*i))
		}
		cells, at, who := cellsOf(crew)
		fits := 0
		for i := range who {
			results := list(k.post(t, "try", `{"appointment":%q,"cells":[%s]}`, a["id"], cells), "results")
			r := results[i]
			status, out := k.call(t, "POST", "/v1/appointments/"+a["id"].(string)+"/reschedule", fmt.Sprintf(`{"start_at":%q,"technician":%q}`, at[i].Format(time.RFC3339), who[i]))
			k.settle(t)
			if (status == 200) != r["fits"].(bool) {
				t.Fatalf("%v at %v: tried %v, moved %d %v", who[i], at[i], r, status, out)
			}
			if status != 200 {
				if rule := out["args"].(map[string]any)["rule"]; rule != r["rule"] {
					t.Errorf("%v at %v: tried %v, refused by %v", who[i], at[i], r, rule)
				}
				continue
			}
			fits++
			var now map[string]any
			if now, b = k.met(t, one, two); b["technician"] != mate || r["slot"].(map[string]any)["service_start_at"] != now["service_start_at"] {
				t.Errorf("tried %v, came to %v with %v", r, now, b)
			}
		}
		if fits == 0 || fits == len(who) {
			t.Errorf("%d of %d places fit", fits, len(who))
		}
		if out := k.want(t, 200, "GET", "/v1/appointments/"+a["id"].(string)+"/reasons", ""); out["fits"] != true {
			t.Errorf("why it is there: %v", out)
		}
	})
}

// The board says what hangs together, and when it is out of order.
func TestBoardTied(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech, mate := k.hire(t, ""), k.hire(t, "")
		one := k.visit(t, 1, 60, near(2))
		k.book(t, one, tech, tuesday(10))
		two := k.tied(t, 101, with(one), 60)
		three := k.tied(t, 201, later(two, 60, 0), 30)
		board := func() map[string]any { return k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"?days=7", "") }
		open := list(board(), "unassigned")
		if len(open) != 2 || len(list(open[0], "tied")) != 2 {
			t.Fatalf("open %v", open)
		}
		if v := list(open[0], "tied"); v[0]["work_order"] != one.String() || v[0]["how"] != "with" || v[0]["technician"] != tech.String() || v[1]["work_order"] != three.String() || v[1]["how"] != "after" {
			t.Errorf("the second technician is tied %v", v)
		}
		if c := list(board(), "attention")[0]; c["code"] != "unassigned" || c["severity"] != "high" {
			t.Errorf("half a promise needs %v", c)
		}
		if out := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"/open/"+two.String()+"/reasons", ""); out["fits"] != true {
			t.Errorf("why nobody: %v", out)
		}
		k.book(t, two, mate, tuesday(10))
		for _, l := range list(board(), "technicians") {
			for _, bar := range list(l, "appointments") {
				if n := len(list(bar, "tied")); n != map[string]int{one.String(): 1, two.String(): 2, three.String(): 1}[bar["work_order"].(string)] {
					t.Errorf("%v is tied %v", bar["work_order"], bar["tied"])
				}
			}
		}
		if n := len(list(board(), "attention")); n != 0 {
			t.Errorf("attention %v", board()["attention"])
		}
		a, _ := k.met(t, one, two)
		k.at(t, at(t, a, "service_start_at").Sub(tuesday(8))+23*time.Hour+40*time.Minute) // one is on site, the other is nowhere
		k.verb(t, a, "dispatch")
		k.verb(t, a, "arrive")
		k.at(t, at(t, a, "service_start_at").Sub(tuesday(8))+23*time.Hour+59*time.Minute)
		found := false
		for _, c := range list(board(), "attention") {
			found = found || c["code"] == "tied" && c["work_order"] == two.String()
		}
		if !found {
			t.Errorf("who comes alone needs nobody: %v", board()["attention"])
		}
	})
}
