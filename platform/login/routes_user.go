package login

import (
	"context"
	"net/http"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/persons"
)

func (s *Service) userRoutes(a *httpapi.API) {
	httpapi.Get(a, httpapi.Op{
		ID: "user_list", Path: "/v1/users", Action: "user.read", Kind: "user", Summary: "List users",
	}, s.getUsers)
	httpapi.Post(a, httpapi.Op{
		ID: "user_create", Path: "/v1/users", Action: "user.write", Kind: "user", Status: http.StatusCreated, Summary: "Add a user",
	}, s.postUser)
	httpapi.Post(a, httpapi.Op{
		ID: "user_disable", Path: "/v1/users/{id}/disable", Action: "user.write", Kind: "user",
		Summary: "Keep a user from logging in, and end their sessions and tokens",
	}, s.postDisable)
	httpapi.Get(a, httpapi.Op{
		ID: "grant_list", Path: "/v1/users/{id}/grants", Action: "grant.read", Kind: "grant", Summary: "List the roles of a user",
	}, s.getGrants)
	httpapi.Post(a, httpapi.Op{
		ID: "grant_create", Path: "/v1/users/{id}/grants", Action: "grant.write", Kind: "grant", Status: http.StatusCreated,
		Summary: "Give a user a role within a scope",
	}, s.postGrant)
	httpapi.Delete(a, httpapi.Op{
		ID: "grant_delete", Path: "/v1/users/{id}/grants/{grant_id}", Action: "grant.write", Kind: "grant", Summary: "Take a role away",
	}, s.deleteGrant)
}

// UserView is a user as administrators see them.
type UserView struct {
	ID        id.User    `json:"id"`
	PersonID  id.Person  `json:"person_id,omitzero" doc:"Absent for a machine."`
	Name      string     `json:"name"`
	Login     string     `json:"login,omitempty" doc:"The name to log in with; absent for a machine and after an erasure."`
	Email     string     `json:"email,omitempty"`
	State     State      `json:"state"`
	Language  locale.Tag `json:"language"`
	CreatedAt time.Time  `json:"created_at"`
	Version   int64      `json:"version"`
}

type usersOut struct{ Body httpapi.Page[UserView] }

func (s *Service) getUsers(ctx context.Context, in *httpapi.PageIn) (*usersOut, error) {
	c, _ := access.From(ctx)
	if err := s.guard.Can(ctx, "user.read", access.Resource{Kind: "user"}); err != nil {
		return nil, err
	}
	var after id.User
	if _, err := in.Seek(ctx, &after); err != nil {
		return nil, err
	}
	rows, err := db.Get(ctx, s.db, c.Tenant, func(ctx context.Context, tx *db.Tx) ([]user, error) {
		return listUsers(ctx, tx, after, in.Limit+1)
	})
	if err != nil {
		return nil, err
	}
	views, err := s.viewUsers(ctx, c.Tenant, rows)
	if err != nil {
		return nil, err
	}
	page, err := httpapi.PageOf(ctx, *in, views, func(u UserView) any { return u.ID })
	return &usersOut{Body: page}, err
}

// viewUsers opens what is sealed; whoever is erased has no name any more.
func (s *Service) viewUsers(ctx context.Context, t id.Tenant, rows []user) ([]UserView, error) {
	var who []id.Person
	for _, r := range rows {
		if !r.person.IsZero() {
			who = append(who, r.person)
		}
	}
	people, err := persons.OpenMany(ctx, s.db, s.ring, t, who...)
	if err != nil {
		return nil, err
	}
	ks, err := s.ring.Many(ctx, t, who...)
	if err != nil {
		return nil, err
	}
	views := make([]UserView, len(rows))
	for i, r := range rows {
		v := UserView{
			ID: r.id, PersonID: r.person, Name: r.label, State: r.state, Language: r.settings.Language,
			CreatedAt: r.created, Version: r.version,
		}
		if p, ok := people[r.person]; ok {
			v.Name, v.Email = p.Name, p.Email
		}
		if k := ks[r.person]; k != nil && r.login != nil {
			name, err := k.Open(sealLogin, r.login)
			if err != nil {
				return nil, err
			}
			v.Login = string(name)
		}
		views[i] = v
	}
	return views, nil
}

// GrantIn is a role with a scope, to be given.
type GrantIn struct {
	Role  access.Role      `json:"role" maxLength:"20"`
	Scope access.ScopeKind `json:"scope" enum:"tenant,region,node,brand,partner,self"`
	On    string           `json:"scope_id,omitempty" maxLength:"64" doc:"Which region, node, brand, partner, technician or person; absent for the whole operator, and for one's own things."`
}

