package dispatchsvc_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/travel"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
)

// A visit's whole way: offered, taken, its parts held, dispatched, carried out.
func TestWay(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		wo := k.visit(t, 1, 60, near(3))
		got := k.want(t, 201, "POST", "/v1/work-orders/"+wo.String()+"/offers", "")
		list := got["offers"].([]any)
		if len(list) == 0 || len(list) > 12 {
			t.Fatalf("offered %d slots: %v", len(list), got)
		}
		first := list[0].(map[string]any)
		reasons := first["reasons"].(map[string]any)
		if first["technician"] != tech.String() || reasons["travel_seconds"].(float64) <= 0 || reasons["cost"].(map[string]any)["minor"].(float64) <= 0 {
			t.Errorf("the best slot is %v", first)
		}
		a := k.want(t, 201, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"offer":%q}`, wo, first["id"]))
		if a["state"] != "pending" {
			t.Errorf("booked as %v", a)
		}
		k.settle(t)
		apt := a["id"].(string)
		if s := k.state(t, apt); s != "scheduled" {
			t.Fatalf("with its parts held it is %s", s)
		}
		if status, out := k.call(t, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"offer":%q}`, wo, list[1].(map[string]any)["id"])); status != 409 || out["code"] != "dispatch.offer_gone" {
			t.Errorf("a second slot was taken: %d %v", status, out)
		}
		for _, verb := range []string{"dispatch", "accept", "travel", "arrive"} {
			k.want(t, 200, "POST", "/v1/appointments/"+apt+"/"+verb, "{}")
		}
		parsed, _ := id.Parse[id.AppointmentKind](apt)
		k.publish(t, field.VisitRecorded{
			Appointment: parsed, WorkOrder: wo, Case: id.Case{0: 8, 15: 1}, Outcome: work.Fixed,
			StartedAt: tuesday(8), FinishedAt: tuesday(9),
		})
		want := []string{
			"requested", "scheduled", "moved dispatched", "moved accepted", "moved travelling", "moved on_site", "moved completed",
		}
		if diff := cmp.Diff(want, k.heard); diff != "" {
			t.Errorf("(-want +heard):\n%s", diff)
		}
		view := k.want(t, 200, "GET", "/v1/appointments/"+apt, "")
		if n := len(view["history"].([]any)); n != 7 || view["state"] != "completed" || view["service_end_at"] != "2026-11-24T08:00:00Z" {
			t.Errorf("%d turns, then %v", n, view)
		}
	})
}

// Parts that are refused, or that nobody answers for, give the slot back.
func TestCompensation(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		wo := k.visit(t, 1, 60, near(3))
		k.parts = "refuse"
		_, a := k.book(t, wo, tech, tuesday(8))
		if s := k.state(t, a["id"].(string)); s != "cancelled" {
			t.Errorf("without parts it is %s", s)
		}
		k.parts = "silent"
		_, b := k.book(t, wo, tech, tuesday(8))
		k.at(t, dispatch.HoldFor-time.Second)
		if s := k.state(t, b["id"].(string)); s != "pending" {
			t.Errorf("before its time it is %s", s)
		}
		k.at(t, dispatch.HoldFor)
		if s := k.state(t, b["id"].(string)); s != "cancelled" {
			t.Errorf("without an answer it is %s", s)
		}
		k.parts = ""
		status, c := k.book(t, wo, tech, tuesday(8))
		if status != 201 || k.state(t, c["id"].(string)) != "scheduled" {
			t.Errorf("the third try is %d %v", status, c)
		}
		k.at(t, time.Hour) // its own hold is long past
		want := []string{"requested", "ended cancelled parts_refused", "requested", "ended cancelled parts_silent", "requested", "scheduled"}
		if diff := cmp.Diff(want, k.heard); diff != "" {
			t.Errorf("(-want +heard):\n%s", diff)
		}
		v := k.want(t, 200, "GET", "/v1/appointments/"+c["id"].(string), "")
		if v["attempt"] != 3.0 || v["previous"] != b["id"] {
			t.Errorf("attempt %v after %v", v["attempt"], v["previous"])
		}
	})
}

