package dispatchsvc_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
)

// list is a member of a reply that is a list of objects.
func list(of map[string]any, name string) (out []map[string]any) {
	all, _ := of[name].([]any)
	for _, v := range all {
		out = append(out, v.(map[string]any))
	}
	return out
}

// post asks a route of the board of Berlin.
func (k *kit) post(t testing.TB, verb, body string, args ...any) map[string]any {
	t.Helper()
	return k.want(t, 200, "POST", "/v1/board/"+berlin.String()+"/"+verb, fmt.Sprintf(body, args...))
}

// text is a value as it was decoded, to be sent back.
func text(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// tally counts what became of items.
func tally(results []map[string]any) map[string]int {
	out := map[string]int{}
	for _, r := range results {
		out[r["result"].(string)]++
	}
	return out
}

// A trial changes nothing; adopted, it comes to what it had said.
func TestTrialIsAdopted(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		works := k.fill(t, 4, 20)
		odd := k.visit(t, 99, 60, near(600))
		before := k.rows(t)
		plan := k.post(t, "plan", `{"try":true,"iterations":200}`)
		if after := k.rows(t); before != after {
			t.Fatalf("a trial changed rows: %s, then %s", before, after)
		}
		places, left := list(plan, "places"), list(plan, "unserved")
		if len(places) != len(works) || len(left) != 1 || left[0]["work_order"] != odd.String() || len(plan["booked"].([]any)) != 0 {
			t.Fatalf("%d places, left %v", len(places), left)
		}
		var cost float64
		for _, p := range places {
			cost += p["cost"].(map[string]any)["minor"].(float64)
		}
		if cost <= 0 {
			t.Errorf("all places together cost %v", cost)
		}
		out := list(k.post(t, "adopt", `{"places":%s}`, text(t, places)), "results")
		k.settle(t)
		if n := tally(out); n["booked"] != len(works) {
			t.Fatalf("adopted %v: %v", n, out)
		}
		for i, p := range places {
			a := k.want(t, 200, "GET", "/v1/appointments/"+out[i]["appointment"].(string), "")
			if a["technician"] != p["technician"] || a["start_at"] != p["start_at"] || a["work_order"] != p["work_order"] || a["state"] != "scheduled" {
				t.Errorf("planned %v, became %v", p, a)
			}
		}
		again := list(k.post(t, "adopt", `{"places":%s}`, text(t, places)), "results")
		for i, r := range again {
			if r["result"] != "conflict" || r["code"] != "dispatch.job_closed" || r["appointment"] != out[i]["appointment"] || r["technician"] != places[i]["technician"] {
				t.Errorf("adopted twice: %v", r)
			}
		}
	})
}

// As if somebody were away: their visits go to others within their windows, and
// what nobody can take is said. Adopted, the promises stand elsewhere.
func TestTrialWithout(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ill, other := k.hire(t, ""), k.hire(t, "")
		var apts []string
		for n := byte(1); n <= 3; n++ {
			_, out := k.book(t, k.visit(t, n, 60, near(float64(n))), ill, tuesday(6+2*int(n)))
			apts = append(apts, out["id"].(string))
		}
		_, out := k.book(t, k.visit(t, 4, 115, near(4)), other, tuesday(8))
		busy := out["id"].(string)
		plan := k.post(t, "plan", `{"try":true,"without":[%q]}`, ill)
		moves, left := list(plan, "moves"), list(plan, "unserved")
		if len(moves)+len(left) != 3 || len(moves) < 2 {
			t.Fatalf("moves %v, left %v", moves, left)
		}
		before, after := plan["before"].(map[string]any), plan["after"].(map[string]any)
		if before["visits"] != 4.0 || after["visits"] != float64(1+len(moves)) || after["unserved"] != float64(len(left)) {
			t.Errorf("before %v, after %v", before, after)
		}
		for _, m := range moves {
			if m["from"] != ill.String() || m["to"] != other.String() || !slices.Contains(apts, m["appointment"].(string)) || m["cost"] == nil {
				t.Errorf("moves %v", m)
			}
		}
		results := list(k.post(t, "adopt", `{"moves":%s}`, text(t, moves)), "results")
		k.settle(t)
		if n := tally(results); n["moved"] != len(moves) {
			t.Fatalf("adopted %v", results)
		}
		for i, m := range moves {
			a := k.want(t, 200, "GET", "/v1/appointments/"+m["appointment"].(string), "")
			if a["technician"] != other.String() || a["start_at"] != m["start_at"] || a["reason"] != "dispatch.planned" || a["version"] != results[i]["version"] {
				t.Errorf("moved %v, became %v", m, a)
			}
		}
		if a := k.want(t, 200, "GET", "/v1/appointments/"+busy, ""); a["technician"] != other.String() || a["version"] != 2.0 {
			t.Errorf("who was promised there: %v", a)
		}
		k.holds(t, other)
	})
}

