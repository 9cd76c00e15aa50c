package login_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/login"
	"fettle.dev/fettle/platform/persons"
)

// Accounts are called by their persons' names, programs by their labels, and who
// was erased by nothing. Another operator's actors have no names.
func TestNames(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, secret, err := w.s.CreateToken(ctx, dbtest.Tenant, login.NewToken{Name: "ERP", Grants: []access.Grant{
			{Role: access.Integrator, Scope: access.Scope{Kind: access.Tenant}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		program, err := w.who(t, w.s, "127.0.0.1", "", "Bearer "+secret)
		if err != nil {
			t.Fatal(err)
		}
		byToken := access.Actor{Kind: access.ByToken, Token: made}
		if got := program.Actor(); got != byToken {
			t.Errorf("the caller with the token acts as %v, want %v", got, byToken)
		}
		if err := w.s.RevokeToken(ctx, dbtest.Tenant, made); err != nil {
			t.Fatal(err)
		}
		admin := access.Actor{Kind: access.ByStaff, User: w.admin}
		agent := access.Actor{Kind: access.ByStaff, User: w.agent}
		machine := access.Actor{User: program.User}
		all := []access.Actor{
			{},
			{Kind: access.BySystem},
			{Kind: access.ByCustomer},
			{Kind: access.ByStaff, User: id.New[id.UserKind]()},
			{Kind: access.ByToken, Token: id.New[id.APITokenKind]()},
			agent, admin, agent, machine, byToken,
		}
		want := map[access.Actor]string{admin: "Ada Admin", agent: "Bo Agent", machine: "ERP", byToken: "ERP"}
		names := func(tenant id.Tenant) map[access.Actor]string {
			got, err := w.s.Names(ctx, tenant, all...)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		if diff := cmp.Diff(want, names(dbtest.Tenant)); diff != "" {
			t.Errorf("Names (-want +got):\n%s", diff)
		}
		if got := names(dbtest.Other); len(got) != 0 {
			t.Errorf("another operator learns %v", got)
		}

		w.forget(t, "bo")
		delete(want, agent)
		if diff := cmp.Diff(want, names(dbtest.Tenant)); diff != "" {
			t.Errorf("Names after the erasure (-want +got):\n%s", diff)
		}
	})
}

// forget erases the person who logs in under the name, as the vault does.
func (w *world) forget(t *testing.T, name string) {
	t.Helper()
	c, err := w.who(t, w.s, "127.0.0.1", w.login(t, name), "")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Actor(), (access.Actor{Kind: access.ByStaff, User: c.User}); got != want {
		t.Errorf("with a session %s acts as %v, want %v", name, got, want)
	}
	if err := w.ring.Shred(t.Context(), dbtest.Tenant, c.Person); err != nil {
		t.Fatal(err)
	}
	err = w.db.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		_, err := persons.Erase(ctx, tx, c.Person)
		return errors.Join(err, w.s.Erase(ctx, tx, c.Person))
	})
	if err != nil {
		t.Fatal(err)
	}
}
