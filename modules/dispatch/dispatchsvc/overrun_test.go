package dispatchsvc_test

import (
	"fmt"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
)

// overrun says until when a visit takes.
func (k *kit) overrun(t testing.TB, a string, until time.Time) (int, map[string]any) {
	t.Helper()
	status, out := k.call(t, "POST", "/v1/appointments/"+a+"/overrun", fmt.Sprintf(`{"until":%q}`, until.Format(time.RFC3339)))
	k.settle(t)
	return status, out
}

// Whoever is on site says that it takes longer: the next visit begins later in its window,
// and sooner again when it takes less.
func TestOverrunMovesTheNext(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		_, first := k.book(t, k.visit(t, 1, 60, near(1)), tech, tuesday(8))
		_, second := k.book(t, k.visit(t, 2, 60, near(2)), tech, tuesday(10))
		a, b := first["id"].(string), second["id"].(string)
		k.verb(t, first, "dispatch")
		k.clock.To(tuesday(8).Add(5 * time.Minute))
		k.verb(t, first, "arrive")
		was := k.appointment(t, b).ServiceStartAt

		until := tuesday(11)
		status, out := k.overrun(t, a, until)
		if v := k.appointment(t, a); status != 200 || out["state"] != "on_site" || !v.ServiceEndAt.Equal(until) || v.State != dispatch.OnSite {
			t.Errorf("longer: %d %v, %+v", status, out, v)
		}
		v := k.appointment(t, b)
		if v.ServiceStartAt.Before(until) || !v.ServiceStartAt.Before(v.EndAt) || !v.StartAt.Equal(tuesday(10)) {
			t.Errorf("the next begins at %v", v.ServiceStartAt)
		}
		if status, out := k.overrun(t, a, tuesday(9)); status != 200 || !k.appointment(t, b).ServiceStartAt.Equal(was) {
			t.Errorf("shorter: %d %v, the next begins at %v, did at %v", status, out, k.appointment(t, b).ServiceStartAt, was)
		}
		history := list(k.want(t, 200, "GET", "/v1/appointments/"+a, ""), "history")
		if last := history[len(history)-1]; last["reason"] != "dispatch.overrun" || last["state"] != "on_site" {
			t.Errorf("remembered: %v", last)
		}
	})
}

// What cannot wait goes to somebody else in its window, also when it is said before, and
// takes as long there.
func TestOverrunGivesTheNextAway(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.autonomy(t, dispatch.Keeping)
		k.hire(t, "")
		a, tech := k.take(t, k.visit(t, 1, 60, near(1)), tuesday(8))
		b, by := k.take(t, k.visit(t, 2, 60, near(2)), tuesday(10))
		other := k.hire(t, "").String()
		if by != tech || other == tech {
			t.Fatalf("the second visit is with %s", by)
		}
		begins := k.appointment(t, a).ServiceStartAt
		if status, out := k.overrun(t, a, tuesday(13)); status != 200 {
			t.Fatalf("longer: %d %v", status, out)
		}
		if v := k.appointment(t, a); v.ServiceEndAt.Sub(v.ServiceStartAt) != tuesday(13).Sub(begins) || v.Technician.String() != tech {
			t.Errorf("it takes from %v to %v with %s", v.ServiceStartAt, v.ServiceEndAt, v.Technician)
		}
		k.at(t, 2*time.Second)
		one, two := k.appointment(t, a), k.appointment(t, b)
		if one.Technician == two.Technician || !two.StartAt.Equal(tuesday(10)) || !two.ServiceStartAt.Before(two.EndAt) {
			t.Errorf("the next is %+v", two)
		}
		if took := one.ServiceEndAt.Sub(one.ServiceStartAt); took != tuesday(13).Sub(begins) || !one.ServiceStartAt.Before(one.EndAt) {
			t.Errorf("it takes %v with whoever has it: %+v", took, one)
		}
	})
}

func TestBadOverruns(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		_, out := k.book(t, k.visit(t, 1, 60, near(1)), tech, tuesday(8))
		a := out["id"].(string)
		was := k.appointment(t, a)
		for _, body := range []string{
			`{}`, `{"until":"2020-01-01T00:00:00Z"}`, `{"until":"9999-12-31T23:59:59Z"}`, `{"until":-5}`, `{"until":"2026-11-24T06:00:00Z"}`,
			fmt.Sprintf(`{"until":%q}`, was.ServiceStartAt.Add(13*time.Hour).Format(time.RFC3339)),
		} {
			if status, out := k.call(t, "POST", "/v1/appointments/"+a+"/overrun", body); status != 422 && status != 400 {
				t.Errorf("%s = %d %v", body, status, out)
			}
		}
		if status, _ := k.call(t, "POST", "/v1/appointments/"+a+"/overrun", `{"until":"2026-11-24T09:00:00Z"}`, "If-Match", `"99"`); status != 412 {
			t.Errorf("another version: %d", status)
		}
		if now := k.appointment(t, a); !now.ServiceEndAt.Equal(was.ServiceEndAt) || now.Version != was.Version {
			t.Errorf("something changed: %+v", now)
		}
		if status, _ := k.overrun(t, id.New[id.AppointmentKind]().String(), tuesday(10)); status != 404 {
			t.Errorf("of no appointment: %d", status)
		}
		k.as(access.Technician, access.Self, id.Technician{9}.Raw())
		if status, _ := k.overrun(t, a, tuesday(10)); status != 404 {
			t.Errorf("of another technician: %d", status)
		}
		k.as(access.Technician, access.Self, tech.Raw())
		if status, out := k.overrun(t, a, tuesday(10)); status != 200 {
			t.Errorf("of the technician: %d %v", status, out)
		}
		k.caller = access.System(id.Tenant{9})
		if status, _ := k.overrun(t, a, tuesday(10)); status != 404 {
			t.Errorf("of another tenant: %d", status)
		}
		k.as(access.Dispatcher, access.Node, berlin.Raw())
		k.verb(t, out, "cancel")
		if status, out := k.overrun(t, a, tuesday(10)); status != 409 || out["code"] != "dispatch.transition" {
			t.Errorf("of one that is off: %d %v", status, out)
		}
	})
}