// Moves are planned only of what nobody has heard of and no dispatcher chose.
func TestTrialMoves(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		east := k.hire(t, `"start":{"lat_micro":52520000,"lon_micro":13600000}`)
		k.want(t, 200, "PUT", "/v1/technicians/"+east.String()+"/absences", `{"absences":[{"day":"2026-11-24","reason":"sick"},{"day":"2026-11-25","reason":"sick"}]}`)
		west := k.hire(t, `"start":{"lat_micro":52520000,"lon_micro":13200000}`)
		at := geo.At(52.52, 13.60)
		free, _ := k.take(t, k.visit(t, 1, 60, at), tuesday(8).AddDate(0, 0, 1)) // the only one of its day
		told, _ := k.take(t, k.visit(t, 2, 60, at), tuesday(10))
		k.want(t, 200, "POST", "/v1/appointments/"+told+"/dispatch", "{}")
		_, out := k.book(t, k.visit(t, 3, 60, at), west, tuesday(13))
		k.want(t, 200, "PUT", "/v1/technicians/"+east.String()+"/absences", `{"absences":[]}`)
		if moves := list(k.post(t, "plan", `{"try":true}`), "moves"); len(moves) != 0 {
			t.Errorf("nobody asked for moves: %v", moves)
		}
		plan := k.post(t, "plan", `{"try":true,"move":true}`)
		moves := list(plan, "moves")
		if len(moves) != 1 || moves[0]["appointment"] != free || moves[0]["to"] != east.String() || out["id"] == nil {
			t.Fatalf("moves %v; may move %s, not %s", moves, free, told)
		}
		before, after := plan["before"].(map[string]any)["cost"].(map[string]any), plan["after"].(map[string]any)["cost"].(map[string]any)
		if before["minor"].(float64) < after["minor"].(float64) {
			t.Errorf("dearer than before: %v, %v", before, after)
		}
	})
}

// Two visits that stand in one another's way change places in one step.
func TestAdoptSwaps(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		one, two := k.hire(t, ""), k.hire(t, "")
		_, a := k.book(t, k.visit(t, 1, 230, near(1)), one, tuesday(8))
		_, b := k.book(t, k.visit(t, 2, 230, near(2)), two, tuesday(8))
		k.want(t, 200, "PUT", "/v1/technicians/"+one.String()+"/shifts", `{"week":"Mo-Fr 08:00-12:30"}`)
		k.want(t, 200, "PUT", "/v1/technicians/"+two.String()+"/shifts", `{"week":"Mo-Fr 08:00-12:30"}`)
		move := func(a map[string]any, version int, to id.Technician) string {
			return fmt.Sprintf(`{"appointment":%q,"version":%d,"to":%q}`, a["id"], version, to)
		}
		alone := list(k.post(t, "adopt", `{"moves":[%s]}`, move(a, 2, two)), "results")[0]
		if alone["result"] != "conflict" || alone["code"] != "dispatch.slot_gone" || alone["rule"] != "plan_full" || alone["technician"] != one.String() {
			t.Errorf("alone: %v", alone)
		}
		both := list(k.post(t, "adopt", `{"moves":[%s,%s]}`, move(a, 2, two), move(b, 2, one)), "results")
		if n := tally(both); n["moved"] != 2 || both[0]["technician"] != two.String() || both[1]["technician"] != one.String() {
			t.Errorf("together: %v", both)
		}
		k.holds(t, one)
		k.holds(t, two)
	})
}

