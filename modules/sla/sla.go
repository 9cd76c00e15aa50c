// Package sla is the language of promised times: how soon a case is answered,
// taken on, visited and solved, counted in the working time of the place where
// the unit stands.
//
// It promises that the same targets, calendar and happenings always give the
// same due instants, that paused working time is not counted, and that a clock
// tells each warning and its breach once, at the instant at which it was due,
// however late anybody looks. It is pure; package slasvc keeps the clocks.
package sla

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
)

// Kind is what is promised.
type Kind string

// The kinds of promises, in the order in which a case meets them.
const (
	Respond Kind = "respond" // a person answers the customer for the first time
	Own     Kind = "own"     // somebody takes the case on
	Arrive  Kind = "arrive"  // a technician is on site
	Resolve Kind = "resolve" // the problem is solved
)

// Kinds are all kinds, in order.
var Kinds = []Kind{Respond, Own, Arrive, Resolve}

// Party is to whom something is promised.
type Party string

// The parties: the brand's promise to the customer, the operator's to the
// brand, a partner's to the operator (the operational level agreement).
const (
	ToCustomer Party = "customer"
	ToBrand    Party = "brand"
	ToOperator Party = "operator"
)

// Parties are all parties, in order.
var Parties = []Party{ToCustomer, ToBrand, ToOperator}

// Reason is why a clock is paused.
type Reason string

// The reasons of a pause.
const (
	WaitCustomer Reason = "customer"  // the customer must answer or act
	WaitPart     Reason = "part"      // a part is on its way
	WaitPartner  Reason = "partner"   // a partner must act
	Weather      Reason = "weather"   // nobody can travel
	Postponed    Reason = "postponed" // the customer wants it later
)

// Reasons are all reasons, in order.
var Reasons = []Reason{WaitCustomer, WaitPart, WaitPartner, Weather, Postponed}

// NeedsEvidence reports whether the reason excuses only with evidence on file,
// because it shifts the blame away from those who claim it.
func (r Reason) NeedsEvidence() bool { return r == Weather || r == Postponed }

// Reader is what other modules may ask, outside of a step.
type Reader interface {
	// Clocks returns the clocks of the case, by party and kind; none is no error.
	Clocks(ctx context.Context, tenant id.Tenant, c id.Case) ([]Clock, error)
}

// DayReader knows the holidays and make-up workdays of countries; asked outside of a step.
type DayReader interface {
	SpecialDays(ctx context.Context, tenant id.Tenant, country locale.Country) ([]SpecialDay, error)
}

// NextDue is the earliest instant by which something of the case must be done;
// a breach that nobody has made good counts. Zero means that nothing is due.
func NextDue(clocks []Clock) (next time.Time) {
	for i := range clocks {
		if c := &clocks[i]; c.open() && !c.DueAt.IsZero() && (next.IsZero() || c.DueAt.Before(next)) {
			next = c.DueAt
		}
	}
	return next
}

// NextTell is the earliest instant at which a clock has a warning or a breach
// to tell; zero if there is none.
func NextTell(clocks []Clock) (next time.Time) {
	for i := range clocks {
		if at := clocks[i].TellAt; !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}
