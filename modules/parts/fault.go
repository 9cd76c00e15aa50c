package parts

import "fettle.dev/fettle/kernel/fault"

// Faults of this module.
var (
	ErrLine     = fault.New(fault.Invalid, "parts.line")
	ErrShort    = fault.New(fault.Conflict, "parts.short") // args: available
	ErrMovement = fault.New(fault.Invalid, "parts.movement")
	ErrDelay    = fault.New(fault.Invalid, "parts.delay")     // with fields
	ErrNotHeld  = fault.New(fault.Conflict, "parts.not_held") // args: state; of a reservation
	ErrNotKnown = fault.New(fault.NotFound, "parts.no_reservation")
)
