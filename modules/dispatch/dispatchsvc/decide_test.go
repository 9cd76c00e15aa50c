package dispatchsvc_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
)

// hold keeps the first window of Tuesday for a customer.
func (k *kit) hold(t *testing.T, wo id.WorkOrder) (status int, reply map[string]any) {
	t.Helper()
	status, reply = k.call(t, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"start_at":%q,"hold":true}`, wo, stamp(tuesday(8))))
	k.settle(t)
	return status, reply
}

// A slot that is held takes its technician's time and is nobody's yet: nothing is asked
// for and nobody hears of it, until it is taken. Who does not decide loses it.
func TestHold(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.hire(t, "")
		first, second := k.visit(t, 1, 125, near(1)), k.visit(t, 2, 125, near(2)) // the window holds one of them
		_, a := k.hold(t, first)
		held := a["id"].(string)
		if until := dispatch.DecideFor; a["state"] != "pending" || a["held_until"] != stamp(k.clock.Now().Add(until)) || len(k.heard) > 0 {
			t.Errorf("held as %v, and heard %v", a, k.heard)
		}
		if status, out := k.hold(t, second); status != 409 || out["code"] != "dispatch.slot_gone" {
			t.Errorf("another held it, too: %d %v", status, out)
		}
		if status, out := k.hold(t, first); status != 409 || out["code"] != "dispatch.job_closed" {
			t.Errorf("a visit has two slots: %d %v", status, out)
		}
		k.at(t, dispatch.DecideFor-time.Second)
		if s := k.state(t, held); s != "pending" {
			t.Errorf("before its time is over it is %s", s)
		}
		k.at(t, dispatch.DecideFor)
		v := k.want(t, 200, "GET", "/v1/appointments/"+held, "")
		if v["state"] != "cancelled" || v["reason"] != "dispatch.undecided" || len(k.heard) > 0 {
			t.Errorf("after its time it is %v, and heard %v", v, k.heard)
		}
		if out := k.want(t, 409, "POST", "/v1/appointments/"+held+"/take", ""); out["code"] != "dispatch.offer_gone" {
			t.Errorf("what has lapsed was taken: %v", out)
		}

		_, b := k.hold(t, second)
		taken := k.want(t, 200, "POST", "/v1/appointments/"+b["id"].(string)+"/take", "")
		if taken["held_until"] != nil || taken["state"] != "pending" {
			t.Errorf("taken: %v", taken)
		}
		k.settle(t)
		if s := k.state(t, b["id"].(string)); s != "scheduled" || !slices.Equal(k.heard, []string{"requested", "scheduled"}) {
			t.Errorf("with its parts held it is %s, and heard %v", s, k.heard)
		}
		k.want(t, 200, "POST", "/v1/appointments/"+b["id"].(string)+"/take", "") // once more is the same
		k.at(t, 2*dispatch.DecideFor)
		if s := k.state(t, b["id"].(string)); s != "scheduled" {
			t.Errorf("what was taken is %s later", s)
		}
	})
}

// Slots of visits that hang together are held, taken and lost as one, whichever of them is
// decided about.
func TestHoldTied(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.hire(t, "")
		k.hire(t, "")
		one := k.visit(t, 1, 90, near(2))
		two := k.tied(t, 101, with(one), 60)
		k.hold(t, one)
		a, b := k.met(t, one, two)
		if until := stamp(k.clock.Now().Add(dispatch.DecideFor)); a["held_until"] != until || b["held_until"] != until || len(k.heard) > 0 {
			t.Fatalf("held as %v and %v, and heard %v", a, b, k.heard)
		}
		k.want(t, 200, "POST", "/v1/appointments/"+b["id"].(string)+"/take", "")
		k.settle(t)
		k.at(t, 2*dispatch.DecideFor)
		if a, b = k.met(t, one, two); a["state"] != "scheduled" || b["state"] != "scheduled" {
			t.Errorf("taken, and later %v and %v", a["state"], b["state"])
		}

		three := k.visit(t, 2, 90, near(2))
		four := k.tied(t, 102, with(three), 60)
		k.want(t, 201, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"start_at":%q,"hold":true}`, three, stamp(tuesday(14))))
		k.met(t, three, four)
		k.at(t, 4*dispatch.DecideFor)
		k.none(t, three, four)
	})
}

// What is taken at the last moment waits for its parts as long as any other.
func TestHoldIsTakenLate(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.hire(t, "")
		k.parts = "silent"
		_, a := k.hold(t, k.visit(t, 1, 60, near(1)))
		slot := a["id"].(string)
		k.at(t, dispatch.DecideFor-time.Second)
		k.want(t, 200, "POST", "/v1/appointments/"+slot+"/take", "")
		k.at(t, dispatch.DecideFor+time.Second)
		if s := k.state(t, slot); s != "pending" {
			t.Errorf("two seconds after it was taken it is %s", s)
		}
		k.at(t, dispatch.DecideFor+dispatch.HoldFor)
		if v := k.want(t, 200, "GET", "/v1/appointments/"+slot, ""); v["reason"] != "dispatch.parts_silent" {
			t.Errorf("without an answer it is %v", v)
		}
	})
}

// Several customers want the same slot held: one gets it.
func TestHoldHasOneWinner(t *testing.T) {
	processes(t, func(t *testing.T, all []*kit) {
		all[0].hire(t, "")
		works := make([]id.WorkOrder, len(all))
		for i := range all {
			works[i] = all[0].visit(t, byte(i+1), 125, near(float64(i+1)))
		}
		var wait sync.WaitGroup
		won := make([]bool, len(all))
		for i, k := range all {
			wait.Go(func() {
				status, _ := k.call(t, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"start_at":%q,"hold":true}`, works[i], stamp(tuesday(8))))
				won[i] = status == 201
			})
		}
		wait.Wait()
		if n := len(slices.DeleteFunc(won, func(w bool) bool { return !w })); n != 1 {
			t.Errorf("%d customers hold one slot", n)
		}
	})
}
