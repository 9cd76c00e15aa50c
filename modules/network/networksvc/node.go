package networksvc

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// UpsertNodes stores nodes by their code, all or none, parents before children,
// and returns them as stored. A new node begins in the state given, or planned;
// one that is there keeps its state. The caller needs node.write at the node, or
// at the parent of a new one.
func (m *Module) UpsertNodes(ctx context.Context, in []network.Node) ([]network.Node, error) {
	check := func(n network.Node) (network.Node, error) { return network.CheckNode(n, zoneKnown) }
	return upsert(ctx, m, "node.write", in, check, func(ctx context.Context, tx *db.Tx, r *register, n network.Node) (network.Node, error) {
		old, known := r.tree.Node(r.nodeCodes[n.Code])
		if !known {
			n.ID = id.New[id.NodeKind]()
			return m.place(ctx, tx, r, n)
		}
		n.ID, n.State = old.ID, old.State
		return m.replace(ctx, tx, r, old, n)
	})
}

// AddNode adds one node; a code that is there is ErrCodeTaken.
func (m *Module) AddNode(ctx context.Context, n network.Node) (network.Node, error) {
	n, err := network.CheckNode(n, zoneKnown)
	if err != nil {
		return n, err
	}
	return change(ctx, m, "node.write", func(ctx context.Context, tx *db.Tx, r *register) (network.Node, error) {
		if _, taken := r.nodeCodes[n.Code]; taken {
			return n, network.ErrCodeTaken
		}
		n.ID = id.New[id.NodeKind]()
		return m.place(ctx, tx, r, n)
	})
}

// ChangeNode replaces what is known of the node, except its state. ifMatch is
// the version that the caller has seen, as the header If-Match says it.
func (m *Module) ChangeNode(ctx context.Context, n network.Node, ifMatch string) (network.Node, error) {
	n, err := network.CheckNode(n, zoneKnown)
	if err != nil {
		return n, err
	}
	return change(ctx, m, "node.write", func(ctx context.Context, tx *db.Tx, r *register) (network.Node, error) {
		old, err := m.mine(ctx, r, n.ID)
		if err != nil {
			return n, err
		}
		if err := httpapi.Match(ifMatch, old.Version); err != nil {
			return n, err
		}
		n.State = old.State
		return m.replace(ctx, tx, r, old, n)
	})
}

// MoveNode takes the node to its next state.
func (m *Module) MoveNode(ctx context.Context, node id.Node, cmd network.Command) (network.Node, error) {
	return change(ctx, m, "node.write", func(ctx context.Context, tx *db.Tx, r *register) (network.Node, error) {
		n, err := m.mine(ctx, r, node)
		if err != nil {
			return n, err
		}
		from := n.State
		if n.State, err = network.Next(from, cmd); err != nil {
			return n, err
		}
		if n.State == network.Closed {
			if err := network.CheckClose(r.tree, node); err != nil {
				return n, err
			}
		}
		if n, err = putNode(ctx, tx, n); err != nil {
			return n, err
		}
		return n, m.tell(ctx, tx, from, n)
	})
}

// mine returns the node when the caller may change it.
func (m *Module) mine(ctx context.Context, r *register, node id.Node) (network.Node, error) {
	n, err := r.node(node)
	if err != nil {
		return n, access.ErrHidden
	}
	return n, m.mayNode(ctx, "node.write", "node", n)
}

// place stores a new node. A node begins planned or open.
func (m *Module) place(ctx context.Context, tx *db.Tx, r *register, n network.Node) (network.Node, error) {
	if n.State != network.Open {
		n.State = network.Planned
	}
	at := n
	at.ID = n.Parent // who may change the parent's surroundings may add to them
	if err := m.mayNode(ctx, "node.write", "node", at); err != nil {
		return n, err
	}
	if err := m.fits(r, n); err != nil {
		return n, err
	}
	n, err := putNode(ctx, tx, n)
	if err != nil {
		return n, err
	}
	r.with(n)
	return n, m.tell(ctx, tx, network.Planned, n)
}

// replace stores a changed node, wherever it stands now.
func (m *Module) replace(ctx context.Context, tx *db.Tx, r *register, old, n network.Node) (network.Node, error) {
	if err := m.mayNode(ctx, "node.write", "node", old); err != nil {
		return n, err
	}
	if old.Parent != n.Parent {
		at := n
		at.ID = n.Parent
		if err := m.mayNode(ctx, "node.write", "node", at); err != nil {
			return n, err
		}
	}
	if err := m.fits(r, n); err != nil {
		return n, err
	}
	for _, child := range r.tree.Children(n.ID) {
		c, _ := r.tree.Node(child)
		if err := network.Place(r.tree.With(n), c); err != nil {
			return n, err
		}
	}
	n, err := putNode(ctx, tx, n)
	if err != nil {
		return n, err
	}
	r.with(n)
	if old.Partner == n.Partner && old.Country == n.Country {
		return n, nil
	}
	return n, m.bus.Publish(ctx, tx, network.NodeChanged{Node: n.ID, Partner: n.Partner, Country: n.Country, Version: n.Version})
}

// fits says whether the node's parent and partner are there and fit.
func (m *Module) fits(r *register, n network.Node) error {
	if _, known := r.partners[n.Partner]; !known && !n.Partner.IsZero() {
		return network.ErrPartnerNotFound.At("/partner", "unknown")
	}
	return network.Place(r.tree, n)
}

// with keeps the register of a step in line with what the step has stored.
func (r *register) with(n network.Node) {
	r.tree, r.nodeCodes[n.Code] = r.tree.With(n), n.ID
}

// tell publishes what happened to the node's state.
func (m *Module) tell(ctx context.Context, tx *db.Tx, from network.State, n network.Node) error {
	switch {
	case from == n.State:
		return nil
	case from == network.Planned && n.State == network.Open:
		return m.bus.Publish(ctx, tx, network.NodeOpened{Node: n.ID, Parent: n.Parent, Kind: n.Kind, Country: n.Country})
	default:
		return m.bus.Publish(ctx, tx, network.NodeStateChanged{Node: n.ID, From: from, To: n.State})
	}
}
