package login

import (
	"context"
	"errors"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/persons"
)

// Routes adds the routes of login, users, grants and tokens.
func (s *Service) Routes(a *httpapi.API) {
	httpapi.Post(a, httpapi.Op{
		ID: "login_start", Path: "/v1/login", Action: "session.create", Kind: "session", Public: true, NoIdempotency: true,
		Summary: "Log in with name and password; sets the session's cookie", Tags: []string{"login"},
	}, s.postLogin)
	httpapi.Post(a, httpapi.Op{
		ID: "login_end", Path: "/v1/logout", Action: "session.delete", Kind: "session", Public: true, NoIdempotency: true,
		Summary: "Log out", Tags: []string{"login"},
	}, s.postLogout)
	httpapi.Get(a, httpapi.Op{
		ID: "me_get", Path: "/v1/me", Action: "me.read", Kind: "me",
		Summary: "Who is logged in, and what they may do", Tags: []string{"login"},
	}, s.getMe)
	httpapi.Patch(a, httpapi.Op{
		ID: "me_change", Path: "/v1/me", Action: "me.write", Kind: "me", IfMatch: true,
		Summary: "Change one's own settings", Tags: []string{"login"},
	}, s.patchMe)
	httpapi.Post(a, httpapi.Op{
		ID: "user_set_password", Path: "/v1/users/{id}/password", Action: "me.write", Kind: "me", NoIdempotency: true,
		Summary: "Set a password: one's own with the present one, another's as administrator", Tags: []string{"user"},
	}, s.postPassword)
	s.userRoutes(a)
	s.tokenRoutes(a)
}

type loginIn struct {
	Body struct {
		Login    string `json:"login" minLength:"1" maxLength:"254" doc:"The name to log in with."`
		Password string `json:"password" minLength:"1" maxLength:"1024" format:"password"`
	}
}

type loginOut struct {
	Cookie string `header:"Set-Cookie"`
	Body   struct {
		UserID    id.User   `json:"user_id"`
		ExpiresAt time.Time `json:"expires_at" doc:"When the session ends at the latest."`
	}
}

func (s *Service) postLogin(ctx context.Context, in *loginIn) (*loginOut, error) {
	c, _ := access.From(ctx)
	r := httpapi.Request(ctx)
	session, err := s.Login(ctx, Attempt{Tenant: c.Tenant, Login: in.Body.Login, Password: in.Body.Password, Address: s.address(r)})
	if err != nil {
		return nil, err
	}
	if old, ok := sessionOf(r); ok { // the browser forgets it, so nobody else need keep it
		if err := s.Logout(ctx, old); err != nil {
			return nil, err
		}
	}
	out := &loginOut{Cookie: s.cookie(r, session.Secret).String()}
	out.Body.UserID, out.Body.ExpiresAt = session.User, session.Expires
	return out, nil
}

type logoutOut struct {
	Cookie string `header:"Set-Cookie"`
}

func (s *Service) postLogout(ctx context.Context, _ *struct{}) (*logoutOut, error) {
	r := httpapi.Request(ctx)
	if secret, ok := sessionOf(r); ok {
		if err := s.Logout(ctx, secret); err != nil {
			return nil, err
		}
	}
	return &logoutOut{Cookie: s.cookie(r, "").String()}, nil
}

// Me is who is logged in.
type Me struct {
	UserID      id.User     `json:"user_id"`
	PersonID    id.Person   `json:"person_id,omitzero"`
	TenantID    id.Tenant   `json:"tenant_id"`
	Tenant      string      `json:"tenant" doc:"The operator's name."`
	Name        string      `json:"name"`
	Grants      []GrantView `json:"grants"`
	Permissions []string    `json:"permissions" doc:"Every action that one may do to something, for menus."`
	Language    locale.Tag  `json:"language"`
	Theme       string      `json:"theme"`
	Zone        string      `json:"zone"`
	Version     int64       `json:"version"`
}

// GrantView is a role with a scope, as the API shows it.
type GrantView struct {
	ID    id.Grant         `json:"id"`
	Role  access.Role      `json:"role"`
	Scope access.ScopeKind `json:"scope"`
	On    string           `json:"scope_id,omitempty" doc:"The region, node, brand, partner, technician or person; absent for the whole operator."`
}

