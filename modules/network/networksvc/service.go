package networksvc

import (
	"context"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
)

// zoneKnown reports whether a name is an IANA zone.
func zoneKnown(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "" && name != "Local"
}

// change runs fn as one step in which nobody else changes the network, unless
// the caller may never do the action. fn gets the register as it stands in the
// step, and asks whether the caller may do it there.
func change[T any](ctx context.Context, m *Module, action string, fn func(ctx context.Context, tx *db.Tx, r *register) (T, error)) (T, error) {
	if err := m.guard.May(ctx, action); err != nil {
		var none T
		return none, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (T, error) {
		var none T
		v, err := bump(ctx, tx)
		if err != nil {
			return none, err
		}
		r, err := load(ctx, tx, v)
		if err != nil {
			return none, err
		}
		tenant := tx.Tenant()
		tx.AfterCommit(func() { m.held.Wrote(tenant) })
		return fn(ctx, tx, r)
	})
}

// SetOperator says who runs the network. The caller needs tenant.write.
func (m *Module) SetOperator(ctx context.Context, o network.Operator) (network.Operator, error) {
	o, err := network.CheckOperator(o, zoneKnown)
	if err != nil {
		return o, err
	}
	if err := m.guard.Can(ctx, "tenant.write", access.Resource{Kind: "tenant"}); err != nil {
		return o, err
	}
	return change(ctx, m, "tenant.write", func(ctx context.Context, tx *db.Tx, _ *register) (network.Operator, error) {
		return putOperator(ctx, tx, o)
	})
}

// UpsertBrands stores brands by their code, all or none, and returns them as
// stored. The caller needs brand.write.
func (m *Module) UpsertBrands(ctx context.Context, in []network.Brand) ([]network.Brand, error) {
	return upsert(ctx, m, "brand.write", in, network.CheckBrand, func(ctx context.Context, tx *db.Tx, r *register, b network.Brand) (network.Brand, error) {
		b.ID = r.brandCodes[b.Code]
		if err := m.mayBrand(ctx, "brand.write", b); err != nil {
			return b, err
		}
		if b.ID.IsZero() {
			b.ID = id.New[id.BrandKind]()
		}
		return putBrand(ctx, tx, b)
	})
}

// UpsertPartners stores partners by their code, all or none, and returns them as
// stored. The caller needs partner.write.
func (m *Module) UpsertPartners(ctx context.Context, in []network.Partner) ([]network.Partner, error) {
	return upsert(ctx, m, "partner.write", in, network.CheckPartner, func(ctx context.Context, tx *db.Tx, _ *register, p network.Partner) (network.Partner, error) {
		if err := m.mayPartner(ctx, "partner.write", p); err != nil {
			return p, err
		}
		p.ID = id.New[id.PartnerKind]()
		return putPartner(ctx, tx, p)
	})
}

// upsert checks every item and stores them in one step.
func upsert[T any](ctx context.Context, m *Module, action string, in []T, check func(T) (T, error),
	put func(ctx context.Context, tx *db.Tx, r *register, v T) (T, error),
) ([]T, error) {
	clean := make([]T, len(in))
	for i, v := range in {
		var err error
		if clean[i], err = check(v); err != nil {
			return nil, err
		}
	}
	return change(ctx, m, action, func(ctx context.Context, tx *db.Tx, r *register) ([]T, error) {
		out := make([]T, 0, len(clean))
		for _, v := range clean {
			stored, err := put(ctx, tx, r, v)
			if err != nil {
				return nil, err
			}
			out = append(out, stored)
		}
		return out, nil
	})
}

// AddTerritories gives territories to nodes, all or none. One that is there
// already, word for word, is returned and not added. The caller needs
// territory.write at the node.
func (m *Module) AddTerritories(ctx context.Context, in []network.Territory) ([]network.Territory, error) {
	return upsert(ctx, m, "territory.write", in, network.CheckTerritory, func(ctx context.Context, tx *db.Tx, r *register, t network.Territory) (network.Territory, error) {
		n, err := r.node(t.Node)
		if err != nil {
			return t, err
		}
		if _, known := r.brands[t.Brand]; !known && !t.Brand.IsZero() {
			return t, network.ErrBrandNotFound
		}
		if err := m.mayNode(ctx, "territory.write", "territory", n); err != nil {
			return t, err
		}
		if i := slices.IndexFunc(r.territories, t.Same); i >= 0 {
			return r.territories[i], nil
		}
		t.ID, t.Version = id.New[id.TerritoryKind](), 1
		r.territories = append(r.territories, t)
		return t, insertTerritory(ctx, tx, t)
	})
}

// RemoveTerritory takes a territory back. The caller needs territory.write at
// its node.
func (m *Module) RemoveTerritory(ctx context.Context, tid id.Territory) error {
	_, err := change(ctx, m, "territory.write", func(ctx context.Context, tx *db.Tx, r *register) (struct{}, error) {
		i := slices.IndexFunc(r.territories, func(t network.Territory) bool { return t.ID == tid })
		if i < 0 {
			return struct{}{}, network.ErrTerritoryMissing
		}
		n, err := r.node(r.territories[i].Node)
		if err != nil {
			return struct{}{}, err
		}
		if err := m.mayNode(ctx, "territory.write", "territory", n); err != nil {
			return struct{}{}, network.ErrTerritoryMissing.Because(err)
		}
		return struct{}{}, deleteTerritory(ctx, tx, r.territories[i])
	})
	return err
}

func (m *Module) mayBrand(ctx context.Context, action string, b network.Brand) error {
	return m.guard.Can(ctx, action, access.Resource{Kind: "brand", ID: b.ID.Raw(), Brand: b.ID})
}

func (m *Module) mayPartner(ctx context.Context, action string, p network.Partner) error {
	return m.guard.Can(ctx, action, access.Resource{Kind: "partner", ID: p.ID.Raw(), Partner: p.ID, Country: string(p.Country)})
}

// mayNode asks about a node, or about a thing of the node's.
func (m *Module) mayNode(ctx context.Context, action, kind string, n network.Node) error {
	return m.guard.Can(ctx, action, access.Resource{
		Kind: kind, ID: n.ID.Raw(), Node: n.ID, Partner: n.Partner, Country: string(n.Country), State: string(n.State),
	})
}
