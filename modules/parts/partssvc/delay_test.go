package partssvc_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

// said sends a word about a reservation, and returns the status, the reply and what was
// published.
func (k *kit) said(t *testing.T, r dispatch.AppointmentRequested, path, body string) (int, map[string]any, []outbox.Event) {
	t.Helper()
	k.heard = nil
	status, out := k.call(t, "POST", "/v1/reservations/"+id.Reservation(r.Appointment).String()+path, body)
	if err := k.bus.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	return status, out, k.heard
}

// lateOf is what is shown to be late for a case.
func (k *kit) lateOf(t *testing.T, r dispatch.AppointmentRequested) map[string]any {
	t.Helper()
	status, out := k.call(t, "GET", "/v1/cases/"+r.Case.String()+"/reservations", "")
	if status != http.StatusOK {
		t.Fatalf("reservations: %d %v", status, out)
	}
	late, _ := out["items"].([]any)[0].(map[string]any)["late"].(map[string]any)
	return late
}

// Parts come late, later still, nobody knows when, and are there: each word is told once
// and shown as long as it holds.
func TestPartsAreLate(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		hear[parts.Delayed](k)
		hear[parts.DelayEnded](k)
		k.have(t, 1, shelf(wuhan, fan))
		r := request(1, need(fan, 1))
		k.happen(t, r)
		at := dbtest.Now.Add(50 * time.Hour)
		body := fmt.Sprintf(`{"reason":"supplier","expected_at":%q}`, at.Format(time.RFC3339))

		status, out, heard := k.said(t, r, "/delay", body)
		e := one[parts.Delayed](t, heard)
		if status != 200 || out["version"] != 2.0 || e.Appointment != r.Appointment || e.Case != r.Case || e.Reason != parts.BySupplier || !e.ExpectedAt.Equal(at) {
			t.Errorf("late: %d %v, told %+v", status, out, e)
		}
		if late := k.lateOf(t, r); late["reason"] != "supplier" || late["expected_at"] != at.Format(time.RFC3339) || late["said_at"] == nil {
			t.Errorf("shown: %v", late)
		}
		if status, out, heard = k.said(t, r, "/delay", body); status != 200 || out["version"] != 2.0 || len(heard) > 0 {
			t.Errorf("said again: %d %v %v", status, out, heard)
		}
		status, _, heard = k.said(t, r, "/delay", `{"reason":"customs"}`)
		if e := one[parts.Delayed](t, heard); status != 200 || !e.ExpectedAt.IsZero() || e.Reason != parts.AtCustoms {
			t.Errorf("nobody knows when: %d, told %+v", status, e)
		}
		status, _, heard = k.said(t, r, "/delay-end", "")
		if e := one[parts.DelayEnded](t, heard); status != 200 || e.Appointment != r.Appointment || k.lateOf(t, r) != nil {
			t.Errorf("there: %d, told %+v, shown %v", status, e, k.lateOf(t, r))
		}
		if status, _, heard = k.said(t, r, "/delay-end", ""); status != 200 || len(heard) > 0 {
			t.Errorf("there, again: %d %v", status, heard)
		}
		k.want(t, shelf(wuhan, fan), 1, 1)
	})
}

// What is held anew is not late any more, and what holds nothing is never late.
func TestOnlyWhatIsHeldIsLate(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.have(t, 1, shelf(wuhan, fan))
		r := request(1, need(fan, 1))
		if status, out, _ := k.said(t, r, "/delay", `{"reason":"other"}`); status != 404 {
			t.Errorf("nothing was ever held: %d %v", status, out)
		}
		k.happen(t, r)
		k.said(t, r, "/delay", `{"reason":"other"}`)
		k.happen(t, ended(r))
		if status, out, heard := k.said(t, r, "/delay", `{"reason":"supplier"}`); status != 409 || out["code"] != "parts.not_held" || len(heard) > 0 || k.lateOf(t, r) != nil {
			t.Errorf("released: %d %v %v, shown %v", status, out, heard, k.lateOf(t, r))
		}
		if k.happen(t, r); k.lateOf(t, r) != nil {
			t.Errorf("held anew: %v", k.lateOf(t, r))
		}
	})
}

func TestBadDelays(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.have(t, 1, shelf(wuhan, fan))
		r := request(1, need(fan, 1))
		k.happen(t, r)
		for body, want := range map[string]int{
			`{}`:                422,
			`{"reason":"moon"}`: 422,
			`{"reason":"other","expected_at":"2026-11-22T08:00:00Z"}`: 422,
			`{"reason":"other","expected_at":"9999-12-31T23:59:59Z"}`: 422,
			`{"reason":"other","expected_at":"yesterday"}`:            422,
			`{"reason":"other","expected_at":-5}`:                     422,
		} {
			status, out, heard := k.said(t, r, "/delay", body)
			if status != want && status != 400 || len(heard) > 0 || k.lateOf(t, r) != nil {
				t.Errorf("%s = %d %v, told %v", body, status, out, heard)
			}
		}
		status, out := k.call(t, "POST", "/v1/reservations/rsv_zzz/delay", `{"reason":"other"}`)
		if status != 422 && status != 400 && status != 404 {
			t.Errorf("no id: %d %v", status, out)
		}
	})
}

// A storekeeper and a dispatcher of the node say it; who sees nothing of it hears that
// there is none, and so does another tenant.
func TestWhoMaySayThatPartsAreLate(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.have(t, 1, shelf(wuhan, fan))
		r := request(1, need(fan, 1))
		k.happen(t, r)
		for _, tt := range []struct {
			role access.Role
			node id.Node
			want int
		}{
			{access.Parts, wuhan, 200}, {access.Dispatcher, wuhan, 200}, {access.Dispatcher, shop, 404}, {access.Technician, wuhan, 404}, {access.Agent, wuhan, 404},
		} {
			k.as(tt.role, access.Scope{Kind: access.Node, ID: tt.node.Raw()})
			if status, out, _ := k.said(t, r, "/delay", `{"reason":"other"}`); status != tt.want {
				t.Errorf("%s of %s: %d %v, want %d", tt.role, tt.node, status, out, tt.want)
			}
		}
		k.caller = access.System(id.Tenant{9})
		if status, out, _ := k.said(t, r, "/delay", `{"reason":"other"}`); status != 404 {
			t.Errorf("another tenant: %d %v", status, out)
		}
	})
}

// An appointment that is put off keeps its parts until a week after it.
func TestMovedAppointmentKeepsItsParts(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.have(t, 1, shelf(wuhan, fan))
		r := request(1, need(fan, 1))
		to := r.EndAt.Add(20 * 24 * time.Hour)
		k.happen(t, r)
		k.happen(t, dispatch.AppointmentScheduled{Appointment: r.Appointment, WorkOrder: r.WorkOrder, Case: r.Case, Node: wuhan, Technician: li, StartAt: to.Add(-time.Hour), EndAt: to})
		for _, tt := range []struct {
			at   time.Time
			held int64
		}{{r.EndAt.Add(8 * 24 * time.Hour), 1}, {to.Add(8 * 24 * time.Hour), 0}} {
			k.clock.To(tt.at)
			if err := k.Expire(t.Context(), dbtest.Tenant); err != nil {
				t.Fatal(err)
			}
			k.want(t, shelf(wuhan, fan), 1, tt.held)
		}
	})
}