func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, `"skills":[{"skill":"refrigerant","level":3,"valid_until":"2026-11-25"}]`)
		away := k.hire(t, "")
		k.want(t, 200, "PUT", "/v1/technicians/"+away.String()+"/absences", `{"absences":[{"day":"2026-11-24","reason":"sick"}]}`)
		plain := k.visit(t, 1, 60, near(3))
		cold := k.visit(t, 2, 60, near(3), remedy.SkillNeed{Skill: "refrigerant", Level: 3})
		long := k.visit(t, 3, 485, near(3))
		far := k.visit(t, 4, 60, near(500))
		for _, tt := range []struct {
			name string
			wo   id.WorkOrder
			tech id.Technician
			at   time.Time
			want string
		}{
			{"on a day off", plain, away, tuesday(8), "dispatch.slot_gone no_shift"},
			{"without the skill", cold, away, tuesday(8).AddDate(0, 0, 1), "dispatch.slot_gone skill_missing"},
			{"after the certificate", cold, tech, tuesday(8).AddDate(0, 0, 1), "dispatch.slot_gone certificate_expired"},
			{"longer than the day", long, tech, tuesday(8), "dispatch.slot_gone max_work"},
			{"too far", far, tech, tuesday(8), "dispatch.slot_gone shift"},
			{"at night", plain, tech, tuesday(20), "dispatch.slot_gone window"},
			{"on Sunday", plain, tech, tuesday(8).AddDate(0, 0, 5), "dispatch.slot_gone no_shift"},
			{"in the past", plain, tech, tuesday(8).AddDate(0, 0, -1).Add(-2 * time.Hour), "dispatch.invalid"},
			{"in a year", plain, tech, tuesday(8).AddDate(1, 0, 0), "dispatch.invalid"},
			{"nobody", plain, id.Technician{99}, tuesday(8), "dispatch.invalid"},
			{"no such work", id.WorkOrder{77}, tech, tuesday(8), "not_found"},
		} {
			_, out := k.book(t, tt.wo, tt.tech, tt.at)
			got := fmt.Sprint(out["code"])
			if args, ok := out["args"].(map[string]any); ok {
				got += " " + fmt.Sprint(args["rule"])
			}
			if got != tt.want {
				t.Errorf("%s: %s, want %s: %v", tt.name, got, tt.want, out)
			}
		}
		if len(k.heard) != 0 {
			t.Errorf("what was refused was heard of: %v", k.heard)
		}
		if status, _ := k.book(t, cold, tech, tuesday(8)); status != 201 {
			t.Errorf("on the certificate's last day: %d", status)
		}
	})
}

// A day takes visits until it is full, each planned behind the one before with
// the way between, and says what is in the way then.
func TestDayFills(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		booked := 0
		for n := byte(1); n <= 6; n++ {
			wo := k.visit(t, n, 125, near(float64(n)))
			status, out := k.book(t, wo, tech, tuesday(8+2*int(n-1)))
			if status == 201 {
				booked++
			} else if rule := out["args"].(map[string]any)["rule"]; rule != "plan_full" && rule != "window" && rule != "shift" {
				t.Errorf("visit %d is refused for %v", n, rule)
			}
		}
		if booked < 2 || booked > 3 { // 480 minutes hold three visits of 125 with the ways and a rest
			t.Errorf("booked %d visits of 125 minutes", booked)
		}
		k.holds(t, tech)
		board := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"?day=2026-11-24", "")
		row := board["technicians"].([]any)[0].(map[string]any)
		if row["name"] != "Jo Vogel" || len(row["appointments"].([]any)) != booked || len(board["unassigned"].([]any)) != 6-booked {
			t.Errorf("the board shows %v", board)
		}
		for _, v := range slices.Concat(row["appointments"].([]any), board["unassigned"].([]any)) {
			if m := v.(map[string]any); m["reference"] != "REF-"+m["case"].(string)[len(m["case"].(string))-4:] {
				t.Errorf("a visit is called %v", m["reference"])
			}
		}
		if row["planned_minutes"].(float64) > 480 || row["travel_minutes"].(float64) <= 0 {
			t.Errorf("planned %v minutes, %v on the road", row["planned_minutes"], row["travel_minutes"])
		}
	})
}

