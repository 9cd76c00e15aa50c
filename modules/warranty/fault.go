package warranty

import (
	"fettle.dev/fettle/kernel/fault"
)

// Faults of this module.
var (
	// ErrInvalid names the wrong members in its fields.
	ErrInvalid           = fault.New(fault.Invalid, "warranty.invalid")
	ErrAlreadyRegistered = fault.New(fault.Conflict, "warranty.already_registered")
	ErrBelowMinimum      = fault.New(fault.Conflict, "warranty.below_statutory_minimum")
	ErrCodeTaken         = fault.New(fault.Conflict, "warranty.code_taken")
	ErrNoEntitlement     = fault.New(fault.NotFound, "warranty.no_entitlement")
	ErrUnitOfOtherBrand  = fault.New(fault.Conflict, "warranty.unit_of_other_brand")
	ErrUnitRetired       = fault.New(fault.Conflict, "warranty.unit_retired")
)

// verdict turns a fault that collected no field into no error at all.
func verdict(bad *fault.Fault) error {
	if len(bad.Fields) == 0 {
		return nil
	}
	return bad
}
