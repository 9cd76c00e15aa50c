package dispatchsvc_test

import (
	"context"
	"encoding/json"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

// heard are the events of a kind that a case has had, the oldest first.
func heard[E outbox.Event](t testing.TB, k *kit, c id.Case) (out []E) {
	t.Helper()
	past, err := db.Get(t.Context(), k.db, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) ([]outbox.Past, error) {
		return k.bus.History(ctx, tx, c.Raw(), 100)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range past {
		var e E
		if p.Name != e.EventName() {
			continue
		}
		if err := json.Unmarshal(p.Body, &e); err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// lost is what the last event that an appointment stands says is lost.
func (k *kit) lost(t testing.TB, c id.Case) (minor int64) {
	t.Helper()
	for _, e := range heard[dispatch.AppointmentScheduled](t, k, c) {
		minor = e.RewardLost.Minor
	}
	return minor
}

// earned adds up what customers are told to have earned at a case.
func (k *kit) earned(t testing.TB, c id.Case) (sum int64) {
	t.Helper()
	for _, e := range heard[dispatch.RewardEarned](t, k, c) {
		sum += e.Reward.Minor
	}
	return sum
}

// promised is what was told last when the appointment stood, or -1.
func (k *kit) promised(t testing.TB, a string) int64 {
	t.Helper()
	of, err := id.Parse[id.AppointmentKind](a)
	if err != nil {
		t.Fatal(err)
	}
	found, err := k.Appointment(t.Context(), dbtest.Tenant, of)
	if err != nil {
		t.Fatal(err)
	}
	minor := int64(-1)
	for _, e := range heard[dispatch.AppointmentScheduled](t, k, found.Case) {
		if e.Appointment == of {
			minor = e.Reward.Minor
		}
	}
	return minor
}

// promiseMade is a visit that is booked in a slot with a reward; more is said beside the offer.
func (k *kit) promiseMade(t testing.TB, n byte, more string) (cheap map[string]any, a string) {
	t.Helper()
	k.rewards(t, 500, 10_00)
	wo := k.visit(t, n, 60, village)
	if _, _, cheap = k.steeredTo(t, wo); cheap == nil {
		t.Fatal("nothing is promised")
	}
	return cheap, k.takeOffer(t, wo, cheap, more)
}
