package networksvc

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/network"
)

// register is a tenant's network as it stood at a version. It is never changed
// once it is held.
type register struct {
	version     int64
	operator    *network.Operator // nil: none yet
	brands      map[id.Brand]network.Brand
	brandCodes  map[string]id.Brand
	partners    map[id.Partner]network.Partner
	nodes       []network.Node
	nodeCodes   map[string]id.Node
	tree        *network.Tree
	territories []network.Territory
	places      *network.Map
}

// arrange builds what is looked up from what was loaded.
func (r *register) arrange(brands []network.Brand, partners []network.Partner) {
	r.brands, r.brandCodes = make(map[id.Brand]network.Brand, len(brands)), make(map[string]id.Brand, len(brands))
	for _, b := range brands {
		r.brands[b.ID], r.brandCodes[b.Code] = b, b.ID
	}
	r.partners = make(map[id.Partner]network.Partner, len(partners))
	for _, p := range partners {
		r.partners[p.ID] = p
	}
	r.nodeCodes = make(map[string]id.Node, len(r.nodes))
	for _, n := range r.nodes {
		r.nodeCodes[n.Code] = n.ID
	}
	r.tree, r.places = network.NewTree(r.nodes), network.NewMap(r.territories)
}

// state is the state of a node, for routing.
func (r *register) state(node id.Node) network.State {
	n, ok := r.tree.Node(node)
	if !ok {
		return network.Closed
	}
	return n.State
}

// register returns the tenant's network, at most a second old.
func (m *Module) register(ctx context.Context, tenant id.Tenant) (*register, error) {
	return m.held.Get(ctx, m.db, tenant, version, load)
}