// holds checks what must hold of a technician's live appointments, in words of
// time and place only: each begins in its window, and nobody is promised
// anywhere before the visit before has ended and the way is made.
func (k *kit) holds(t testing.TB, tech id.Technician) {
	t.Helper()
	page := k.want(t, 200, "GET", "/v1/appointments?live=true&limit=200&technician="+tech.String(), "")
	type stop struct {
		start, end, from, until time.Time
		where                   int
	}
	var stops []stop
	for _, v := range page["items"].([]any) {
		m := v.(map[string]any)
		at := func(name string) time.Time {
			v, err := time.Parse(time.RFC3339, m[name].(string))
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		c, _ := id.Parse[id.CaseKind](m["case"].(string))
		stops = append(stops, stop{at("service_start_at"), at("service_end_at"), at("start_at"), at("end_at"), int(c[15])})
	}
	for i, s := range stops {
		if s.start.Before(s.from) || !s.start.Before(s.until) {
			t.Errorf("promised %v to %v, planned at %v", s.from, s.until, s.start)
		}
		for j, o := range stops {
			if i == j || o.start.Before(s.start) || o.start.Equal(s.start) && j < i {
				continue
			}
			way := travel.For("DE").Way(k.points[id.Case{0: 8, 15: byte(s.where)}], k.points[id.Case{0: 8, 15: byte(o.where)}]).Seconds
			if o.start.Before(driven(s.end, way)) {
				t.Errorf("visit %d ends at %v, visit %d begins at %v, %d s away", s.where, s.end, o.where, o.start, way)
			}
		}
	}
}

// A new time keeps the appointment, its parts and its history; the technician is
// asked anew.
func TestReschedule(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		one, two := k.hire(t, ""), k.hire(t, "")
		wo := k.visit(t, 1, 60, near(3))
		_, a := k.book(t, wo, one, tuesday(8))
		apt := "/v1/appointments/" + a["id"].(string)
		k.want(t, 200, "POST", apt+"/dispatch", "{}")
		k.want(t, 200, "POST", apt+"/accept", "{}")
		k.want(t, 200, "POST", apt+"/reschedule", fmt.Sprintf(`{"start_at":%q,"technician":%q}`, tuesday(10).Format(time.RFC3339), two))
		k.settle(t)
		v := k.want(t, 200, "GET", apt, "")
		if v["state"] != "scheduled" || v["technician"] != two.String() || v["start_at"] != "2026-11-24T09:00:00Z" || len(v["history"].([]any)) != 5 {
			t.Errorf("rescheduled to %v", v)
		}
		want := []string{"requested", "scheduled", "moved dispatched", "moved accepted", "moved scheduled", "scheduled"}
		if diff := cmp.Diff(want, k.heard); diff != "" {
			t.Errorf("(-want +heard):\n%s", diff)
		}
		// One's morning is free again, two's is not; the hour itself may be kept.
		if status, out := k.book(t, k.visit(t, 2, 60, near(3)), one, tuesday(8)); status != 201 {
			t.Errorf("the old slot: %d %v", status, out)
		}
		k.want(t, 200, "POST", apt+"/reschedule", fmt.Sprintf(`{"start_at":%q}`, tuesday(10).Format(time.RFC3339)))
		if status, out := k.call(t, "POST", apt+"/reschedule", fmt.Sprintf(`{"start_at":%q}`, tuesday(10).Format(time.RFC3339)), "If-Match", `"1"`); status != 412 {
			t.Errorf("an old version: %d %v", status, out)
		}
	})
}

// A no, or silence, passes the visit on: whoever said it is not offered it again.
func TestPassedOn(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		one := k.hire(t, "")
		wo := k.visit(t, 1, 60, near(3))
		_, a := k.book(t, wo, one, tuesday(8))
		k.want(t, 200, "POST", "/v1/appointments/"+a["id"].(string)+"/dispatch", "{}")
		k.want(t, 200, "POST", "/v1/appointments/"+a["id"].(string)+"/decline", `{"reason":"ill"}`)
		got := k.want(t, 201, "POST", "/v1/work-orders/"+wo.String()+"/offers", "")
		why := got["why"].([]any)
		if len(got["offers"].([]any)) != 0 || len(why) != 1 || why[0].(map[string]any)["rule"] != "excluded" {
			t.Errorf("offered %v", got)
		}
		two := k.hire(t, "")
		got = k.want(t, 201, "POST", "/v1/work-orders/"+wo.String()+"/offers", "")
		if o := got["offers"].([]any); len(o) == 0 || o[0].(map[string]any)["technician"] != two.String() {
			t.Errorf("offered %v", got)
		}
		_, b := k.book(t, wo, two, tuesday(8))
		k.want(t, 200, "POST", "/v1/appointments/"+b["id"].(string)+"/dispatch", "{}")
		k.at(t, 12*time.Hour)
		if s := k.state(t, b["id"].(string)); s != "timed_out" {
			t.Errorf("without an answer it is %s", s)
		}
		if last := k.heard[len(k.heard)-1]; last != "ended timed_out no_answer" {
			t.Errorf("heard %v", k.heard)
		}
	})
}

