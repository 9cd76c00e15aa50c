package desksvc

import (
	"encoding/json"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/platform/outbox"
)

// An appointment's time: given to the customer first, and given anew. Who moves
// an appointment publishes both, one behind the other.
var (
	standing  = (dispatch.AppointmentScheduled{}).EventName()
	movedAway = (dispatch.AppointmentMoved{}).EventName()
)

// kindOf is the name of a step for the customer: a move says where to. It is ""
// for what is between the operator and the technician.
func kindOf(e outbox.Past) string {
	switch e.Name {
	case (desk.CaseMoved{}).EventName():
		var moved desk.CaseMoved
		if json.Unmarshal(e.Body, &moved) == nil {
			return "case_" + string(moved.To)
		}
	case movedAway:
		var moved dispatch.AppointmentMoved
		if json.Unmarshal(e.Body, &moved) != nil || moved.To == dispatch.Scheduled {
			return e.Name
		}
		if moved.To.Begun() {
			return "appointment_" + string(moved.To)
		}
		return ""
	}
	return e.Name
}

// window reads the promised time out of an appointment's event.
func window(e outbox.Past) (from, to time.Time) {
	var w struct {
		StartAt time.Time `json:"start_at"`
		EndAt   time.Time `json:"end_at"`
	}
	if json.Unmarshal(e.Body, &w) != nil {
		return time.Time{}, time.Time{}
	}
	return w.StartAt, w.EndAt
}

// rewardOf reads what is promised to the customer, and what was for the time before and is
// no more, out of the event that an appointment stands.
func rewardOf(e outbox.Past) (reward, lost money.Amount) {
	var a dispatch.AppointmentScheduled
	if e.Name != standing || json.Unmarshal(e.Body, &a) != nil {
		return money.Amount{}, money.Amount{}
	}
	return a.Reward, a.RewardLost
}

// promisedFor is what was promised to the customer for a visit as they were told of it.
func promisedFor(past []outbox.Past, told desk.Slot) (reward money.Amount) {
	for _, e := range past {
		var a dispatch.AppointmentScheduled
		if e.Name == standing && json.Unmarshal(e.Body, &a) == nil && a.Appointment == told.Appointment && a.StartAt.Equal(told.From) {
			reward = a.Reward
		}
	}
	return reward
}

// visitOf finds the visit that stands in the history of a case, or none.
func visitOf(past []outbox.Past) desk.Slot {
	for _, e := range slices.Backward(past) {
		switch e.Name {
		case standing:
			var a dispatch.AppointmentScheduled
			if json.Unmarshal(e.Body, &a) != nil {
				return desk.Slot{}
			}
			return desk.Slot{Appointment: a.Appointment, From: a.StartAt, To: a.EndAt, Reward: a.Reward}
		case (dispatch.AppointmentEnded{}).EventName(), (field.VisitRecorded{}).EventName():
			return desk.Slot{}
		}
	}
	return desk.Slot{}
}

// happened reports whether the visit of the appointment took place, or found nobody.
func happened(past []outbox.Past, of id.Appointment) bool {
	return slices.ContainsFunc(past, func(e outbox.Past) bool {
		switch e.Name {
		case (field.VisitRecorded{}).EventName():
			var v field.VisitRecorded
			return json.Unmarshal(e.Body, &v) == nil && v.Appointment == of
		case (dispatch.AppointmentEnded{}).EventName():
			var a dispatch.AppointmentEnded
			return json.Unmarshal(e.Body, &a) == nil && a.Appointment == of && a.State == dispatch.Absent
		}
		return false
	})
}

// code is what the customer tells the technician when the work of the
// appointment is done; "" for none. Only the customer is told it.
func (m *Module) code(tenant id.Tenant, a id.Appointment) string {
	if a.IsZero() {
		return ""
	}
	return field.Code(m.ring.Blind(tenant, field.CodeKind, a.String()))
}
