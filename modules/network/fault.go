package network

import (
	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/locale"
)

// Faults of this module.
var (
	// ErrInvalid names the wrong members in its fields.
	ErrInvalid          = fault.New(fault.Invalid, "network.invalid")
	ErrBrandNotFound    = fault.New(fault.NotFound, "network.brand_not_found")
	ErrCodeTaken        = fault.New(fault.Conflict, "network.code_taken")
	ErrCycle            = fault.New(fault.Conflict, "network.node_cycle")
	ErrHasOpenBelow     = fault.New(fault.Conflict, "network.node_has_open_below")
	ErrNoOperator       = fault.New(fault.NotFound, "network.no_operator")
	ErrNodeNotFound     = fault.New(fault.NotFound, "network.node_not_found")
	ErrPartnerNotFound  = fault.New(fault.NotFound, "network.partner_not_found")
	ErrTransition       = fault.New(fault.Conflict, "network.node_transition")
	ErrTerritoryMissing = fault.New(fault.NotFound, "network.territory_not_found")
	ErrWrongParent      = fault.New(fault.Conflict, "network.node_wrong_parent")
)

// verdict turns a fault that collected no field into no error at all.
func verdict(bad *fault.Fault) error {
	if len(bad.Fields) == 0 {
		return nil
	}
	return bad
}

func checkCode(bad *fault.Fault, pointer, code string) *fault.Fault {
	if !validCode(code) {
		return bad.At(pointer, "shape")
	}
	return bad
}

func checkName(bad *fault.Fault, pointer, name string) *fault.Fault {
	if !validName(name) {
		return bad.At(pointer, "shape")
	}
	return bad
}

func checkCountry(bad *fault.Fault, pointer string, c locale.Country) *fault.Fault {
	if !c.Valid() {
		return bad.At(pointer, "shape")
	}
	return bad
}

func checkZone(bad *fault.Fault, pointer, zone string, known func(string) bool) *fault.Fault {
	if zone == "" || !known(zone) {
		return bad.At(pointer, "unknown")
	}
	return bad
}
