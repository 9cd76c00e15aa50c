package dispatchsvc_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
)

// rewards has the node promise a share of what is saved, at most so many cents.
func (k *kit) rewards(t testing.TB, permille, most int64) map[string]any {
	t.Helper()
	return k.want(t, 200, "PUT", "/v1/board/"+berlin.String()+"/engine", fmt.Sprintf(
		`{"autonomy":"people","steering":{"share_permille":%d,"most":{"minor":%d,"currency":"EUR"}}}`, permille, most), "If-Match", "*")
}

// village is far off: whoever goes there on Wednesday anyway saves the way of Tuesday.
var village = near(30)

// steeredTo returns the slots of a visit: the earliest, and the cheapest that is promised something.
func (k *kit) steeredTo(t testing.TB, wo id.WorkOrder) (all []map[string]any, earliest, cheap map[string]any) {
	t.Helper()
	out := k.want(t, 201, "POST", "/v1/work-orders/"+wo.String()+"/offers", "")
	for _, o := range out["offers"].([]any) {
		o := o.(map[string]any)
		all = append(all, o)
		if earliest == nil || o["start_at"].(string) < earliest["start_at"].(string) {
			earliest = o
		}
		if minor(o["reward"]) > minor(cheap["reward"]) {
			cheap = o
		}
	}
	return all, earliest, cheap
}

// minor is an amount of a reply, 0 where there is none.
func minor(v any) int64 {
	if m, ok := v.(map[string]any); ok {
		return int64(m["minor"].(float64))
	}
	return 0
}

// wednesday is tuesday, a day later.
func wednesday(hour int) time.Time { return tuesday(hour).Add(24 * time.Hour) }

// eachVillage is a kit in which one technician goes to the village on Wednesday.
func eachVillage(t *testing.T, fn func(t *testing.T, k *kit, tech id.Technician)) {
	t.Helper()
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		if status, out := k.book(t, k.visit(t, 1, 60, village), tech, wednesday(10)); status != 201 {
			t.Fatalf("the village: %d %v", status, out)
		}
		fn(t, k, tech)
	})
}

