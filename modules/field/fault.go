package field

import "fettle.dev/fettle/kernel/fault"

// Faults of this module.
var (
	ErrNotFound = fault.New(fault.NotFound, "field.not_found")
	ErrRecord   = fault.New(fault.Invalid, "field.record")            // with fields: it cannot be read
	ErrReused   = fault.New(fault.Conflict, "field.client_id_reused") // another visit has this client id
	ErrBundle   = fault.New(fault.Invalid, "field.bundle")            // not one of ours, or another visit's
	ErrSettled  = fault.New(fault.Conflict, "field.review_settled")   // args: state
	ErrReview   = fault.New(fault.NotFound, "field.review_not_found")
)