// What an item meets is said, with who was faster; other items are not lost.
func TestAdoptConflicts(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech, other := k.hire(t, ""), k.hire(t, "")
		first, second, third := k.visit(t, 1, 60, near(1)), k.visit(t, 2, 60, near(2)), k.visit(t, 3, 60, near(3))
		far := k.visit(t, 4, 60, near(3))
		k.publish(t, desk.CaseAssigned{Case: id.Case{0: 8, 15: 4}, Node: potsdam})
		k.as(access.Dispatcher, access.Tenant, id.Raw{})
		_, taken := k.book(t, first, other, tuesday(8))
		_, moved := k.book(t, second, tech, tuesday(10))
		version := k.want(t, 200, "GET", "/v1/appointments/"+moved["id"].(string), "")["version"].(float64)
		k.want(t, 200, "POST", "/v1/appointments/"+moved["id"].(string)+"/reschedule", fmt.Sprintf(`{"start_at":%q}`, stamp(tuesday(13))))
		at := func(wo id.WorkOrder, start time.Time) string {
			return fmt.Sprintf(`{"work_order":%q,"technician":%q,"start_at":%q}`, wo, tech, stamp(start))
		}
		out := list(k.post(t, "adopt", `{"moves":[{"appointment":%q,"version":%v,"to":%q},{"appointment":%q,"version":1,"to":%q}],"places":[%s,%s,%s,%s,%s]}`,
			moved["id"], version, other, id.Appointment{9}, other,
			at(first, tuesday(8)), at(far, tuesday(8)), at(third, tuesday(19)), at(id.WorkOrder{77}, tuesday(8)), at(third, tuesday(8))), "results")
		short := func(r map[string]any) string { return fmt.Sprint(r["result"], " ", r["code"], " ", r["rule"]) }
		want := []string{
			"conflict dispatch.changed <nil>", "conflict dispatch.not_found <nil>", "conflict dispatch.job_closed <nil>", "conflict dispatch.no_job <nil>",
			"conflict dispatch.slot_gone window", "conflict dispatch.no_job <nil>", "booked <nil> <nil>",
		}
		for i, w := range want {
			if got := short(out[i]); got != w {
				t.Errorf("item %d: %s, want %s", i, got, w)
			}
		}
		if out[0]["user"] != (id.User{7}).String() || out[0]["start_at"] != stamp(tuesday(13)) || out[2]["appointment"] != taken["id"] || out[2]["technician"] != other.String() {
			t.Errorf("who was faster: %v, %v", out[0], out[2])
		}
		for body, want := range map[string]string{`{"move":true}`: "/move", fmt.Sprintf(`{"without":[%q]}`, tech): "/without", fmt.Sprintf(`{"try":true,"without":[%q]}`, id.Technician{9}): "/without/0"} {
			_, got := k.call(t, "POST", "/v1/board/"+berlin.String()+"/plan", body)
			if got["code"] != "dispatch.invalid" || list(got, "errors")[0]["pointer"] != want {
				t.Errorf("%s is answered %v", body, got)
			}
		}
		k.as(access.Planner, access.Tenant, id.Raw{})
		for _, verb := range []string{"adopt", "undo", "plan"} {
			k.want(t, 404, "POST", "/v1/board/"+berlin.String()+"/"+verb, map[string]string{"undo": fmt.Sprintf(`{"items":[{"appointment":%q,"version":1}]}`, moved["id"])}[verb]+map[bool]string{true: "{}"}[verb != "undo"])
		}
	})
}

