package access

import (
	"errors"

	"fettle.dev/fettle/kernel/id"
)

// ErrScope is returned for what cannot be the scope of a role.
var ErrScope = errors.New("access: not a scope of this role")

// ParseScope reads the id of a scope of the role in its wire form, such as
// node_01…; "" is the zero id.
func ParseScope(r Role, k ScopeKind, text string) (s Scope, err error) {
	s.Kind = k
	if !r.Fits(k) {
		return s, ErrScope
	}
	if text == "" {
		return s, nil
	}
	switch k {
	case Tenant:
		return s, ErrScope
	case Region, Node:
		s.ID, err = parse[id.NodeKind](text)
	case OfBrand:
		s.ID, err = parse[id.BrandKind](text)
	case OfPartner:
		s.ID, err = parse[id.PartnerKind](text)
	case Self:
		if r == Technician {
			s.ID, err = parse[id.TechnicianKind](text)
		} else {
			s.ID, err = parse[id.PersonKind](text)
		}
	}
	return s, err
}

func parse[K id.Kind](text string) (id.Raw, error) {
	i, err := id.Parse[K](text)
	return i.Raw(), err
}

// IDText is the wire form of the id of a scope of the role; "" if it has none.
func (s Scope) IDText(r Role) string {
	switch s.Kind {
	case Tenant:
		return ""
	case Region, Node:
		return id.Node(s.ID).String()
	case OfBrand:
		return id.Brand(s.ID).String()
	case OfPartner:
		return id.Partner(s.ID).String()
	case Self:
		if r == Technician {
			return id.Technician(s.ID).String()
		}
		return id.Person(s.ID).String()
	}
	return ""
}
