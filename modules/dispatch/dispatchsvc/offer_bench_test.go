//go:build unix

package dispatchsvc_test

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db/dbtest"
)

// computed is what this process has computed so far: unlike the clock on the wall, it
// says the same on a busy machine.
func computed(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkSlots asks for slots at a node of 60 technicians whose Tuesday is full, over
// and over: while nothing happens, and each time after something was booked or called off.
func BenchmarkSlots(b *testing.B) {
	k := newKit(b, dbtest.SQLite(b, schemas...))
	techs, open := k.busy(b, 60)
	c, other := id.Case{0: 8, 13: 1}, id.WorkOrder{0: 9, 13: 1}
	k.points[c] = near(2)
	k.publish(b, work.OrderReady{WorkOrder: other, Case: c, Kind: work.Visit, Brand: cool, Node: berlin, Minutes: 45})
	ask := func(list *[]time.Duration) {
		begin := computed(b)
		out := k.want(b, 201, "POST", "/v1/work-orders/"+open.String()+"/offers", "")
		*list = append(*list, computed(b)-begin)
		if len(out["offers"].([]any)) == 0 {
			b.Fatal("nothing is offered")
		}
	}
	var first, same, booked []time.Duration
	ask(&first)
	for i := 0; b.Loop(); i++ {
		ask(&same)
		a := k.booked(b, other, techs[i%len(techs)], tuesday(8).AddDate(0, 0, 1+i%3))
		ask(&booked)
		k.want(b, 200, "POST", "/v1/appointments/"+a+"/cancel", "{}")
		k.settle(b)
		ask(&booked)
	}
	for name, list := range map[string][]time.Duration{"first": first, "same": same, "booked": booked} {
		slices.Sort(list)
		b.ReportMetric(float64(list[len(list)/2].Microseconds())/1000, name+"-p50-ms")
		b.ReportMetric(float64(list[len(list)*99/100].Microseconds())/1000, name+"-p99-ms")
	}
}

// booked is a visit of a technician, by hand.
func (k *kit) booked(b *testing.B, wo id.WorkOrder, tech string, start time.Time) string {
	b.Helper()
	out := k.want(b, 201, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"technician":%q,"start_at":%q}`, wo, tech, stamp(start)))
	k.settle(b)
	return out["id"].(string)
}
