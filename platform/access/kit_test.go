package access_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
)

var (
	mine   = id.Tenant{1}
	theirs = id.Tenant{2}
)

// few makes the n-th id of a small world.
func few[K id.Kind](n int) id.ID[K] { return id.ID[K]{0: 7, 15: byte(n + 1)} }

// tree is a network of two regions: nodes 0 and 1, each above three more.
type tree struct{ asked int }

func (t *tree) Below(_ context.Context, _ id.Tenant, node id.Node) ([]id.Node, error) {
	t.asked++
	switch node {
	case few[id.NodeKind](0):
		return []id.Node{node, few[id.NodeKind](2), few[id.NodeKind](3), few[id.NodeKind](4)}, nil
	case few[id.NodeKind](1):
		return []id.Node{few[id.NodeKind](5), few[id.NodeKind](6), few[id.NodeKind](7)}, nil
	}
	return []id.Node{node}, nil
}

func guard(t testing.TB, o access.Options) *access.Guard {
	t.Helper()
	if o.Tree == nil {
		o.Tree = &tree{}
	}
	g, err := access.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func caller(grants ...access.Grant) access.Caller {
	return access.Caller{Tenant: mine, User: few[id.UserKind](0), Person: few[id.PersonKind](0), Grants: grants}
}

func grant(r access.Role, k access.ScopeKind, raw id.Raw) access.Grant {
	return access.Grant{Role: r, Scope: access.Scope{Kind: k, ID: raw}}
}

// states a resource may be in, near and far from a visit.
var states = []string{"", "new", "scheduled", "dispatched", "travelling", "on_site", "closed"}

// someGrant draws a grant, fitting or not, over a small world, so that hits
// and misses are both common.
func someGrant(r *rand.Rand) access.Grant {
	role := access.Roles[r.IntN(len(access.Roles))]
	kind := access.ScopeKinds[r.IntN(len(access.ScopeKinds))]
	var raw id.Raw
	switch kind {
	case access.Tenant:
	case access.Region:
		raw = few[id.NodeKind](r.IntN(3)).Raw()
	case access.Node:
		raw = few[id.NodeKind](r.IntN(8)).Raw()
	case access.OfBrand, access.OfPartner:
		raw = few[id.BrandKind](r.IntN(3)).Raw()
	case access.Self:
		if r.IntN(3) > 0 {
			raw = few[id.PersonKind](r.IntN(4)).Raw()
		}
	}
	return grant(role, kind, raw)
}

func someCaller(r *rand.Rand) access.Caller {
	c := caller()
	if r.IntN(20) == 0 {
		c = access.System(mine)
	}
	if r.IntN(10) == 0 {
		c.Tenant = theirs
	}
	for range r.IntN(5) {
		c.Grants = append(c.Grants, someGrant(r))
	}
	if r.IntN(6) == 0 {
		all := []string{"read", "write", "case:read", "case:write", "personal", "work.read", "integrator", "nothing of this name"}
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		c.Scopes = all[:r.IntN(3)]
	}
	return c
}

// someResource draws a thing of which any attribute may be absent.
func someResource(r *rand.Rand, n int) access.Resource {
	res := access.Resource{ID: id.Raw{0: 9, 14: byte(n >> 8), 15: byte(n)}, Tenant: mine, State: states[r.IntN(len(states))]}
	if r.IntN(8) == 0 {
		res.Tenant = theirs
	}
	if r.IntN(4) > 0 {
		res.Node = few[id.NodeKind](r.IntN(9))
	}
	if r.IntN(4) > 0 {
		res.Brand = few[id.BrandKind](r.IntN(4))
	}
	if r.IntN(3) > 0 {
		res.Partner = few[id.PartnerKind](r.IntN(4))
	}
	if r.IntN(3) > 0 {
		res.Person = few[id.PersonKind](r.IntN(5))
	}
	if r.IntN(3) > 0 {
		res.Technician = few[id.TechnicianKind](r.IntN(5))
	}
	if r.IntN(3) > 0 {
		res.Country = []string{"CN", "DE"}[r.IntN(2)]
	}
	return res
}
