package access

import "fettle.dev/fettle/kernel/id"

// Seen is who acted, as a reader may know it.
type Seen struct {
	Kind ActorKind `json:"kind,omitempty" enum:"staff,technician,partner,brand,customer,token,system" doc:"absent for messages and notes of ours: whose account it was is known, not the part it acted in"`
	User id.User   `json:"user,omitzero" doc:"the account, for the operator's staff, and of the caller"`
	Name string    `json:"name,omitempty" doc:"of the account or the API token, for the operator's staff; absent for who was erased"`
}

// SeenBy is what the reader may know of a: the part it acted in, and what they did
// themselves.
func (a Actor) SeenBy(reader Caller) Seen {
	s := Seen{Kind: a.Kind}
	if a.User == reader.User {
		s.User = a.User
	}
	return s
}

// Named is what those may know of a who may do actor.read: its account, and the
// name out of names that login.Names has found.
func (a Actor) Named(names map[Actor]string) Seen {
	return Seen{Kind: a.Kind, User: a.User, Name: names[a]}
}
