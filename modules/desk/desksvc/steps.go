package desksvc

import (
	"encoding/json"
	"time"

	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/platform/outbox"
)

// kindOf is the name of a step for the customer: a move says where to.
func kindOf(e outbox.Past) string {
	if e.Name != (desk.CaseMoved{}).EventName() {
		return e.Name
	}
	var moved desk.CaseMoved
	if json.Unmarshal(e.Body, &moved) != nil {
		return e.Name
	}
	return "case_" + string(moved.To)
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
