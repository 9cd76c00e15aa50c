package work

import "fettle.dev/fettle/kernel/fault"

// Faults of this module.
var (
	ErrNotFound   = fault.New(fault.NotFound, "work.not_found")
	ErrTransition = fault.New(fault.Conflict, "work.transition") // args: state, command
	ErrOutcome    = fault.New(fault.Invalid, "work.outcome")
	ErrReason     = fault.New(fault.Invalid, "work.reason")
	ErrByVisit    = fault.New(fault.Conflict, "work.by_visit") // a visit is completed by its record
	ErrTie        = fault.New(fault.Invalid, "work.tie")       // with fields
	ErrUntied     = fault.New(fault.Conflict, "work.untied")   // args: state; nothing can be tied to it (any more)
	ErrByPlan     = fault.New(fault.Conflict, "work.by_plan")  // the work of a fix plan ends with the plan
)
