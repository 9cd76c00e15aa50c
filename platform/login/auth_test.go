package login_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/login"
)

func TestTenantComesFromTheHost(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		secret := w.login(t, "bo")
		_, token, err := w.s.CreateToken(t.Context(), dbtest.Tenant, login.NewToken{Name: "t", User: w.agent})
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			name, host, cookie, bearer string
			tenant                     id.Tenant
			user                       id.User
			want                       error
		}{
			{name: "visitor, unknown host", host: "127.0.0.1:8080", tenant: dbtest.Tenant},
			{name: "visitor, known host", host: "OTHER.example:443", tenant: dbtest.Other},
			{name: "session", host: "first.example", cookie: secret, tenant: dbtest.Tenant, user: w.agent},
			{name: "session, unknown host", host: "[::1]:8080", cookie: secret, tenant: dbtest.Tenant, user: w.agent},
			{name: "session at another's host", host: "other.example", cookie: secret, tenant: dbtest.Other},
			{name: "made-up session", host: "first.example", cookie: strings.Repeat("0", 65), tenant: dbtest.Tenant},
			{name: "broken session", host: "first.example", cookie: "x", tenant: dbtest.Tenant},
			{name: "token as session", host: "first.example", cookie: token, tenant: dbtest.Tenant},
			{name: "token", host: "first.example", bearer: "Bearer " + token, tenant: dbtest.Tenant, user: w.agent},
			{name: "token at another's host", host: "other.example", bearer: "Bearer " + token, want: login.ErrToken},
			{name: "session as token", host: "first.example", bearer: "Bearer " + login.TokenPrefix + secret, want: login.ErrToken},
			{name: "broken token", host: "first.example", bearer: "Bearer fettle_", want: login.ErrToken},
			{name: "token cut short", host: "first.example", bearer: "Bearer " + token[:len(token)-1], want: login.ErrToken},
			{name: "another scheme", host: "first.example", bearer: "Basic YTpi", want: login.ErrToken},
		} {
			c, err := w.who(t, w.s, tt.host, tt.cookie, tt.bearer)
			if !errors.Is(err, tt.want) || c.Tenant != tt.tenant || c.User != tt.user {
				t.Errorf("%s: Authenticate = %v at %v, %v", tt.name, c.User, c.Tenant, err)
			}
		}
	})
}

func TestHosts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		if _, err := w.s.CreateTenant(t.Context(), login.Tenant{Name: "Third", Hosts: []string{"third.example", "First.example"}}); !errors.Is(err, login.ErrHostTaken) {
			t.Errorf("a host taken twice = %v", err)
		}
		third, err := w.s.CreateTenant(t.Context(), login.Tenant{Name: "Third", Hosts: []string{"third.example"}})
		if err != nil {
			t.Fatal(err)
		}
		if got, named, err := w.s.TenantOf(t.Context(), "third.example"); err != nil || got != third || !named {
			t.Errorf("TenantOf a new host = %v, %t, %v", got, named, err)
		}
		if list, err := w.s.Tenants(t.Context()); err != nil || len(list) != 3 || list[0].ID != dbtest.Tenant {
			t.Errorf("Tenants = %+v, %v", list, err)
		}
	})
}

