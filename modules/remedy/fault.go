package remedy

import "fettle.dev/fettle/kernel/fault"

// Faults of this module.
var (
	ErrNoPlan     = fault.New(fault.NotFound, "remedy.no_plan")
	ErrNotOffered = fault.New(fault.Conflict, "remedy.not_offered") // args: mode
	ErrDecided    = fault.New(fault.Conflict, "remedy.decided")
	ErrNotOpen    = fault.New(fault.Conflict, "remedy.not_open")  // args: state; nothing is proposed for a case that is solved or over
	ErrUnderWay   = fault.New(fault.Conflict, "remedy.under_way") // somebody is at the work of the plan
	ErrReason     = fault.New(fault.Invalid, "remedy.reason_needed")
	ErrPolicy     = fault.New(fault.Invalid, "remedy.policy")
)
