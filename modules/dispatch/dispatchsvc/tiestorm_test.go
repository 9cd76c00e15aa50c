package dispatchsvc_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
)

// Whatever dispatchers do, in whatever order: two visits that hang together are both
// promised, in order, or none of them is.
func TestTiedWhateverIsDone(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			each(t, func(t *testing.T, k *kit) {
				rng := rand.New(rand.NewPCG(seed, 7))
				crew := []id.Technician{k.hire(t, ""), k.hire(t, ""), k.hire(t, "")}
				one, three := k.visit(t, 1, 60, near(2)), k.visit(t, 2, 45, near(4))
				two, four := k.tied(t, 101, with(one), 45), k.tied(t, 102, later(three, 120, 0), 30)
				alone := k.visit(t, 3, 100, near(6))
				works := []id.WorkOrder{one, two, three, four, alone}
				done := map[string]int{}
				for range 40 {
					wo := works[rng.IntN(len(works))]
					done[k.anything(t, rng, crew, wo)]++
					k.settle(t)
					k.whole(t, one, two, true)
					k.whole(t, three, four, false)
				}
				if len(done) < 8 {
					t.Errorf("done only %v", done)
				}
			})
		})
	}
}

// anything does something to a work order, and says what came of it.
func (k *kit) anything(t testing.TB, rng *rand.Rand, crew []id.Technician, wo id.WorkOrder) string {
	t.Helper()
	who, at := crew[rng.IntN(len(crew))], tuesday(8+2*rng.IntN(5)+24*rng.IntN(3)).Format(time.RFC3339)
	a := k.standing(t, wo)
	method, path, body := "POST", "", `{}`
	switch verb := []string{"book", "offer", "reschedule", "move", "cancel", "dispatch", "accept", "decline", "plan"}[rng.IntN(9)]; {
	case verb == "plan":
		path, body = "/v1/board/"+berlin.String()+"/plan", `{"iterations":20}`
	case verb == "offer":
		offers := list(k.want(t, 201, method, "/v1/work-orders/"+k.open(t, wo).String()+"/offers", ""), "offers")
		if len(offers) == 0 {
			return "no offer"
		}
		path, body = "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"offer":%q}`, wo, offers[rng.IntN(len(offers))]["id"])
	case a == nil:
		path, body = "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"technician":%q,"start_at":%q}`, wo, who, at)
	case verb == "reschedule" || verb == "book":
		path, body = "/v1/appointments/"+a["id"].(string)+"/reschedule", fmt.Sprintf(`{"start_at":%q}`, at)
	case verb == "move":
		path, body = "/v1/appointments/"+a["id"].(string)+"/reschedule", fmt.Sprintf(`{"start_at":%q,"technician":%q}`, a["start_at"], who)
	default:
		path = "/v1/appointments/" + a["id"].(string) + "/" + verb
	}
	status, out := k.call(t, method, path, body)
	if status >= 500 {
		t.Fatalf("%s %s: %d %v", path, body, status, out)
	}
	return fmt.Sprint(path[len(path)-6:], status, out["code"])
}

// open is the work order, given up first where it is promised, so that it has offers.
func (k *kit) open(t testing.TB, wo id.WorkOrder) id.WorkOrder {
	t.Helper()
	if a := k.standing(t, wo); a != nil {
		k.verb(t, a, "cancel")
		k.settle(t)
	}
	return wo
}

// whole holds that both of a group are promised as they should be, or none.
func (k *kit) whole(t testing.TB, one, two id.WorkOrder, meet bool) {
	t.Helper()
	a, b := k.standing(t, one), k.standing(t, two)
	if (a == nil) != (b == nil) {
		t.Fatalf("one is promised without the other: %v, %v", a, b)
	}
	switch {
	case a == nil:
	case meet && (a["service_start_at"] != b["service_start_at"] || a["technician"] == b["technician"]):
		t.Fatalf("they do not meet: %v, %v", a, b)
	case !meet && at(t, b, "start_at").Before(at(t, a, "end_at").Add(3*time.Hour-15*time.Minute-time.Second)):
		t.Fatalf("out of order: %v, %v", a, b)
	}
}

// Of many who want either half at the same time one gets it, with the other half.
func TestTiedRace(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		crew := []id.Technician{k.hire(t, ""), k.hire(t, ""), k.hire(t, "")}
		one := k.visit(t, 1, 60, near(2))
		two := k.tied(t, 101, with(one), 45)
		var wg sync.WaitGroup
		got := make([]int, 8)
		for n := range got {
			wg.Go(func() {
				got[n], _ = k.call(t, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"technician":%q,"start_at":%q}`,
					[]id.WorkOrder{one, two}[n%2], crew[n%3], tuesday(8+2*(n%4)).Format(time.RFC3339)))
			})
		}
		wg.Wait()
		k.settle(t)
		won := 0
		for _, status := range got {
			if status == 201 {
				won++
			} else if status != 409 {
				t.Errorf("answered %d", status)
			}
		}
		if won != 1 {
			t.Errorf("%d of %d have booked", won, len(got))
		}
		k.met(t, one, two)
	})
}
