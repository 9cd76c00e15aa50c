package desksvc_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/mail"
)

func writable(in *desk.Intake) { in.Requester.Email = "li@example.org" }

// later lets a quarter of a minute pass, with all the work that falls due.
func (k *kit) later(t testing.TB) {
	t.Helper()
	k.clock.To(k.d.Now()().Add(15 * time.Second))
	if err := errors.Join(k.bus.Drain(t.Context()), k.jobs.Drain(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// post returns the kinds of all letters, oldest first, and the newest in full.
func (k *kit) post(t testing.TB) (kinds []string, newest mail.Entry) {
	t.Helper()
	list, err := k.mail.List(t.Context(), dbtest.Tenant, id.Mail{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		kinds = append(kinds, string(e.Kind))
	}
	slices.Reverse(kinds)
	if len(list) > 0 {
		newest, err = k.mail.Get(t.Context(), dbtest.Tenant, list[0].ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return kinds, newest
}

func (k *kit) wants(t *testing.T, when string, kinds ...string) mail.Entry {
	t.Helper()
	got, newest := k.post(t)
	if !slices.Equal(got, kinds) {
		t.Fatalf("%s, the letters are %v, want %v", when, got, kinds)
	}
	return newest
}

// The receipt is there with the case, leaves ten seconds later, and leads to it.
func TestReceipt(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o, err := k.Open(system(t), intake(writable))
		if err != nil {
			t.Fatal(err)
		}
		receipt := k.wants(t, "at once", "case_received")
		if receipt.State != mail.Queued || receipt.To != "li@example.org" || !strings.Contains(receipt.Body, "Li CANARY") ||
			!strings.Contains(receipt.Body, "Nordwind") || !strings.Contains(receipt.Body, o.Reference) || !strings.Contains(receipt.Body, "https://fettle.test/p/c/"+o.Link+"\n") {
			t.Errorf("the receipt is %+v", receipt)
		}
		k.ask(visitor(t), t, "GET", "/v1/public/cases/"+o.Link, "")
		k.later(t)
		if got := k.wants(t, "later", "case_received"); got.State != mail.Sent {
			t.Errorf("the receipt is %s", got.State)
		}
		k.take(t) // names no address
		k.take(t, writable, func(in *desk.Intake) { in.OpenedAt = k.d.Now()().Add(-48 * time.Hour) })
		k.later(t)
		k.wants(t, "after one without an address and one from elsewhere", "case_received")
	})
}

// Of a visit the customer is told what stands: not what was undone at once, not
// twice, with the code that the public page shows.
func TestVisitLetters(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o, err := k.Open(system(t), intake(writable))
		if err != nil {
			t.Fatal(err)
		}
		first, second := id.Appointment{1}, id.Appointment{2}
		at := func(a id.Appointment, day int) dispatch.AppointmentScheduled {
			start := time.Date(2026, 3, day, 1, 0, 0, 0, time.UTC)
			return dispatch.AppointmentScheduled{Case: o.ID, Appointment: a, StartAt: start, EndAt: start.Add(2 * time.Hour)}
		}
		k.publish(t, at(first, 2), dispatch.AppointmentEnded{Case: o.ID, Appointment: first, State: dispatch.Cancelled})
		k.later(t)
		told := []string{"case_received"}
		k.wants(t, "booked and called off in one breath", told...)

		step := func(when, kind string, events ...dispatch.AppointmentScheduled) mail.Entry {
			t.Helper()
			for _, e := range events {
				k.publish(t, e)
			}
			k.later(t)
			if kind != "" {
				told = append(told, kind)
			}
			return k.wants(t, when, told...)
		}
		promising := func(e dispatch.AppointmentScheduled, minor int64) dispatch.AppointmentScheduled {
			e.Reward = money.Of(minor, "EUR")
			return e
		}
		booked := step("booked", "appointment_booked", at(first, 2), at(first, 3))
		if strings.Contains(booked.Body, "back") || strings.Contains(booked.Body, "\n\n\n") {
			t.Errorf("nothing was promised, and the letter says %s", booked.Body)
		}
		if !strings.Contains(booked.Body, "Tuesday 3 March 2026 09:00–11:00") {
			t.Errorf("the letter says %s", booked.Body)
		}
		_, code, _ := strings.Cut(k.ask(visitor(t), t, "GET", "/v1/public/cases/"+o.Link, ""), `"acceptance_code":"`)
		if code, _, _ = strings.Cut(code, `"`); code == "" || !strings.Contains(booked.Body, code) {
			t.Errorf("the code is %q, and the letter says %s", code, booked.Body)
		}
		step("told again", "", at(first, 3))
		moved := step("moved", "appointment_changed", promising(at(first, 4), 600))
		if !strings.Contains(moved.Body, "\n\nYou chose a time that suits our technicians’ day: when the visit is done, you get €6 back.\n\n") {
			t.Errorf("€6 were promised, and the letter says %s", moved.Body)
		}
		if steps := k.ask(visitor(t), t, "GET", "/v1/public/cases/"+o.Link, ""); !strings.Contains(steps, `"reward":{"minor":600,"currency":"EUR"}`) {
			t.Errorf("€6 were promised, and the page shows %s", steps)
		}

		away := at(first, 5)
		away.RewardLost = money.Of(600, "EUR")
		moved = step("moved on their wish, twice", "appointment_changed", away, at(first, 6))
		if !strings.Contains(moved.Body, "\n\nThe €6 that we promised to give back was for the earlier time; with the new one it does not apply any more.\n\n") {
			t.Errorf("€6 were lost, and the letter says %s", moved.Body)
		}
		if steps := k.ask(visitor(t), t, "GET", "/v1/public/cases/"+o.Link, ""); !strings.Contains(steps, `"reward_lost":{"minor":600,"currency":"EUR"}`) {
			t.Errorf("€6 were lost, and the page shows %s", steps)
		}
		if moved = step("moved again", "appointment_changed", at(first, 4)); strings.Contains(moved.Body, "back") {
			t.Errorf("nothing was lost then, and the letter says %s", moved.Body)
		}

		k.publish(t, dispatch.AppointmentEnded{Case: o.ID, Appointment: first, State: dispatch.Declined})
		if off := step("declined", "appointment_cancelled"); !strings.Contains(off.Body, "Wednesday 4 March 2026 09:00–11:00") {
			t.Errorf("the letter says %s", off.Body)
		}
		step("booked anew", "appointment_booked", promising(at(second, 5), 300))
		k.publish(t, field.VisitRecorded{Case: o.ID, Appointment: second})
		step("done", "")
		if again := step("a second visit", "appointment_booked", at(id.Appointment{3}, 6)); strings.Contains(again.Body, "back") {
			t.Errorf("what was promised for the first was earned, and the letter says %s", again.Body)
		}
	})
}

// What is written to the customer on the case reaches them; a note does not.
func TestAnswerLetter(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.take(t, writable)
		agent, path := as(t, access.Agent, access.Tenant, id.Raw{}), "/v1/cases/"+c.String()+"/messages"
		k.ask(agent, t, "POST", path, `{"text":"Please switch it off."}`)
		k.ask(agent, t, "POST", path, `{"text":"A note among us.","internal":true}`)
		k.later(t)
		if got := k.wants(t, "answered", "case_received", "case_answered"); !strings.Contains(got.Body, "Please switch it off.") {
			t.Errorf("the letter says %s", got.Body)
		}
	})
}

