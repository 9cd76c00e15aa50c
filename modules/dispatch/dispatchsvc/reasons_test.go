package dispatchsvc_test

import (
	"fmt"
	"testing"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/platform/access"
)

// An assignment says what it costs, part by part, and who else could have it at what
// more: giving it to them comes to just that.
func TestWhyThisTechnician(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		west := k.hire(t, `"start":{"lat_micro":52520000,"lon_micro":13300000}`)
		east := k.hire(t, `"start":{"lat_micro":52520000,"lon_micro":13600000}`)
		away := k.hire(t, "")
		k.want(t, 200, "PUT", "/v1/technicians/"+away.String()+"/absences", `{"absences":[{"day":"2026-11-24","reason":"sick"}]}`)
		_, out := k.book(t, k.visit(t, 1, 60, geo.At(52.52, 13.35)), west, tuesday(10))
		apt := out["id"].(string)
		why := k.want(t, 200, "GET", "/v1/appointments/"+apt+"/reasons", "")
		cost, parts := why["cost"].(map[string]any)["minor"].(float64), why["parts"].(map[string]any)
		if why["technician"] != west.String() || why["fits"] != true || why["by"] != "hand" || cost <= 0 {
			t.Fatalf("why %v", why)
		}
		var sum float64
		for _, v := range parts {
			sum += v.(float64)
		}
		if sum < cost-2 || sum > cost+2 || parts["travel"].(float64) <= 0 || parts["distance"].(float64) <= 0 || parts["lateness"] != 0.0 {
			t.Errorf("cost %v of %v", cost, parts)
		}
		rivals := list(why, "rivals")
		if len(rivals) != 2 || rivals[0]["technician"] != east.String() || rivals[0]["fits"] != true || rivals[1]["technician"] != away.String() || rivals[1]["rule"] != "no_shift" {
			t.Fatalf("rivals %v", rivals)
		}
		more := rivals[0]["cost"].(map[string]any)["minor"].(float64)
		k.want(t, 200, "POST", "/v1/appointments/"+apt+"/reschedule", fmt.Sprintf(`{"start_at":%q,"technician":%q}`, stamp(tuesday(10)), east))
		if now := k.want(t, 200, "GET", "/v1/appointments/"+apt+"/reasons", "")["cost"].(map[string]any)["minor"].(float64); more <= 0 || now != cost+more {
			t.Errorf("costs %v here, %v more there, and there %v", cost, more, now)
		}
		k.want(t, 200, "PUT", "/v1/technicians/"+east.String()+"/absences", `{"absences":[{"day":"2026-11-24","reason":"sick"}]}`)
		why = k.want(t, 200, "GET", "/v1/appointments/"+apt+"/reasons", "")
		if why["fits"] != false || why["rule"] != "no_shift" || why["cost"] != nil || list(why, "rivals")[0]["technician"] != west.String() {
			t.Errorf("when it cannot be kept: %v", why)
		}
		k.want(t, 200, "POST", "/v1/appointments/"+apt+"/cancel", "{}")
		k.want(t, 409, "GET", "/v1/appointments/"+apt+"/reasons", "")
		k.want(t, 404, "GET", "/v1/appointments/"+(id.Appointment{9}).String()+"/reasons", "")
		k.as(access.Dispatcher, access.Node, potsdam.Raw())
		k.want(t, 404, "GET", "/v1/appointments/"+apt+"/reasons", "")
		k.as(access.Customer, access.Self, anna.Raw())
		k.want(t, 404, "GET", "/v1/appointments/"+apt+"/reasons", "")
	})
}

// Why nobody has an open visit, and which rule would have to give way: when it does,
// and nothing else, the visit fits.
func TestWhyNobody(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, `"skills":[{"skill":"gas","level":1}]`)
		ask := func(wo id.WorkOrder, query string) map[string]any {
			t.Helper()
			return k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"/open/"+wo.String()+"/reasons"+query, "")
		}
		wo := k.visit(t, 1, 60, near(3), remedy.SkillNeed{Skill: "gas", Level: 3})
		why := ask(wo, "")
		relax := list(why, "relaxations")
		if why["fits"] != false || len(list(why, "why")) != 1 || list(why, "why")[0]["rule"] != "skill_level" || len(relax) == 0 || relax[0]["rule"] != "skill_level" {
			t.Fatalf("why %v", why)
		}
		cost := relax[0]["cost"]
		k.want(t, 200, "PUT", "/v1/technicians/"+tech.String()+"/skills", `{"skills":[{"skill":"gas","level":3}]}`)
		if why = ask(wo, ""); why["fits"] != true || len(list(why, "relaxations")) != 0 {
			t.Errorf("when the skill is there: %v", why)
		}
		got := k.try(t, `{"work_order":%q,"technician":%q,"day":"2026-11-24"}`, wo, tech)[0]
		if got["fits"] != true || fmt.Sprint(got["cost"]) != fmt.Sprint(cost) {
			t.Errorf("relaxed it would cost %v, tried %v", cost, got)
		}
		long := k.visit(t, 2, 470, near(10)) // with the way longer than anybody works, but not than the shift
		why = ask(long, "?days=2")
		relax = list(why, "relaxations")
		if why["fits"] != false || why["days"] != 2.0 || len(relax) != 1 || relax[0]["rule"] != "max_work" || relax[0]["unit"] != "seconds" {
			t.Fatalf("longer than a day: %v", why)
		}
		by := relax[0]["by"].(float64)
		for minutes, fits := range map[float64]bool{480 + by/60 - 1: false, 480 + by/60 + 1: true} {
			k.want(t, 200, "PATCH", "/v1/technicians/"+tech.String(), fmt.Sprintf(`{"max_minutes":%d}`, int(minutes)))
			if got := ask(long, "?days=2")["fits"]; got != fits {
				t.Errorf("with %d minutes, asked %v s: fits %v", int(minutes), by, got)
			}
		}
		k.want(t, 200, "PATCH", "/v1/technicians/"+tech.String(), `{"max_minutes":480}`)
		far := k.visit(t, 3, 60, near(3))
		k.publish(t, desk.CaseAssigned{Case: id.Case{0: 8, 15: 3}, Node: potsdam})
		_, _ = k.book(t, wo, tech, tuesday(10))
		for path, status := range map[string]int{
			"/v1/board/" + berlin.String() + "/open/" + far.String() + "/reasons":                404,
			"/v1/board/" + berlin.String() + "/open/" + (id.WorkOrder{77}).String() + "/reasons": 404,
			"/v1/board/" + berlin.String() + "/open/" + wo.String() + "/reasons":                 409,
			"/v1/board/" + berlin.String() + "/open/" + long.String() + "/reasons?days=15":       422,
		} {
			k.want(t, status, "GET", path, "")
		}
		k.as(access.Dispatcher, access.Node, potsdam.Raw())
		k.want(t, 404, "GET", "/v1/board/"+berlin.String()+"/open/"+long.String()+"/reasons", "")
	})
}
