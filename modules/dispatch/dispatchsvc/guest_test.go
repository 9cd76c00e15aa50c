package dispatchsvc_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
)

// offered are the technicians of the offers for a visit by window, with what each costs.
func (k *kit) offered(t testing.TB, wo id.WorkOrder) (who map[string]string, offers []map[string]any) {
	t.Helper()
	who = map[string]string{}
	for _, o := range k.want(t, 201, "POST", "/v1/work-orders/"+wo.String()+"/offers", "")["offers"].([]any) {
		o := o.(map[string]any)
		who[o["start_at"].(string)] = o["technician"].(string)
		offers = append(offers, o)
	}
	return who, offers
}

func utc(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// What is said of lends comes back; what may not be said changes nothing.
func TestLends(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hireAt(t, potsdam, "")
		path := "/v1/technicians/" + tech.String()
		k.lend(t, tech, 1500, `,"until":"2026-12-01"`, berlin)
		before := k.want(t, 200, "GET", path, "")
		want := []any{map[string]any{"node": berlin.String(), "price": map[string]any{"minor": 1500.0, "currency": "EUR"}, "until": "2026-12-01"}}
		if d := cmp.Diff(want, before["lends"]); d != "" {
			t.Error(d)
		}
		many := make([]id.Node, 10_000)
		for i := range many {
			many[i] = id.Node{0: 7, 14: byte(i >> 8), 15: byte(i)}
		}
		for _, tt := range []struct {
			name, body, at, code string
		}{
			{"unknown node", lends(0, "", id.Node{0: 77}), "/lends/0/node", "unknown"},
			{"own node", lends(0, "", potsdam), "/lends/0/node", "own_node"},
			{"another partner's", lends(0, "", dresden), "/lends/0/node", "other_partner"},
			{"abroad", lends(0, "", vienna), "/lends/0/node", "other_country"},
			{"closed", lends(0, "", spandau), "/lends/0/node", "closed_node"},
			{"twice", lends(0, "", berlin, berlin), "/lends/1/node", "twice"},
			{"too dear", lends(1_000_000_001, "", berlin), "/lends/0/price", "range"},
			{"negative", lends(-1, "", berlin), "/lends/0/price", "range"},
			{"other money", strings.ReplaceAll(lends(5, "", berlin), "EUR", "CHF"), "/lends/0/price", "other_currency"},
			{"no day", lends(5, `,"until":"tomorrow"`, berlin), "/lends/0/until", "shape"},
			{"far too many", lends(5, "", many...), "", ""},
		} {
			out := k.want(t, http.StatusUnprocessableEntity, "PUT", path+"/lends", tt.body)
			if got := fmt.Sprint(out["errors"]); !strings.Contains(got, tt.at) || !strings.Contains(got, tt.code) || len(got) > 1000 {
				t.Errorf("%s: %s, want %s %s", tt.name, got, tt.at, tt.code)
			}
		}
		k.want(t, http.StatusPreconditionFailed, "PUT", path+"/lends", lends(5, "", berlin), "If-Match", `"1"`)
		if d := cmp.Diff(before, k.want(t, 200, "GET", path, "")); d != "" {
			t.Errorf("changed all the same: %s", d)
		}
	})
}

// All whom a node plans with are paid in one currency, wherever that is said.
func TestGuestsArePaidInOneCurrency(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.hire(t, "")
		swiss := `"hour":{"minor":6000,"currency":"CHF"},"kilometre":{"minor":50,"currency":"CHF"}`
		out := k.want(t, 201, "POST", "/v1/technicians", fmt.Sprintf(`{"node":%q,"name":"Urs","employment":"core",%s,"max_minutes":480,"week":"Mo 08:00-12:00"}`, potsdam, swiss))
		francs := strings.ReplaceAll(lends(5, "", berlin), "EUR", "CHF")
		if got := k.want(t, 409, "PUT", "/v1/technicians/"+out["id"].(string)+"/lends", francs); got["code"] != "dispatch.currency" {
			t.Error(got)
		}
		guest := k.hireAt(t, spandau, "")
		k.lend(t, guest, 5, "", berlin)
		if got := k.want(t, 409, "PATCH", "/v1/technicians/"+guest.String(), "{"+swiss+"}"); got["code"] != "dispatch.currency" {
			t.Error(got)
		}
	})
}

