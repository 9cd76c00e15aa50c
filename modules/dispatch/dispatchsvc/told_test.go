package dispatchsvc_test

import (
	"fmt"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
)

// What a technician was told stays when a visit before it is called off; what nobody
// was told moves.
func TestToldStaysWhereAGapComes(t *testing.T) {
	for name, told := range map[string]bool{"told": true, "untold": false} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, k *kit) {
				tech := k.hire(t, "")
				_, first := k.book(t, k.visit(t, 1, 150, near(1)), tech, tuesday(8))
				_, second := k.book(t, k.visit(t, 2, 30, near(2)), tech, tuesday(10))
				apt := map[string]any{"id": second["id"]}
				was := at(t, k.want(t, 200, "GET", "/v1/appointments/"+second["id"].(string), ""), "service_start_at")
				if !was.After(tuesday(10).Add(15 * time.Minute)) {
					t.Fatalf("the second begins at %v", was)
				}
				if told {
					k.verb(t, apt, "dispatch")
					k.verb(t, apt, "accept")
				}
				k.verb(t, first, "cancel")
				if status, out := k.book(t, k.visit(t, 3, 30, near(3)), tech, tuesday(14)); status != 201 { // plans the day anew
					t.Fatal(out)
				}
				now := at(t, k.want(t, 200, "GET", "/v1/appointments/"+second["id"].(string), ""), "service_start_at")
				if told != now.Equal(was) {
					t.Errorf("begins at %v, was told %v", now, was)
				}
			})
		})
	}
}

// A new visit that might as well push another one goes where it leaves what was told.
func TestToldIsNotPushed(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		_, stands := k.book(t, k.visit(t, 1, 30, near(20)), tech, tuesday(8))
		open := k.visit(t, 2, 30, near(5))
		try := func() map[string]any {
			return list(k.post(t, "try", `{"work_order":%q,"technician":%q,"start_at":%q}`, open, tech, tuesday(8).Format(time.RFC3339)), "results")[0]
		}
		cost := func(r map[string]any) float64 { return r["cost"].(map[string]any)["minor"].(float64) }
		before := try()
		k.verb(t, stands, "dispatch")
		after := try()
		if before["fits"] != true || after["fits"] != true {
			t.Fatalf("%v, then %v", before, after)
		}
		if len(before["shifted"].([]any)) != 1 || len(after["shifted"].([]any)) != 0 || cost(after) < cost(before) || cost(after) > cost(before)+1500 {
			t.Errorf("untold %v, told %v", before, after)
		}
	})
}

// Where the day has no room for what was told, it is let go before a promise is.
func TestToldGivesWay(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		_, first := k.book(t, k.visit(t, 1, 100, near(1)), tech, tuesday(8))
		_, second := k.book(t, k.visit(t, 2, 30, near(1)), tech, tuesday(8))
		_, third := k.book(t, k.visit(t, 3, 60, near(2)), tech, tuesday(10))
		for _, a := range []map[string]any{first, second, third} {
			k.verb(t, a, "dispatch")
			k.verb(t, a, "accept")
		}
		k.want(t, 200, "PUT", "/v1/technicians/"+tech.String()+"/shifts", `{"week":"Tu 08:00-11:30"}`)
		k.verb(t, first, "cancel")
		for _, l := range list(k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"?days=2", ""), "technicians") {
			for _, bar := range list(l, "appointments") {
				if bar["state"] == "accepted" && bar["conflict"] == true {
					t.Errorf("%v is in conflict, though it could begin sooner than was told", bar)
				}
			}
		}
	})
}

// Balance gives a visit to who has less to do, where the way alone would give it to
// who has more; and says so.
func TestBalance(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		busy, idle := k.hire(t, ""), k.hire(t, `"start":{"lat_micro":52520000,"lon_micro":13460000}`)
		for n, hour := range []int{8, 10, 12} {
			if status, out := k.book(t, k.visit(t, byte(n+1), 100, near(0)), busy, tuesday(hour)); status != 201 {
				t.Fatal(out)
			}
		}
		open := k.visit(t, 9, 60, near(0))
		cheaper := func() id.Technician {
			cells := fmt.Sprintf(`{"technician":%q,"start_at":%q},{"technician":%q,"start_at":%q}`, busy, tuesday(14).Format(time.RFC3339), idle, tuesday(14).Format(time.RFC3339))
			r := list(k.post(t, "try", `{"work_order":%q,"cells":[%s]}`, open, cells), "results")
			if r[0]["fits"] != true || r[1]["fits"] != true {
				t.Fatalf("%v", r)
			}
			if r[0]["cost"].(map[string]any)["minor"].(float64) < r[1]["cost"].(map[string]any)["minor"].(float64) {
				return busy
			}
			return idle
		}
		engine := "/v1/board/" + berlin.String() + "/engine"
		if got := k.want(t, 200, "GET", engine, "")["balance"]; got != "off" || cheaper() != busy {
			t.Fatalf("balance is %v, and the visit would go to who is far", got)
		}
		k.want(t, 422, "PUT", engine, `{"autonomy":"people","balance":"much"}`)
		if out := k.want(t, 200, "PUT", engine, `{"autonomy":"people","balance":"strong"}`); out["balance"] != "strong" {
			t.Fatalf("set %v", out)
		}
		if out := k.want(t, 200, "PUT", engine, `{"autonomy":"people"}`); out["balance"] != "strong" {
			t.Errorf("who says nothing of balance changes it: %v", out)
		}
		if cheaper() != idle {
			t.Error("the visit would go to who has more to do")
		}
		_, out := k.book(t, open, busy, tuesday(14))
		parts := k.want(t, 200, "GET", "/v1/appointments/"+out["id"].(string)+"/reasons", "")["parts"].(map[string]any)
		if parts["balance"].(float64) <= 0 {
			t.Errorf("the parts %v do not say so", parts)
		}
	})
}
