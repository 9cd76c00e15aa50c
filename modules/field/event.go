package field

import (
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
)

// VisitRecorded is published when a visit as done has been written down. It is
// a fact: what no longer fits becomes a review, never a refusal.
type VisitRecorded struct {
	Visit         id.Visit       `json:"visit"`
	Appointment   id.Appointment `json:"appointment,omitzero"`
	WorkOrder     id.WorkOrder   `json:"work_order"`
	Case          id.Case        `json:"case"`
	Node          id.Node        `json:"node"`
	Technician    id.Technician  `json:"technician"`
	Outcome       work.Outcome   `json:"outcome"`
	Cause         string         `json:"cause,omitempty"`      // code
	Resolution    string         `json:"resolution,omitempty"` // code
	WorkedMinutes int64          `json:"worked_minutes"`
	TravelMetres  int64          `json:"travel_metres"`
	Parts         []remedy.Need  `json:"parts,omitempty"` // as used
	Acceptance    Acceptance     `json:"acceptance"`
	Photos        int64          `json:"photos"`
	Review        string         `json:"review,omitempty"`  // code of what a dispatcher must look at: the gravest
	Reviews       []Review       `json:"reviews,omitempty"` // all of them
	StartedAt     time.Time      `json:"started_at"`
	FinishedAt    time.Time      `json:"finished_at"`
}

// EventName names the event on the wire.
func (VisitRecorded) EventName() string { return "field.visit_recorded.v1" }

// Subject is the case.
func (e VisitRecorded) Subject() id.Raw { return e.Case.Raw() }

// ReviewSettled is published when somebody has decided on something about a
// visit that did not fit.
type ReviewSettled struct {
	Visit    id.Visit    `json:"visit"`
	Case     id.Case     `json:"case"`
	Node     id.Node     `json:"node"`
	Review   Review      `json:"review"`
	Decision ReviewState `json:"decision"`
	Open     int64       `json:"open"` // what of the visit is still to be looked at
	At       time.Time   `json:"at"`
}

// EventName names the event on the wire.
func (ReviewSettled) EventName() string { return "field.review_settled.v1" }

// Subject is the case.
func (e ReviewSettled) Subject() id.Raw { return e.Case.Raw() }
