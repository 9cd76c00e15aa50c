package vault

import "fettle.dev/fettle/kernel/id"

// PersonErased is published when a person's key has been destroyed. Whoever
// keeps hashes, tokens or other derived data of the person deletes them.
type PersonErased struct {
	Person id.Person `json:"person"`
}

// EventName names the event on the wire.
func (PersonErased) EventName() string { return "vault.person_erased.v1" }

// Subject is the person.
func (e PersonErased) Subject() id.Raw { return e.Person.Raw() }

// PersonExported is published when somebody has been given all that is kept
// about a person.
type PersonExported struct {
	Person id.Person `json:"person"`
	By     id.User   `json:"by,omitzero"` // zero: the house itself
}

// EventName names the event on the wire.
func (PersonExported) EventName() string { return "vault.person_exported.v1" }

// Subject is the person.
func (e PersonExported) Subject() id.Raw { return e.Person.Raw() }

// PersonCorrected is published when a person's fields have been put right.
type PersonCorrected struct {
	Person id.Person `json:"person"`
}

// EventName names the event on the wire.
func (PersonCorrected) EventName() string { return "vault.person_corrected.v1" }

// Subject is the person.
func (e PersonCorrected) Subject() id.Raw { return e.Person.Raw() }
