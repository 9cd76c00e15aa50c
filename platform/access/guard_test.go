package access_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
)

func TestCan(t *testing.T) {
	t.Parallel()
	g := guard(t, access.Options{})
	node := few[id.NodeKind](2)
	at := access.Resource{Kind: "case", Node: node}
	own := access.Resource{Kind: "case", Person: few[id.PersonKind](0)}
	agent := grant(access.Agent, access.Node, node.Raw())
	token := caller(agent)
	token.Scopes = []string{"case:read"}
	mute := caller(agent)
	mute.Scopes = []string{}
	for _, tt := range []struct {
		name   string
		caller access.Caller
		action string
		give   access.Resource
		want   error
	}{
		{"nobody's grants", caller(), "case.read", at, access.ErrHidden},
		{"at the node", caller(agent), "case.write", at, nil},
		{"at another node", caller(agent), "case.read", access.Resource{Kind: "case", Node: few[id.NodeKind](5)}, access.ErrHidden},
		{"without a node", caller(agent), "case.read", access.Resource{Kind: "case"}, access.ErrHidden},
		{"below the region", caller(grant(access.Agent, access.Region, few[id.NodeKind](0).Raw())), "case.read", at, nil},
		{"at the region itself", caller(grant(access.Agent, access.Region, few[id.NodeKind](1).Raw())), "case.read", access.Resource{Kind: "case", Node: few[id.NodeKind](1)}, nil},
		{"in another region", caller(grant(access.Agent, access.Region, few[id.NodeKind](1).Raw())), "case.read", at, access.ErrHidden},
		{"a node is not its region", caller(grant(access.Agent, access.Node, few[id.NodeKind](0).Raw())), "case.read", at, access.ErrHidden},
		{"the whole tenant", caller(grant(access.Agent, access.Tenant, id.Raw{})), "case.read", access.Resource{Kind: "case"}, nil},
		{"another tenant", caller(grant(access.Agent, access.Tenant, id.Raw{})), "case.read", access.Resource{Kind: "case", Tenant: theirs}, access.ErrHidden},
		{"another tenant, system", access.System(mine), "case.read", access.Resource{Kind: "case", Tenant: theirs}, access.ErrHidden},
		{"system", access.System(mine), "tenant.write", access.Resource{Kind: "tenant"}, nil},
		{"own case", caller(grant(access.Customer, access.Self, id.Raw{})), "case.read", own, nil},
		{"own case by id", caller(grant(access.Customer, access.Self, few[id.PersonKind](3).Raw())), "case.read", own, access.ErrHidden},
		{"own work", caller(grant(access.Technician, access.Self, few[id.TechnicianKind](0).Raw())), "case.read", own, access.ErrHidden},
		{"a technician without an id", caller(grant(access.Technician, access.Self, id.Raw{})), "case.read", access.Resource{Kind: "case", Technician: few[id.TechnicianKind](0)}, access.ErrHidden},
		{"a role that the action lacks", caller(grant(access.Auditor, access.Tenant, id.Raw{})), "case.personal", at, access.ErrHidden},
		{"token for reading", token, "case.read", at, nil},
		{"token for reading writes", token, "case.write", at, access.ErrHidden},
		{"token for nothing", mute, "case.read", at, access.ErrHidden},
	} {
		ctx := access.With(t.Context(), tt.caller)
		if err := g.Can(ctx, tt.action, tt.give); !errors.Is(err, tt.want) {
			t.Errorf("%s: Can(%s) = %v, want %v", tt.name, tt.action, err, tt.want)
		}
	}
}

// What cannot be decided is never let through.
func TestCanRefusesNonsense(t *testing.T) {
	t.Parallel()
	g := guard(t, access.Options{})
	system := access.With(t.Context(), access.System(mine))
	for _, tt := range []struct {
		name, action, kind string
		ctx                context.Context
		want               error // nil: any error that is no fault
	}{
		{"no caller", "case.read", "case", t.Context(), access.ErrNobody},
		{"unknown action", "case.fly", "case", system, nil},
		{"kind of another action", "case.read", "work", system, nil},
	} {
		can := g.Can(tt.ctx, tt.action, access.Resource{Kind: tt.kind})
		_, _, filter := g.Filter(tt.ctx, tt.action, tt.kind, nil)
		_, reach := g.Reach(tt.ctx, tt.action, tt.kind)
		for name, err := range map[string]error{"Can": can, "Filter": filter, "Reach": reach} {
			if err == nil || errors.Is(err, access.ErrHidden) || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("%s: %s = %v, want %v", tt.name, name, err, tt.want)
			}
		}
	}
	if err := g.May(t.Context(), "case.read"); !errors.Is(err, access.ErrNobody) {
		t.Errorf("May without a caller = %v", err)
	}
}