// What becomes of the case, the work and the visit moves the appointment.
func TestFollows(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		apt := func(n byte, hour int) (id.WorkOrder, string) {
			wo := k.visit(t, n, 30, near(2))
			status, out := k.book(t, wo, tech, tuesday(hour))
			if status != 201 {
				t.Fatalf("visit %d: %v", n, out)
			}
			return wo, out["id"].(string)
		}
		_, cancelled := apt(1, 8)
		wo2, over := apt(2, 8)
		wo3, absent := apt(3, 10)
		wo4, unable := apt(4, 10)
		k.publish(t, desk.CaseMoved{Case: id.Case{0: 8, 15: 1}, To: desk.Cancelled})
		k.publish(t, work.OrderMoved{WorkOrder: wo2, Case: id.Case{0: 8, 15: 2}, Kind: work.Visit, To: work.Cancelled})
		k.publish(t, field.VisitRecorded{WorkOrder: wo3, Case: id.Case{0: 8, 15: 3}, Outcome: work.NotPresent, FinishedAt: tuesday(10)})
		k.publish(t, field.VisitRecorded{WorkOrder: wo4, Case: id.Case{0: 8, 15: 4}, Outcome: work.PartMissing, FinishedAt: tuesday(10)})
		for a, want := range map[string]string{cancelled: "cancelled", over: "cancelled", absent: "absent", unable: "cannot_complete"} {
			if s := k.state(t, a); s != want {
				t.Errorf("it is %s, want %s", s, want)
			}
		}
		k.publish(t, work.OrderMoved{WorkOrder: wo4, Case: id.Case{0: 8, 15: 4}, Kind: work.Visit, To: work.Waiting})
		for wo, want := range map[id.WorkOrder]string{wo2: "dispatch.job_closed done", wo4: "dispatch.job_closed held"} {
			_, out := k.book(t, wo, tech, tuesday(14))
			if got := fmt.Sprint(out["code"], " ", out["args"].(map[string]any)["state"]); got != want {
				t.Errorf("booking again is %s, want %s", got, want)
			}
		}
		k.publish(t, work.OrderReady{WorkOrder: wo4, Case: id.Case{0: 8, 15: 4}, Kind: work.Visit, Node: berlin, Minutes: 45, Again: true})
		for _, wo := range []id.WorkOrder{wo3, wo4} {
			if status, out := k.book(t, wo, tech, tuesday(14)); status != 201 {
				t.Errorf("the next attempt: %d %v", status, out)
			}
		}
		wo5, there := apt(5, 16)
		for _, verb := range []string{"dispatch", "arrive"} {
			k.want(t, 200, "POST", "/v1/appointments/"+there+"/"+verb, "{}")
		}
		k.publish(t, desk.CaseMoved{Case: id.Case{0: 8, 15: 5}, To: desk.Cancelled})
		if s := k.state(t, there); s != "on_site" {
			t.Errorf("a case was cancelled under somebody's hands, and the visit is %s", s)
		}
		k.publish(t, field.VisitRecorded{WorkOrder: wo5, Case: id.Case{0: 8, 15: 5}, Outcome: work.CustomerNo, FinishedAt: tuesday(16)})
		if s := k.state(t, there); s != "completed" {
			t.Errorf("recorded, it is %s", s)
		}
		// Events come again, or too late, and change nothing.
		k.publish(t, field.VisitRecorded{WorkOrder: wo2, Case: id.Case{0: 8, 15: 2}, Outcome: work.Fixed, FinishedAt: tuesday(10)})
		k.publish(t, desk.CaseMoved{Case: id.Case{0: 8, 15: 1}, To: desk.Cancelled})
		if s := k.state(t, cancelled); s != "cancelled" {
			t.Errorf("it is %s", s)
		}
		k.holds(t, tech)
	})
}

