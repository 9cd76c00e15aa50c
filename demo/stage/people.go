package stage

import (
	"context"
	"fmt"

	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/login"
)

// users are those of the world's list who are no technicians: these get theirs
// when they are hired.
func (s *Stage) users(ctx context.Context) error {
	for _, u := range s.World.Users {
		if u.Scope == access.Self {
			continue
		}
		if err := s.user(ctx, u, id.Person{}); err != nil {
			return err
		}
	}
	return nil
}

// TechnicianLogin is the name under which a technician logs in who has no other.
func TechnicianLogin(code string) string { return "tech-" + code }

// LoginOf is the name under which the technician logs in.
func (s *Stage) LoginOf(technician string) string {
	for _, u := range s.World.Users {
		if u.Scope == access.Self && u.Of == technician {
			return u.Login
		}
	}
	return TechnicianLogin(technician)
}

// user makes a user, of a person who is known or, with none, of a new one.
func (s *Stage) user(ctx context.Context, u world.User, person id.Person) error {
	scope := access.Scope{Kind: u.Scope}
	switch u.Scope {
	case access.Region, access.Node:
		scope.ID = s.Nodes[u.Of].ID.Raw()
	case access.OfBrand:
		scope.ID = s.Brands[u.Of].Raw()
	case access.OfPartner:
		scope.ID = s.partners[u.Of].Raw()
	case access.Self:
		scope.ID = s.Technicians[u.Of].Raw()
	case access.Tenant:
	}
	_, err := s.App.Login.CreateUser(ctx, s.Tenant, login.NewUser{
		Person: person, Name: u.Name, Email: u.Login + "@example.org", Country: u.Country, Login: u.Login, Password: world.Password,
		Settings: login.Settings{Language: u.Language, Zone: u.Zone}, Grants: []access.Grant{{Role: u.Role, Scope: scope}},
	})
	if err != nil {
		return fmt.Errorf("user %s: %w", u.Login, err)
	}
	return nil
}

func (s *Stage) terms(ctx context.Context) (err error) {
	terms := make([]warranty.Term, len(s.World.Terms))
	for i, t := range s.World.Terms {
		terms[i] = t.Term
		if terms[i].Brand, err = idOf(s.Brands, t.BrandCode); err != nil {
			return err
		}
		if terms[i].Line, err = idOf(s.Lines, t.LineCode); err != nil {
			return err
		}
	}
	return chunks(terms, 40, func(some []warranty.Term) error {
		_, err := s.App.Warranty.UpsertTerms(ctx, some)
		return err
	})
}