func (g GrantIn) parse(pointer string) (access.Grant, error) {
	scope, err := access.ParseScope(g.Role, g.Scope, g.On)
	if err != nil {
		return access.Grant{}, ErrGrant.At(pointer, "not_allowed")
	}
	out := access.Grant{Role: g.Role, Scope: scope}
	if checkGrant(out) != nil {
		return access.Grant{}, ErrGrant.At(pointer+"/scope_id", "required")
	}
	return out, nil
}

type userIn struct {
	Body struct {
		Name     string         `json:"name" minLength:"1" maxLength:"200"`
		Login    string         `json:"login" minLength:"2" maxLength:"254" doc:"The name to log in with, often the e-mail address."`
		Email    string         `json:"email,omitempty" format:"email"`
		Country  locale.Country `json:"country" doc:"Whose law applies to the person's data."`
		Password string         `json:"password,omitempty" maxLength:"1024" format:"password" doc:"Absent: nobody can log in until one is set."`
		Language locale.Tag     `json:"language,omitempty"`
		Zone     string         `json:"zone,omitempty" maxLength:"64" doc:"IANA time zone."`
		Grants   []GrantIn      `json:"grants,omitempty" maxItems:"50"`
	}
}

// Created names what a command has made.
type Created[K id.Kind] struct {
	ID id.ID[K] `json:"id"`
}

type userOut struct{ Body Created[id.UserKind] }

func (s *Service) postUser(ctx context.Context, in *userIn) (*userOut, error) {
	c, _ := access.From(ctx)
	if err := s.guard.Can(ctx, "user.write", access.Resource{Kind: "user"}); err != nil {
		return nil, err
	}
	b := in.Body
	n := NewUser{
		Name: b.Name, Login: b.Login, Email: normalLogin(b.Email), Country: b.Country, Password: b.Password,
		Settings: Settings{Language: b.Language, Zone: b.Zone},
	}
	for _, g := range b.Grants {
		grant, err := s.mayGive(ctx, g, "/grants")
		if err != nil {
			return nil, err
		}
		n.Grants = append(n.Grants, grant)
	}
	u, err := s.CreateUser(ctx, c.Tenant, n)
	if err != nil {
		return nil, err
	}
	return &userOut{Body: Created[id.UserKind]{ID: u}}, nil
}

// mayGive reads a grant and asks whether the caller may give it.
func (s *Service) mayGive(ctx context.Context, g GrantIn, pointer string) (access.Grant, error) {
	if err := s.guard.Can(ctx, "grant.write", access.Resource{Kind: "grant"}); err != nil {
		return access.Grant{}, err
	}
	return g.parse(pointer)
}

type userPath struct {
	ID id.User `path:"id"`
}

func (s *Service) postDisable(ctx context.Context, in *userPath) (*struct{}, error) {
	c, _ := access.From(ctx)
	if err := s.guard.Can(ctx, "user.write", access.Resource{Kind: "user", ID: in.ID.Raw()}); err != nil {
		return nil, err
	}
	return &struct{}{}, s.Disable(ctx, c.Tenant, in.ID)
}

type grantsOut struct{ Body httpapi.Page[GrantView] }

func (s *Service) getGrants(ctx context.Context, in *userPath) (*grantsOut, error) {
	c, _ := access.From(ctx)
	if err := s.guard.Can(ctx, "grant.read", access.Resource{Kind: "grant"}); err != nil {
		return nil, err
	}
	held, err := db.Get(ctx, s.db, c.Tenant, func(ctx context.Context, tx *db.Tx) ([]heldGrant, error) {
		if _, err := loadUser(ctx, tx, in.ID); err != nil {
			return nil, err
		}
		return listGrants(ctx, tx, in.ID)
	})
	if err != nil {
		return nil, err
	}
	return &grantsOut{Body: httpapi.Page[GrantView]{Items: viewGrants(held)}}, nil
}

type grantIn struct {
	ID   id.User `path:"id"`
	Body GrantIn
}

type grantOut struct{ Body Created[id.GrantKind] }

func (s *Service) postGrant(ctx context.Context, in *grantIn) (*grantOut, error) {
	c, _ := access.From(ctx)
	grant, err := s.mayGive(ctx, in.Body, "")
	if err != nil {
		return nil, err
	}
	made, err := s.Grant(ctx, c.Tenant, in.ID, grant)
	if err != nil {
		return nil, err
	}
	return &grantOut{Body: Created[id.GrantKind]{ID: made}}, nil
}

type grantPath struct {
	ID      id.User  `path:"id"`
	GrantID id.Grant `path:"grant_id"`
}

func (s *Service) deleteGrant(ctx context.Context, in *grantPath) (*struct{}, error) {
	c, _ := access.From(ctx)
	if err := s.guard.Can(ctx, "grant.write", access.Resource{Kind: "grant", ID: in.GrantID.Raw()}); err != nil {
		return nil, err
	}
	return &struct{}{}, s.Revoke(ctx, c.Tenant, in.ID, in.GrantID)
}
