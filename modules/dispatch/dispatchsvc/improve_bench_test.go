package dispatchsvc_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db/dbtest"
)

// chosen fills the next two weeks of a node: customers take the best offer for the windows
// they want, one after the other, so that each has the best technician of that moment.
func (k *kit) chosen(b testing.TB, technicians, visits int) {
	rng := rand.New(rand.NewPCG(5, 1))
	somewhere := func() geo.Point { return geo.At(52.35+rng.Float64()/3, 13.1+rng.Float64()/2) }
	for range technicians {
		p := somewhere()
		k.hire(b, fmt.Sprintf(`"start":{"lat_micro":%d,"lon_micro":%d}`, p.LatMicro, p.LonMicro))
	}
	for n := range visits {
		c, wo := id.Case{0: 8, 14: byte(n >> 8), 15: byte(n)}, id.WorkOrder{0: 9, 14: byte(n >> 8), 15: byte(n)}
		k.points[c] = somewhere()
		k.publish(b, work.OrderReady{WorkOrder: wo, Case: c, Kind: work.Visit, Brand: cool, Node: berlin, Minutes: 30 + rng.Int64N(60)})
		for range 3 { // a window that is full is not taken
			day := []int{2, 3, 6, 7, 8, 9, 10}[rng.IntN(7)] // Thursday on; nobody was told of these
			start := tuesday(8+2*rng.IntN(4)).AddDate(0, 0, day)
			if status, _ := k.call(b, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"start_at":%q}`, wo, stamp(start))); status == 201 {
				break
			}
		}
	}
	k.settle(b)
}

// BenchmarkNight plans the night of a node where customers chose their windows, and looks
// at it by day before that. What comes of it is in the metrics.
func BenchmarkNight(b *testing.B) {
	for _, size := range [][2]int{{10, 120}, {50, 1000}} {
		b.Run(fmt.Sprintf("%d", size[1]), func(b *testing.B) {
			k := newKit(b, dbtest.SQLite(b, schemas...))
			k.chosen(b, size[0], size[1])
			k.autonomy(b, dispatch.Keeping)
			began := time.Now()
			if _, _, err := k.Improve(b.Context(), dbtest.Tenant, berlin, func() {}); err != nil {
				b.Fatal(err)
			}
			look := time.Since(began)
			b.ResetTimer()
			for n := range b.N {
				k.at(b, time.Duration(18+24*n)*time.Hour)
			}
			n := list(k.want(b, 200, "GET", "/v1/board/"+berlin.String()+"/engine", ""), "nights")[0]
			before, after := n["before"].(map[string]any), n["after"].(map[string]any)
			cost := func(of map[string]any) float64 { return of["cost"].(map[string]any)["minor"].(float64) / 100 }
			b.ReportMetric(float64(look.Milliseconds()), "ms/look")
			b.ReportMetric(cost(before), "EUR_before")
			b.ReportMetric(cost(after), "EUR_after")
			b.ReportMetric(before["travel_seconds"].(float64)/3600, "h_road_before")
			b.ReportMetric(after["travel_seconds"].(float64)/3600, "h_road_after")
			b.ReportMetric(n["proposed"].(float64), "changes")
			b.ReportMetric(before["visits"].(float64), "visits")
		})
	}
}
