package dispatchsvc_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
)

// try asks what would happen, and returns the results.
func (k *kit) try(t testing.TB, body string, args ...any) (out []map[string]any) {
	t.Helper()
	reply := k.want(t, 200, "POST", "/v1/board/"+berlin.String()+"/try", fmt.Sprintf(body, args...))
	for _, v := range reply["results"].([]any) {
		out = append(out, v.(map[string]any))
	}
	return out
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// What a place would come to is what booking it then comes to: slot, cost, ways,
// and which others move.
func TestTryForesees(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		_, _ = k.book(t, k.visit(t, 1, 60, near(3)), tech, tuesday(10))
		_, _ = k.book(t, k.visit(t, 2, 90, near(9)), tech, tuesday(12))
		wo := k.visit(t, 3, 45, near(6))
		plan := func() map[string]string { // appointment → planned start
			out := map[string]string{}
			board := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"?day=2026-11-24", "")
			for _, b := range board["technicians"].([]any)[0].(map[string]any)["appointments"].([]any) {
				m := b.(map[string]any)
				out[m["id"].(string)] = m["service_start_at"].(string)
			}
			return out
		}
		seen := plan()
		got := k.try(t, `{"work_order":%q,"technician":%q,"start_at":%q}`, wo, tech, stamp(tuesday(10)))[0]
		if got["fits"] != true || got["rule"] != nil {
			t.Fatalf("tried %v", got)
		}
		if diff := cmp.Diff(seen, plan()); diff != "" {
			t.Errorf("trying changed the board: %s", diff)
		}
		_, out := k.book(t, wo, tech, tuesday(10))
		apt := out["id"].(string)
		a := k.want(t, 200, "GET", "/v1/appointments/"+apt, "")
		slot, reasons := got["slot"].(map[string]any), a["reasons"].(map[string]any)
		for name, want := range map[string]any{"start_at": a["start_at"], "end_at": a["end_at"], "service_start_at": a["service_start_at"], "service_end_at": a["service_end_at"], "technician": tech.String()} {
			if slot[name] != want {
				t.Errorf("foresaw %s %v, became %v", name, slot[name], want)
			}
		}
		for _, name := range []string{"travel_seconds", "travel_metres", "overtime_seconds", "late_seconds", "cost"} {
			if fmt.Sprint(got[name]) != fmt.Sprint(reasons[name]) {
				t.Errorf("foresaw %s %v, became %v", name, got[name], reasons[name])
			}
		}
		moved := map[string]string{}
		for a, at := range plan() {
			if was, ok := seen[a]; ok && was != at {
				moved[a] = was + " → " + at
			}
		}
		foreseen := map[string]string{}
		for _, v := range got["shifted"].([]any) {
			m := v.(map[string]any)
			foreseen[m["appointment"].(string)] = m["from"].(string) + " → " + m["to"].(string)
		}
		if diff := cmp.Diff(moved, foreseen); diff != "" || len(moved) == 0 {
			t.Errorf("others move (-became +foreseen): %s", diff)
		}
	})
}

// Leaving an appointment where it is costs nothing; moving it costs the difference.
func TestTryMoving(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		east := k.hire(t, `"start":{"lat_micro":52520000,"lon_micro":13600000}`)
		west := k.hire(t, `"start":{"lat_micro":52520000,"lon_micro":13200000}`)
		wo := k.visit(t, 1, 60, geo.At(52.52, 13.60))
		_, out := k.book(t, wo, west, tuesday(10))
		apt := out["id"].(string)
		results := k.try(t, `{"appointment":%q,"technicians":[%q,%q]}`, apt, west, east)
		stays, moves := results[0], results[1]
		if stays["fits"] != true || fmt.Sprint(stays["cost"]) != "map[currency:EUR minor:0]" || stays["travel_metres"] != 0.0 {
			t.Errorf("staying comes to %v", stays)
		}
		if moves["fits"] != true || moves["cost"].(map[string]any)["minor"].(float64) >= 0 || moves["travel_metres"].(float64) > -50_000 {
			t.Errorf("whoever lives beside it comes to %v", moves)
		}
		k.want(t, 200, "POST", "/v1/appointments/"+apt+"/reschedule", fmt.Sprintf(`{"start_at":%q,"technician":%q}`, stamp(tuesday(10)), east))
		back := k.try(t, `{"appointment":%q,"technician":%q,"start_at":%q}`, apt, west, stamp(tuesday(10)))[0]
		if a, b := moves["cost"].(map[string]any)["minor"].(float64), back["cost"].(map[string]any)["minor"].(float64); a != -b {
			t.Errorf("there costs %v, back %v", a, b)
		}
	})
}