// Two dispatchers adopt different plans for the same hour at once: for each visit one
// of them wins and the other hears so; nothing is promised twice.
func TestAdoptRaces(t *testing.T) {
	processes(t, func(t *testing.T, all []*kit) {
		k := all[0]
		techs := []id.Technician{k.hire(t, ""), k.hire(t, "")}
		works := make([]id.WorkOrder, 4)
		for i := range works {
			works[i] = k.visit(t, byte(i+1), 125, near(float64(i+1)))
		}
		var wg sync.WaitGroup
		results := make([][]map[string]any, len(all))
		for c := range all {
			wg.Go(func() {
				body := ""
				for i, wo := range works {
					body += fmt.Sprintf(`,{"work_order":%q,"technician":%q,"start_at":%q}`, wo, techs[(i+c)%2], stamp(tuesday(8)))
				}
				_, out := all[c].call(t, "POST", "/v1/board/"+berlin.String()+"/adopt", `{"places":[`+body[1:]+`]}`)
				results[c] = list(out, "results")
			})
		}
		wg.Wait()
		booked := map[string]int{}
		for c, list := range results {
			if len(list) != len(works) {
				t.Fatalf("client %d hears of %d items", c, len(list))
			}
			for i, r := range list {
				switch {
				case r["result"] == "booked":
					booked[r["work_order"].(string)]++
				case r["code"] == "dispatch.slot_gone" && r["rule"] == "plan_full":
				case r["code"] == "dispatch.job_closed" && r["appointment"] != nil:
				default:
					t.Errorf("client %d, item %d: %v", c, i, r)
				}
			}
		}
		if len(booked) != 2 { // one two-hour visit each
			t.Errorf("booked %v", booked)
		}
		for wo, n := range booked {
			if n != 1 {
				t.Errorf("%s was booked %d times", wo, n)
			}
		}
		for _, tech := range techs {
			k.holds(t, tech)
		}
	})
}

// What was moved goes back to where it was, as it stood there; what was booked is
// open again; nobody outside has heard of either.
func TestUndo(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech, other := k.hire(t, ""), k.hire(t, "")
		wo := k.visit(t, 1, 60, near(1))
		k.as(access.Dispatcher, access.Tenant, id.Raw{})
		_, out := k.book(t, wo, tech, tuesday(10))
		apt := out["id"].(string)
		k.want(t, 200, "POST", "/v1/appointments/"+apt+"/dispatch", "{}")
		k.want(t, 200, "POST", "/v1/appointments/"+apt+"/accept", "{}")
		was := k.want(t, 200, "GET", "/v1/appointments/"+apt, "")
		move := func() float64 {
			t.Helper()
			return k.want(t, 200, "POST", "/v1/appointments/"+apt+"/reschedule", fmt.Sprintf(`{"start_at":%q,"technician":%q}`, stamp(tuesday(14)), other))["version"].(float64)
		}
		undo := func(apt any, version any) map[string]any {
			t.Helper()
			out := list(k.post(t, "undo", `{"items":[{"appointment":%q,"version":%v}]}`, apt, version), "results")[0]
			k.settle(t)
			return out
		}
		version := move()
		if r := undo(apt, version-1); r["code"] != "dispatch.undo_gone" || r["technician"] != other.String() {
			t.Errorf("what came before the last step: %v", r)
		}
		k.as(access.Dispatcher, access.Tenant, id.Raw{})
		r := undo(apt, version)
		is := k.want(t, 200, "GET", "/v1/appointments/"+apt, "")
		if r["result"] != "undone" || r["state"] != "accepted" {
			t.Fatalf("undone %v", r)
		}
		for _, m := range []string{"technician", "start_at", "end_at", "service_start_at", "service_end_at", "state", "travel_seconds"} {
			if was[m] != is[m] {
				t.Errorf("%s was %v, is %v", m, was[m], is[m])
			}
		}
		if r := undo(apt, version); r["code"] != "dispatch.undo_gone" {
			t.Errorf("twice: %v", r)
		}
		version = move()
		k.clock.To(k.clock.Now().Add(dispatch.UndoFor + time.Second))
		if r := undo(apt, version); r["code"] != "dispatch.undo_gone" {
			t.Errorf("after its time: %v", r)
		}
		_, out = k.book(t, k.visit(t, 2, 60, near(1)), tech, tuesday(8))
		k.caller.User = id.User{8}
		if r := undo(out["id"], 1); r["code"] != "dispatch.undo_gone" {
			t.Errorf("by somebody else: %v", r)
		}
		k.caller.User = id.User{7}
		if r := undo(out["id"], 1); r["result"] != "undone" || r["state"] != "cancelled" {
			t.Errorf("a booking: %v", r)
		}
		if open := list(k.want(t, 200, "GET", "/v1/board/"+berlin.String(), ""), "unassigned"); len(open) != 1 || open[0]["state"] != "unplanned" {
			t.Errorf("open again: %v", open)
		}
	})
}

