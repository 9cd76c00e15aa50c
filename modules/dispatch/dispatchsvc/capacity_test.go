package dispatchsvc_test

import (
	"fmt"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch/forecast"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db/dbtest"
)

// weeks lets so many weeks pass in which three visits are asked for on every weekday,
// one of them urgent and one of them for gas; the clock then stands on a Monday.
func (k *kit) weeks(t *testing.T, weeks int) {
	t.Helper()
	n := byte(1)
	for day := range 7 * weeks {
		if day%7 < 5 {
			k.at(t, time.Duration(24*day)*time.Hour)
			k.priority = desk.High
			k.visit(t, n, 60, near(1))
			k.priority = 0
			k.visit(t, n+1, 60, near(2), remedy.SkillNeed{Skill: "gas", Level: 1})
			k.visit(t, n+2, 90, near(3))
			for i := range byte(3) { // they are done some other way
				k.publish(t, work.OrderMoved{WorkOrder: id.WorkOrder{0: 9, 15: n + i}, Case: id.Case{0: 8, 15: n + i}, Kind: work.Visit, From: work.Ready, To: work.Completed})
			}
			n += 3
		}
	}
	k.at(t, time.Duration(24*7*weeks)*time.Hour)
}

// capacity asks for a node's capacity, by day.
func (k *kit) capacity(t *testing.T, query string) (view map[string]any, days map[string]map[string]any) {
	t.Helper()
	view = k.want(t, 200, "GET", "/v1/capacity/"+berlin.String()+query, "")
	days = map[string]map[string]any{}
	for _, d := range view["days"].([]any) {
		day := d.(map[string]any)
		days[day["day"].(string)] = day
	}
	return view, days
}

// after is the day so many days after the beginning of the tests, a Monday.
func after(days int) string {
	return (calendar.DayAt(dbtest.Now, time.UTC) + calendar.Day(days)).String()
}

// What comes in on weekdays is expected on weekdays, less on holidays; what people on
// duty can do stands beside it, what is promised too.
func TestCapacity(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		day, err := calendar.ParseDay(after(37))
		if err != nil {
			t.Fatal(err)
		}
		k.holidays = []sla.SpecialDay{{On: day, Name: "Feast"}, {On: day + 4, Name: "Make-up", WorksLike: "mo"}}
		tech := k.hire(t, `"skills":[{"skill":"gas","level":1,"valid_until":"`+after(46)+`"}]`)
		k.hire(t, "")
		k.weeks(t, 5)
		k.want(t, 200, "PUT", "/v1/technicians/"+tech.String()+"/absences", fmt.Sprintf(`{"absences":[{"day":%q,"reason":"leave"}]}`, after(38)))
		view, days := k.capacity(t, "")
		if len(days) != 42 || view["history_days"] != 35.0 || view["visit_minutes"] != 70.0 || fmt.Sprint(view["skills"]) != "[gas]" {
			t.Fatalf("%v", view)
		}
		monday, feast, saturday, makeUp := days[after(35)], days[after(37)], days[after(40)], days[after(41)]
		for name, tt := range map[string]struct {
			day       map[string]any
			low, high float64
		}{"a Monday": {monday, 2.2, 3.2}, "a holiday": {feast, 0.2, 1.8}, "a Saturday": {saturday, 0.2, 1.8}, "a Sunday that is worked": {makeUp, 2.2, 3.2}} {
			if v := tt.day["visits"].(float64); v < tt.low || v > tt.high {
				t.Errorf("%s: %v visits", name, v)
			}
		}
		if feast["holiday"] != true || monday["holiday"] == true || makeUp["holiday"] == true {
			t.Errorf("holidays are not marked: %v, %v, %v", feast, monday, makeUp)
		}
		if monday["capacity_minutes"] != 768.0 || monday["technicians"] != 2.0 || days[after(38)]["capacity_minutes"] != 384.0 || saturday["capacity_minutes"] != 0.0 {
			t.Errorf("two people on duty: %v, one absent: %v, on Saturday: %v", monday, days[after(38)], saturday)
		}
		if l, c := monday["limit_minutes"].(float64), monday["capacity_minutes"].(float64); l >= c || l < c/2 || int64(c-l)%60 != 0 {
			t.Errorf("of %v minutes %v may be promised", c, l)
		}
		status, out := k.book(t, k.visit(t, 200, 60, near(1)), tech, tuesday(8).AddDate(0, 0, 35))
		if status != 201 {
			t.Fatal(out)
		}
		if _, days = k.capacity(t, ""); days[after(36)]["promised_minutes"] != 60.0 || days[after(35)]["promised_minutes"] != 0.0 {
			t.Errorf("promised: %v", days[after(36)])
		}
		view, gas := k.capacity(t, "?skill=gas&weeks=2&from="+after(35))
		if len(gas) != 14 || view["visit_minutes"] != 60.0 || gas[after(36)]["promised_minutes"] != 0.0 {
			t.Errorf("for gas: %v", view)
		}
		if a, b := gas[after(42)], gas[after(47)]; a["technicians"] != 1.0 || b["technicians"] != 0.0 || a["visits"].(float64) > 1.3 || a["visits"].(float64) < 0.5 {
			t.Errorf("for gas: %v, after the certificate has ended: %v", a, b)
		}
	})
}

