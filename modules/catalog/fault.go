package catalog

import (
	"fettle.dev/fettle/kernel/fault"
)

// Faults of this module.
var (
	// ErrInvalid names the wrong members in its fields.
	ErrInvalid        = fault.New(fault.Invalid, "catalog.invalid")
	ErrCodeTaken      = fault.New(fault.Conflict, "catalog.code_taken")
	ErrGTIN           = fault.New(fault.Invalid, "catalog.gtin")
	ErrLineNotFound   = fault.New(fault.NotFound, "catalog.line_not_found")
	ErrLink           = fault.New(fault.Invalid, "catalog.digital_link")
	ErrModelNotFound  = fault.New(fault.NotFound, "catalog.model_not_found")
	ErrPartNotFound   = fault.New(fault.NotFound, "catalog.part_not_found")
	ErrSerial         = fault.New(fault.Invalid, "catalog.serial")
	ErrStale          = fault.New(fault.Stale, "catalog.stale")
	ErrUnitNotFound   = fault.New(fault.NotFound, "catalog.unit_not_found")
	ErrUnitTransition = fault.New(fault.Conflict, "catalog.unit_transition")
)

// verdict turns a fault that collected no field into no error at all.
func verdict(bad *fault.Fault) error {
	if len(bad.Fields) == 0 {
		return nil
	}
	return bad
}
