package dispatchsvc_test

import (
	"fmt"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch/learn"
	"fettle.dev/fettle/modules/dispatch/travel"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
)

// record is a visit as done that took so long.
func (k *kit) record(t *testing.T, n byte, appointment string, tech id.Technician, start time.Time, took time.Duration) {
	t.Helper()
	a, err := id.Parse[id.AppointmentKind](appointment)
	if err != nil {
		t.Fatal(err)
	}
	k.publish(t, field.VisitRecorded{
		Visit: id.Visit{0: 7, 15: n}, Appointment: a, WorkOrder: id.WorkOrder{0: 9, 15: n}, Case: id.Case{0: 8, 15: n}, Node: berlin, Technician: tech,
		Outcome: work.Fixed, StartedAt: start, FinishedAt: start.Add(took),
	})
}

// slow has a technician take 90 minutes for each of some visits of 60.
func (k *kit) slow(t *testing.T, tech id.Technician, visits byte) {
	t.Helper()
	for n := byte(1); n <= visits; n++ {
		start := tuesday(8+2*int(n%4)).AddDate(0, 0, int(n/4%3))
		status, out := k.book(t, k.visit(t, n, 60, near(1)), tech, start)
		if status != 201 {
			t.Fatal(out)
		}
		k.record(t, n, out["id"].(string), tech, start, 90*time.Minute)
	}
	k.at(t, 11*time.Minute)
}

// bookedFor books a visit of 60 minutes on Friday and returns how long it is planned
// for and why.
func (k *kit) bookedFor(t *testing.T, n byte, tech id.Technician) (minutes float64, learnt map[string]any) {
	t.Helper()
	status, out := k.book(t, k.visit(t, n, 60, near(1)), tech, tuesday(8+2*int(n%4)).AddDate(0, 0, 3))
	if status != 201 {
		t.Fatal(out)
	}
	a := k.want(t, 200, "GET", "/v1/appointments/"+out["id"].(string), "")
	k.last = out["id"].(string)
	learnt, _ = a["reasons"].(map[string]any)["learnt"].(map[string]any)
	return workedFor(t, a), learnt
}

// workedFor is for how many minutes of work an appointment is planned.
func workedFor(t *testing.T, a map[string]any) float64 {
	t.Helper()
	at := func(name string) time.Time {
		v, err := time.Parse(time.RFC3339, a[name].(string))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	return at("service_end_at").Sub(at("service_start_at")).Minutes()
}

// What visits took is what the next is planned for, with the reason; who is new is
// planned as the others work; what was promised before does not move.
func TestLearnService(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		anton, berta := k.hire(t, ""), k.hire(t, "")
		minutes, why := k.bookedFor(t, 100, anton)
		if minutes != 60 || why != nil {
			t.Errorf("before anything was learnt: %v minutes, %v", minutes, why)
		}
		early := k.last
		k.slow(t, anton, 10)
		e := k.want(t, 200, "GET", "/v1/experience/"+berlin.String(), "")
		w := e["works"].([]any)[0].(map[string]any)
		if w["work_type"] != "repair" || w["here"].(map[string]any)["visits"] != 10.0 || e["used"] != true || e["use"] != "as_tenant" {
			t.Fatalf("learnt: %v", e)
		}
		for n, tt := range []struct {
			tech id.Technician
			of   string
		}{{anton, "technician"}, {berta, "node"}} {
			minutes, why := k.bookedFor(t, byte(101+n), tt.tech)
			if why == nil || why["service_of"] != tt.of || why["stated_minutes"] != 60.0 || why["minutes"] != minutes || why["service_visits"] != 10.0 {
				t.Fatalf("%s: %v minutes, %v", tt.of, minutes, why)
			}
			if minutes < 75 || minutes > 90 {
				t.Errorf("%s: 60 minutes that take 90 are planned for %v", tt.of, minutes)
			}
		}
		if got := workedFor(t, k.want(t, 200, "GET", "/v1/appointments/"+early, "")); got != 60 {
			t.Errorf("the visit that was promised before is planned for %v minutes now", got)
		}
	})
}

// The same record told twice is one visit, and a visit that nobody wanted teaches
// nothing of the work.
func TestLearnOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		status, out := k.book(t, k.visit(t, 1, 60, near(1)), tech, tuesday(8))
		if status != 201 {
			t.Fatal(out)
		}
		k.record(t, 1, out["id"].(string), tech, tuesday(8), 90*time.Minute)
		k.record(t, 1, out["id"].(string), tech, tuesday(8), 90*time.Minute)
		a, _ := id.Parse[id.AppointmentKind](out["id"].(string))
		k.publish(t, field.VisitRecorded{
			Visit: id.Visit{0: 7, 15: 9}, Appointment: a, WorkOrder: id.WorkOrder{0: 9, 15: 1}, Case: id.Case{0: 8, 15: 1}, Node: berlin, Technician: tech,
			Outcome: work.CustomerNo, StartedAt: tuesday(9), FinishedAt: tuesday(10),
		})
		k.at(t, 11*time.Minute)
		works := k.want(t, 200, "GET", "/v1/experience/"+berlin.String(), "")["works"].([]any)
		if n := works[0].(map[string]any)["here"].(map[string]any)["visits"]; len(works) != 1 || n != 1.0 {
			t.Errorf("%v visits", n)
		}
	})
}

