package dispatchsvc_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db/dbtest"
)

// fill gives a node technicians and open visits all over a town.
func (k *kit) fill(b testing.TB, technicians, visits int) (works []id.WorkOrder) {
	rng := rand.New(rand.NewPCG(1, 1))
	somewhere := func() geo.Point { return geo.At(52.4+rng.Float64()/4, 13.2+rng.Float64()/3) }
	for range technicians {
		p := somewhere()
		k.hire(b, fmt.Sprintf(`"start":{"lat_micro":%d,"lon_micro":%d}`, p.LatMicro, p.LonMicro))
	}
	for n := range visits {
		works = append(works, k.visit(b, byte(n+1), 30+rng.Int64N(60), somewhere()))
	}
	return works
}

// What the plan has a place for is booked, to the last visit, although bookings
// are held one by one against the days as they fill.
func TestPlanIsCarriedOut(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		works := k.fill(t, 4, 26)
		out := k.want(t, 200, "POST", "/v1/board/"+berlin.String()+"/plan", `{"iterations":300}`)
		after := out["after"].(map[string]any)
		if n := len(out["booked"].([]any)); float64(n) != after["visits"] || n < len(works)/2 {
			t.Errorf("booked %d of %d visits, planned %v; left: %v", n, len(works), after["visits"], out["unserved"])
		}
		list := k.want(t, 200, "GET", "/v1/technicians", "")
		for _, v := range list["items"].([]any) {
			tech, err := id.Parse[id.TechnicianKind](v.(map[string]any)["id"].(string))
			if err != nil {
				t.Fatal(err)
			}
			k.holds(t, tech)
		}
	})
}

// BenchmarkPlan plans the whole node: 80 visits, 20 technicians, 3 days, 2,000
// iterations, and books what it finds.
func BenchmarkPlan(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		k := newKit(b, dbtest.SQLite(b, schemas...))
		works := k.fill(b, 20, 80)
		b.StartTimer()
		out := k.want(b, 200, "POST", "/v1/board/"+berlin.String()+"/plan", `{}`)
		if n := len(out["booked"].([]any)); n != len(works) {
			b.Fatalf("booked %d of %d", n, len(works))
		}
	}
}

// BenchmarkOffer asks for slots for one visit when the node's days hold 79 others.
func BenchmarkOffer(b *testing.B) {
	k := newKit(b, dbtest.SQLite(b, schemas...))
	works := k.fill(b, 20, 80)
	last := works[len(works)-1]
	out := k.want(b, 201, "POST", "/v1/work-orders/"+last.String()+"/offers", "")
	if len(out["offers"].([]any)) != 12 {
		b.Fatalf("offered %v", out)
	}
	for i, wo := range works[:len(works)-1] {
		k.want(b, 201, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"start_at":%q}`, wo, tuesday(8+2*(i%4)).AddDate(0, 0, i%3).Format("2006-01-02T15:04:05Z07:00")))
	}
	for b.Loop() {
		k.want(b, 201, "POST", "/v1/work-orders/"+last.String()+"/offers", "")
	}
}