// A part that is awaited and a case that is solved are told, unless that has
// passed when the letter would be written.
func TestMoveLetters(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.take(t, writable)
		k.publish(t, parts.ReservationRefused{Case: c}, work.OrderMoved{Case: c, From: work.Waiting, To: work.Ready})
		k.later(t)
		k.wants(t, "a part was missing for a moment", "case_received")
		k.publish(t, parts.ReservationRefused{Case: c})
		k.later(t)
		k.publish(t, work.OrderCompleted{Case: c, Outcome: work.Fixed, CompletedAt: dbtest.Now})
		k.later(t)
		k.wants(t, "solved", "case_received", "part_awaited", "case_resolved")
	})
}

// Nobody writes to whom nobody can reach, and to an erased person least of all.
func TestNoLetters(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		mute, gone := k.take(t), k.take(t, writable, func(in *desk.Intake) { in.Requester.Phone = "" })
		k.later(t)
		if err := k.ring.Shred(t.Context(), dbtest.Tenant, k.is(t, gone).Requester); err != nil {
			t.Fatal(err)
		}
		for _, c := range []id.Case{mute, gone} {
			k.publish(t, work.OrderCompleted{Case: c, Outcome: work.Fixed, CompletedAt: dbtest.Now})
		}
		k.later(t)
		k.wants(t, "both are solved", "case_received")
		undone, err := db.Get(t.Context(), k.d, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) ([]jobs.DeadLetter, error) {
			return k.jobs.DeadLetters(ctx, tx, id.Job{}, 10)
		})
		if next, more, nextErr := k.jobs.Next(t.Context()); err != nil || len(undone) != 0 || nextErr != nil || more && next.Before(k.d.Now()()) {
			t.Errorf("%v lie undone, the next is due at %s: %v, %v", undone, next, err, nextErr)
		}
	})
}