// How long technicians were under way moves what ways are reckoned with.
func TestLearnTravel(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		was := travel.For("DE").Way(centre, near(5)).Seconds
		for n := byte(1); n <= 5; n++ {
			status, out := k.book(t, k.visit(t, n, 30, near(5)), tech, tuesday(8+2*int(n%4)))
			if status != 201 {
				t.Fatal(out)
			}
			path := "/v1/appointments/" + out["id"].(string)
			reckoned := k.want(t, 200, "GET", path, "")["travel_seconds"].(float64)
			start := time.Duration(n) * 3 * time.Hour
			k.want(t, 200, "POST", path+"/dispatch", "{}")
			k.at(t, start)
			k.want(t, 200, "POST", path+"/travel", "{}")
			k.at(t, start+time.Duration(2*max(reckoned, 60))*time.Second)
			k.want(t, 200, "POST", path+"/arrive", "{}")
			k.record(t, n, out["id"].(string), tech, tuesday(8), 30*time.Minute)
		}
		k.at(t, 40*time.Hour)
		e := k.want(t, 200, "GET", "/v1/experience/"+berlin.String(), "")["travel"].(map[string]any)
		if e["visits"] == 0.0 || e["permille"].(float64) <= 1100 || e["permille"].(float64) > learn.Most {
			t.Fatalf("ways that took twice as long: %v", e)
		}
		status, out := k.book(t, k.visit(t, 50, 30, near(5)), tech, tuesday(8).AddDate(0, 0, 2))
		if status != 201 {
			t.Fatal(out)
		}
		a := k.want(t, 200, "GET", "/v1/appointments/"+out["id"].(string), "")
		want := wayBy(startOf(t, a), (was*int64(e["permille"].(float64))+500)/1000)
		if got := a["travel_seconds"].(float64); got != want {
			t.Errorf("the way of %v s is reckoned with %v s, want %v", was, got, want)
		}
		if l := a["reasons"].(map[string]any)["learnt"].(map[string]any); l["travel_permille"] != e["permille"] {
			t.Errorf("the reason is %v", l)
		}
	})
}

// A node, or all of them, may do without; the node has the last word.
func TestUseExperience(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		k.slow(t, tech, 8)
		node, all := "/v1/experience/"+berlin.String(), "/v1/experience"
		n := byte(100)
		for _, tt := range []struct {
			path, use string
			used      bool
		}{{node, "no", false}, {node, "as_tenant", true}, {all, "no", false}, {node, "yes", true}, {node, "as_tenant", false}, {all, "yes", true}} {
			k.want(t, 200, "PUT", tt.path, fmt.Sprintf(`{"use":%q}`, tt.use), "If-Match", "*")
			n++
			minutes, _ := k.bookedFor(t, n, k.hire(t, ""))
			if got := k.want(t, 200, "GET", node, "")["used"]; got != tt.used || (minutes > 60) != tt.used {
				t.Errorf("after %s of %s: used %v, %v minutes", tt.use, tt.path, got, minutes)
			}
		}
		k.want(t, 412, "PUT", node, `{"use":"no"}`, "If-Match", `"99"`)
		k.want(t, 422, "PUT", node, `{"use":"perhaps"}`, "If-Match", "*")
		k.want(t, 422, "PUT", all, `{"use":"as_tenant"}`, "If-Match", "*")
	})
}

// Who may not know the technicians sees how work goes at the node, not how each of
// them works; others' nodes do not exist.
func TestExperienceIsNotForAll(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.slow(t, k.hire(t, ""), 4)
		path := "/v1/experience/" + berlin.String()
		persons := func() bool {
			w := k.want(t, 200, "GET", path, "")["works"].([]any)[0].(map[string]any)
			return w["technicians"] != nil
		}
		k.as("dispatcher", "node", berlin.Raw())
		if !persons() {
			t.Error("the dispatcher does not see who works how")
		}
		k.want(t, 200, "PUT", path, `{"use":"no"}`, "If-Match", "*")
		k.want(t, 404, "PUT", "/v1/experience", `{"use":"no"}`, "If-Match", "*")
		k.as("quality", "node", berlin.Raw())
		if persons() {
			t.Error("quality sees who works how")
		}
		k.want(t, 404, "PUT", path, `{"use":"no"}`, "If-Match", "*")
		k.as("dispatcher", "node", potsdam.Raw())
		k.want(t, 404, "GET", path, "")
	})
}

