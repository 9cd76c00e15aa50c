// Package vault is the language of persons: how they are reached, which part
// they play, whose law protects them, and what they may ask for.
//
// It is pure. Package vaultsvc answers them; package platform/persons keeps
// their sealed fields.
package vault

import "fettle.dev/fettle/kernel/fault"

// Faults of this module.
var (
	// ErrRequestNotFound: the tenant has no such request.
	ErrRequestNotFound = fault.New(fault.NotFound, "vault.request_not_found")
	// ErrTransition: the request does not take this command in its state.
	ErrTransition = fault.New(fault.Conflict, "vault.transition")
	// ErrGround: a refusal needs one of the known grounds, and one that fits.
	ErrGround = fault.New(fault.Invalid, "vault.ground")
	// ErrNotErased: an erasure is answered by erasing, not by saying so.
	ErrNotErased = fault.New(fault.Conflict, "vault.not_erased")
)

// PartyRole is the part that a person plays in a case. One person may play
// several; a part may have nobody.
type PartyRole string

// The parts.
const (
	Requester    PartyRole = "requester"    // asked for service
	UserOnSite   PartyRole = "user_on_site" // opens the door
	Owner        PartyRole = "owner"        // owns the unit
	Payer        PartyRole = "payer"        // gets the bill
	Organisation PartyRole = "organisation" // on whose behalf all of this happens
)

// PartyRoles lists the parts.
var PartyRoles = []PartyRole{Requester, UserOnSite, Owner, Payer, Organisation}

// Valid reports whether r is one of them.
func (r PartyRole) Valid() bool {
	switch r {
	case Requester, UserOnSite, Owner, Payer, Organisation:
		return true
	default:
		return false
	}
}
