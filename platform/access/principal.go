package access

import (
	"context"
	"fmt"
	"sync"

	cedar "github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"fettle.dev/fettle/kernel/id"
)

// memo holds what has been worked out about a caller by one guard.
type memo struct {
	mu        sync.Mutex // guards all below
	guard     *Guard
	principal *types.Entity
	residuals map[string]residual // by action
}

// known returns the memo of ctx's caller with the principal worked out. The
// first check of a request does so and may ask the tree of nodes; checks inside
// a transaction find it done.
func (g *Guard) known(ctx context.Context) (*memo, error) {
	c := calling(ctx)
	if c == nil {
		return nil, ErrNobody
	}
	m := c.memo
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.guard == g {
		return m, nil
	}
	p, err := g.expand(ctx, *c)
	if err != nil {
		return nil, err
	}
	m.guard, m.principal, m.residuals = g, p, map[string]residual{}
	return m, nil
}

func (m *memo) residual(action string, evaluate func() (residual, error)) (residual, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r, ok := m.residuals[action]; ok {
		return r, nil
	}
	r, err := evaluate()
	if err == nil {
		m.residuals[action] = r
	}
	return r, err
}

// roleScopes collects the ids that one role reaches.
type roleScopes struct {
	all                                           bool
	nodes, brands, partners, persons, technicians []types.Value
}

func (g *Guard) expand(ctx context.Context, c Caller) (*types.Entity, error) {
	roles := map[Role]*roleScopes{}
	staff, crew := false, false
	for _, gr := range c.Grants {
		if !gr.Role.Fits(gr.Scope.Kind) {
			continue // gives nothing, as no policy looks at it
		}
		r := roles[gr.Role]
		if r == nil {
			r = &roleScopes{}
			roles[gr.Role] = r
		}
		if err := g.add(ctx, c, r, gr); err != nil {
			return nil, err
		}
		s, w := gr.standing()
		staff, crew = staff || s, crew || w
	}
	attrs := types.RecordMap{
		"tenant": text(c.Tenant.Raw()),
		"system": types.Boolean(c.system),
		"staff":  types.Boolean(staff),
		"crew":   types.Boolean(crew),
		"member": types.Boolean(!c.User.IsZero()),
	}
	for role, r := range roles {
		attrs[types.String(role)] = r.record()
	}
	if c.Scopes != nil {
		attrs["scopes"] = scopeSet(c.Scopes)
	}
	uid := cedar.NewEntityUID("User", text(c.User.Raw()))
	return &types.Entity{UID: uid, Attributes: types.NewRecord(attrs)}, nil
}

// add widens r by one grant.
func (g *Guard) add(ctx context.Context, c Caller, r *roleScopes, gr Grant) error {
	one := text(gr.Scope.ID)
	switch gr.Scope.Kind {
	case Tenant:
		r.all = true
	case Region:
		nodes, err := g.below(ctx, c.Tenant, id.Node(gr.Scope.ID))
		if err != nil {
			return fmt.Errorf("nodes below a region: %w", err)
		}
		r.nodes = append(append(r.nodes, one), nodes...)
	case Node:
		r.nodes = append(r.nodes, one)
	case OfBrand:
		r.brands = append(r.brands, one)
	case OfPartner:
		r.partners = append(r.partners, one)
	case Self:
		if gr.Role == Technician {
			r.technicians = append(r.technicians, one)
			return nil
		}
		if gr.Scope.ID == (id.Raw{}) {
			one = text(c.Person.Raw())
		}
		r.persons = append(r.persons, one)
	}
	return nil
}

// standing says whether the holder of g works at the operator itself, and
// whether they serve customers at all.
func (g Grant) standing() (staff, crew bool) {
	switch g.Role {
	case Customer, Brand, Integrator:
		return false, false
	case Technician, Partner:
		return false, true
	case Agent, Dispatcher, Depot, Parts, Finance, Planner, Quality, Admin, Auditor:
		return g.Scope.Kind != OfPartner, true
	}
	return false, false
}

func (r *roleScopes) record() types.Record {
	return types.NewRecord(types.RecordMap{
		"all":         types.Boolean(r.all),
		"nodes":       idSet(r.nodes),
		"brands":      idSet(r.brands),
		"partners":    idSet(r.partners),
		"persons":     idSet(r.persons),
		"technicians": idSet(r.technicians),
	})
}

// idSet makes a set of the ids given; the zero id names nothing and is left
// out, so that it never equals the zero id of something else.
func idSet(ids []types.Value) types.Set {
	kept := make([]types.Value, 0, len(ids))
	for _, v := range ids {
		if v != none {
			kept = append(kept, v)
		}
	}
	return types.NewSet(kept...)
}

func scopeSet(scopes []string) types.Set {
	set := make([]types.Value, len(scopes))
	for i, s := range scopes {
		set[i] = actionUID(s)
	}
	return types.NewSet(set...)
}

// text is an id as a Cedar string: its sixteen bytes, so that it costs nothing
// to make and is what the database stores.
func text(raw id.Raw) types.String { return types.String(raw[:]) }

var none types.Value = text(id.Raw{})

// entity is r as Cedar sees it.
func (r Resource) entity(tenant id.Tenant) types.Entity {
	if r.Tenant.IsZero() {
		r.Tenant = tenant
	}
	m := make(types.RecordMap, 8)
	m["tenant"] = text(r.Tenant.Raw())
	for _, a := range [...]struct {
		name types.String
		raw  id.Raw
	}{
		{"node", r.Node.Raw()},
		{"brand", r.Brand.Raw()},
		{"partner", r.Partner.Raw()},
		{"person", r.Person.Raw()},
		{"technician", r.Technician.Raw()},
	} {
		if a.raw != (id.Raw{}) {
			m[a.name] = text(a.raw)
		}
	}
	if r.Country != "" {
		m["country"] = types.String(r.Country)
	}
	if r.State != "" {
		m["state"] = types.String(r.State)
	}
	uid := cedar.NewEntityUID("Resource", text(r.ID))
	return types.Entity{UID: uid, Attributes: types.NewRecord(m)}
}
