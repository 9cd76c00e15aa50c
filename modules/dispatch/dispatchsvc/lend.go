package dispatchsvc

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// SetLends says anew to which nodes a technician may be sent beside their own. What is
// promised at a node that is not among them any more stands.
func (m *Module) SetLends(ctx context.Context, t id.Technician, ifMatch string, lends []dispatch.Lend) (changed, error) {
	known, err := m.outlets(ctx, lends)
	if err != nil {
		return changed{}, err
	}
	return m.alter(ctx, t, "technician.write", "technician", ifMatch, func(ctx context.Context, tx *db.Tx, t *dispatch.Technician) error {
		before := t.Lends
		t.Lends = lends
		if err := dispatch.CheckLends(*t, known); err != nil {
			return err
		}
		if err := oneCurrency(ctx, tx, *t); err != nil {
			return err
		}
		if err := dropLends(ctx, tx, t, before); err != nil {
			return err
		}
		return putLends(ctx, tx, t.ID, lends)
	})
}

// outlets reads the nodes of a list that the caller may see; the others are not there.
func (m *Module) outlets(ctx context.Context, lends []dispatch.Lend) (map[id.Node]dispatch.Outlet, error) {
	caller, _ := access.From(ctx)
	out := map[id.Node]dispatch.Outlet{}
	for _, l := range lends[:min(len(lends), dispatch.MostLends)] {
		n, err := m.network.Node(ctx, caller.Tenant, l.Node)
		if errors.Is(err, network.ErrNodeNotFound) {
			continue
		} else if err != nil {
			return nil, err
		}
		err = m.guard.Can(ctx, "node.read", access.Resource{Kind: "node", ID: n.ID.Raw(), Node: n.ID, Partner: n.Partner, Country: string(n.Country)})
		switch {
		case errors.Is(err, access.ErrHidden):
		case err != nil:
			return nil, err
		default:
			out[n.ID] = outletOf(&n)
		}
	}
	return out, nil
}

// dropLends ends the lends that are not among the technician's any more. A row stays, and
// says that it is over, while visits there are near: the days are in that node's plan so
// long.
func dropLends(ctx context.Context, tx *db.Tx, t *dispatch.Technician, before []dispatch.Lend) error {
	for _, l := range before {
		stirGround(tx, l.Node)
		if slices.ContainsFunc(t.Lends, func(o dispatch.Lend) bool { return o.Node == l.Node }) {
			continue
		}
		near, err := visitsNear(ctx, tx, t.ID, l.Node)
		if err != nil {
			return err
		}
		query := `DELETE FROM dispatch_lend WHERE tenant_id = ? AND technician_id = ? AND node_id = ?`
		if near {
			query = `UPDATE dispatch_lend SET lent = 0 WHERE tenant_id = ? AND technician_id = ? AND node_id = ?`
		}
		if err := tx.Put(ctx, query, tx.Tenant(), t.ID, l.Node); err != nil {
			return fmt.Errorf("end lend: %w", err)
		}
	}
	return nil
}

// visitsNear reports whether plans that are kept know of a technician's visits at a node.
func visitsNear(ctx context.Context, tx *db.Tx, t id.Technician, node id.Node) (bool, error) {
	var n int64
	err := tx.Row(ctx, `SELECT COUNT(*) FROM dispatch_appointment WHERE tenant_id = ? AND technician_id = ? AND node_id = ? AND service_start_at >= ?`,
		tx.Tenant(), t, node, tx.Now().Add(-3*around)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("count visits: %w", err)
	}
	return n > 0, nil
}

func putLends(ctx context.Context, tx *db.Tx, t id.Technician, lends []dispatch.Lend) error {
	for _, l := range lends {
		stirGround(tx, l.Node)
		err := tx.Put(ctx, `INSERT INTO dispatch_lend (tenant_id, technician_id, node_id, price_minor, until, lent, plan_version) VALUES (?, ?, ?, ?, ?, 1, 0)
			ON CONFLICT (tenant_id, technician_id, node_id) DO UPDATE SET price_minor = excluded.price_minor, until = excluded.until, lent = 1,
				ended = '', ended_at = NULL`,
			tx.Tenant(), t, l.Node, l.Price.Minor, l.Until)
		if err != nil {
			return fmt.Errorf("insert lend: %w", err)
		}
	}
	return nil
}

// dropOldLends forgets what is over and of which no plan knows anything, what
// ended by itself when its home has had time to see why.
func (m *Module) dropOldLends(ctx context.Context, tenant id.Tenant) error {
	return m.db.InTx(ctx, tenant, func(ctx context.Context, tx *db.Tx) error {
		type row struct {
			technician id.Technician
			node       id.Node
		}
		rows, err := tx.Rows(ctx, `SELECT technician_id, node_id FROM dispatch_lend WHERE tenant_id = ? AND (lent = 0 OR until <> '' AND until <= ?)
			AND (ended_at IS NULL OR ended_at < ?) ORDER BY technician_id, node_id`, tx.Tenant(), (yesterday(tx) - 1).String(), tx.Now().Add(-endedKeep))
		old, err := db.Collect(rows, err, func(scan func(...any) error) (r row, err error) { return r, scan(&r.technician, &r.node) })
		if err != nil {
			return fmt.Errorf("read lends: %w", err)
		}
		for _, r := range old {
			if err := lockTechnician(ctx, tx, r.technician); err != nil {
				return err
			}
			near, err := visitsNear(ctx, tx, r.technician, r.node)
			if err != nil {
				return err
			}
			if near {
				continue
			}
			stirGround(tx, r.node)
			stir(tx, r.node, r.technician)
			if err := tx.Put(ctx, `DELETE FROM dispatch_lend WHERE tenant_id = ? AND technician_id = ? AND node_id = ?`, tx.Tenant(), r.technician, r.node); err != nil {
				return fmt.Errorf("drop lend: %w", err)
			}
		}
		return nil
	})
}

// knownAt is a technician as access sees them at a node: where they are a guest they are known
// like the node's own people, by name and by what they can do.
func knownAt(node id.Node) func(t dispatch.Technician) access.Resource {
	return func(t dispatch.Technician) access.Resource {
		r := resourceOf(t, "technician")
		r.Node = node
		return r
	}
}

// seenAt returns a node at which the caller may know of a technician: the own one, or one
// to which they are lent. Faults: access.ErrHidden.
func (m *Module) seenAt(ctx context.Context, t dispatch.Technician) (id.Node, error) {
	for _, node := range placesOfWork(&t) {
		err := m.guard.Can(ctx, "technician.read", knownAt(node)(t))
		if err == nil || !errors.Is(err, access.ErrHidden) {
			return node, err
		}
	}
	return id.Node{}, access.ErrHidden
}

// lendRoutes say to which nodes technicians may be sent.
func (m *Module) lendRoutes(api *httpapi.API) {
	httpapi.Put(api, httpapi.Op{
		ID: "technician_lends", Path: "/v1/technicians/{id}/lends", Action: "technician.write", Kind: "technician",
		Summary: "Say to which other nodes a technician may be sent, and at what price",
		Doc:     "Nodes of the same company, country and currency. What is promised at a node that is left out stands.",
	}, func(ctx context.Context, in *struct {
		technicianMatch
		Body struct {
			Lends []dispatch.Lend `json:"lends" maxItems:"50"`
		}
	},
	) (*httpapi.Body[changed], error) {
		return httpapi.Reply(m.SetLends(ctx, in.ID, in.IfMatch, in.Body.Lends))
	})
}