// Whatever cannot be is said by its first rule, and whether anybody may overrule it.
func TestTryRules(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech, other := k.hire(t, ""), k.hire(t, `"skills":[{"skill":"gas","level":2}]`)
		paused := k.hire(t, "")
		k.want(t, 200, "PATCH", "/v1/technicians/"+paused.String(), `{"standing":"paused"}`)
		wo := k.visit(t, 1, 60, near(3), remedy.SkillNeed{Skill: "gas", Level: 2})
		_, out := k.book(t, wo, other, tuesday(8))
		for _, verb := range []string{"dispatch", "decline"} {
			k.want(t, 200, "POST", "/v1/appointments/"+out["id"].(string)+"/"+verb, "{}")
		}
		plain := k.visit(t, 2, 60, near(3))
		sunday := tuesday(10).AddDate(0, 0, 5)
		for _, tt := range []struct {
			work id.WorkOrder
			tech id.Technician
			at   time.Time
			want string
		}{
			{plain, tech, tuesday(10), "true  false"},
			{wo, tech, tuesday(10), "false skill_missing true"},
			{wo, other, tuesday(10), "false passed false"},
			{plain, paused, tuesday(10), "false excluded true"},
			{plain, tech, sunday, "false no_shift true"},
			{plain, tech, tuesday(18), "false window true"},
			{plain, tech, dbtest.Now.Add(-2 * time.Hour), "false past true"},
			{plain, tech, tuesday(10).AddDate(1, 0, 0), "false too_far true"},
			{plain, tech, tuesday(10).Add(time.Second), "false minute true"},
		} {
			got := k.try(t, `{"work_order":%q,"technician":%q,"start_at":%q}`, tt.work, tt.tech, stamp(tt.at))[0]
			rule, _ := got["rule"].(string)
			if s := fmt.Sprint(got["fits"], " ", rule, " ", got["hard"]); s != tt.want {
				t.Errorf("at %v: %s, want %s", tt.at, s, tt.want)
			}
			if (got["slot"] != nil) != (got["hard"] == false) {
				t.Errorf("at %v: slot %v of what is hard %v", tt.at, got["slot"], got["hard"])
			}
		}
		got := k.try(t, `{"work_order":%q,"technician":%q,"day":"2026-11-25"}`, plain, tech)[0]
		if s, _ := got["slot"].(map[string]any)["start_at"].(string); got["fits"] != true || s[:10] != "2026-11-25" {
			t.Errorf("some time of Wednesday: %v", got)
		}
		got = k.try(t, `{"work_order":%q,"technician":%q,"day":"2026-11-22"}`, plain, tech)[0]
		if got["rule"] != "past" {
			t.Errorf("some time of yesterday: %v", got)
		}
	})
}

// Many candidates are answered in one reply as each alone would be.
func TestTryManyIsTryEach(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		works := k.fill(t, 4, 14)
		last := works[len(works)-1]
		k.want(t, 200, "POST", "/v1/board/"+berlin.String()+"/plan", `{"iterations":50,"days":2}`)
		k.settle(t)
		var apt string
		var techs []string
		for _, l := range k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"?days=3", "")["technicians"].([]any) {
			techs = append(techs, l.(map[string]any)["technician"].(string))
			for _, b := range l.(map[string]any)["appointments"].([]any) {
				if b.(map[string]any)["work_order"] == last.String() {
					apt = b.(map[string]any)["id"].(string)
				}
			}
		}
		var cells []string
		for d := range 3 {
			for h := 8; h <= 16; h += 4 {
				for _, tech := range techs {
					cells = append(cells, fmt.Sprintf(`{"technician":%q,"start_at":%q}`, tech, stamp(tuesday(h).AddDate(0, 0, d))))
				}
			}
		}
		all := k.try(t, `{"appointment":%q,"cells":[%s]}`, apt, strings.Join(cells, ","))
		fits := 0
		for i, c := range cells {
			one := k.try(t, `{"appointment":%q,"cells":[%s]}`, apt, c)[0]
			if diff := cmp.Diff(one, all[i]); diff != "" {
				t.Errorf("%s alone and among all:\n%s", c, diff)
			}
			if all[i]["fits"] == true {
				fits++
			}
		}
		if fits < 6 || fits == len(cells) {
			t.Errorf("%d of %d fit: too few to mean anything, or all", fits, len(cells))
		}
	})
}