// A new node has no history: nothing is expected, nothing is kept free.
func TestCapacityOfNothing(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.hire(t, "")
		view, days := k.capacity(t, "")
		d := days[after(0)]
		if view["history_days"] != 0.0 || d["visits"] != 0.0 || d["limit_minutes"] != d["capacity_minutes"] || d["capacity_minutes"] != 384.0 {
			t.Errorf("%v", d)
		}
		k.want(t, 422, "GET", "/v1/capacity/"+berlin.String()+"?weeks=99", "")
		k.as("dispatcher", "node", potsdam.Raw())
		k.want(t, 404, "GET", "/v1/capacity/"+berlin.String(), "")
	})
}

// What may be promised ahead leaves room for the urgent work that is to be expected:
// who can wait is not offered the last of a day, who cannot wait is.
func TestKeepFree(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		k.weeks(t, 5)
		_, days := k.capacity(t, "")
		limit := int(days[after(36)]["limit_minutes"].(float64))
		monday := 35
		for n := 0; (n+1)*60 <= limit; n++ { // Tuesday is full up to the limit
			start := tuesday(8+2*(n/2)).AddDate(0, 0, monday)
			if status, out := k.book(t, k.visit(t, byte(200+n), 60, near(1)), tech, start); status != 201 {
				t.Fatal(out)
			}
		}
		offered := func(wo id.WorkOrder, day int) bool {
			for _, o := range k.want(t, 201, "POST", "/v1/work-orders/"+wo.String()+"/offers", "")["offers"].([]any) {
				if o.(map[string]any)["start_at"].(string)[:10] == after(day) {
					return true
				}
			}
			return false
		}
		calm := k.visit(t, 240, 60, near(1))
		k.priority = desk.High
		urgent := k.visit(t, 241, 60, near(1))
		if offered(calm, 36) || !offered(calm, 37) || !offered(urgent, 36) {
			t.Errorf("Tuesday is full up to %d minutes; offered to who can wait: %v (Wednesday %v), who cannot: %v", limit, offered(calm, 36), offered(calm, 37), offered(urgent, 36))
		}
	})
}

// A plan leaves the same room: it books who can wait as far as the limit goes, one by one,
// says of the others that the day is kept free, and gives them another when it may.
func TestPlanKeepsFree(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		k.weeks(t, 5)
		_, days := k.capacity(t, "")
		limit := int(days[after(36)]["limit_minutes"].(float64))
		for n := 0; (n+2)*60 <= limit; n++ { // room for one visit more
			if status, out := k.book(t, k.visit(t, byte(200+n), 60, near(1)), tech, tuesday(8+2*(n/2)).AddDate(0, 0, 35)); status != 201 {
				t.Fatal(out)
			}
		}
		k.at(t, (35*24+10)*time.Hour) // Monday is over
		k.visit(t, 240, 60, near(1))
		k.visit(t, 241, 60, near(1))
		plan := func(body string) (booked int, why string) {
			out := k.want(t, 200, "POST", "/v1/board/"+berlin.String()+"/plan", body)
			for _, v := range out["unserved"].([]any) {
				for _, w := range v.(map[string]any)["why"].([]any) {
					why += " " + w.(map[string]any)["rule"].(string)
				}
			}
			k.settle(t)
			return len(out["booked"].([]any)), why
		}
		for _, tt := range []struct {
			body   string
			booked int
			why    string
		}{
			{`{"days":2}`, 1, " kept_free"}, // two fit, the second one is refused when it is booked
			{`{"days":2}`, 0, " kept_free"}, // and is not planned for that day any more
			{`{"days":2,"try":true}`, 0, " kept_free"},
			{`{"days":3}`, 1, ""},
		} {
			if booked, why := plan(tt.body); booked != tt.booked || why != tt.why {
				t.Errorf("%s: booked %d, the others%s; want %d, %s", tt.body, booked, why, tt.booked, tt.why)
			}
		}
		k.priority = desk.High
		k.visit(t, 242, 60, near(1))
		if booked, why := plan(`{"days":2}`); booked != 1 {
			t.Errorf("what is urgent has no place: booked %d,%s", booked, why)
		}
	})
}

// The first in ten days counted: what was counted can be counted anew.
func TestDemandRebuilds(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.weeks(t, 1)
		before, _ := k.capacity(t, "")
		if err := k.bus.Rebuild(t.Context(), "dispatch.demand"); err != nil {
			t.Fatal(err)
		}
		k.settle(t)
		after, _ := k.capacity(t, "")
		if a, b := fmt.Sprint(before), fmt.Sprint(after); a != b {
			t.Errorf("before %s\nafter %s", a, b)
		}
		if forecast.Sure != 0.9 {
			t.Error("the words of the API say nine days of ten")
		}
	})
}
