package access_test

import (
	"context"
	"errors"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
)

func TestActor(t *testing.T) {
	t.Parallel()
	user, token := few[id.UserKind](0), few[id.APITokenKind](0)
	program := caller(grant(access.Integrator, access.Tenant, id.Raw{}))
	program.Token = token
	account := func(kind access.ActorKind) access.Actor { return access.Actor{Kind: kind, User: user} }
	technician := grant(access.Technician, access.Self, few[id.TechnicianKind](0).Raw())
	outlet, brand := few[id.PartnerKind](0).Raw(), few[id.BrandKind](0).Raw()
	customer := grant(access.Customer, access.Self, id.Raw{})

	for _, tt := range []struct {
		name string
		give access.Caller
		want access.Actor
	}{
		{"system", access.System(mine), access.Actor{Kind: access.BySystem}},
		{"visitor", access.Caller{Tenant: mine}, access.Actor{Kind: access.ByCustomer}},
		{"token", program, access.Actor{Kind: access.ByToken, Token: token}},
		{"agent", caller(grant(access.Agent, access.Tenant, id.Raw{})), account(access.ByStaff)},
		{"agent for a brand", caller(grant(access.Agent, access.OfBrand, brand)), account(access.ByStaff)},
		{"technician", caller(technician), account(access.ByTechnician)},
		{"technician who also answers", caller(technician, grant(access.Agent, access.Tenant, id.Raw{})), account(access.ByStaff)},
		{"dispatcher of an outlet", caller(grant(access.Dispatcher, access.OfPartner, outlet)), account(access.ByPartner)},
		{"partner", caller(customer, grant(access.Partner, access.OfPartner, outlet)), account(access.ByPartner)},
		{"brand", caller(grant(access.Brand, access.OfBrand, brand)), account(access.ByBrand)},
		{"customer with an account", caller(customer), access.Actor{Kind: access.ByCustomer}}, // no account is kept
		{"without a role", caller(), account(access.ByStaff)},
	} {
		if got := tt.give.Actor(); got != tt.want {
			t.Errorf("%s: Actor = %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Work that goes on by itself is the system's, whoever set it going, and may no
// more than where nobody calls.
func TestUncalled(t *testing.T) {
	t.Parallel()
	agent := access.With(t.Context(), caller(grant(access.Agent, access.Tenant, id.Raw{})))
	if got := access.ActorOf(agent).Kind; got != access.ByStaff {
		t.Errorf("in a request ActorOf = %s", got)
	}
	for name, ctx := range map[string]context.Context{"nobody": t.Context(), "uncalled": access.Uncalled(agent)} {
		if got := access.ActorOf(ctx); got != (access.Actor{Kind: access.BySystem}) {
			t.Errorf("%s: ActorOf = %v", name, got)
		}
		if c, ok := access.From(ctx); ok {
			t.Errorf("%s: From = %v", name, c)
		}
		if err := guard(t, access.Options{}).Can(ctx, "case.read", access.Resource{Kind: "case"}); !errors.Is(err, access.ErrNobody) {
			t.Errorf("%s: Can = %v, want %v", name, err, access.ErrNobody)
		}
	}
}

func TestActorIsStored(t *testing.T) {
	t.Parallel()
	for _, want := range []access.Actor{
		{},
		{Kind: access.BySystem},
		{Kind: access.ByStaff, User: few[id.UserKind](1)},
		{Kind: access.ByToken, Token: few[id.APITokenKind](2)},
		{Kind: "robot", User: few[id.UserKind](1)}, // of a newer version
	} {
		v, err := want.Value()
		if err != nil || want.IsZero() != (v == nil) {
			t.Errorf("%v is stored as %v, %v", want, v, err)
		}
		got := access.Actor{Kind: "stale"}
		if err := got.Scan(v); err != nil || got != want {
			t.Errorf("Scan(%v) = %v, %v, want %v", v, got, err, want)
		}
		if text, ok := v.(string); ok {
			if err := got.Scan([]byte(text)); err != nil || got != want {
				t.Errorf("Scan of bytes = %v, %v, want %v", got, err, want)
			}
		}
	}
	for _, wrong := range []any{int64(1), "staff:tok_1", "token:" + few[id.UserKind](1).String(), "staff:Jane"} {
		if err := new(access.Actor).Scan(wrong); err == nil {
			t.Errorf("%v was taken for an actor", wrong)
		}
	}
}

// TestSeen shows each kind of actor to each kind of reader: nobody but those who
// may read actors learns of an account that is not theirs, or of a name.
func TestSeen(t *testing.T) {
	t.Parallel()
	own, other := few[id.UserKind](0), few[id.UserKind](1)
	readers := map[string]access.Caller{
		"account": {Tenant: mine, User: own},
		"token":   {Tenant: mine, User: own, Token: few[id.APITokenKind](0)},
		"visitor": {Tenant: mine},
	}
	kinds := []access.ActorKind{"", access.ByStaff, access.ByTechnician, access.ByPartner, access.ByBrand, access.ByCustomer, access.ByToken, access.BySystem}
	for _, kind := range kinds {
		for _, user := range []id.User{{}, own, other} {
			a := access.Actor{Kind: kind, User: user}
			for name, reader := range readers {
				want := access.Seen{Kind: kind}
				if user == own && name != "visitor" {
					want.User = own
				}
				if got := a.SeenBy(reader); got != want {
					t.Errorf("%+v as the %s sees it is %+v, want %+v", a, name, got, want)
				}
			}
			want := access.Seen{Kind: kind, User: user, Name: "Emma"}
			if got := a.Named(map[access.Actor]string{a: "Emma"}); got != want {
				t.Errorf("%+v named is %+v, want %+v", a, got, want)
			}
			if got := a.Named(nil); got.Name != "" {
				t.Errorf("%+v has a name that nobody found: %+v", a, got)
			}
		}
	}
}
