package dispatchsvc_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

// appointment is an appointment by its name.
func (k *kit) appointment(t testing.TB, name string) dispatch.Appointment {
	t.Helper()
	a, err := id.Parse[id.AppointmentKind](name)
	if err != nil {
		t.Fatal(err)
	}
	found, err := k.Appointment(t.Context(), dbtest.Tenant, a)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// late has the parts module say when the parts of an appointment come; zero: nobody knows.
func (k *kit) late(t testing.TB, name string, at time.Time) {
	t.Helper()
	k.publish(t, word(k.appointment(t, name), at))
}

func word(a dispatch.Appointment, at time.Time) outbox.Event {
	return parts.Delayed{Reservation: id.Reservation(a.ID), Appointment: a.ID, WorkOrder: a.WorkOrder, Case: a.Case, Node: a.Node, Reason: parts.BySupplier, ExpectedAt: at}
}

// inTime has the parts module say that they are there.
func (k *kit) inTime(t testing.TB, name string) {
	t.Helper()
	a := k.appointment(t, name)
	k.publish(t, parts.DelayEnded{Reservation: id.Reservation(a.ID), Appointment: a.ID, WorkOrder: a.WorkOrder, Case: a.Case, Node: a.Node})
}

// onBoard is the bar of an appointment, and what of the board needs a person because of it.
func (k *kit) onBoard(t testing.TB, name string) (bar map[string]any, needs map[string]map[string]any) {
	t.Helper()
	board := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"?days=3", "")
	for _, l := range list(board, "technicians") {
		for _, b := range list(l, "appointments") {
			if b["id"] == name {
				bar = b
			}
		}
	}
	needs = map[string]map[string]any{}
	for _, c := range list(board, "attention") {
		if c["appointment"] == name {
			needs[c["code"].(string)] = c
		}
	}
	return bar, needs
}

// A visit whose parts come late, in its window, begins when they are there; what was
// planned behind it goes before it, and it begins as before when they come in time after all.
func TestLatePartMovesTheVisitInItsWindow(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		_, first := k.book(t, k.visit(t, 1, 60, near(1)), tech, tuesday(8))
		_, second := k.book(t, k.visit(t, 2, 60, near(2)), tech, tuesday(8))
		a, b := first["id"].(string), second["id"].(string)
		was := [2]dispatch.Appointment{k.appointment(t, a), k.appointment(t, b)}
		at := tuesday(9).Add(30 * time.Minute)

		k.late(t, a, at)
		is := [2]dispatch.Appointment{k.appointment(t, a), k.appointment(t, b)}
		if begins := is[0].ServiceStartAt; begins.Before(at) || !begins.Before(is[0].EndAt) || is[0].Technician != tech || is[0].Version != was[0].Version+1 {
			t.Errorf("begins at %v with parts from %v: %+v", begins, at, is[0])
		}
		if !is[1].ServiceStartAt.Before(is[1].EndAt) || is[1].ServiceStartAt.Before(is[1].StartAt) || is[1].Version != was[1].Version {
			t.Errorf("the other begins at %v", is[1].ServiceStartAt)
		}
		bar, needs := k.onBoard(t, a)
		if bar["parts"] != "late" || bar["parts_late"] != "supplier" || bar["parts_from"] != at.Format(time.RFC3339) || len(needs) > 0 {
			t.Errorf("the board shows %v, needs %v", bar, needs)
		}

		k.verb(t, second, "cancel") // which now comes first
		k.inTime(t, a)
		if now := k.appointment(t, a); !now.ServiceStartAt.Equal(was[0].ServiceStartAt) || !now.ServiceEndAt.Equal(was[0].ServiceEndAt) {
			t.Errorf("begins at %v, did at %v", now.ServiceStartAt, was[0].ServiceStartAt)
		}
		if bar, _ := k.onBoard(t, a); bar["parts"] != "held" || bar["parts_from"] != nil || bar["parts_late"] != nil {
			t.Errorf("the board shows %v", bar)
		}
		turns := list(k.want(t, 200, "GET", "/v1/appointments/"+a, ""), "history")
		var reasons []any
		for _, turn := range turns[2:] {
			reasons = append(reasons, turn["reason"])
		}
		if fmt.Sprint(reasons) != "[dispatch.parts_late dispatch.parts_in_time]" {
			t.Errorf("remembered: %v", reasons)
		}
	})
}

// Where the technician's day cannot wait for the part, another one goes in the same
// window, and not before.
func TestLatePartGoesToAnother(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.autonomy(t, dispatch.Keeping)
		short := k.hire(t, "")
		k.want(t, 200, "PUT", "/v1/technicians/"+short.String()+"/shifts", `{"week":"Tu 08:00-11:40"}`)
		wo := k.visit(t, 1, 60, near(1))
		a, _ := k.take(t, wo, tuesday(10))
		long := k.hire(t, "")
		at := tuesday(11).Add(15 * time.Minute)
		k.late(t, a, at)
		k.at(t, 2*time.Second)
		v := k.appointment(t, a)
		if v.Technician != long || !v.StartAt.Equal(tuesday(10)) || v.ServiceStartAt.Before(at) || !v.ServiceStartAt.Before(v.EndAt) {
			t.Errorf("the visit is %+v", v)
		}
		if e := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"/engine", ""); e["kept"] != 1.0 || e["unkept"] != 0.0 {
			t.Errorf("engine %v", e)
		}
	})
}

