package desksvc

import (
	"encoding/json"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
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

// code is what the customer tells the technician when the work of the
// appointment that stands is done; "" when none stands. Only the holder of the
// link sees it.
func (m *Module) code(tenant id.Tenant, past []outbox.Past) string {
	for _, e := range slices.Backward(past) {
		switch e.Name {
		case (dispatch.AppointmentScheduled{}).EventName():
			var a dispatch.AppointmentScheduled
			if json.Unmarshal(e.Body, &a) != nil || a.Appointment.IsZero() {
				return ""
			}
			return field.Code(m.ring.Blind(tenant, field.CodeKind, a.Appointment.String()))
		case (dispatch.AppointmentEnded{}).EventName(), (field.VisitRecorded{}).EventName():
			return ""
		}
	}
	return ""
}
