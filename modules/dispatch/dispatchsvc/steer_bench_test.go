package dispatchsvc_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db/dbtest"
)

// caller is somebody who asks for a visit: where, how long it takes, and from which reward
// on, in cents, they take another time than the earliest.
type caller struct {
	at      geo.Point
	minutes int64
	wish    int64
}

// callers draws so many, within some 20 km of the centre; the same seed draws the same.
func callers(seed uint64, n int) []caller {
	rng := rand.New(rand.NewPCG(seed, 0))
	out := make([]caller, n)
	for i := range out {
		out[i] = caller{
			at:      geo.At(52.52+(rng.Float64()-0.5)*0.36, 13.40+(rng.Float64()-0.5)*0.59),
			minutes: []int64{45, 60, 60, 90}[rng.IntN(4)],
			wish:    100 * (1 + rng.Int64N(15)),
		}
	}
	return out
}

// served is what came of them: cents that their visits cost as they were booked one after
// another, cents promised, how many were steered, and days waited.
type served struct{ cost, rewards, steered, wait int64 }

// serve has them call one after another on one morning at a node of ten technicians. Each
// takes the earliest time that is offered, unless the highest reward is what they wish.
func serve(b *testing.B, all []caller, permille int64) (out served) {
	k := newKit(b, dbtest.SQLite(b, schemas...))
	for i := range 10 {
		k.hire(b, fmt.Sprintf(`"start":{"lat_micro":%d,"lon_micro":%d}`, 52_520_000+int64(i%3-1)*90_000, 13_400_000+int64(i/3-1)*120_000))
	}
	if permille > 0 {
		k.rewards(b, permille, 20_00)
	}
	for i, c := range all {
		wo, of := id.WorkOrder{0: 9, 12: 1, 14: byte(i >> 8), 15: byte(i)}, id.Case{0: 8, 12: 1, 14: byte(i >> 8), 15: byte(i)}
		k.points[of] = c.at
		k.publish(b, work.OrderReady{WorkOrder: wo, Case: of, Kind: work.Visit, Brand: cool, Node: berlin, Minutes: c.minutes})
		_, earliest, cheap := k.steeredTo(b, wo)
		if earliest == nil {
			b.Fatalf("caller %d is offered nothing", i)
		}
		taken := earliest
		if minor(cheap["reward"]) >= c.wish {
			taken = cheap
		}
		v := k.want(b, 200, "GET", "/v1/appointments/"+k.takeOffer(b, wo, taken, ""), "")
		out.cost += minor(v["reasons"].(map[string]any)["cost"])
		out.wait += int64(v["reasons"].(map[string]any)["wait_days"].(float64))
		if r := minor(v["reward"]); r > 0 {
			out.rewards, out.steered = out.rewards+r, out.steered+1
		}
	}
	return out
}

// BenchmarkSteer compares what the same callers cost with and without rewards, at so many
// callers a morning: euros in all, the rewards in it, and what is left of the saving.
func BenchmarkSteer(b *testing.B) {
	for _, n := range []int{40, 120} {
		for _, permille := range []int64{300, 500} {
			b.Run(fmt.Sprintf("callers=%d/share=%d", n, permille), func(b *testing.B) {
				var off, on served
				for b.Loop() {
					off, on = served{}, served{}
					for seed := range uint64(3) {
						off.add(serve(b, callers(seed, n), 0))
						on.add(serve(b, callers(seed, n), permille))
					}
				}
				euros := func(cents int64) float64 { return float64(cents) / 100 / 3 }
				b.ReportMetric(euros(off.cost), "off-€")
				b.ReportMetric(euros(on.cost), "on-€")
				b.ReportMetric(euros(on.rewards), "rewards-€")
				b.ReportMetric(100*float64(off.cost-on.cost-on.rewards)/float64(off.cost), "saved-%")
				b.ReportMetric(float64(on.steered)/3, "steered")
				b.ReportMetric(float64(off.wait)/float64(3*n), "off-wait-days")
				b.ReportMetric(float64(on.wait)/float64(3*n), "on-wait-days")
			})
		}
	}
}

func (s *served) add(o served) {
	s.cost, s.rewards, s.steered, s.wait = s.cost+o.cost, s.rewards+o.rewards, s.steered+o.steered, s.wait+o.wait
}