func TestMayAndAllowed(t *testing.T) {
	t.Parallel()
	g := guard(t, access.Options{})
	ctx := access.With(t.Context(), caller(grant(access.Customer, access.Self, id.Raw{})))
	allowed, err := g.Allowed(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range access.Actions() {
		may := g.May(ctx, a.Name)
		if (may == nil) != slices.Contains(allowed, a.Name) {
			t.Errorf("May(%s) = %v, Allowed says otherwise", a.Name, may)
		}
	}
	if !slices.Contains(allowed, "case.read") || slices.Contains(allowed, "user.read") {
		t.Errorf("a customer may %v", allowed)
	}
	// A grant of nothing opens no route.
	empty := access.With(t.Context(), caller(grant(access.Technician, access.Self, id.Raw{})))
	if err := g.May(empty, "work.read"); !errors.Is(err, access.ErrHidden) {
		t.Errorf("May of a technician without an id = %v", err)
	}
}

// broken is a tree that cannot be read.
type broken struct{}

func (broken) Below(context.Context, id.Tenant, id.Node) ([]id.Node, error) {
	return nil, errors.New("no tree today")
}

func TestTreeIsAskedSeldomAndFailsClosed(t *testing.T) {
	t.Parallel()
	now := clock.NewSet(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	tr := &tree{}
	g := guard(t, access.Options{Tree: tr, Machine: now.Now})
	who := caller(grant(access.Agent, access.Region, few[id.NodeKind](0).Raw()))
	at := access.Resource{Kind: "case", Node: few[id.NodeKind](2)}
	for range 3 {
		if err := g.Can(access.With(t.Context(), who), "case.read", at); err != nil {
			t.Fatal(err)
		}
	}
	if tr.asked != 1 {
		t.Errorf("the tree was asked %d times within its freshness, want once", tr.asked)
	}
	now.To(now.Now().Add(6 * time.Second))
	ctx := access.With(t.Context(), who)
	if err := g.May(ctx, "case.read"); err != nil || tr.asked != 2 {
		t.Errorf("after 6 s: May = %v, asked %d times, want twice", err, tr.asked)
	}
	now.To(now.Now().Add(6 * time.Second))
	if err := g.Can(ctx, "case.read", at); err != nil || tr.asked != 2 {
		t.Errorf("within one request: Can = %v, asked %d times, want no more", err, tr.asked)
	}

	blind := guard(t, access.Options{Tree: broken{}})
	if err := blind.Can(access.With(t.Context(), who), "case.read", at); err == nil || errors.Is(err, access.ErrHidden) {
		t.Errorf("Can without a tree = %v, want the tree's error", err)
	}
}

func TestScopesOfTokens(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"read": true, "case:read": true, "case:write": true, "case.read": true, "integrator": true,
		"": false, "case": false, "case:fly": false, "*": false,
	} {
		if got := access.ValidScope(s); got != want {
			t.Errorf("ValidScope(%q) = %t, want %t", s, got, want)
		}
	}
}

func BenchmarkCan(b *testing.B) {
	g := guard(b, access.Options{})
	ctx := access.With(b.Context(), caller(
		grant(access.Agent, access.Region, few[id.NodeKind](0).Raw()),
		grant(access.Quality, access.OfBrand, few[id.BrandKind](0).Raw()),
		grant(access.Admin, access.Node, few[id.NodeKind](1).Raw()),
	))
	r := access.Resource{Kind: "case", Node: few[id.NodeKind](3), Brand: few[id.BrandKind](2), Person: few[id.PersonKind](1), State: "open"}
	for b.Loop() {
		if err := g.Can(ctx, "case.read", r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReach(b *testing.B) {
	g := guard(b, access.Options{})
	who := caller(
		grant(access.Agent, access.Region, few[id.NodeKind](0).Raw()),
		grant(access.Quality, access.OfBrand, few[id.BrandKind](0).Raw()),
	)
	for b.Loop() {
		ctx := access.With(b.Context(), who) // a new request remembers nothing
		if parts, err := g.Reach(ctx, "case.read", "case"); err != nil || len(parts) != 2 {
			b.Fatal(parts, err)
		}
	}
}
