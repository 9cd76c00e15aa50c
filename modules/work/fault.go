package work

import "fettle.dev/fettle/kernel/fault"

// Faults of this module.
var (
	ErrNotFound   = fault.New(fault.NotFound, "work.not_found")
	ErrTransition = fault.New(fault.Conflict, "work.transition") // args: state, command
	ErrOutcome    = fault.New(fault.Invalid, "work.outcome")
	ErrReason     = fault.New(fault.Invalid, "work.reason")
	ErrByVisit    = fault.New(fault.Conflict, "work.by_visit") // a visit is completed by its record
)
