package sla

import "fettle.dev/fettle/kernel/fault"

// Faults of this module.
var (
	// ErrInvalid names the wrong members in its fields.
	ErrInvalid    = fault.New(fault.Invalid, "sla.invalid")
	ErrAmbiguous  = fault.New(fault.Conflict, "sla.ambiguous_target") // two targets for exactly the same cases
	ErrEvidence   = fault.New(fault.Invalid, "sla.evidence_needed")   // args: reason
	ErrTransition = fault.New(fault.Conflict, "sla.transition")       // args: state, command
)
