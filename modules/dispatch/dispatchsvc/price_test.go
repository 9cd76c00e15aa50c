package dispatchsvc_test

import (
	"fmt"
	"testing"
	"time"
)

// A price per visit and a surplus at night are in what a place costs, and no more
// visits are promised than were agreed.
func TestPricesAndLimits(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		own := k.hire(t, "")
		partner := k.hire(t, `"visit":{"minor":4500,"currency":"EUR"},"night":{"minor":3000,"currency":"EUR"},"max_visits":1`)
		path := "/v1/technicians/" + partner.String()
		if v := k.want(t, 200, "GET", path, ""); v["max_visits"] != 1.0 || fmt.Sprint(v["visit"]) != "map[currency:EUR minor:4500]" || fmt.Sprint(v["night"]) != "map[currency:EUR minor:3000]" {
			t.Errorf("hired %v", v)
		}
		for _, tech := range []string{own.String(), partner.String()} {
			k.want(t, 200, "PUT", "/v1/technicians/"+tech+"/shifts", `{"week":"Mo-Fr 14:00-24:00"}`)
		}
		cost := func(tech any, start time.Time, n byte) float64 {
			t.Helper()
			got := k.try(t, `{"work_order":%q,"technician":%q,"start_at":%q}`, k.visit(t, n, 60, near(0)), tech, stamp(start))[0]
			if got["fits"] != true {
				t.Fatalf("tried %v", got)
			}
			return got["cost"].(map[string]any)["minor"].(float64)
		}
		if a, b := cost(own, tuesday(15), 1), cost(partner, tuesday(15), 1); b-a != 4500 {
			t.Errorf("by day %v and %v", a, b)
		}
		// Beside the door, so that the hour of the visit is all the time on duty.
		if a, b := cost(own, tuesday(22), 2), cost(partner, tuesday(22), 2); b-a != 4500+3000 {
			t.Errorf("at night %v and %v", a, b)
		}
		_, _ = k.book(t, k.visit(t, 3, 60, near(1)), partner, tuesday(15))
		got := k.try(t, `{"work_order":%q,"technicians":[%q,%q],"start_at":%q}`, k.visit(t, 4, 60, near(1)), partner, own, stamp(tuesday(19)))
		if got[0]["rule"] != "max_jobs" || got[0]["hard"] != true || got[1]["fits"] != true {
			t.Errorf("a second visit: %v", got)
		}
		board := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"?day=2026-11-24", "")
		for _, l := range list(board, "technicians") {
			if bars := list(l, "appointments"); l["technician"] == partner.String() && (len(bars) != 1 || bars[0]["conflict"] == true || l["max_visits"] != 1.0) {
				t.Errorf("lane %v", l)
			}
		}
		k.want(t, 200, "PATCH", path, `{"max_visits":2}`)
		if got := k.try(t, `{"work_order":%q,"technician":%q,"start_at":%q}`, k.visit(t, 4, 60, near(1)), partner, stamp(tuesday(19)))[0]; got["fits"] != true {
			t.Errorf("when two are agreed: %v", got)
		}
		for _, body := range []string{`{"visit":{"minor":-1,"currency":"EUR"}}`, `{"night":{"minor":1,"currency":"CNY"}}`} {
			if _, out := k.call(t, "PATCH", path, body); out["code"] != "dispatch.invalid" {
				t.Errorf("%s is answered %v", body, out)
			}
		}
		k.want(t, 422, "PATCH", path, `{"max_visits":101}`)
	})
}

// A limit that is lowered afterwards breaks no promise.
func TestLowerLimitKeepsPromises(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		for n := byte(1); n <= 2; n++ {
			_, _ = k.book(t, k.visit(t, n, 60, near(1)), tech, tuesday(8+2*int(n)))
		}
		k.want(t, 200, "PATCH", "/v1/technicians/"+tech.String(), `{"max_visits":1}`)
		for _, b := range list(list(k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"?day=2026-11-24", ""), "technicians")[0], "appointments") {
			if b["conflict"] == true {
				t.Errorf("a promise became a conflict: %v", b)
			}
		}
		got := k.try(t, `{"work_order":%q,"technician":%q,"start_at":%q}`, k.visit(t, 3, 60, near(1)), tech, stamp(tuesday(14)))[0]
		if got["rule"] != "max_jobs" {
			t.Errorf("a third visit: %v", got)
		}
	})
}
