package networksvc

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/network"
)

// Operator implements network.Reader.
func (m *Module) Operator(ctx context.Context, tenant id.Tenant) (network.Operator, error) {
	r, err := m.register(ctx, tenant)
	switch {
	case err != nil:
		return network.Operator{}, err
	case r.operator == nil:
		return network.Operator{}, network.ErrNoOperator
	}
	return *r.operator, nil
}

// Brand implements network.Reader.
func (m *Module) Brand(ctx context.Context, tenant id.Tenant, brand id.Brand) (network.Brand, error) {
	r, err := m.register(ctx, tenant)
	if err != nil {
		return network.Brand{}, err
	}
	return found(r.brands, brand, network.ErrBrandNotFound)
}

// BrandByCode implements network.Reader.
func (m *Module) BrandByCode(ctx context.Context, tenant id.Tenant, code string) (network.Brand, error) {
	r, err := m.register(ctx, tenant)
	if err != nil {
		return network.Brand{}, err
	}
	return found(r.brands, r.brandCodes[code], network.ErrBrandNotFound)
}

// Partner implements network.Reader.
func (m *Module) Partner(ctx context.Context, tenant id.Tenant, partner id.Partner) (network.Partner, error) {
	r, err := m.register(ctx, tenant)
	if err != nil {
		return network.Partner{}, err
	}
	return found(r.partners, partner, network.ErrPartnerNotFound)
}

// Node implements network.Reader.
func (m *Module) Node(ctx context.Context, tenant id.Tenant, node id.Node) (network.Node, error) {
	r, err := m.register(ctx, tenant)
	if err != nil {
		return network.Node{}, err
	}
	return r.node(node)
}

// NodeByCode implements network.Reader.
func (m *Module) NodeByCode(ctx context.Context, tenant id.Tenant, code string) (network.Node, error) {
	r, err := m.register(ctx, tenant)
	if err != nil {
		return network.Node{}, err
	}
	return r.node(r.nodeCodes[code])
}

// Tree implements network.Reader.
func (m *Module) Tree(ctx context.Context, tenant id.Tenant) (*network.Tree, error) {
	r, err := m.register(ctx, tenant)
	if err != nil {
		return nil, err
	}
	return r.tree, nil
}

// Below implements access.Tree.
func (m *Module) Below(ctx context.Context, tenant id.Tenant, node id.Node) ([]id.Node, error) {
	r, err := m.register(ctx, tenant)
	if err != nil {
		return nil, err
	}
	return r.tree.Below(node), nil
}

// Route implements network.Reader.
func (m *Module) Route(ctx context.Context, tenant id.Tenant, site network.Site) (network.Routing, error) {
	r, err := m.register(ctx, tenant)
	if err != nil {
		return network.Routing{}, err
	}
	return r.places.Route(r.state, site), nil
}

// Zone implements network.Reader.
func (m *Module) Zone(ctx context.Context, tenant id.Tenant, site network.Site) (string, error) {
	r, err := m.register(ctx, tenant)
	if err != nil {
		return "", err
	}
	return network.ZoneAt(r.nodes, site), nil
}

func (r *register) node(node id.Node) (network.Node, error) {
	n, ok := r.tree.Node(node)
	if !ok {
		return n, network.ErrNodeNotFound
	}
	return n, nil
}

// found returns what stands under the key, or missing.
func found[K comparable, V any](in map[K]V, key K, missing error) (V, error) {
	v, ok := in[key]
	if !ok {
		return v, missing
	}
	return v, nil
}
