package access_test

import (
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
)

func TestScopeOnTheWire(t *testing.T) {
	t.Parallel()
	node, tech, person := few[id.NodeKind](1), few[id.TechnicianKind](2), few[id.PersonKind](3)
	for _, tt := range []struct {
		role access.Role
		kind access.ScopeKind
		give string
		want id.Raw
		bad  bool
	}{
		{role: access.Agent, kind: access.Tenant},
		{role: access.Agent, kind: access.Tenant, give: node.String(), bad: true},
		{role: access.Agent, kind: access.Node, give: node.String(), want: node.Raw()},
		{role: access.Agent, kind: access.Region, give: tech.String(), bad: true},
		{role: access.Agent, kind: access.Self, give: person.String(), bad: true},
		{role: access.Brand, kind: access.OfBrand, give: "brd_!", bad: true},
		{role: access.Technician, kind: access.Self, give: tech.String(), want: tech.Raw()},
		{role: access.Technician, kind: access.Self, give: person.String(), bad: true},
		{role: access.Customer, kind: access.Self, give: person.String(), want: person.Raw()},
		{role: "king", kind: access.Tenant, bad: true},
	} {
		got, err := access.ParseScope(tt.role, tt.kind, tt.give)
		if (err != nil) != tt.bad {
			t.Errorf("ParseScope(%s, %s, %q): %v", tt.role, tt.kind, tt.give, err)
			continue
		}
		if err == nil && (got.ID != tt.want || got.IDText(tt.role) != tt.give) {
			t.Errorf("ParseScope(%s, %s, %q) = %+v, written %q", tt.role, tt.kind, tt.give, got, got.IDText(tt.role))
		}
	}
}