// Parts that come after the window move nothing: a person is told, the rest of the day
// stands and takes more, and another time is found only when the parts are there.
func TestPartTooLate(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.autonomy(t, dispatch.Keeping)
		tech := k.hire(t, "")
		other := k.hire(t, "")
		_, first := k.book(t, k.visit(t, 1, 60, near(1)), tech, tuesday(8))
		_, second := k.book(t, k.visit(t, 2, 60, near(2)), tech, tuesday(10))
		a, b := first["id"].(string), second["id"].(string)
		was := k.appointment(t, a)
		next := k.appointment(t, b)
		at := tuesday(13)

		k.late(t, a, at)
		k.at(t, 2*time.Second)
		v := k.appointment(t, a)
		if v.Technician != tech || !v.ServiceStartAt.Equal(was.ServiceStartAt) || !v.StartAt.Equal(was.StartAt) || !k.appointment(t, b).ServiceStartAt.Equal(next.ServiceStartAt) {
			t.Errorf("it moved: %+v", v)
		}
		bar, needs := k.onBoard(t, a)
		if c := needs["part_late"]; len(needs) != 1 || c["severity"] != "high" || c["at"] != at.Format(time.RFC3339) || bar["conflict"] == true {
			t.Errorf("the board says %v of %v", needs, bar)
		}
		if e := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"/engine", ""); e["kept"] != 0.0 || e["unkept"] != 1.0 {
			t.Errorf("engine %v", e)
		}
		if status, out := k.book(t, k.visit(t, 3, 30, near(1)), tech, tuesday(14)); status != 201 {
			t.Errorf("the day takes nothing: %v", out)
		}

		for _, tt := range []struct {
			start time.Time
			fits  bool
		}{{tuesday(8), false}, {tuesday(10), false}, {tuesday(12), true}, {tuesday(14), true}} {
			r := list(k.post(t, "try", `{"appointment":%q,"technician":%q,"start_at":%q}`, a, other, tt.start.Format(time.RFC3339)), "results")[0]
			if r["fits"] != tt.fits || !tt.fits && (r["rule"] != "part_not_available" || r["hard"] != true) {
				t.Errorf("at %v: %v", tt.start, r)
			}
			if slot, ok := r["slot"].(map[string]any); ok && instant(t, slot["service_start_at"]).Before(at) {
				t.Errorf("at %v it would begin at %v", tt.start, slot["service_start_at"])
			}
		}
		day := list(k.post(t, "try", `{"appointment":%q,"technicians":[%q,%q],"day":"2026-11-24"}`, a, tech, other), "results")
		for _, r := range day {
			if r["fits"] != true || instant(t, r["slot"].(map[string]any)["service_start_at"]).Before(at) {
				t.Errorf("that day: %v", r)
			}
		}
		move := func(start time.Time) (int, map[string]any) {
			return k.call(t, "POST", "/v1/appointments/"+a+"/reschedule", fmt.Sprintf(`{"start_at":%q,"technician":%q}`, start.Format(time.RFC3339), other))
		}
		if status, out := move(tuesday(10)); status != 409 || out["code"] != "dispatch.slot_gone" || out["args"].(map[string]any)["rule"] != "part_not_available" {
			t.Errorf("before the parts: %d %v", status, out)
		}
		if status, out := move(tuesday(12)); status != 200 {
			t.Errorf("with the parts: %d %v", status, out)
		}
		if v, _ := k.onBoard(t, a); v["parts"] != "late" {
			t.Errorf("moved, it is %v", v)
		}
		if _, needs := k.onBoard(t, a); needs["part_late"] != nil || k.appointment(t, a).ServiceStartAt.Before(at) {
			t.Errorf("moved, it needs %v and begins at %v", needs, k.appointment(t, a).ServiceStartAt)
		}
	})
}

// Nobody knows when: nothing is offered, until somebody knows.
func TestPartWithoutADate(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		_, out := k.book(t, k.visit(t, 1, 60, near(1)), tech, tuesday(8))
		a := out["id"].(string)
		k.late(t, a, time.Time{})
		bar, needs := k.onBoard(t, a)
		if c := needs["part_late"]; c == nil || c["at"] != nil || bar["parts"] != "late" || bar["parts_from"] != nil {
			t.Errorf("the board says %v of %v", needs, bar)
		}
		for days := range 3 {
			start := tuesday(10).AddDate(0, 0, days)
			if status, out := k.call(t, "POST", "/v1/appointments/"+a+"/reschedule", fmt.Sprintf(`{"start_at":%q,"technician":%q}`, start.Format(time.RFC3339), tech)); status != 409 {
				t.Errorf("on %v: %d %v", start, status, out)
			}
		}
		k.late(t, a, tuesday(9)) // known better
		if _, needs := k.onBoard(t, a); needs["part_late"] != nil || k.appointment(t, a).ServiceStartAt.Before(tuesday(9)) {
			t.Errorf("needs %v, begins at %v", needs, k.appointment(t, a).ServiceStartAt)
		}
	})
}

