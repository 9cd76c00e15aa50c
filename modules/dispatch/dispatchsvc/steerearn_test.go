package dispatchsvc_test

import (
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db/dbtest"
)

// Who takes an offer with a reward in the moment in which the work ends otherwise has
// earned nothing: nobody came by that offer. Who was visited by it has, once.
func TestSteerEarned(t *testing.T) {
	const n = 2
	wo, c := id.WorkOrder{0: 9, 15: n}, id.Case{0: 8, 15: n}
	over := work.OrderMoved{WorkOrder: wo, Case: c, Kind: work.Visit, From: work.InProgress, To: work.Completed}
	record := func(a id.Appointment, began time.Time) field.VisitRecorded {
		return field.VisitRecorded{Appointment: a, WorkOrder: wo, Case: c, Outcome: work.Fixed, StartedAt: began, FinishedAt: began.Add(time.Hour)}
	}
	for name, tt := range map[string]struct {
		parts, more string // what the store answers; what is said beside the offer
		do          func(t *testing.T, k *kit, a id.Appointment)
		earns       bool
		state       string
	}{
		"visited by it": {"", "", func(t *testing.T, k *kit, a id.Appointment) {
			k.at(t, 48*time.Hour)
			k.publish(t, record(a, wednesday(9)), over)
		}, true, "completed"},
		"visited by it, recorded without saying so, and twice": {"", "", func(t *testing.T, k *kit, a id.Appointment) {
			k.at(t, 48*time.Hour)
			k.publish(t, record(id.Appointment{}, wednesday(9)), record(a, wednesday(9)), over)
		}, true, "completed"},
		"visited by it, at a time that nobody has noted": {"", "", func(t *testing.T, k *kit, a id.Appointment) {
			k.publish(t, record(a, time.Time{}))
		}, true, "completed"},
		"visited by it, as the record says, at a time that cannot be": {"", "", func(t *testing.T, k *kit, a id.Appointment) {
			k.publish(t, record(a, dbtest.Now.Add(-time.Hour)), over)
		}, true, "completed"},
		"somebody was there already": {"", "", func(t *testing.T, k *kit, _ id.Appointment) {
			k.publish(t, record(id.Appointment{}, dbtest.Now.Add(-time.Hour)), over)
		}, false, "completed"},
		"somebody was there already, and its parts are not held yet": {"silent", "", func(t *testing.T, k *kit, a id.Appointment) {
			k.publish(t, record(id.Appointment{}, dbtest.Now.Add(-time.Hour)))
			k.confirm(t, a.String())
		}, false, "completed"},
		"held, and not taken yet": {"", `,"hold":true`, func(t *testing.T, k *kit, _ id.Appointment) {
			k.publish(t, record(id.Appointment{}, dbtest.Now))
		}, false, "completed"},
		"the work ends without a visit": {"", "", func(t *testing.T, k *kit, _ id.Appointment) {
			k.publish(t, over)
		}, false, "cancelled"},
		"the work ends without a visit, and its parts are not held yet": {"silent", "", func(t *testing.T, k *kit, a id.Appointment) {
			k.publish(t, over)
			k.confirm(t, a.String())
		}, false, "cancelled"},
		"the record of another appointment": {"", "", func(t *testing.T, k *kit, _ id.Appointment) {
			k.want(t, 200, "POST", "/v1/appointments/"+k.last+"/cancel", `{"reason":"customer_wish"}`)
			of, err := id.Parse[id.AppointmentKind](k.last)
			if err != nil {
				t.Fatal(err)
			}
			_, _, cheap := k.steeredTo(t, wo)
			k.last = k.takeOffer(t, wo, cheap, "")
			k.publish(t, record(of, dbtest.Now.Add(time.Hour)), over)
		}, false, "cancelled"},
	} {
		t.Run(name, func(t *testing.T) {
			eachVillage(t, func(t *testing.T, k *kit, _ id.Technician) {
				k.parts = tt.parts
				var cheap map[string]any
				cheap, k.last = k.promiseMade(t, n, tt.more)
				a, err := id.Parse[id.AppointmentKind](k.last)
				if err != nil {
					t.Fatal(err)
				}
				tt.do(t, k, a)
				want, taken := int64(0), 0.0
				if tt.earns {
					want, taken = minor(cheap["reward"]), 1.0
				}
				v := k.want(t, 200, "GET", "/v1/appointments/"+k.last, "")
				if v["state"] != tt.state || minor(v["reward"]) != want {
					t.Errorf("%v with a reward of %v, want %s with %d", v["state"], v["reward"], tt.state, want)
				}
				if got := k.earned(t, c); got != want {
					t.Errorf("earned %d, want %d", got, want)
				}
				if got := k.steered(t); got["taken"] != taken || minor(got["granted"]) != want {
					t.Errorf("came of it %v, want %v of %d", got, taken, want)
				}
			})
		})
	}
}
