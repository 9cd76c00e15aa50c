package dispatchsvc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// endedKeep is how long a lend that ended by itself is shown with its reason.
const endedKeep = 14 * 24 * time.Hour

// endedLend is a lend that nobody has ended: its node has gone where no technician may be
// lent to.
type endedLend struct {
	Node   id.Node   `json:"node"`
	Reason string    `json:"reason" enum:"closed_node,other_partner,other_country"`
	At     time.Time `json:"at"`
}

// endedLends are those of a technician, in the order of the nodes.
func endedLends(t *dispatch.Technician) (out []endedLend) {
	for _, l := range t.Lends {
		if l.Over && l.Ended != "" {
			out = append(out, endedLend{l.Node, l.Ended, l.EndedAt})
		}
	}
	return out
}

// outletOf is a node as lending sees it.
func outletOf(n *network.Node) dispatch.Outlet {
	return dispatch.Outlet{Partner: n.Partner, Country: n.Country, Closed: n.State == network.Closed}
}

// askOutlet is the node as it is by now: what this process knows of it may be older than
// the event.
func (m *Module) askOutlet(ctx context.Context, meta outbox.Meta, e network.NodeChanged) (dispatch.Outlet, error) {
	n, err := m.network.Node(ctx, meta.Tenant, e.Node)
	if err != nil && !errors.Is(err, network.ErrNodeNotFound) {
		return dispatch.Outlet{}, err
	}
	if n.Version < e.Version {
		n = network.Node{Partner: e.Partner, Country: e.Country, State: n.State}
	}
	return outletOf(&n), nil
}

// nodeChanged: another company runs the node, or it stands in another country.
func (m *Module) nodeChanged(ctx context.Context, tx *db.Tx, _ outbox.Meta, e network.NodeChanged, to dispatch.Outlet) error {
	return m.endLends(ctx, tx, e.Node, to.Refuses)
}

// nodeMoved: nobody is lent to a node that is closed, which is for good.
func (m *Module) nodeMoved(ctx context.Context, tx *db.Tx, _ outbox.Meta, e network.NodeStateChanged) error {
	if e.To != network.Closed {
		return nil
	}
	return m.endLends(ctx, tx, e.Node, dispatch.Outlet{Closed: true}.Refuses)
}

// tidyLends ends once a day what could not be lent any more, and forgets what is over.
func (m *Module) tidyLends(ctx context.Context, tenant id.Tenant) error {
	if err := m.reviewLends(ctx, tenant); err != nil {
		return err
	}
	return m.dropOldLends(ctx, tenant)
}

// reviewLends looks at every node that somebody is lent to: a lend may have been
// made in the moment in which its node changed.
func (m *Module) reviewLends(ctx context.Context, tenant id.Tenant) error {
	nodes, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]id.Node, error) {
		rows, err := tx.Rows(ctx, `SELECT DISTINCT node_id FROM dispatch_lend WHERE tenant_id = ? AND lent = 1 ORDER BY node_id`, tx.Tenant())
		return db.Collect(rows, err, func(scan func(...any) error) (n id.Node, err error) { return n, scan(&n) })
	})
	if err != nil {
		return fmt.Errorf("read lends: %w", err)
	}
	for _, node := range nodes {
		n, err := m.network.Node(ctx, tenant, node)
		if err != nil {
			return err
		}
		err = m.db.InTx(ctx, tenant, func(ctx context.Context, tx *db.Tx) error { return m.endLends(ctx, tx, node, outletOf(&n).Refuses) })
		if err != nil {
			return err
		}
	}
	return nil
}

// endLends ends the lends to a node that could not be made any more. What is promised there
// stands, as when somebody ends them. Of lends that are over it changes nothing.
func (m *Module) endLends(ctx context.Context, tx *db.Tx, node id.Node, refuses func(*dispatch.Technician) string) error {
	rows, err := tx.Rows(ctx, `SELECT technician_id FROM dispatch_lend WHERE tenant_id = ? AND node_id = ? AND lent = 1 ORDER BY technician_id`, tx.Tenant(), node)
	lent, err := db.Collect(rows, err, func(scan func(...any) error) (t id.Technician, err error) { return t, scan(&t) })
	if err != nil {
		return fmt.Errorf("read lends: %w", err)
	}
	if err := lockTechnicians(ctx, tx, lent); err != nil {
		return err
	}
	for _, name := range lent {
		t, err := technicianOf(ctx, tx, name)
		if err != nil {
			return err
		}
		reason := refuses(&t)
		if reason == "" || !slices.ContainsFunc(t.Lends, func(l dispatch.Lend) bool { return l.Node == node && !l.Over }) {
			continue
		}
		if err := m.endLend(ctx, tx, &t, node, reason); err != nil {
			return err
		}
	}
	return nil
}

func (m *Module) endLend(ctx context.Context, tx *db.Tx, t *dispatch.Technician, node id.Node, reason string) error {
	err := tx.Put(ctx, `UPDATE dispatch_lend SET lent = 0, ended = ?, ended_at = ? WHERE tenant_id = ? AND technician_id = ? AND node_id = ?`,
		reason, tx.Now(), tx.Tenant(), t.ID, node)
	if err != nil {
		return fmt.Errorf("end lend: %w", err)
	}
	if err := tx.Put(ctx, `UPDATE dispatch_technician SET version = version + 1 WHERE tenant_id = ? AND id = ?`, tx.Tenant(), t.ID); err != nil {
		return fmt.Errorf("save technician: %w", err)
	}
	stirGround(tx, node)
	stir(tx, t.Node, t.ID)
	if err := m.beside(ctx, tx, t.Node, t.ID); err != nil {
		return err
	}
	return m.changed(ctx, tx, t.Node, t.ID.String(), t.Version+1)
}
