package access_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
)

var update = flag.Bool("update", false, "rewrite testdata/decisions.txt")

const golden = "testdata/decisions.txt"

const legend = `# Who may do what. Written by "go test -update"; reviewed like code.
# For each role the six scopes: tenant region node brand partner self.
#   .  never
#   +  within the scope
#   n  within the scope and near a visit only
#   *  outside the scope too
`

// TestDecisions holds the policies and the table of actions against the golden
// table: a change of either shows there.
func TestDecisions(t *testing.T) {
	t.Parallel()
	got := decisions(t, guard(t, access.Options{}))
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
		t.Errorf("decisions differ from %s (-want +got):\n%s", golden, d)
	}
}

// TestEveryPolicyMatters takes each policy away in turn; the golden table must
// notice.
func TestEveryPolicyMatters(t *testing.T) {
	t.Parallel()
	if *update {
		t.Skip("the golden table is being rewritten")
	}
	all, err := access.Policies()
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	for key := range all {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			fewer := maps.Clone(all)
			delete(fewer, key)
			if got := decisions(t, guard(t, access.Options{Policies: fewer})); got == string(want) {
				t.Errorf("without policy %s every decision stays the same", key)
			}
		})
	}
}

// TestFits compares what a role's grant may look like with what the policies
// look at.
func TestFits(t *testing.T) {
	t.Parallel()
	g := guard(t, access.Options{})
	for _, r := range access.Roles {
		for _, k := range access.ScopeKinds {
			gives := false
			for _, a := range access.Actions() {
				gives = gives || verdict(t, g, r, k, a) != "."
			}
			if gives != r.Fits(k) {
				t.Errorf("%s.Fits(%s) = %t, but its grant gives something: %t", r, k, r.Fits(k), gives)
			}
		}
	}
}

func decisions(t *testing.T, g *access.Guard) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(legend)
	for _, a := range access.Actions() {
		fmt.Fprintf(&b, "%-20s %-8s", a.Name, a.Class)
		for _, r := range access.Roles {
			cells := ""
			for _, k := range access.ScopeKinds {
				cells += verdict(t, g, r, k, a)
			}
			if cells != "......" {
				fmt.Fprintf(&b, " %s %s", r, cells)
			}
		}
		b.WriteString("\n")
	}
	b.WriteString("\n# Borders that no grant crosses.\n")
	everything := grant(access.Agent, access.Tenant, id.Raw{})
	token := caller(everything)
	token.Scopes = []string{"case:read"}
	for _, line := range []struct {
		say    string
		caller access.Caller
		action string
		give   access.Resource
	}{
		{"own tenant", caller(everything), "case.read", access.Resource{Kind: "case"}},
		{"other tenant", caller(everything), "case.read", access.Resource{Kind: "case", Tenant: theirs}},
		{"a user without roles", caller(), "me.read", access.Resource{Kind: "me"}},
		{"a user without roles", caller(), "case.read", access.Resource{Kind: "case"}},
		{"a visitor", access.Caller{Tenant: mine}, "me.read", access.Resource{Kind: "me"}},
		{"system", access.System(mine), "tenant.write", access.Resource{Kind: "tenant"}},
		{"system, other tenant", access.System(mine), "tenant.write", access.Resource{Kind: "tenant", Tenant: theirs}},
		{"token within its scopes", token, "case.read", access.Resource{Kind: "case"}},
		{"token outside its scopes", token, "case.write", access.Resource{Kind: "case"}},
	} {
		fmt.Fprintf(&b, "%-26s %-14s %t\n", line.say, line.action, can(t, g, line.caller, line.action, line.give))
	}
	return b.String()
}

// verdict asks for a thing within the scope near a visit, within the scope far
// from one, and outside.
func verdict(t *testing.T, g *access.Guard, r access.Role, k access.ScopeKind, a access.Action) string {
	t.Helper()
	in, out := access.Resource{Kind: a.Kind, State: "new"}, access.Resource{Kind: a.Kind, State: "on_site"}
	var raw id.Raw
	switch k {
	case access.Tenant:
	case access.Region:
		raw = few[id.NodeKind](0).Raw()
		in.Node, out.Node = few[id.NodeKind](2), few[id.NodeKind](5)
	case access.Node:
		raw = few[id.NodeKind](2).Raw()
		in.Node, out.Node = few[id.NodeKind](2), few[id.NodeKind](3)
	case access.OfBrand:
		raw = few[id.BrandKind](0).Raw()
		in.Brand, out.Brand = few[id.BrandKind](0), few[id.BrandKind](1)
	case access.OfPartner:
		raw = few[id.PartnerKind](0).Raw()
		in.Partner, out.Partner = few[id.PartnerKind](0), few[id.PartnerKind](1)
	case access.Self:
		raw = few[id.PersonKind](0).Raw()
		in.Person, out.Person = few[id.PersonKind](0), few[id.PersonKind](1)
		in.Technician, out.Technician = few[id.TechnicianKind](0), few[id.TechnicianKind](1)
	}
	c := caller(grant(r, k, raw))
	c.User = id.User{} // what the grant gives, not what everybody has
	near := in
	near.State = "on_site"
	switch {
	case k != access.Tenant && can(t, g, c, a.Name, out):
		return "*"
	case can(t, g, c, a.Name, in):
		return "+"
	case can(t, g, c, a.Name, near):
		return "n"
	}
	return "."
}

func can(t *testing.T, g *access.Guard, c access.Caller, action string, r access.Resource) bool {
	t.Helper()
	err := g.Can(access.With(context.Background(), c), action, r)
	if err != nil && err != access.ErrHidden { //nolint:errorlint // anything wrapped would be a failure to decide
		t.Fatalf("Can(%s) = %v", action, err)
	}
	return err == nil
}