// A guest is sent when that is worth what it costs, and the reasons say what that is.
func TestGuestIsWorthIt(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		home := k.hire(t, `"start":{"lat_micro":52520000,"lon_micro":13100000}`) // some 20 km away
		guest := k.hireAt(t, potsdam, "")
		wo := k.visit(t, 1, 60, near(2))
		window := utc(tuesday(10))
		at := func() string { who, _ := k.offered(t, wo); return who[window] }
		if got := at(); got != home.String() {
			t.Fatalf("not lent: %s has it, want %s", got, home)
		}
		k.lend(t, guest, 500, "", berlin)
		if got := at(); got != guest.String() {
			t.Errorf("at 5 euros %s has it, want the guest %s", got, guest)
		}
		_, offers := k.offered(t, wo)
		i := slices.IndexFunc(offers, func(o map[string]any) bool { return o["start_at"] == window })
		reasons := offers[i]["reasons"].(map[string]any)
		if d := cmp.Diff(map[string]any{"minor": 500.0, "currency": "EUR"}, reasons["crossing"]); d != "" || reasons["cost"].(map[string]any)["minor"].(float64) < 500 {
			t.Errorf("%v: %s", reasons, d)
		}
		k.lend(t, guest, 10_000, "", berlin)
		if got := at(); got != home.String() {
			t.Errorf("at 100 euros %s has it, want %s", got, home)
		}

		k.lend(t, guest, 500, "", berlin)
		a, who := k.take(t, wo, tuesday(10))
		if who != guest.String() {
			t.Fatalf("booked with %s", who)
		}
		why := k.want(t, 200, "GET", "/v1/appointments/"+a+"/reasons", "")
		if got := why["parts"].(map[string]any)["crossing"]; got != 500.0 {
			t.Errorf("crossing costs %v of %v", got, why["parts"])
		}
		more := k.want(t, 200, "POST", "/v1/board/"+berlin.String()+"/try", fmt.Sprintf(`{"appointment":%q,"technicians":[%q,%q],"start_at":%q}`, a, guest, home, window))["results"].([]any)
		if stay, other := more[0].(map[string]any), more[1].(map[string]any); stay["fits"] != true || other["fits"] != true || stay["cost"].(map[string]any)["minor"] != 0.0 || other["cost"].(map[string]any)["minor"].(float64) <= 0 {
			t.Errorf("moving it to %v", more)
		}
	})
}

// Where a guest has promised something at home there is no room for another node, and the
// other way about; only so many visits are taken a day as were agreed, wherever they are.
func TestGuestHasOneDay(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		guest := k.hireAt(t, potsdam, "")
		k.lend(t, guest, 100, "", berlin)
		at := func(node id.Node, n byte, minutes int64, hour int) (int, map[string]any) {
			return k.book(t, k.visitAt(t, node, n, minutes, near(float64(n))), guest, tuesday(hour))
		}
		if status, out := at(potsdam, 1, 130, 8); status != 201 {
			t.Fatal(out)
		}
		who, _ := k.offered(t, k.visit(t, 2, 125, near(2)))
		if _, ok := who[utc(tuesday(8))]; ok || who[utc(tuesday(14))] != guest.String() {
			t.Errorf("offered at %v although the guest is at home until 10", who)
		}
		if status, out := at(berlin, 3, 125, 8); status != 409 || out["code"] != "dispatch.slot_gone" {
			t.Errorf("twice at 8: %d %v", status, out)
		}
		if status, out := at(berlin, 4, 130, 12); status != 201 {
			t.Fatal(out)
		}
		if status, out := at(potsdam, 5, 125, 12); status != 409 {
			t.Errorf("twice at 12: %d %v", status, out)
		}
		k.want(t, 200, "PATCH", "/v1/technicians/"+guest.String(), `{"max_visits":2}`)
		for n, node := range []id.Node{berlin, potsdam} {
			if status, out := at(node, byte(6+n), 30, 10); status != 409 || out["args"].(map[string]any)["rule"] != "max_jobs" {
				t.Errorf("a third visit at %v: %d %v", node, status, out)
			}
		}
		k.holds(t, guest)
	})
}

