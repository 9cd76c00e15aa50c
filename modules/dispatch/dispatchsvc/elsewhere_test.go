package dispatchsvc_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/work"
)

// apart are two nodes that reckon with other ways for the same guest's days.
var apart = []struct {
	name       string
	home, host int64 // what ways take of what the model says, in permille
	snow       bool  // at home, on the day on which the guest is full
}{
	{"slow at home", 2400, 1000, false},
	{"slow at the host", 1000, 2400, false},
	{"snow at home", 1000, 1000, true},
	{"snow at home, jams at the host", 1000, 1300, true},
}

// fullDays gives a guest work at home on some days, as close as the home allows.
func (k *kit) fullDays(t *testing.T, guest id.Technician, rng *rand.Rand) {
	t.Helper()
	n := byte(100)
	for day := range 3 {
		for hour := 8; hour <= 14; hour += 2 {
			n++
			k.book(t, k.visitAt(t, potsdam, n, 20+rng.Int64N(50), near(15*rng.Float64())), guest, tuesday(hour).AddDate(0, 0, day))
		}
	}
}

// Whatever is offered of a guest, alone or with a second technician, is booked when it is
// taken at once, and what a trial says is what a booking comes to, however different the
// nodes reckon with ways.
func TestGuestsOffersCanBeTaken(t *testing.T) {
	for _, tt := range apart {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, k *kit) {
				guest, mate := k.hireAt(t, potsdam, ""), k.hire(t, `"skills":[{"skill":"lift","level":2}]`)
				k.lend(t, guest, 100, "", berlin)
				k.learnt(t, potsdam, tt.home)
				k.learnt(t, berlin, tt.host)
				if tt.snow {
					k.snow(t, potsdam, tuesday(6), tuesday(20))
				}
				rng := rand.New(rand.NewPCG(5, 8))
				k.fullDays(t, guest, rng)
				k.want(t, 200, "PUT", "/v1/technicians/"+mate.String()+"/absences", `{"absences":[{"day":"2026-11-24","reason":"leave"},{"day":"2026-11-25","reason":"leave"}]}`)
				taken, refused := 0, 0
				for n := byte(1); n <= 3; n++ {
					one := k.visit(t, n, 45+rng.Int64N(60), near(10+20*rng.Float64()))
					taken += k.takeAll(t, one, guest)
					refused += k.tryAll(t, one, guest)
				}
				two := k.visit(t, 4, 60, near(22))
				k.tied(t, 104, work.Tie{To: two, How: work.Together}, 60)
				taken += k.takeAll(t, two, guest)
				if taken < 12 || refused == 0 {
					t.Errorf("%d offers taken, %d places that do not fit: too few to mean anything", taken, refused)
				}
			})
		})
	}
}

// Where a guest would be cheaper and the home's ways leave no room, the node's own technician
// is offered for that window.
func TestOwnIsOfferedWhereTheGuestCannotCome(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		own := k.hire(t, `"start":{"lat_micro":52520000,"lon_micro":13000000}`) // some 50 km away from the visit
		guest := k.hireAt(t, potsdam, "")
		k.lend(t, guest, 100, "", berlin)
		if status, out := k.book(t, k.visitAt(t, potsdam, 1, 50, near(0)), guest, tuesday(8)); status != 201 {
			t.Fatal(out)
		}
		wo, window := k.visit(t, 2, 50, near(30)), utc(tuesday(8))
		if who, _ := k.offered(t, wo); who[window] != guest.String() {
			t.Fatalf("%v, want the guest %s while ways are short", who, guest)
		}
		k.learnt(t, potsdam, 2000)
		if who, _ := k.offered(t, wo); who[window] != own.String() {
			t.Errorf("%v at %s, want %s", who, window, own)
		}
	})
}

// Where the home's ways leave a guest no room at all, the offers say by which rule.
func TestWhyNoGuestIsOffered(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		guest := k.hireAt(t, potsdam, "")
		k.lend(t, guest, 100, "", berlin)
		k.learnt(t, potsdam, 9000)
		wo := k.visit(t, 1, 60, near(40))
		out := k.want(t, 201, "POST", "/v1/work-orders/"+wo.String()+"/offers", "")
		why := list(out, "why")
		if len(list(out, "offers")) > 0 || len(why) != 1 || why[0]["technician"] != guest.String() || why[0]["rule"] != "shift" {
			t.Errorf("offered %v, because of %v", out["offers"], why)
		}
		if status, said := k.book(t, wo, guest, tuesday(8)); status != 409 || said["args"].(map[string]any)["rule"] != why[0]["rule"] {
			t.Errorf("booked: %d %v", status, said)
		}
	})
}

// takeAll takes every offer of a visit that sends the guest, one after the other, each
// from the same beginning.
func (k *kit) takeAll(t *testing.T, wo id.WorkOrder, guest id.Technician) (taken int) {
	t.Helper()
	_, first := k.offered(t, wo)
	for i := range first {
		_, offers := k.offered(t, wo)
		if i >= len(offers) || offers[i]["start_at"] != first[i]["start_at"] {
			t.Fatalf("offered first %v, then %v", first, offers)
		}
		o := offers[i]
		status, out := k.call(t, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"offer":%q}`, wo, o["id"]))
		if status != 201 {
			t.Errorf("%v at %v was offered, and is not there: %v", o["technician"], o["start_at"], out)
			continue
		}
		k.settle(t)
		if o["technician"] == guest.String() {
			taken++
		}
		k.want(t, 200, "POST", "/v1/appointments/"+out["id"].(string)+"/cancel", "{}")
		k.settle(t)
	}
	return taken
}

// tryAll tries the guest in every window of the full days, and books there.
func (k *kit) tryAll(t *testing.T, wo id.WorkOrder, guest id.Technician) (refused int) {
	t.Helper()
	for day := range 3 {
		for hour := 8; hour <= 16; hour += 2 {
			start := tuesday(hour).AddDate(0, 0, day)
			said := list(k.post(t, "try", `{"work_order":%q,"technician":%q,"start_at":%q}`, wo, guest, start.Format(time.RFC3339)), "results")[0]
			status, out := k.book(t, wo, guest, start)
			if said["fits"] != (status == 201) {
				t.Errorf("at %v: tried %v, booked %d %v", start, said, status, out)
			}
			if status != 201 {
				if rule := out["args"].(map[string]any)["rule"]; rule != said["rule"] {
					t.Errorf("at %v: tried %v, refused by %v", start, said, rule)
				}
				refused++
				continue
			}
			k.want(t, 200, "POST", "/v1/appointments/"+out["id"].(string)+"/cancel", "{}")
			k.settle(t)
		}
	}
	return refused
}
