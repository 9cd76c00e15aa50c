package access

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"

	"fettle.dev/fettle/kernel/id"
)

// ActorKind says in which part somebody acts.
type ActorKind string

// The kinds of actors.
const (
	ByStaff      ActorKind = "staff"      // an account of the operator
	ByTechnician ActorKind = "technician" // the account of a technician
	ByPartner    ActorKind = "partner"    // an account of a partner
	ByBrand      ActorKind = "brand"      // an account of a brand
	ByCustomer   ActorKind = "customer"   // whose case it is: with an account, or by a public page
	ByToken      ActorKind = "token"      // a program, by an API token
	BySystem     ActorKind = "system"     // Fettle itself: reactions, jobs, the command line
)

// Actor says who caused something, and is stored beside it for ever. So it
// holds no name: that is looked up by whoever may see it (login.Names), and is
// gone when the person is erased. Of customers not even the account is kept.
// The zero Actor is nobody known: what happened before actors were kept.
type Actor struct {
	Kind  ActorKind
	User  id.User     // whose account, of staff, technicians, partners and brands
	Token id.APIToken // of ByToken
}

// Actor returns the part in which c acts; of several the first of parts.
func (c Caller) Actor() Actor {
	switch {
	case c.system:
		return Actor{Kind: BySystem}
	case !c.Token.IsZero():
		return Actor{Kind: ByToken, Token: c.Token}
	case c.User.IsZero(): // public pages are there for customers
		return Actor{Kind: ByCustomer}
	}
	first := len(parts)
	for _, g := range c.Grants {
		first = min(first, slices.Index(parts, g.part()))
	}
	switch {
	case first == len(parts): // without a role; it can do no more than see to itself
		return Actor{Kind: ByStaff, User: c.User}
	case parts[first] == ByCustomer:
		return Actor{Kind: ByCustomer}
	default:
		return Actor{Kind: parts[first], User: c.User}
	}
}

// parts are what the holder of a grant can act as, the first before the others.
var parts = []ActorKind{ByStaff, ByTechnician, ByPartner, ByBrand, ByCustomer}

// part is what the holder of g acts as.
func (g Grant) part() ActorKind {
	switch {
	case g.Role == Customer:
		return ByCustomer
	case g.Role == Technician:
		return ByTechnician
	case g.Scope.Kind == OfPartner:
		return ByPartner
	case g.Scope.Kind == OfBrand && (g.Role == Brand || g.Role == Integrator):
		return ByBrand
	default:
		return ByStaff
	}
}

// ActorOf returns who acts in ctx. Where nobody calls it is the system: what no
// request asked for, a job or a reaction does.
func ActorOf(ctx context.Context) Actor {
	if c := calling(ctx); c != nil {
		return c.Actor()
	}
	return Actor{Kind: BySystem}
}

// IsZero reports whether nobody is known to have acted.
func (a Actor) IsZero() bool { return a == Actor{} }

// String is the stored form: the kind, and behind a colon the id where one is
// kept.
func (a Actor) String() string {
	switch {
	case !a.User.IsZero():
		return string(a.Kind) + ":" + a.User.String()
	case !a.Token.IsZero():
		return string(a.Kind) + ":" + a.Token.String()
	}
	return string(a.Kind)
}

// Value implements driver.Valuer: the stored form, or NULL for the zero Actor.
func (a Actor) Value() (driver.Value, error) {
	if a.IsZero() {
		return nil, nil
	}
	return a.String(), nil
}

var errActor = errors.New("access: this is no actor")

// Scan implements sql.Scanner. A kind that only a newer version knows is kept.
func (a *Actor) Scan(src any) (err error) {
	*a = Actor{}
	var text string
	switch v := src.(type) {
	case nil:
		return nil
	case string:
		text = v
	case []byte:
		text = string(v)
	default:
		return fmt.Errorf("scan actor from %T: %w", src, errActor)
	}
	kind, who, _ := strings.Cut(text, ":")
	a.Kind = ActorKind(kind)
	if a.Kind == ByToken {
		err = a.Token.UnmarshalText([]byte(who))
	} else {
		err = a.User.UnmarshalText([]byte(who))
	}
	if err != nil {
		return fmt.Errorf("scan actor: %w", err)
	}
	return nil
}
