// Package work is the language of work orders: what is to be done for a case,
// in which order, and where it stands. A work order's state follows from its
// children where it has any.
//
// It is pure. Package worksvc keeps the work orders.
package work

// Kind is the sort of work.
type Kind string

// The kinds of work.
const (
	Visit    Kind = "visit"
	Return   Kind = "return"         // the unit comes in and goes back
	Shipment Kind = "parts_shipment" // a kit goes out
	SwapUnit Kind = "swap"
	Remotely Kind = "remote"
	Money    Kind = "money" // refund or trade-in
)

// State is where a work order stands.
type State string

// The states of a work order, as in GLOSSARY.md.
const (
	Draft      State = "draft"
	Ready      State = "ready"
	Scheduled  State = "scheduled"
	InProgress State = "in_progress"
	Waiting    State = "waiting"
	Completed  State = "completed"
	Checked    State = "checked"
	Posted     State = "posted"
	Reversed   State = "reversed"
	Cancelled  State = "cancelled"
)

// Outcome is how the work ended.
type Outcome string

// The outcomes.
const (
	Fixed        Outcome = "fixed"
	FixedByCare  Outcome = "no_fault_found"
	NotFixed     Outcome = "not_fixed"    // this way does not do it: another plan is needed
	EndOfLife    Outcome = "end_of_life"  // beyond repair
	NotPresent   Outcome = "absent"       // nobody was there
	PartMissing  Outcome = "part_missing" // must come again with a part
	CustomerNo   Outcome = "declined"     // the customer did not want it
	WorkFinished Outcome = "done"         // installed, inspected, removed …
)
