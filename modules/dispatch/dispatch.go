// Package dispatch is the language of appointments: who goes where, when, and
// why that one.
//
// It is pure; the optimiser is package routing. Package dispatchsvc keeps the
// roster, the offers and the appointments.
package dispatch

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
