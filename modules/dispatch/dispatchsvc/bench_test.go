package dispatchsvc_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/work"
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

// busy fills the Tuesday of a node: each technician is promised up to eight visits
// near by. It returns who works there and a visit that is still open.
func (k *kit) busy(b testing.TB, technicians int) (techs []string, open id.WorkOrder) {
	rng := rand.New(rand.NewPCG(2, 1))
	number := uint16(0)
	visit := func(at geo.Point) id.WorkOrder {
		number++
		c, wo := id.Case{0: 8, 14: byte(number >> 8), 15: byte(number)}, id.WorkOrder{0: 9, 14: byte(number >> 8), 15: byte(number)}
		k.points[c] = at
		k.publish(b, work.OrderReady{WorkOrder: wo, Case: c, Kind: work.Visit, Brand: cool, Node: berlin, Minutes: 35})
		return wo
	}
	for range technicians {
		lat, lon := 52.4+rng.Float64()/4, 13.2+rng.Float64()/3
		p := geo.At(lat, lon)
		tech := k.hire(b, fmt.Sprintf(`"start":{"lat_micro":%d,"lon_micro":%d}`, p.LatMicro, p.LonMicro))
		techs = append(techs, tech.String())
		for n := range 8 {
			at := geo.At(lat+rng.Float64()/20, lon+rng.Float64()/20)
			k.call(b, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"technician":%q,"start_at":%q}`, visit(at), tech, stamp(tuesday(8+n/2*2))))
		}
	}
	k.settle(b)
	return techs, visit(geo.At(52.52, 13.4))
}

// BenchmarkTry judges all lanes of a day with 60 technicians for one visit.
func BenchmarkTry(b *testing.B) {
	k := newKit(b, dbtest.SQLite(b, schemas...))
	techs, open := k.busy(b, 60)
	body := fmt.Sprintf(`{"work_order":%q,"technicians":["%s"],"start_at":%q}`, open, strings.Join(techs, `","`), stamp(tuesday(10)))
	fits := 0
	for b.Loop() {
		fits = 0
		for _, r := range k.try(b, "%s", body) {
			if r["fits"] == true {
				fits++
			}
		}
	}
	b.ReportMetric(float64(fits), "fit")
}

// BenchmarkBoard shows the day of 60 technicians.
func BenchmarkBoard(b *testing.B) {
	k := newKit(b, dbtest.SQLite(b, schemas...))
	k.busy(b, 60)
	for b.Loop() {
		k.want(b, 200, "GET", "/v1/board/"+berlin.String()+"?day=2026-11-24", "")
	}
}
