package access_test

import (
	"context"
	"flag"
	"fmt"
	"iter"
	"maps"
	"os"
	"slices"
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
# First the borders that do not depend on a role.
`

// TestDecisions holds the policies and the table of actions against the golden
// table: a change of either shows there.
func TestDecisions(t *testing.T) {
	t.Parallel()
	got := slices.Collect(decisions(t, guard(t, access.Options{})))
	if *update {
		if err := os.WriteFile(golden, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(recorded(t), got); d != "" {
		t.Errorf("decisions differ from %s (-want +got):\n%s", golden, d)
	}
}

func recorded(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
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
	want := recorded(t)
	for key := range all {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			fewer := maps.Clone(all)
			delete(fewer, key)
			n := 0
			for line := range decisions(t, guard(t, access.Options{Policies: fewer})) {
				if n == len(want) || line != want[n] {
					return
				}
				n++
			}
			t.Errorf("without policy %s every decision stays the same", key)
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

// decisions yields the lines of the golden table.
func decisions(t *testing.T, g *access.Guard) iter.Seq[string] {
	t.Helper()
	return func(yield func(string) bool) {
		for line := range strings.SplitSeq(legend, "\n") {
			if !yield(line) {
				return
			}
		}
		for _, b := range borders() {
			if !yield(fmt.Sprintf("%-28s %-14s %t", b.say, b.action, can(t, g, b.caller, b.action, b.give))) {
				return
			}
		}
		for _, a := range access.Actions() {
			if !yield(decision(t, g, a)) {
				return
			}
		}
	}
}

func decision(t *testing.T, g *access.Guard, a access.Action) string {
	t.Helper()
	line := fmt.Sprintf("%-20s %-8s", a.Name, a.Class)
	for _, r := range access.Roles {
		cells := ""
		for _, k := range access.ScopeKinds {
			cells += verdict(t, g, r, k, a)
		}
		if cells != "......" {
			line += fmt.Sprintf(" %s %s", r, cells)
		}
	}
	return line
}

// border is what does not depend on a role.
type border struct {
	say    string
	caller access.Caller
	action string
	give   access.Resource
}

func borders() []border {
	everything := grant(access.Agent, access.Tenant, id.Raw{})
	token := caller(everything)
	token.Scopes = []string{"case:read"}
	root := caller(grant(access.Admin, access.Tenant, id.Raw{}))
	maker := root
	maker.Scopes = []string{"token.write"}
	return []border{
		{"own tenant", caller(everything), "case.read", access.Resource{Kind: "case"}},
		{"other tenant", caller(everything), "case.read", access.Resource{Kind: "case", Tenant: theirs}},
		{"a user without roles", caller(), "me.read", access.Resource{Kind: "me"}},
		{"a user without roles", caller(), "case.read", access.Resource{Kind: "case"}},
		{"a visitor", access.Caller{Tenant: mine}, "me.read", access.Resource{Kind: "me"}},
		{"system", access.System(mine), "tenant.write", access.Resource{Kind: "tenant"}},
		{"system, other tenant", access.System(mine), "tenant.write", access.Resource{Kind: "tenant", Tenant: theirs}},
		{"token within its scopes", token, "case.read", access.Resource{Kind: "case"}},
		{"token that would make tokens", maker, "token.write", access.Resource{Kind: "token"}},
		{"user who makes tokens", root, "token.write", access.Resource{Kind: "token"}},
		{"token outside its scopes", token, "case.write", access.Resource{Kind: "case"}},
	}
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