// Who has to come again more often costs more, by as much as coming again is likely: offers
// go to the other, reasons say why, and where nothing learnt is used nobody is preferred.
func TestWhoFinishes(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		crew := [2]id.Technician{k.hire(t, ""), k.hire(t, "")}
		for n := byte(1); n <= 16; n++ {
			who, outcome := n%2, work.Fixed
			if who == 1 && n%8 < 6 {
				outcome = work.NotFixed
			}
			start := tuesday(8+2*int(n/2%4)).AddDate(0, 0, int(n/8))
			status, out := k.book(t, k.visit(t, n, 60, near(1)), crew[who], start)
			if status != 201 {
				t.Fatal(out)
			}
			a, err := id.Parse[id.AppointmentKind](out["id"].(string))
			if err != nil {
				t.Fatal(err)
			}
			k.publish(t, field.VisitRecorded{
				Visit: id.Visit{0: 7, 15: n}, Appointment: a, WorkOrder: id.WorkOrder{0: 9, 15: n}, Case: id.Case{0: 8, 15: n}, Node: berlin, Technician: crew[who],
				Outcome: outcome, StartedAt: start, FinishedAt: start.Add(time.Hour),
			})
		}
		k.at(t, 11*time.Minute)
		path := "/v1/experience/" + berlin.String()
		finish := k.want(t, 200, "GET", path, "")["finish"].(map[string]any)
		// 10 of 16 with 20 of 22 as usual: (10 + 18) / 36; of those who finish (8 + 20·0.778) / 28.
		if here := finish["here"].(map[string]any); here["permille"] != 778.0 || here["visits"] != 16.0 || len(finish["technicians"].([]any)) != 2 {
			t.Fatalf("learnt %v", finish)
		}
		repeat := func(tech id.Technician) (cost, part float64) {
			t.Helper()
			_, out := k.book(t, k.visit(t, 50, 60, near(1)), tech, tuesday(14).AddDate(0, 0, 3))
			why := k.want(t, 200, "GET", "/v1/appointments/"+out["id"].(string)+"/reasons", "")
			k.want(t, 200, "POST", "/v1/appointments/"+out["id"].(string)+"/cancel", "{}")
			k.settle(t)
			return why["cost"].(map[string]any)["minor"].(float64), why["parts"].(map[string]any)["repeat"].(float64)
		}
		good, lower := repeat(crew[0])
		bad, higher := repeat(crew[1])
		if lower <= 0 || higher <= lower || bad-good != higher-lower {
			t.Errorf("who finishes costs %v (%v), who does not %v (%v)", good, lower, bad, higher)
		}
		slots := list(k.want(t, 201, "POST", "/v1/work-orders/"+k.visit(t, 60, 60, near(1)).String()+"/offers", ""), "offers")
		if len(slots) == 0 {
			t.Error("nothing is offered")
		}
		for _, o := range slots {
			if o["technician"] == crew[1].String() {
				t.Errorf("%v is offered with who comes again", o["start_at"])
			}
		}
		_, _ = k.book(t, k.visit(t, 70, 60, near(1)), crew[1], tuesday(10).AddDate(0, 0, 3))
		bill := func() string {
			out := k.want(t, 200, "POST", "/v1/board/"+berlin.String()+"/plan", `{"try":true,"days":7,"iterations":1}`)
			return fmt.Sprint(out["before"].(map[string]any)["cost"])
		}
		reckoned := bill()
		k.as(access.Dispatcher, access.Node, berlin.Raw())
		if seen := k.want(t, 200, "GET", path, "")["finish"].(map[string]any); seen["technicians"] == nil {
			t.Errorf("who knows the technicians sees %v", seen)
		}
		k.as(access.Quality, access.Tenant, id.Raw{})
		if seen := k.want(t, 200, "GET", path, "")["finish"].(map[string]any); seen["here"] == nil || seen["technicians"] != nil {
			t.Errorf("who does not know the technicians sees %v", seen)
		}
		k.caller = access.System(dbtest.Tenant)
		k.want(t, 200, "PUT", path, `{"use":"no"}`)
		if without := bill(); without != reckoned {
			t.Errorf("what decides between people is in the bill: %s, and %s without", reckoned, without)
		}
		if _, part := repeat(crew[1]); part != 0 {
			t.Errorf("what is not to be used costs %v", part)
		}
		k.as(access.Dispatcher, access.Node, potsdam.Raw())
		k.want(t, 404, "GET", path, "")
	})
}
