package dispatchsvc_test

import (
	"fmt"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/platform/db/dbtest"
)

// tomorrowIsCheap is a node at which somebody has a long way today, and another one is next
// door from tomorrow on.
func (k *kit) tomorrowIsCheap(t *testing.T, p desk.Priority, clock time.Duration) (wo id.WorkOrder, far id.Technician) {
	t.Helper()
	far = k.hire(t, `"start":{"lat_micro":52520000,"lon_micro":12800000}`) // some 40 km away
	next := k.hire(t, "")
	k.want(t, 200, "PUT", "/v1/technicians/"+next.String()+"/absences", `{"absences":[{"day":"2026-11-23","reason":"leave"}]}`)
	k.priority = p
	wo = k.visit(t, 1, 60, near(1))
	if clock > 0 {
		k.publish(t, sla.ClocksStarted{Of: sla.Of{Case: id.Case{0: 8, 15: 1}}, Clocks: []sla.Standing{{Kind: sla.Arrive, DueAt: dbtest.Now.Add(clock)}}})
	}
	return wo, far
}

// haste has the node mind waiting.
func (k *kit) haste(t *testing.T, h dispatch.Haste) {
	t.Helper()
	out := k.want(t, 200, "PUT", "/v1/board/"+berlin.String()+"/engine", fmt.Sprintf(`{"autonomy":"people","haste":%q}`, h))
	if out["haste"] != string(h) {
		t.Fatalf("it is %v", out["haste"])
	}
}

// A critical case is offered and planned today though its clock allows tomorrow, which is
// cheaper, unless its node says that only clocks count; a case that is not urgent is not.
// What that weighs is said as a part of its own.
func TestUrgentCasesDoNotWait(t *testing.T) {
	for name, tt := range map[string]struct {
		priority desk.Priority
		haste    dispatch.Haste // "": as it is at first
		clock    time.Duration  // 0: none
		today    bool
	}{
		"critical":                      {desk.Critical, "", 96 * time.Hour, true},
		"critical, without a clock":     {desk.Critical, "", 0, true},
		"critical, and nobody minds":    {desk.Critical, dispatch.HasteOff, 96 * time.Hour, false},
		"critical, its clock is strict": {desk.Critical, dispatch.HasteOff, 4 * time.Hour, true},
		"high":                          {desk.High, "", 96 * time.Hour, false},
		"high, and it is minded":        {desk.High, dispatch.HasteMost, 96 * time.Hour, true},
		"normal":                        {desk.Normal, "", 96 * time.Hour, false},
		"normal, and others are minded": {desk.Normal, dispatch.HasteMost, 96 * time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, k *kit) {
				wo, _ := k.tomorrowIsCheap(t, tt.priority, tt.clock)
				if tt.haste != "" {
					k.haste(t, tt.haste)
				}
				today := func(start any) bool { return start.(string) < "2026-11-24" }
				best := list(k.want(t, 201, "POST", "/v1/work-orders/"+wo.String()+"/offers", ""), "offers")[0]
				if today(best["start_at"]) != tt.today {
					t.Errorf("the best offer is %v", best)
				}
				plan := k.post(t, "plan", `{"try":true,"iterations":200}`)
				place := list(plan, "places")[0]
				if today(place["start_at"]) != tt.today {
					t.Errorf("planned %v", place)
				}
				minds := tt.haste != dispatch.HasteOff && (tt.priority == desk.Critical || tt.priority == desk.High || tt.haste == dispatch.HasteMost)
				reasons, after := best["reasons"].(map[string]any), plan["after"].(map[string]any)
				if (minor(reasons["waiting"]) > 0) != minds || minor(reasons["waiting"]) > minor(reasons["cost"]) || (minor(after["waiting"]) > 0) != minds {
					t.Errorf("waiting weighs %v of %v, in the plan %v", reasons["waiting"], reasons["cost"], after["waiting"])
				}
				if reasons["late_seconds"] != 0.0 || after["late_seconds"] != 0.0 {
					t.Errorf("late by %v, in the plan by %v", reasons["late_seconds"], after["late_seconds"])
				}
			})
		})
	}
}

// An hour of waiting is priced by itself up to what the clocks ask, and from there on being
// late is; what a trial says adds up, and its money does not count what is nobody's.
func TestWaitingAndLateness(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		wo, far := k.tomorrowIsCheap(t, desk.Critical, 3*time.Hour)
		cost := map[string]map[string]int64{}
		for _, h := range []dispatch.Haste{dispatch.HasteOff, dispatch.HasteSome} {
			k.haste(t, h)
			cost[string(h)] = map[string]int64{}
			for _, start := range []time.Time{dbtest.Now.Add(time.Hour), dbtest.Now.Add(4 * time.Hour)} {
				r := list(k.post(t, "try", `{"work_order":%q,"technician":%q,"start_at":%q}`, wo, far, start.Format(time.RFC3339)), "results")[0]
				if r["fits"] != true {
					t.Fatalf("at %v: %v", start, r)
				}
				begins, err := time.Parse(time.RFC3339, r["slot"].(map[string]any)["service_start_at"].(string))
				if err != nil {
					t.Fatal(err)
				}
				if want := max(0, begins.Sub(dbtest.Now.Add(3*time.Hour)).Seconds()); r["late_seconds"] != want {
					t.Errorf("with %s at %v late by %v, want %v", h, begins, r["late_seconds"], want)
				}
				cost[string(h)][start.Format("15")] = minor(r["cost"])
				if h == dispatch.HasteSome { // 60 EUR an hour, a fifth of it an hour of waiting until it is late
					waits := int64(min(begins.Sub(dbtest.Now), 3*time.Hour).Seconds()) * 1200 / 3600
					if got := minor(r["cost"]) - cost["off"][start.Format("15")]; got < waits-2 || got > waits+2 {
						t.Errorf("at %v waiting costs %d, want %d", begins, got, waits)
					}
				}
			}
		}
	})
}