// A place that somebody else has taken meanwhile is not taken from them.
func TestUndoMeetsAnother(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech, other := k.hire(t, ""), k.hire(t, "")
		k.as(access.Dispatcher, access.Tenant, id.Raw{})
		_, out := k.book(t, k.visit(t, 1, 125, near(1)), tech, tuesday(8))
		apt := out["id"].(string)
		version := k.want(t, 200, "POST", "/v1/appointments/"+apt+"/reschedule", fmt.Sprintf(`{"start_at":%q,"technician":%q}`, stamp(tuesday(8)), other))["version"]
		if status, out := k.book(t, k.visit(t, 2, 125, near(2)), tech, tuesday(8)); status != 201 {
			t.Fatal(out)
		}
		r := list(k.post(t, "undo", `{"items":[{"appointment":%q,"version":%v}]}`, apt, version), "results")[0]
		a := k.want(t, 200, "GET", "/v1/appointments/"+apt, "")
		if r["code"] != "dispatch.slot_gone" || r["rule"] != "plan_full" || a["technician"] != other.String() || a["version"] != version {
			t.Errorf("undone %v, stands %v", r, a)
		}
		k.holds(t, tech)
		k.holds(t, other)
	})
}

// A whole adopted plan can be taken back: the board is as it was.
func TestUndoPlan(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ill := k.hire(t, "")
		k.hire(t, "")
		k.as(access.Dispatcher, access.Tenant, id.Raw{})
		for n := byte(1); n <= 3; n++ {
			_, _ = k.book(t, k.visit(t, n, 60, near(float64(n))), ill, tuesday(6+2*int(n)))
		}
		k.visit(t, 4, 60, near(4))
		where := func() map[string]string {
			out := map[string]string{}
			for _, l := range list(k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"?day=2026-11-23&days=3", ""), "technicians") {
				for _, b := range list(l, "appointments") {
					out[b["work_order"].(string)] = fmt.Sprint(l["technician"], b["start_at"], b["service_start_at"], b["state"])
				}
			}
			return out
		}
		before := where()
		plan := k.post(t, "plan", `{"try":true,"without":[%q]}`, ill)
		results := list(k.post(t, "adopt", `{"moves":%s,"places":%s}`, text(t, plan["moves"]), text(t, plan["places"])), "results")
		if n := tally(results); n["moved"] != 3 || n["booked"] != 1 {
			t.Fatalf("adopted %v", results)
		}
		items := ""
		for _, r := range results {
			items += fmt.Sprintf(`,{"appointment":%q,"version":%v}`, r["appointment"], r["version"])
		}
		back := list(k.post(t, "undo", `{"items":[%s]}`, items[1:]), "results")
		k.settle(t)
		if n := tally(back); n["undone"] != 4 {
			t.Fatalf("undone %v", back)
		}
		if after := where(); fmt.Sprint(before) != fmt.Sprint(after) {
			t.Errorf("before %v\nafter  %v", before, after)
		}
	})
}