// Two nodes book the same guest at the same time in several processes: whatever both were
// promised can be carried out.
func TestGuestIsNotPromisedTwice(t *testing.T) {
	processes(t, func(t *testing.T, all []*kit) {
		k := all[0]
		guest := k.hireAt(t, potsdam, "")
		k.lend(t, guest, 100, "", berlin)
		const visits = 20
		works := make([]id.WorkOrder, visits)
		minutes := rand.New(rand.NewPCG(5, 3))
		for i := range works {
			works[i] = k.visitAt(t, []id.Node{berlin, potsdam}[i%2], byte(i+1), 20+minutes.Int64N(90), near(1+12*minutes.Float64()))
		}
		var accepted [2]atomic.Int64
		var wg sync.WaitGroup
		for client, k := range all {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(uint64(client), 2))
				for _, n := range rng.Perm(visits) {
					start := tuesday(8 + rng.IntN(4)*2).Format(time.RFC3339)
					_, out := k.call(t, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"technician":%q,"start_at":%q}`, works[n], guest, start))
					if a, ok := out["id"].(string); ok {
						accepted[n%2].Add(1)
						k.confirm(t, a)
					}
				}
			})
		}
		wg.Wait()
		if accepted[0].Load() < 2 || accepted[1].Load() < 2 {
			t.Errorf("accepted %d and %d: too few to mean anything", accepted[0].Load(), accepted[1].Load())
		}
		k.holds(t, guest)
	})
}

// Of one window that has room for one visit, one of two nodes gets it.
func TestTwoNodesOneWindow(t *testing.T) {
	processes(t, func(t *testing.T, all []*kit) {
		k := all[0]
		guest := k.hireAt(t, potsdam, "")
		k.lend(t, guest, 100, "", berlin)
		for day := range 8 {
			start := tuesday(8).AddDate(0, 0, []int{0, 1, 2, 3, 6, 7, 8, 9}[day])
			pair := []id.WorkOrder{k.visitAt(t, berlin, byte(2*day+1), 125, near(3)), k.visitAt(t, potsdam, byte(2*day+2), 125, near(9))}
			var won, lost atomic.Int64
			var wg sync.WaitGroup
			for i, wo := range pair {
				wg.Go(func() {
					switch status, out := all[1+i].call(t, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"technician":%q,"start_at":%q}`, wo, guest, utc(start))); {
					case status == 201:
						won.Add(1)
					case out["code"] == "dispatch.slot_gone":
						lost.Add(1)
					default:
						t.Errorf("%d %v", status, out)
					}
				})
			}
			wg.Wait()
			if won.Load() != 1 || lost.Load() != 1 {
				t.Errorf("day %d: %d won, %d lost", day, won.Load(), lost.Load())
			}
		}
	})
}

// A lend ends by its day or because somebody says so. What was promised stands; nothing
// new is taken; and when all is over nobody knows of it any more.
func TestLendEnds(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		guest := k.hireAt(t, potsdam, "")
		k.lend(t, guest, 100, `,"until":"2026-11-25"`, berlin)
		status, booked := k.book(t, k.visit(t, 1, 60, near(1)), guest, tuesday(8))
		if status != 201 {
			t.Fatal(booked)
		}
		late := k.visit(t, 2, 60, near(2))
		if status, out := k.book(t, late, guest, tuesday(8).AddDate(0, 0, 1)); status != 409 || out["args"].(map[string]any)["rule"] != "lend_over" {
			t.Errorf("on the day on which it ends: %d %v", status, out)
		}
		who, _ := k.offered(t, late)
		for start := range who {
			if start >= utc(tuesday(0).AddDate(0, 0, 1)) {
				t.Errorf("offered at %s", start)
			}
		}
		if len(who) == 0 {
			t.Error("nothing is offered before it ends")
		}
		k.lend(t, guest, 100, "")
		if status, out := k.book(t, late, guest, tuesday(14)); status != 409 || out["args"].(map[string]any)["rule"] != "lend_over" {
			t.Errorf("after it was ended: %d %v", status, out)
		}
		a := "/v1/appointments/" + booked["id"].(string)
		if got := k.state(t, booked["id"].(string)); got != "scheduled" {
			t.Errorf("the visit is %s", got)
		}
		if why := k.want(t, 200, "GET", a+"/reasons", ""); why["fits"] != false || why["rule"] != "lend_over" {
			t.Errorf("asked anew, it has no place: %v", why)
		}
		shown := func() (names []string) {
			for _, l := range k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"?day=2026-11-24", "")["technicians"].([]any) {
				l := l.(map[string]any)
				names = append(names, fmt.Sprint(l["technician"], " ", l["home"], " ", l["crossing"], " ", len(l["appointments"].([]any))))
			}
			return names
		}
		if d := cmp.Diff([]string{fmt.Sprintf("%s %s <nil> 1", guest, potsdam)}, shown()); d != "" {
			t.Error(d)
		}
		k.want(t, 200, "POST", a+"/cancel", "{}")
		k.at(t, 8*24*time.Hour)
		if got := shown(); got != nil {
			t.Errorf("still shown: %v", got)
		}
		if status, out := k.book(t, late, guest, tuesday(8).AddDate(0, 0, 9)); status != 422 {
			t.Errorf("who was never lent is not known: %d %v", status, out)
		}
	})
}

