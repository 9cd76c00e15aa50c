// Package orders is the language of what brands, shops and marketplaces send:
// service orders under their own number, whose status returns in their codes.
//
// It is pure. Package orderssvc keeps the orders.
package orders

// State is where a service order stands.
type State string

// The states of a service order, as in GLOSSARY.md.
const (
	Received  State = "received"
	Accepted  State = "accepted"
	Refused   State = "refused"
	InWork    State = "in_work"
	Done      State = "done"
	Confirmed State = "confirmed"
	Cancelled State = "cancelled"
)