// Technicians move their own appointments, customers theirs, and nobody learns
// of others'.
func TestAccess(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		one, two := k.hire(t, ""), k.hire(t, "")
		wo := k.visit(t, 1, 60, near(3))
		_, a := k.book(t, wo, one, tuesday(8))
		apt := "/v1/appointments/" + a["id"].(string)

		k.as(access.Technician, access.Self, two.Raw())
		for _, path := range []string{apt + "/dispatch", apt + "/cancel"} {
			k.want(t, 404, "POST", path, "{}")
		}
		k.want(t, 404, "GET", apt, "")
		if page := k.want(t, 200, "GET", "/v1/appointments", ""); len(page["items"].([]any)) != 0 {
			t.Errorf("another's visits are listed: %v", page)
		}
		k.as(access.Technician, access.Self, one.Raw())
		k.want(t, 200, "POST", apt+"/dispatch", "{}")
		k.want(t, 200, "POST", apt+"/accept", "{}")
		if page := k.want(t, 200, "GET", "/v1/appointments", ""); len(page["items"].([]any)) != 1 {
			t.Errorf("one's own visits: %v", page)
		}
		k.want(t, 404, "GET", "/v1/board/"+berlin.String(), "")

		k.as(access.Customer, access.Self, id.Raw{})
		v := k.want(t, 200, "GET", apt, "")
		if v["reasons"] != nil {
			t.Errorf("a customer sees what it costs: %v", v)
		}
		next := k.visit(t, 2, 60, near(3))
		offers := k.want(t, 201, "POST", "/v1/work-orders/"+next.String()+"/offers", "")
		first := offers["offers"].([]any)[0].(map[string]any)
		if first["reasons"] != nil {
			t.Errorf("a customer sees what it costs: %v", first)
		}
		if status, out := k.book(t, next, one, tuesday(8)); status != 404 {
			t.Errorf("a customer chose the technician: %d %v", status, out)
		}
		k.want(t, 422, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"start_at":%q}`, next, tuesday(8).Add(7*time.Minute).Format(time.RFC3339)))
		k.want(t, 201, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"start_at":%q}`, next, tuesday(12).Format(time.RFC3339)))
		k.want(t, 200, "POST", apt+"/reschedule", fmt.Sprintf(`{"start_at":%q}`, tuesday(14).Format(time.RFC3339)))
		k.want(t, 200, "POST", apt+"/cancel", `{"reason":"customer_wish"}`)

		k.caller.Person = id.Person{66}
		k.want(t, 404, "GET", apt, "")
		k.want(t, 404, "POST", "/v1/work-orders/"+next.String()+"/offers", "")

		k.as(access.Planner, access.Tenant, id.Raw{})
		list := k.want(t, 200, "GET", "/v1/technicians?node="+berlin.String(), "")
		for _, v := range list["items"].([]any) {
			if m := v.(map[string]any); m["name"] != nil || m["start"] != nil || m["hour"] != nil {
				t.Errorf("a planner sees %v", m)
			}
		}
		k.as(access.Dispatcher, access.Node, berlin.Raw())
		list = k.want(t, 200, "GET", "/v1/technicians", "")
		if v := list["items"].([]any); len(v) != 2 || v[0].(map[string]any)["name"] != "Jo Vogel" {
			t.Errorf("a dispatcher sees %v", list)
		}
		k.as(access.Dispatcher, access.Node, potsdam.Raw())
		k.want(t, 404, "GET", "/v1/board/"+berlin.String(), "")
		k.want(t, 404, "GET", "/v1/technicians/"+one.String(), "")
	})
}

// A command that is repeated under its key is answered again and done once.
func TestRepeated(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.hire(t, "")
		wo := k.visit(t, 1, 60, near(3))
		body := fmt.Sprintf(`{"work_order":%q,"start_at":%q}`, wo, tuesday(10).Format(time.RFC3339))
		first := k.want(t, 201, "POST", "/v1/appointments", body, "Idempotency-Key", "one")
		k.settle(t)
		again := k.want(t, 201, "POST", "/v1/appointments", body, "Idempotency-Key", "one")
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("(-first +again):\n%s", diff)
		}
		if status, _ := k.call(t, "POST", "/v1/appointments", body, "Idempotency-Key", "two"); status != http.StatusConflict {
			t.Errorf("booked twice: %d", status)
		}
		if got := strings.Join(k.heard, ","); got != "requested,scheduled" {
			t.Errorf("heard %s", got)
		}
	})
}