// What-if and the nightly plan do not move a visit to before its parts either.
func TestPlanWaitsForParts(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		away := k.hire(t, `"overtime_minutes":60`)
		k.hire(t, "")
		froms := map[string]time.Time{}
		for n := byte(1); n <= 4; n++ {
			a, _ := k.take(t, k.visit(t, n, 40, near(float64(n%4)*8)), tuesday(8+int(n%3)*2))
			froms[a] = k.appointment(t, a).StartAt.Add(time.Duration(n) * 10 * time.Minute)
			k.late(t, a, froms[a])
		}
		out := k.post(t, "plan", `{"try":true,"move":true,"days":2,"iterations":300,"without":[%q]}`, away)
		if len(list(out, "moves")) == 0 {
			t.Error("nothing moves: the test means nothing")
		}
		for _, m := range list(out, "moves") {
			if from := froms[m["appointment"].(string)]; instant(t, m["service_start_at"]).Before(from) {
				t.Errorf("begins at %v, parts from %v", m["service_start_at"], from)
			}
		}
		if lost := list(out, "unserved"); len(lost) > 0 {
			t.Errorf("not kept: %v", lost)
		}
		adopted := k.post(t, "adopt", `{"moves":%s}`, text(t, out["moves"]))
		for a, from := range froms {
			if v := k.appointment(t, a); v.ServiceStartAt.Before(from) || !v.ServiceStartAt.Before(v.EndAt) {
				t.Errorf("begins at %v, parts from %v: %v", v.ServiceStartAt, from, adopted)
			}
		}
	})
}

// Whatever is said of parts, in whatever order, and with a plan that keeps promises: no
// visit leaves its window, none begins before its parts as long as that is in its window,
// nothing that was told goes anywhere else, and memory is the rows.
func TestLatePartsLeaveNoPromise(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		r := rand.New(rand.NewPCG(5, 9))
		k.autonomy(t, dispatch.Keeping)
		for range 3 {
			k.hire(t, `"overtime_minutes":30`)
		}
		open := k.visit(t, 99, 30, near(3))
		windows, froms := map[string]time.Time{}, map[string]time.Time{}
		var names []string
		for n := byte(1); n <= 12; n++ {
			a, _ := k.take(t, k.visit(t, n, 30+10*r.Int64N(4), near(15*r.Float64())), tuesday(8+2*int(n%4)))
			names, windows[a] = append(names, a), k.appointment(t, a).StartAt
			if n%3 == 0 {
				k.want(t, 200, "POST", "/v1/appointments/"+a+"/dispatch", "{}")
			}
		}
		waited := 0
		for step := range 40 {
			a := names[r.IntN(len(names))]
			switch at := r.IntN(8); {
			case at < 2:
				delete(froms, a)
				k.inTime(t, a)
			case at == 2:
				froms[a] = dispatch.Undated
				k.late(t, a, time.Time{})
			default:
				froms[a] = windows[a].Add(time.Duration(r.IntN(150)) * time.Minute)
				k.late(t, a, froms[a])
			}
			k.at(t, time.Duration(step+1)*2*time.Second)
			k.remembers(t, open, fmt.Sprintf("step %d", step))
			for _, name := range names {
				v, from := k.appointment(t, name), froms[name]
				bar, needs := k.onBoard(t, name)
				begins := instant(t, cmp.Or(bar["expected_at"], bar["service_start_at"]))
				late := from.After(v.EndAt.Add(-time.Second))
				switch {
				case !v.StartAt.Equal(windows[name]) || v.ServiceStartAt.Before(v.StartAt) || !v.ServiceStartAt.Before(v.EndAt):
					t.Fatalf("step %d: %s left its promise: %+v", step, name, v)
				case late != (needs["part_late"] != nil):
					t.Fatalf("step %d: parts from %v, needs %v", step, from, needs)
				case !late && bar["conflict"] != true && begins.Before(from):
					t.Fatalf("step %d: begins at %v, parts from %v", step, begins, from)
				case !late && from.After(v.StartAt):
					waited++
				}
			}
		}
		if waited < 40 {
			t.Errorf("only %d times something waited: too little to mean anything", waited)
		}
	})
}

// instant is a time as a reply has it.
func instant(t testing.TB, v any) time.Time {
	t.Helper()
	return at(t, map[string]any{"at": v}, "at")
}
