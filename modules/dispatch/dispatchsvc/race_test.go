package dispatchsvc_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/db/dbtest"
)

// processes runs a test with several processes on one PostgreSQL, and with
// several clients of the one process that SQLite has.
func processes(t *testing.T, fn func(t *testing.T, all []*kit)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		k := newKit(t, dbtest.SQLite(t, schemas...))
		fn(t, []*kit{k, k, k, k})
	})
	t.Run("postgres", func(t *testing.T) {
		h := dbtest.Postgres(t, schemas...)
		all := make([]*kit, 4)
		for i := range all {
			all[i] = newKit(t, h)
		}
		fn(t, all)
	})
}

// slotOp is what a client asks about one window that holds one visit.
type slotOp struct {
	book bool
	work id.WorkOrder
}

// oneVisit is the window as it must look from outside: free, or somebody's. What
// is refused must have been somebody's at some instant of the call.
var oneVisit = porcupine.Model{
	Init: func() any { return id.WorkOrder{} },
	Step: func(state, input, output any) (bool, any) {
		holder, op, code := state.(id.WorkOrder), input.(slotOp), output.(string)
		switch {
		case op.book && code == "":
			return holder.IsZero(), op.work
		case op.book && code == "dispatch.slot_gone":
			return !holder.IsZero(), holder
		case op.book && code == "dispatch.job_closed":
			return holder == op.work, holder
		case !op.book && code == "":
			return holder == op.work, id.WorkOrder{}
		case code == "db.unavailable":
			return true, holder // nothing was changed
		default:
			return false, holder
		}
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v → %v", input, output) },
}

// Four processes take and give up one window. What they hear could have been
// said by one process that does one thing after the other.
func TestOneWindowIsLinearizable(t *testing.T) {
	processes(t, func(t *testing.T, all []*kit) {
		tech := all[0].hire(t, "")
		works := make([]id.WorkOrder, 3)
		for i := range works {
			works[i] = all[0].visit(t, byte(i+1), 125, near(float64(i+1)))
		}
		var clock atomic.Int64
		var mu sync.Mutex
		var history []porcupine.Operation
		do := func(client int, op slotOp, path, body string) (string, map[string]any) {
			call := clock.Add(1)
			_, out := all[client].call(t, "POST", path, body)
			code, _ := out["code"].(string)
			mu.Lock()
			history = append(history, porcupine.Operation{ClientId: client, Input: op, Call: call, Output: code, Return: clock.Add(1)})
			mu.Unlock()
			return code, out
		}
		var wg sync.WaitGroup
		for client := range all {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(uint64(client), 1))
				for range 12 {
					wo := works[rng.IntN(len(works))]
					code, out := do(client, slotOp{true, wo}, "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"technician":%q,"start_at":%q}`, wo, tech, tuesday(8).Format(time.RFC3339)))
					if code == "" {
						do(client, slotOp{false, wo}, "/v1/appointments/"+out["id"].(string)+"/cancel", "{}")
					}
				}
			})
		}
		wg.Wait()
		booked := 0
		for _, op := range history {
			if op.Input.(slotOp).book && op.Output == "" {
				booked++
			}
		}
		if result := porcupine.CheckOperationsTimeout(oneVisit, history, time.Minute); result != porcupine.Ok {
			t.Errorf("%v: %d calls, %d booked: %+v", result, len(history), booked, history)
		}
		if booked < 4 {
			t.Errorf("only %d of %d calls booked anything", booked, len(history))
		}
	})
}

// Four processes book and move visits in two technicians' days as they please.
// Whatever was accepted can be carried out.
func TestNothingIsPromisedTwice(t *testing.T) {
	processes(t, func(t *testing.T, all []*kit) {
		techs := []id.Technician{all[0].hire(t, ""), all[0].hire(t, "")}
		const visits = 24
		works := make([]id.WorkOrder, visits)
		minutes := rand.New(rand.NewPCG(3, 3))
		for i := range works {
			works[i] = all[0].visit(t, byte(i+1), 20+minutes.Int64N(90), near(1+12*minutes.Float64()))
		}
		var wg sync.WaitGroup
		var accepted, moved atomic.Int64
		for client, k := range all {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(uint64(client), 2))
				for _, n := range rng.Perm(visits)[:visits/2] {
					start := tuesday(8 + rng.IntN(5)*2).Format(time.RFC3339)
					_, out := k.call(t, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"technician":%q,"start_at":%q}`, works[n], techs[rng.IntN(2)], start))
					a, ok := out["id"].(string)
					if !ok {
						continue
					}
					accepted.Add(1)
					k.confirm(t, a)
					start = tuesday(8 + rng.IntN(5)*2).Format(time.RFC3339)
					if status, _ := k.call(t, "POST", "/v1/appointments/"+a+"/reschedule", fmt.Sprintf(`{"start_at":%q,"technician":%q}`, start, techs[rng.IntN(2)])); status == 200 {
						moved.Add(1)
					}
				}
			})
		}
		wg.Wait()
		if accepted.Load() < 6 || moved.Load() < 2 {
			t.Errorf("accepted %d, moved %d: too few to mean anything", accepted.Load(), moved.Load())
		}
		for _, tech := range techs {
			all[0].holds(t, tech)
		}
	})
}

// Somebody falls ill while four processes move visits about as they please, and the
// plans of all four look after themselves: whatever stands can be carried out, and
// what changed hands by itself kept the window that it had just then.
func TestEngineBesideDispatchers(t *testing.T) {
	processes(t, func(t *testing.T, all []*kit) {
		k := all[0]
		techs := []id.Technician{k.hire(t, ""), k.hire(t, ""), k.hire(t, "")}
		k.autonomy(t, dispatch.Keeping)
		const visits = 12
		for n := byte(1); n <= visits; n++ {
			k.take(t, k.visit(t, n, 30, near(float64(n))), tuesday(8+int(n%4)*2))
		}
		appointments := k.want(t, 200, "GET", "/v1/appointments?limit=50", "")["items"].([]any)
		ill := appointments[0].(map[string]any)["technician"].(string)
		k.sick(t, ill)
		k.clock.To(dbtest.Now.Add(2 * time.Second))
		var wg sync.WaitGroup
		for client, k := range all {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(uint64(client), 4))
				for range 6 {
					if err := k.jobs.Drain(t.Context()); err != nil {
						t.Error(err)
					}
					a := appointments[rng.IntN(len(appointments))].(map[string]any)["id"].(string)
					start := tuesday(8 + rng.IntN(4)*2).Format(time.RFC3339)
					k.call(t, "POST", "/v1/appointments/"+a+"/reschedule", fmt.Sprintf(`{"start_at":%q,"technician":%q}`, start, techs[rng.IntN(3)]))
				}
			})
		}
		wg.Wait()
		k.at(t, time.Minute)
		kept := 0
		for _, v := range appointments {
			a := k.want(t, 200, "GET", "/v1/appointments/"+v.(map[string]any)["id"].(string), "")
			if a["state"] != "scheduled" || a["technician"] == ill {
				t.Errorf("%v is %v with %v; %s is ill", a["id"], a["state"], a["technician"], ill)
			}
			var was map[string]any
			for _, h := range a["history"].([]any) {
				h := h.(map[string]any)
				if h["reason"] == "dispatch.kept" {
					kept++
					if h["start_at"] != was["start_at"] || h["technician"] == was["technician"] {
						t.Errorf("from %v to %v", was, h)
					}
				}
				was = h
			}
		}
		if kept == 0 {
			t.Error("nothing changed hands by itself")
		}
		for _, tech := range techs {
			k.holds(t, tech)
		}
	})
}