// When a guest falls ill at home, each node gives its own visits to others.
func TestSickGuest(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		guest := k.hireAt(t, potsdam, "")
		k.lend(t, guest, 100, "", berlin)
		here, there := k.hire(t, ""), k.hireAt(t, potsdam, "")
		for _, node := range []id.Node{berlin, potsdam} {
			k.want(t, 200, "PUT", "/v1/board/"+node.String()+"/engine", `{"autonomy":"keep"}`, "If-Match", "*")
		}
		booked := map[string]id.Technician{}
		for i, node := range []id.Node{berlin, potsdam, berlin, potsdam} {
			status, out := k.call(t, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"technician":%q,"start_at":%q}`,
				k.visitAt(t, node, byte(i+1), 45, near(float64(i))), guest, utc(tuesday(8+2*i))))
			if status != 201 {
				t.Fatal(out)
			}
			booked[out["id"].(string)] = []id.Technician{here, there}[i%2]
		}
		k.settle(t)
		k.sick(t, guest.String())
		k.at(t, time.Minute)
		for a, to := range booked {
			if got := k.want(t, 200, "GET", "/v1/appointments/"+a, "")["technician"]; got != to.String() {
				t.Errorf("%s is with %v, want %s", a, got, to)
			}
		}
	})
}

// A board shows what its guests do elsewhere as time that is taken, and of the other
// node's case nothing at all; nor does anything else tell it.
func TestBoardOfGuests(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		guest := k.hireAt(t, potsdam, `"start":{"lat_micro":52400000,"lon_micro":13060000}`)
		k.lend(t, guest, 700, `,"until":"2026-12-24"`, berlin)
		_, home := k.book(t, k.visitAt(t, potsdam, 201, 60, near(3)), guest, tuesday(8))
		_, away := k.book(t, k.visit(t, 202, 60, near(4)), guest, tuesday(12))
		if home["id"] == nil || away["id"] == nil {
			t.Fatal(home, away)
		}
		read := func(path string) string {
			_, out := k.call(t, "GET", path, "")
			text, _ := json.Marshal(out)
			return string(text)
		}
		boards := map[id.Node]string{berlin: "/v1/board/" + berlin.String() + "?day=2026-11-24", potsdam: "/v1/board/" + potsdam.String() + "?day=2026-11-24"}
		secret := func(n byte) []string {
			c, wo := id.Case{0: 8, 15: n}, id.WorkOrder{0: 9, 15: n}
			return []string{c.String(), wo.String(), called(c)}
		}
		for _, tt := range []struct {
			name       string
			node       id.Node
			role       access.Role
			own, other byte
			mine, hers string // appointments
		}{
			{"the guest's host", berlin, access.Dispatcher, 202, 201, away["id"].(string), home["id"].(string)},
			{"at home", potsdam, access.Dispatcher, 201, 202, home["id"].(string), away["id"].(string)},
			{"a planner", berlin, access.Planner, 202, 201, away["id"].(string), home["id"].(string)},
		} {
			k.as(tt.role, access.Node, tt.node.Raw())
			text := read(boards[tt.node])
			for _, s := range append(secret(tt.other), tt.hers, "\"node\":\""+potsdam.String()+"\",\"start_at\"") {
				if tt.node == berlin && strings.Contains(text, s) {
					t.Errorf("%s: %s is in %s", tt.name, s, text)
				}
			}
			for _, s := range append(secret(tt.own), tt.mine, `"busy":[{`) {
				if !strings.Contains(text, s) {
					t.Errorf("%s: %s is not in %s", tt.name, s, text)
				}
			}
			for node, path := range boards {
				if node != tt.node && !strings.Contains(read(path), "not_found") {
					t.Errorf("%s sees the other board", tt.name)
				}
			}
			for _, path := range []string{"/v1/appointments/" + tt.hers, "/v1/appointments/" + tt.hers + "/reasons"} {
				if tt.role == access.Dispatcher && !strings.Contains(read(path), "not_found") {
					t.Errorf("%s sees %s", tt.name, path)
				}
			}
		}
		k.as(access.Dispatcher, access.Node, berlin.Raw())
		lane := k.want(t, 200, "GET", boards[berlin], "")["technicians"].([]any)[0].(map[string]any)
		if lane["name"] != "Jo Vogel" || lane["start"] != nil || lane["home"] != potsdam.String() || lane["crossing"].(map[string]any)["minor"] != 700.0 || lane["until"] != "2026-12-24" {
			t.Errorf("the guest as shown: %v", lane)
		}
		person := k.want(t, 200, "GET", "/v1/technicians/"+guest.String(), "")
		if person["name"] != "Jo Vogel" || person["start"] != nil || person["hour"] != nil || person["lends"] != nil {
			t.Errorf("the guest as known: %v", person)
		}
		for _, path := range []string{"shifts", "absences", "skills", "lends"} {
			body := map[string]string{"shifts": `{"week":"Mo 08:00-09:00"}`, "absences": `{"absences":[]}`, "skills": `{"skills":[]}`, "lends": `{"lends":[]}`}[path]
			k.want(t, 404, "PUT", "/v1/technicians/"+guest.String()+"/"+path, body)
		}
		k.want(t, 404, "PATCH", "/v1/technicians/"+guest.String(), `{"max_minutes":60}`)
		if again := k.want(t, 200, "GET", boards[berlin], "")["technicians"].([]any)[0]; cmp.Diff(lane, again) != "" {
			t.Errorf("changed by who may not: %s", cmp.Diff(lane, again))
		}
		k.as(access.Dispatcher, access.Tenant, id.Raw{})
		if text := read(boards[berlin]); !strings.Contains(text, `"node":"`+potsdam.String()+`","start_at"`) {
			t.Errorf("who sees both boards is not told where the guest is: %s", text)
		}
	})
}

// Guests are not counted on: capacity and what is kept free are those of the node's own
// people, wherever these go.
func TestCapacityIsOwn(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		own := k.hire(t, "")
		guest := k.hireAt(t, potsdam, "")
		day := func(node id.Node) map[string]any {
			for _, d := range k.want(t, 200, "GET", "/v1/capacity/"+node.String()+"?weeks=1", "")["days"].([]any) {
				if d := d.(map[string]any); d["day"] == "2026-11-24" {
					return d
				}
			}
			return nil
		}
		before := day(berlin)
		k.lend(t, guest, 100, "", berlin)
		if d := cmp.Diff(before, day(berlin)); d != "" {
			t.Errorf("with a guest: %s", d)
		}
		k.book(t, k.visit(t, 1, 60, near(1)), guest, tuesday(8))
		k.book(t, k.visit(t, 2, 30, near(1)), own, tuesday(8))
		if got, home := day(berlin)["promised_minutes"], day(potsdam)["promised_minutes"]; got != 30.0 || home != 60.0 {
			t.Errorf("promised %v here and %v at the guest's home", got, home)
		}
	})
}

// A plan gives work to guests where that is cheaper, moves nothing of other nodes, and
// counts nothing of them.
func TestPlanWithGuests(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.hire(t, `"max_visits":2`)
		guest := k.hireAt(t, potsdam, "")
		k.lend(t, guest, 100, "", berlin)
		_, home := k.book(t, k.visitAt(t, potsdam, 1, 60, near(3)), guest, tuesday(8))
		for n := byte(2); n <= 6; n++ {
			k.visit(t, n, 60, near(float64(n)))
		}
		before := k.want(t, 200, "GET", "/v1/appointments/"+home["id"].(string), "")
		out := k.want(t, 200, "POST", "/v1/board/"+berlin.String()+"/plan", `{"try":true,"move":true,"days":2}`)
		if moves, _ := out["moves"].([]any); len(moves) > 0 || out["before"].(map[string]any)["visits"] != 0.0 || out["after"].(map[string]any)["visits"] != 5.0 {
			t.Errorf("tried: %v", out)
		}
		out = k.want(t, 200, "POST", "/v1/board/"+berlin.String()+"/plan", `{"days":2}`)
		k.settle(t)
		by := map[any]int{}
		for _, b := range out["booked"].([]any) {
			by[b.(map[string]any)["technician"]]++
		}
		if len(out["booked"].([]any)) != 5 || by[guest.String()] == 0 {
			t.Errorf("booked %v: %v", by, out)
		}
		after := k.want(t, 200, "GET", "/v1/appointments/"+home["id"].(string), "")
		for _, member := range []string{"technician", "start_at", "end_at", "version"} {
			if before[member] != after[member] {
				t.Errorf("the visit at home moved: %v is %v", member, after[member])
			}
		}
		k.holds(t, guest)
		gone := k.want(t, 200, "POST", "/v1/board/"+berlin.String()+"/plan", fmt.Sprintf(`{"try":true,"without":[%q],"days":2}`, guest))
		for _, v := range gone["moves"].([]any) {
			if v := v.(map[string]any); v["from"] != guest.String() || v["to"] == guest.String() || v["appointment"] == home["id"] {
				t.Errorf("without the guest: %v", v)
			}
		}
	})
}

// What one node has learnt of ways holds for a guest's day at the other as well: a visit
// that would break the day as the home reckons it is not taken.
func TestGuestByBothWays(t *testing.T) {
	for _, tt := range []struct {
		name          string
		home, host    int64   // what ways take of what the model says, in permille
		snow          id.Node // where roads are slow in the morning
		status, later int     // of a visit 30 km away right after the one at home, and of one in the afternoon
	}{
		{"as the model", 1000, 1000, id.Node{}, 201, 201},
		{"slow at home", 2000, 1000, id.Node{}, 409, 201},
		{"slow at the host", 1000, 2000, id.Node{}, 409, 201},
		{"snow at home", 1000, 1000, potsdam, 409, 201},
		{"snow at the host", 1000, 1000, berlin, 409, 201},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, k *kit) {
				guest := k.hireAt(t, potsdam, "")
				k.lend(t, guest, 100, "", berlin)
				for node, permille := range map[id.Node]int64{potsdam: tt.home, berlin: tt.host} {
					k.learnt(t, node, permille)
				}
				if !tt.snow.IsZero() {
					k.snow(t, tt.snow, tuesday(6), tuesday(13))
				}
				if status, out := k.book(t, k.visitAt(t, potsdam, 1, 50, near(0)), guest, tuesday(8)); status != 201 {
					t.Fatal(out)
				}
				if status, out := k.book(t, k.visit(t, 2, 50, near(30)), guest, tuesday(8)); status != tt.status {
					t.Errorf("right after: %d %v", status, out)
				}
				if status, out := k.book(t, k.visit(t, 3, 50, near(30)), guest, tuesday(14)); status != tt.later {
					t.Errorf("in the afternoon: %d %v", status, out)
				}
			})
		})
	}
}

// snow makes all ways of a node take twice and a half as long for a while.
func (k *kit) snow(t *testing.T, node id.Node, from, until time.Time) {
	t.Helper()
	k.want(t, 201, "POST", "/v1/board/"+node.String()+"/slowdowns", fmt.Sprintf(`{"from":%q,"until":%q,"percent":150,"reason":"snow"}`, utc(from), utc(until)))
}

// learnt says what a node has learnt of its ways.
func (k *kit) learnt(t *testing.T, node id.Node, permille int64) {
	t.Helper()
	err := k.db.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		return tx.Put(ctx, `INSERT INTO dispatch_lore (tenant_id, node_id, lore, learnt_at) VALUES (?, ?, ?, ?)`, tx.Tenant(), node,
			fmt.Sprintf(`{"travel":{"permille":%d,"visits":40},"works":[]}`, permille), tx.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
}