func TestTokens(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		machine := login.NewToken{
			Name: "ERP", Grants: []access.Grant{{Role: access.Integrator, Scope: access.Scope{Kind: access.Tenant}}},
			Scopes: []string{"case:write", "read"}, Expires: w.machine.Now().Add(time.Hour),
		}
		_, token, err := w.s.CreateToken(ctx, dbtest.Tenant, machine)
		if err != nil {
			t.Fatal(err)
		}
		c, err := w.who(t, w.s, "127.0.0.1", "", "Bearer "+token)
		if err != nil || len(c.Grants) != 1 || len(c.Scopes) != 2 || !c.Person.IsZero() {
			t.Fatalf("the machine is %+v, %v", c, err)
		}
		if n := w.count(t, `SELECT count(*) FROM login_token WHERE tenant_id = ? AND last_used_day = '2026-11-23'`); n != 1 {
			t.Errorf("%d tokens used today, want 1", n)
		}
		w.pass(time.Hour)
		if _, err := w.who(t, w.s, "127.0.0.1", "", "Bearer "+token); !errors.Is(err, login.ErrToken) {
			t.Errorf("an expired token = %v", err)
		}
		_, none, err := w.s.CreateToken(ctx, dbtest.Tenant, login.NewToken{Name: "nothing", User: w.agent, Scopes: []string{}})
		if err != nil {
			t.Fatal(err)
		}
		if c, err := w.who(t, w.s, "127.0.0.1", "", "Bearer "+none); err != nil || c.Scopes == nil {
			t.Errorf("a token limited to nothing has scopes %v, %v: nil would be no limit", c.Scopes, err)
		}
		made, token, err := w.s.CreateToken(ctx, dbtest.Tenant, login.NewToken{Name: "own", User: w.agent})
		if err != nil {
			t.Fatal(err)
		}
		if c, err := w.who(t, w.s, "127.0.0.1", "", "Bearer "+token); err != nil || c.User != w.agent || c.Scopes != nil {
			t.Errorf("a token of a user is %+v, %v", c, err)
		}
		if err := w.s.RevokeToken(ctx, dbtest.Other, made); !errors.Is(err, access.ErrHidden) {
			t.Errorf("another tenant revokes: %v", err)
		}
		if err := w.s.RevokeToken(ctx, dbtest.Tenant, made); err != nil {
			t.Fatal(err)
		}
		if _, err := w.who(t, w.s, "127.0.0.1", "", "Bearer "+token); !errors.Is(err, login.ErrToken) {
			t.Errorf("a revoked token = %v", err)
		}
		for _, tt := range []struct {
			name string
			give login.NewToken
			want error
		}{
			{"no such scope", login.NewToken{User: w.agent, Scopes: []string{"everything"}}, login.ErrScope},
			{"nobody's", login.NewToken{}, login.ErrGrant},
			{"a user's with grants", login.NewToken{User: w.agent, Grants: machine.Grants}, login.ErrGrant},
			{"in the past", login.NewToken{User: w.agent, Expires: w.machine.Now()}, login.ErrExpiry},
			{"of no user", login.NewToken{User: id.User{1}}, access.ErrHidden},
		} {
			if _, _, err := w.s.CreateToken(ctx, dbtest.Tenant, tt.give); !errors.Is(err, tt.want) {
				t.Errorf("%s: CreateToken = %v, want %v", tt.name, err, tt.want)
			}
		}
	})
}

func TestCSRF(t *testing.T) {
	t.Parallel()
	w := build(t, dbtest.SQLite(t, schemas...))
	for _, tt := range []struct {
		name   string
		header map[string]string
		want   error
	}{
		{"no session", nil, nil},
		{"session", map[string]string{"Cookie": login.Cookie + "=x"}, login.ErrHeader},
		{"session and header", map[string]string{"Cookie": login.Cookie + "=x", login.Header: "1"}, nil},
		{"session and another header", map[string]string{"Cookie": login.Cookie + "=x", login.Header: "yes"}, login.ErrHeader},
		{"session, same origin", map[string]string{"Cookie": login.Cookie + "=x", "Sec-Fetch-Site": "same-origin"}, nil},
		{"session, same site", map[string]string{"Cookie": login.Cookie + "=x", "Sec-Fetch-Site": "same-site"}, login.ErrHeader},
		{"token", map[string]string{"Cookie": login.Cookie + "=x", "Authorization": "Bearer y"}, nil},
	} {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		for k, v := range tt.header {
			r.Header.Set(k, v)
		}
		if err := w.s.CSRF(r); !errors.Is(err, tt.want) {
			t.Errorf("%s: CSRF = %v, want %v", tt.name, err, tt.want)
		}
	}
}