func viewGrants(held []heldGrant) []GrantView {
	list := make([]GrantView, len(held))
	for i, g := range held {
		list[i] = GrantView{ID: g.id, Role: g.Role, Scope: g.Scope.Kind, On: g.Scope.IDText(g.Role)}
	}
	return list
}

type meOut struct{ Body Me }

func (s *Service) getMe(ctx context.Context, _ *struct{}) (*meOut, error) {
	c, _ := access.From(ctx)
	var row user
	var held []heldGrant
	var tenant string
	err := s.db.Read(ctx, c.Tenant, func(ctx context.Context, tx *db.Tx) (err error) {
		if row, err = loadUser(ctx, tx, c.User); err != nil {
			return err
		}
		if held, err = listGrants(ctx, tx, c.User); err != nil {
			return err
		}
		return tx.Row(ctx, `SELECT name FROM login_tenant WHERE tenant_id = ?`, tx.Tenant()).Scan(&tenant)
	})
	if err != nil {
		return nil, err
	}
	name := row.label
	if !row.person.IsZero() {
		p, err := persons.Open(ctx, s.db, s.ring, c.Tenant, row.person)
		if err != nil {
			return nil, err
		}
		name = p.Name
	}
	allowed, err := s.guard.Allowed(ctx)
	if err != nil {
		return nil, err
	}
	return &meOut{Body: Me{
		UserID: c.User, PersonID: row.person, TenantID: c.Tenant, Tenant: tenant, Name: name, Grants: viewGrants(held), Permissions: allowed,
		Language: row.settings.Language, Theme: row.settings.Theme, Zone: row.settings.Zone, Version: row.version,
	}}, nil
}

type patchMeIn struct {
	Match string `header:"If-Match"`
	Body  struct {
		Language *locale.Tag `json:"language,omitempty" doc:"BCP 47."`
		Theme    *string     `json:"theme,omitempty" enum:"system,light,dark"`
		Zone     *string     `json:"zone,omitempty" maxLength:"64" doc:"IANA time zone."`
	}
}

func (s *Service) patchMe(ctx context.Context, in *patchMeIn) (*meOut, error) {
	c, _ := access.From(ctx)
	err := s.change(ctx, c.Tenant, c.User, func(v int64) error { return httpapi.Match(in.Match, v) }, func(x *Settings) {
		if in.Body.Language != nil {
			x.Language = *in.Body.Language
		}
		if in.Body.Theme != nil {
			x.Theme = *in.Body.Theme
		}
		if in.Body.Zone != nil {
			x.Zone = *in.Body.Zone
		}
	})
	if err != nil {
		return nil, err
	}
	return s.getMe(ctx, nil)
}

type passwordIn struct {
	ID   id.User `path:"id"`
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"1024" format:"password" doc:"The new password: 8 to 256 characters."`
		Current  string `json:"current_password,omitempty" maxLength:"1024" format:"password" doc:"The present one, where it is one's own."`
	}
}

// postPassword is open to everybody for their own password, which takes the
// present one: a session left open must not be enough to take an account over.
func (s *Service) postPassword(ctx context.Context, in *passwordIn) (*struct{}, error) {
	c, _ := access.From(ctx)
	keep := ""
	if in.ID == c.User {
		keep, _ = sessionOf(httpapi.Request(ctx))
		if err := s.confirm(ctx, c, in.Body.Current); err != nil {
			return nil, err
		}
	} else if err := s.guard.Can(ctx, "user.write", access.Resource{Kind: "user", ID: in.ID.Raw()}); err != nil {
		return nil, err
	}
	return &struct{}{}, s.SetPassword(ctx, c.Tenant, in.ID, in.Body.Password, keep)
}

// confirm checks the caller's own password, under the same throttle as a log-in.
func (s *Service) confirm(ctx context.Context, c access.Caller, password string) error {
	row, err := db.Get(ctx, s.db, c.Tenant, func(ctx context.Context, tx *db.Tx) (user, error) { return loadUser(ctx, tx, c.User) })
	if err != nil {
		return err
	}
	if err := s.prove(ctx, c.Tenant, row.hash, s.address(httpapi.Request(ctx)), password); errors.Is(err, ErrRefused) {
		return ErrCurrent
	} else if err != nil {
		return err
	}
	return nil
}