// Only who sees the board may try, only what is there can be tried, and nothing
// of it leaves a trace.
func TestTryIsRefused(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		wo := k.visit(t, 1, 60, near(3))
		far := k.visit(t, 2, 60, near(3))
		k.publish(t, desk.CaseAssigned{Case: id.Case{0: 8, 15: 2}, Node: potsdam})
		_, out := k.book(t, k.visit(t, 3, 60, near(3)), tech, tuesday(10))
		apt := out["id"].(string)
		one := func(s string) string {
			return fmt.Sprintf(`,"technician":%q,"start_at":%q}`, tech, stamp(tuesday(12)))[1:]
		}
		body := func(what string) string { return "{" + what + "," + one("") }
		many := strings.Repeat(fmt.Sprintf(`{"technician":%q},`, tech), 200)
		days := ""
		for d := range 15 {
			days += fmt.Sprintf(`,{"technician":%q,"start_at":%q}`, tech, stamp(tuesday(12).AddDate(0, 0, d)))
		}
		for _, tt := range []struct{ body, want string }{
			{body(fmt.Sprintf(`"work_order":%q,"appointment":%q`, wo, apt)), "dispatch.invalid /work_order one_of"},
			{"{" + one(""), "dispatch.invalid /work_order one_of"},
			{fmt.Sprintf(`{"work_order":%q}`, wo), "dispatch.invalid /technician required"},
			{fmt.Sprintf(`{"work_order":%q,"technician":%q,"cells":[%s]}`, wo, tech, strings.TrimSuffix(many, ",")), "dispatch.invalid /cells too_many"},
			{fmt.Sprintf(`{"work_order":%q,"cells":[%s]}`, wo, days[1:]), "dispatch.invalid /cells too_many_days"},
			{fmt.Sprintf(`{"work_order":%q,"technicians":[%q,%q]}`, wo, tech, id.Technician{9}), "dispatch.invalid /technicians/1 unknown"},
			{fmt.Sprintf(`{"work_order":%q,"technician":%q,"cells":[{"technician":%q}]}`, wo, tech, id.Technician{9}), "dispatch.invalid /cells/0/technician unknown"},
			{body(fmt.Sprintf(`"work_order":%q`, far)), "not_found"},
			{body(fmt.Sprintf(`"work_order":%q`, id.WorkOrder{99})), "not_found"},
			{body(fmt.Sprintf(`"appointment":%q`, id.Appointment{99})), "not_found"},
			{body(fmt.Sprintf(`"work_order":%q`, id.WorkOrder{0: 9, 15: 3})), "dispatch.job_closed"},
		} {
			_, got := k.call(t, "POST", "/v1/board/"+berlin.String()+"/try", tt.body)
			code, _ := got["code"].(string)
			if list, ok := got["errors"].([]any); ok && len(list) > 0 {
				f := list[0].(map[string]any)
				code += fmt.Sprint(" ", f["pointer"], " ", f["code"])
			}
			if code != tt.want {
				t.Errorf("%s\n  is answered %s, want %s", tt.body, code, tt.want)
			}
		}
		k.want(t, 404, "POST", "/v1/board/"+potsdam.String()+"/try", body(fmt.Sprintf(`"appointment":%q`, apt)))
		before := k.rows(t)
		k.as(access.Planner, access.Tenant, id.Raw{})
		k.want(t, 200, "POST", "/v1/board/"+berlin.String()+"/try", body(fmt.Sprintf(`"work_order":%q`, wo)))
		k.as(access.Dispatcher, access.Node, potsdam.Raw())
		k.want(t, 404, "POST", "/v1/board/"+berlin.String()+"/try", body(fmt.Sprintf(`"work_order":%q`, wo)))
		k.as(access.Technician, access.Self, tech.Raw())
		k.want(t, 404, "POST", "/v1/board/"+berlin.String()+"/try", body(fmt.Sprintf(`"work_order":%q`, wo)))
		if after := k.rows(t); before != after {
			t.Errorf("rows before %s, after %s", before, after)
		}
	})
}

// rows counts what the module has stored.
func (k *kit) rows(t testing.TB) (out string) {
	t.Helper()
	err := k.db.Read(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		out = ""
		for _, table := range []string{"appointment", "job", "offer", "history", "technician"} {
			var n, versions int64
			column := map[string]string{"appointment": "version", "job": "version", "technician": "version", "history": "seq"}[table]
			if column == "" {
				column = "0"
			}
			if err := tx.Row(ctx, `SELECT COUNT(*), COALESCE(SUM(`+column+`), 0) FROM dispatch_`+table+` WHERE tenant_id = ?`, tx.Tenant()).Scan(&n, &versions); err != nil {
				return err
			}
			out += fmt.Sprint(table, " ", n, " ", versions, ", ")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
