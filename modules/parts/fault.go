package parts

import "fettle.dev/fettle/kernel/fault"

// Faults of this module.
var (
	ErrLine     = fault.New(fault.Invalid, "parts.line")
	ErrShort    = fault.New(fault.Conflict, "parts.short") // args: available
	ErrMovement = fault.New(fault.Invalid, "parts.movement")
)
