// Package dispatch is the language of appointments: who goes where, when, and
// why that one.
//
// It promises that an appointment moves only along its states, that a slot says
// what it costs and why this technician, and that the same roster and the same
// day give the same stretches of duty. It is pure; the optimiser is package
// routing. Package dispatchsvc keeps the roster, the offers and the appointments.
package dispatch

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
)

// State is where an appointment stands.
type State string

// The states of an appointment, as in GLOSSARY.md.
const (
	Pending    State = "pending" // soft: its parts are being reserved
	Scheduled  State = "scheduled"
	Dispatched State = "dispatched"
	Accepted   State = "accepted"
	Declined   State = "declined"
	TimedOut   State = "timed_out"
	Travelling State = "travelling"
	OnSite     State = "on_site"
	Completed  State = "completed"
	Unable     State = "cannot_complete"
	Absent     State = "absent" // the customer
	Missed     State = "missed" // by us
	Cancelled  State = "cancelled"
)

// Appointment is a promised stretch of a technician's time.
type Appointment struct {
	ID         id.Appointment `json:"id"`
	WorkOrder  id.WorkOrder   `json:"work_order"`
	Case       id.Case        `json:"case"`
	Brand      id.Brand       `json:"brand"`
	Node       id.Node        `json:"node"`
	Partner    id.Partner     `json:"partner,omitzero"`
	Technician id.Technician  `json:"technician"`
	Requester  id.Person      `json:"requester,omitzero"`
	Country    locale.Country `json:"country"`
	Zone       string         `json:"zone"` // IANA zone of the site
	State      State          `json:"state"`
	Reason     string         `json:"reason,omitempty"` // code of the last move

	// StartAt and EndAt bound the window that the customer was promised: the
	// visit begins in it.
	StartAt time.Time `json:"start_at"`
	EndAt   time.Time `json:"end_at"`
	// ServiceStartAt and ServiceEndAt are the plan of the day; they move within
	// the promise as the day fills.
	ServiceStartAt time.Time `json:"service_start_at"`
	ServiceEndAt   time.Time `json:"service_end_at"`
	TravelSeconds  int64     `json:"travel_seconds"` // to get there

	Minutes  int64          `json:"minutes"` // of work on site
	Coarse   geo.Point      `json:"coarse"`
	Attempt  int64          `json:"attempt"` // 1 for the first of the work order
	Previous id.Appointment `json:"previous,omitzero"`
	Reasons  Reasons        `json:"reasons"`
	Version  int64          `json:"version"`

	// Reward is what the customer was promised for taking the slot, zero for nothing. It
	// stays with the visit wherever we move it, and is owed only while the state Earns it.
	Reward money.Amount `json:"reward,omitzero"`
}

// Reader is what other modules may ask, outside of a step.
type Reader interface {
	// Technician returns the technician, or ErrNoTechnician.
	Technician(ctx context.Context, tenant id.Tenant, t id.Technician) (Technician, error)
	// Appointment returns the appointment, or ErrNotFound.
	Appointment(ctx context.Context, tenant id.Tenant, a id.Appointment) (Appointment, error)
	// AppointmentsOf returns all appointments of a case, oldest first.
	AppointmentsOf(ctx context.Context, tenant id.Tenant, c id.Case) ([]Appointment, error)
}

// JobState is where a visit that is to be planned stands.
type JobState string

// The states of what is to be planned.
const (
	Unplanned JobState = "unplanned"
	Offered   JobState = "offered" // slots were offered, none is taken yet
	Booked    JobState = "booked"
	Held      JobState = "held" // the work waits, for a part say
	Done      JobState = "done" // or given up
)

// Open reports whether an appointment may be made for what stands so.
func (s JobState) Open() bool { return s == Unplanned || s == Offered }