// takeOffer takes a slot as it was offered.
func (k *kit) takeOffer(t testing.TB, wo id.WorkOrder, o map[string]any, more string) string {
	t.Helper()
	out := k.want(t, 201, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"offer":%q%s}`, wo, o["id"], more))
	k.settle(t)
	return out["id"].(string)
}

// Slots that are cheaper than the earliest promise a share of what they save to everybody
// who sees them; what is saved only those see who see the board. Off, nothing is promised.
func TestSteerOffers(t *testing.T) {
	eachVillage(t, func(t *testing.T, k *kit, _ id.Technician) {
		wo := k.visit(t, 2, 60, village)
		if _, _, cheap := k.steeredTo(t, wo); cheap != nil {
			t.Fatalf("promised although it is off: %v", cheap)
		}
		k.rewards(t, 500, 900_00)
		all, earliest, cheap := k.steeredTo(t, wo)
		if cheap == nil || cheap["start_at"] == earliest["start_at"] {
			t.Fatalf("nothing is promised: %v", all)
		}
		first := minor(earliest["reasons"].(map[string]any)["cost"])
		for _, o := range all {
			r := o["reasons"].(map[string]any)
			saves := max(0, first-minor(r["cost"]))
			want := saves / 2 / 100 * 100
			if minor(o["reward"]) != want || minor(r["reward"]) != want {
				t.Errorf("the slot at %v saves %d and promises %v, want %d", o["start_at"], saves, o["reward"], want)
			}
			if want > 0 && minor(r["saves"]) != saves {
				t.Errorf("the slot at %v says that it saves %v, want %d", o["start_at"], r["saves"], saves)
			}
			if _, said := o["reward"]; said != (want > 0) {
				t.Errorf("a reward of nothing is said: %v", o)
			}
		}
		k.as(access.Customer, access.Self, anna.Raw())
		_, _, cheap = k.steeredTo(t, wo)
		if cheap == nil || cheap["reasons"] != nil {
			t.Errorf("the customer sees %v", cheap)
		}
	})
}

// A reward stays with the appointment that takes the offer, at once or after it was held,
// is told when the appointment stands, and is counted with the setting.
func TestSteerTaken(t *testing.T) {
	eachVillage(t, func(t *testing.T, k *kit, _ id.Technician) {
		k.rewards(t, 500, 10_00)
		for i, more := range []string{"", `,"hold":true`} {
			n := byte(2 + i)
			wo := k.visit(t, n, 60, village)
			_, _, cheap := k.steeredTo(t, wo)
			if cheap == nil {
				t.Fatalf("visit %d is promised nothing", n)
			}
			a := k.takeOffer(t, wo, cheap, more)
			if more != "" {
				if got := k.steered(t); got["taken"] != 1.0 {
					t.Errorf("what is only held is counted: %v", got)
				}
				k.want(t, 200, "POST", "/v1/appointments/"+a+"/take", "")
				k.settle(t)
			}
			v := k.want(t, 200, "GET", "/v1/appointments/"+a, "")
			r := v["reasons"].(map[string]any)
			if minor(v["reward"]) != minor(cheap["reward"]) || minor(r["saves"]) != minor(cheap["reasons"].(map[string]any)["saves"]) || v["state"] != "scheduled" {
				t.Errorf("offered %v, and it stands with %v", cheap, v)
			}
			if got := k.promised(t, a); got != minor(cheap["reward"]) {
				t.Errorf("told %d, want %v", got, cheap["reward"])
			}
			if bar, _ := k.onBoard(t, a); minor(bar["reward"]) != minor(cheap["reward"]) {
				t.Errorf("the board says %v of what was promised %v", bar, cheap["reward"])
			}
			if n == 2 {
				if got := k.steered(t); got["taken"] != 1.0 || minor(got["granted"]) != minor(cheap["reward"]) || minor(got["saved"]) != minor(r["saves"]) {
					t.Errorf("came of it %v, want %v", got, v)
				}
			}
		}
		k.want(t, 200, "PUT", "/v1/board/"+berlin.String()+"/engine", `{"autonomy":"people","steering":{"share_permille":0}}`)
		k.clock.To(dbtest.Now.AddDate(0, 1, 7))
		if e := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"/engine", ""); len(e["steered"].([]any)) != 0 {
			t.Errorf("a month later still %v", e["steered"])
		}
	})
}

// steered is what came of rewards in euros.
func (k *kit) steered(t testing.TB) map[string]any {
	t.Helper()
	e := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"/engine", "")
	list := e["steered"].([]any)
	if len(list) == 0 {
		return map[string]any{"taken": 0.0}
	}
	return list[0].(map[string]any)
}

// Whatever we do with the visit, the promise stays; the customer who calls it off, is not
// there, or asks for another time loses it.
func TestSteerKept(t *testing.T) {
	for name, tt := range map[string]struct {
		do   func(t *testing.T, k *kit, a string, tech, other id.Technician) string // the appointment then
		kept bool
	}{
		"moved by a dispatcher": {func(t *testing.T, k *kit, a string, _, other id.Technician) string {
			k.want(t, 200, "POST", "/v1/appointments/"+a+"/reschedule", fmt.Sprintf(`{"start_at":%q,"technician":%q}`, stamp(tuesday(14)), other))
			return a
		}, true},
		"moved for the customer": {func(t *testing.T, k *kit, a string, _, _ id.Technician) string {
			k.as(access.Customer, access.Self, anna.Raw())
			k.want(t, 200, "POST", "/v1/appointments/"+a+"/reschedule", fmt.Sprintf(`{"start_at":%q}`, stamp(tuesday(14))))
			k.caller = access.System(k.caller.Tenant)
			return a
		}, false},
		"kept by the engine": {func(t *testing.T, k *kit, a string, tech, _ id.Technician) string {
			k.autonomy(t, dispatch.Keeping)
			k.want(t, 200, "PUT", "/v1/technicians/"+tech.String()+"/absences", `{"absences":[{"day":"2026-11-25","reason":"sick"}]}`)
			k.at(t, 2*time.Second)
			if v := k.want(t, 200, "GET", "/v1/appointments/"+a, ""); v["technician"] == tech.String() {
				t.Error("the engine did not hand it over")
			}
			return a
		}, true},
		"declined by the technician and booked by hand": {func(t *testing.T, k *kit, a string, _, other id.Technician) string {
			k.want(t, 200, "POST", "/v1/appointments/"+a+"/dispatch", "{}")
			k.want(t, 200, "POST", "/v1/appointments/"+a+"/decline", "{}")
			_, out := k.book(t, id.WorkOrder{0: 9, 15: 2}, other, wednesday(10))
			return out["id"].(string)
		}, true},
		"declined, and chosen anew": {func(t *testing.T, k *kit, a string, _, _ id.Technician) string {
			k.want(t, 200, "POST", "/v1/appointments/"+a+"/dispatch", "{}")
			k.want(t, 200, "POST", "/v1/appointments/"+a+"/decline", "{}")
			b, _ := k.take(t, id.WorkOrder{0: 9, 15: 2}, tuesday(14))
			return b
		}, false},
		"called off": {func(t *testing.T, k *kit, a string, _, _ id.Technician) string {
			k.want(t, 200, "POST", "/v1/appointments/"+a+"/cancel", `{"reason":"customer_wish"}`)
			return a
		}, false},
		"called off and booked by hand": {func(t *testing.T, k *kit, a string, tech, _ id.Technician) string {
			k.want(t, 200, "POST", "/v1/appointments/"+a+"/cancel", `{"reason":"customer_wish"}`)
			_, out := k.book(t, id.WorkOrder{0: 9, 15: 2}, tech, wednesday(10))
			return out["id"].(string)
		}, false},
		"nobody was there": {func(t *testing.T, k *kit, a string, _, _ id.Technician) string {
			k.publish(t, k.howItEnded(t, a, work.NotPresent))
			return a
		}, false},
		"carried out": {func(t *testing.T, k *kit, a string, _, _ id.Technician) string {
			k.publish(t, k.howItEnded(t, a, work.Fixed))
			return a
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			eachVillage(t, func(t *testing.T, k *kit, tech id.Technician) {
				other := k.hire(t, "")
				k.rewards(t, 500, 10_00)
				wo := k.visit(t, 2, 60, village)
				_, _, cheap := k.steeredTo(t, wo)
				if cheap == nil {
					t.Fatal("nothing is promised")
				}
				first := k.takeOffer(t, wo, cheap, "")
				a := tt.do(t, k, first, tech, other)
				k.settle(t)
				want, taken := int64(0), 0.0
				if tt.kept {
					want, taken = minor(cheap["reward"]), 1.0
				}
				v := k.want(t, 200, "GET", "/v1/appointments/"+a, "")
				if minor(v["reward"]) != want {
					t.Errorf("promised %v, and left is %v of %v", cheap["reward"], v["reward"], v)
				}
				if v["state"] == "scheduled" && k.promised(t, a) != want {
					t.Errorf("told last %d, want %d", k.promised(t, a), want)
				}
				if got := k.steered(t); got["taken"] != taken || minor(got["granted"]) != want {
					t.Errorf("came of it %v, want %v of %d", got, taken, want)
				}
			})
		})
	}
}

// howItEnded is how the visit of an appointment ended.
func (k *kit) howItEnded(t testing.TB, a string, outcome work.Outcome) field.VisitRecorded {
	t.Helper()
	of, err := id.Parse[id.AppointmentKind](a)
	if err != nil {
		t.Fatal(err)
	}
	k.at(t, 48*time.Hour)
	return field.VisitRecorded{
		Appointment: of, WorkOrder: id.WorkOrder{0: 9, 15: 2}, Case: id.Case{0: 8, 15: 2}, Outcome: outcome, StartedAt: wednesday(9), FinishedAt: wednesday(10),
	}
}

// Only offers earn a reward: not what is booked by hand or for a time that the customer
// names, and not visits that hang together.
func TestSteerOnlyOffers(t *testing.T) {
	eachVillage(t, func(t *testing.T, k *kit, tech id.Technician) {
		k.rewards(t, 500, 10_00)
		_, out := k.book(t, k.visit(t, 2, 60, village), tech, wednesday(10))
		byTime, _ := k.take(t, k.visit(t, 3, 60, village), wednesday(12))
		for _, a := range []string{out["id"].(string), byTime} {
			if v := k.want(t, 200, "GET", "/v1/appointments/"+a, ""); v["reward"] != nil {
				t.Errorf("promised without an offer: %v", v)
			}
		}
		one := k.visit(t, 4, 60, village)
		if _, _, cheap := k.steeredTo(t, one); cheap == nil {
			t.Fatal("alone it is promised nothing")
		}
		k.tied(t, 5, later(one, 0, 0), 60)
		if all, _, cheap := k.steeredTo(t, one); len(all) == 0 || cheap != nil {
			t.Errorf("of %d slots of visits that hang together one promises %v", len(all), cheap)
		}
	})
}

// Settings that cannot be meant are refused at their field, and change nothing.
func TestSteerRefused(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.hire(t, "")
		path := "/v1/board/" + berlin.String() + "/engine"
		k.rewards(t, 300, 500)
		for body, field := range map[string]string{
			`{"share_permille":500,"most":{"minor":1000,"currency":"CNY"}}`: "/steering/most/currency",
			`{"share_permille":500,"most":{"minor":99,"currency":"EUR"}}`:   "/steering/most/minor",
			`{"share_permille":500,"most":{"minor":-5,"currency":"EUR"}}`:   "/steering/most/minor",
			`{"share_permille":500}`: "/steering/most",
		} {
			out := k.want(t, 422, "PUT", path, `{"autonomy":"people","steering":`+body+`}`)
			if f := out["errors"].([]any)[0].(map[string]any); out["code"] != "dispatch.invalid" || f["pointer"] != field {
				t.Errorf("%s is refused with %v", body, out)
			}
		}
		for _, share := range []int{-1, 1001} {
			k.want(t, 422, "PUT", path, fmt.Sprintf(`{"autonomy":"people","steering":{"share_permille":%d,"most":{"minor":500,"currency":"EUR"}}}`, share))
		}
		e := k.want(t, 200, "GET", path, "")
		if paid := e["paid_in"].([]any); !slices.Equal(paid, []any{"EUR"}) {
			t.Errorf("its people are paid in %v", paid)
		}
		if s := e["steering"].(map[string]any); s["share_permille"] != 300.0 || minor(s["most"]) != 500 {
			t.Errorf("after refusals it is %v", s)
		}
		k.want(t, 412, "PUT", path, `{"autonomy":"people","steering":{"share_permille":0}}`, "If-Match", `"99"`)
		e = k.want(t, 200, "PUT", path, `{"autonomy":"keep"}`)
		if s := e["steering"].(map[string]any); s["share_permille"] != 300.0 {
			t.Errorf("who says nothing of it changes it to %v", s)
		}
		e = k.want(t, 200, "PUT", path, `{"autonomy":"keep","steering":{"share_permille":0}}`)
		if s := e["steering"].(map[string]any); s["share_permille"] != 0.0 || minor(s["most"]) != 500 {
			t.Errorf("switched off it is %v", s)
		}
	})
}

// Who writes the board sets it, unless they do only as the partner who runs the node: it
// is the operator's money. Who does not see the board sees nothing of it.
func TestSteerAccess(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.hire(t, "")
		path := "/v1/board/" + berlin.String() + "/engine"
		body := `{"autonomy":"people","steering":{"share_permille":500,"most":{"minor":1000,"currency":"EUR"}}}`
		k.as(access.Partner, access.OfPartner, partner.Raw())
		out := k.want(t, 422, "PUT", path, body)
		if f := out["errors"].([]any)[0].(map[string]any); f["pointer"] != "/steering" || f["code"] != "forbidden" {
			t.Errorf("a partner is refused with %v", out)
		}
		e := k.want(t, 200, "PUT", path, `{"autonomy":"keep","steering":{"share_permille":0}}`)
		if e["autonomy"] != "keep" {
			t.Errorf("what does not change it is refused: %v", e)
		}
		k.as(access.Customer, access.Self, anna.Raw())
		for _, method := range []string{"GET", "PUT"} {
			b := body
			if method == "GET" {
				b = ""
			}
			if status, _ := k.call(t, method, path, b); status != 404 && status != 403 {
				t.Errorf("%s by a customer = %d", method, status)
			}
		}
		k.as(access.Agent, access.Tenant, id.Raw{})
		k.want(t, 200, "GET", path, "")
		if status, _ := k.call(t, "PUT", path, body); status != 404 && status != 403 {
			t.Errorf("an agent sets it: %d", status)
		}
		k.as(access.Dispatcher, access.Node, berlin.Raw())
		e = k.want(t, 200, "PUT", path, body)
		if s := e["steering"].(map[string]any); s["share_permille"] != 500.0 || minor(s["most"]) != 1000 {
			t.Errorf("set by a dispatcher: %v", s)
		}
	})
}
