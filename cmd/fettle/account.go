package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/login"
)

// grantee says for whom and with what right.
type grantee struct {
	Tenant string   `help:"The operator: its id or name; the first one if empty, which is made if there is none." default:""`
	Role   []string `required:"" help:"One or more of: customer agent dispatcher technician depot parts partner brand finance planner quality admin integrator auditor"`
	Scope  string   `default:"tenant" help:"Where the role holds: tenant, region:node_…, node:node_…, brand:brd_…, partner:ptn_…, self:tech_…"`
}

// resolve finds the tenant and reads the grants.
func (g grantee) resolve(ctx context.Context, a *app.App) (id.Tenant, []access.Grant, error) {
	t, err := tenantOf(ctx, a, g.Tenant)
	if err != nil {
		return t, nil, err
	}
	kind, text, _ := strings.Cut(g.Scope, ":")
	var grants []access.Grant
	for _, name := range g.Role {
		role := access.Role(name)
		s, err := access.ParseScope(role, access.ScopeKind(kind), text)
		if err != nil {
			return t, nil, fmt.Errorf("role %s with scope %s: %w", name, g.Scope, err)
		}
		grants = append(grants, access.Grant{Role: role, Scope: s})
	}
	return t, grants, nil
}

// tenantOf finds the operator by id or name. An installation without any gets
// its first one.
func tenantOf(ctx context.Context, a *app.App, name string) (id.Tenant, error) {
	list, err := a.Login.Tenants(ctx)
	if err != nil {
		return id.Tenant{}, err
	}
	for _, t := range list {
		if name == "" || t.Name == name || t.ID.String() == name {
			return t.ID, nil
		}
	}
	if len(list) > 0 {
		return id.Tenant{}, fmt.Errorf("there is no operator %q", name)
	}
	if name == "" {
		name = "Operator"
	}
	return a.Login.CreateTenant(ctx, login.Tenant{Name: name})
}

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make an API token and print it, this once."`
}

type tokenCreateCmd struct {
	grantee
	Name   string        `default:"command line" help:"What it is for."`
	Limit  []string      `help:"Groups of actions it is limited to, such as case:read; everything its role may if empty."`
	Expire time.Duration `help:"After how long it ends, such as 720h; never if empty."`
}

// Run makes the token.
func (v tokenCreateCmd) Run(ctx context.Context, c *cli, s streams) error {
	a, err := c.open(ctx, s, nil)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	t, grants, err := v.resolve(ctx, a)
	if err != nil {
		return err
	}
	n := login.NewToken{Name: v.Name, Grants: grants, Scopes: v.Limit}
	if v.Expire > 0 {
		n.Expires = a.DB.Machine()().Add(v.Expire)
	}
	_, token, err := a.Login.CreateToken(access.With(ctx, access.System(t)), t, n)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.Out, token)
	return err
}

type userCmd struct {
	Add userAddCmd `cmd:"" help:"Add somebody who may log in. The password is read from standard input."`
}

type userAddCmd struct {
	grantee
	Login    string `required:"" help:"The name to log in with, often an e-mail address."`
	Name     string `required:"" help:"What they are called."`
	Country  string `default:"DE" help:"Whose law protects their data (ISO 3166-1 alpha-2)."`
	Language string `default:"en" help:"en or zh-CN."`
}

// Run adds the user.
func (v userAddCmd) Run(ctx context.Context, c *cli, s streams) error {
	password, err := io.ReadAll(io.LimitReader(os.Stdin, 1024))
	if err != nil {
		return err
	}
	secret := strings.TrimRight(string(password), "\r\n")
	if secret == "" {
		return errors.New("no password came on standard input")
	}
	a, err := c.open(ctx, s, nil)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	t, grants, err := v.resolve(ctx, a)
	if err != nil {
		return err
	}
	u, err := a.Login.CreateUser(access.With(ctx, access.System(t)), t, login.NewUser{
		Name: v.Name, Login: v.Login, Password: secret, Country: locale.Country(v.Country),
		Settings: login.Settings{Language: locale.Tag(v.Language)}, Grants: grants,
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.Out, u)
	return err
}
