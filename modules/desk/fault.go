package desk

import "fettle.dev/fettle/kernel/fault"

// Faults of this module.
var (
	ErrCaseNotFound = fault.New(fault.NotFound, "desk.case_not_found")
	ErrTransition   = fault.New(fault.Conflict, "desk.transition") // args: state, command
	ErrIntake       = fault.New(fault.Invalid, "desk.intake")      // with fields
	ErrStale        = fault.New(fault.Stale, "desk.stale")
	ErrEmpty        = fault.New(fault.Invalid, "desk.empty_text")
	ErrRating       = fault.New(fault.Invalid, "desk.rating")
	ErrRatedEarly   = fault.New(fault.Conflict, "desk.rated_early")
	ErrRatedTwice   = fault.New(fault.Conflict, "desk.rated_twice")
	ErrLink         = fault.New(fault.NotFound, "desk.link")
	ErrUnitUnknown  = fault.New(fault.Invalid, "desk.unit_unknown") // the register of the brand has no such serial or id
	ErrUnitBrand    = fault.New(fault.Conflict, "desk.unit_brand")
	ErrOver         = fault.New(fault.Conflict, "desk.case_over") // nothing can be added to a closed case
)
