package dispatchsvc

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// stirring is what a step has changed of the plans of nodes.
type stirring map[id.Node]*stirred

// stirred says whose days have changed, or what all days stand on.
type stirred struct {
	days   map[id.Technician]bool
	guests map[id.Technician]bool // of these days, whose belong to another node
	ground bool
}

type stirKey struct{}

// stirOf is what the step has changed so far. It is written as the last part of the step:
// the rows of nodes are locked for that moment only, and always in the same order.
func stirOf(tx *db.Tx, node id.Node) *stirred {
	s := db.Local(tx, stirKey{}, func() stirring {
		s := stirring{}
		tx.BeforeCommit(func(ctx context.Context) error { return s.write(ctx, tx) })
		return s
	})
	if s[node] == nil {
		s[node] = &stirred{days: map[id.Technician]bool{}, guests: map[id.Technician]bool{}}
	}
	return s[node]
}

// stir notes that days of a technician have changed, so that nobody answers from a plan
// that was kept in memory before, whoever's plan they are in; the node's own counts on
// in any case.
func stir(tx *db.Tx, node id.Node, t id.Technician) { stirOf(tx, node).days[t] = true }

// stirGround notes that what was learnt for a node, or its ways, have changed.
func stirGround(tx *db.Tx, node id.Node) { stirOf(tx, node).ground = true }

// stirAll is stirGround for every node of a tenant.
func stirAll(ctx context.Context, tx *db.Tx) error {
	rows, err := tx.Rows(ctx, `SELECT node_id FROM dispatch_plan WHERE tenant_id = ?`, tx.Tenant())
	nodes, err := db.Collect(rows, err, func(scan func(...any) error) (n id.Node, err error) { return n, scan(&n) })
	if err != nil {
		return fmt.Errorf("read plans: %w", err)
	}
	for _, n := range nodes {
		stirGround(tx, n)
	}
	return nil
}

// write counts the nodes' versions on. Whoever reads one has also read all that was
// written up to it, for the next one waits until this step has ended.
func (s stirring) write(ctx context.Context, tx *db.Tx) error {
	if err := s.spread(ctx, tx); err != nil {
		return err
	}
	for _, node := range slices.SortedFunc(maps.Keys(s), func(a, b id.Node) int { return bytes.Compare(a[:], b[:]) }) {
		if node.IsZero() {
			continue // nobody's plan
		}
		err := tx.Put(ctx, `INSERT INTO dispatch_plan (tenant_id, node_id, version, ground, changed_at) VALUES (?, ?, 1, 0, ?)
			ON CONFLICT (tenant_id, node_id) DO UPDATE SET version = dispatch_plan.version + 1, changed_at = excluded.changed_at`, tx.Tenant(), node, tx.Now())
		if err == nil && s[node].ground {
			err = tx.Put(ctx, `UPDATE dispatch_plan SET ground = version WHERE tenant_id = ? AND node_id = ?`, tx.Tenant(), node)
		}
		if err != nil {
			return fmt.Errorf("count plan on: %w", err)
		}
		for _, t := range sortedTechnicians(s[node].days) {
			if err := countDays(ctx, tx, node, t, s[node].guests[t]); err != nil {
				return err
			}
		}
	}
	return nil
}

// countDays writes a node's new version beside a technician whose days have changed.
func countDays(ctx context.Context, tx *db.Tx, node id.Node, t id.Technician, guest bool) error {
	query, args := `UPDATE dispatch_technician SET plan_version = (SELECT version FROM dispatch_plan WHERE tenant_id = ? AND node_id = ?)
		WHERE tenant_id = ? AND id = ?`, []any{tx.Tenant(), node, tx.Tenant(), t}
	if guest {
		query, args = `UPDATE dispatch_lend SET plan_version = (SELECT version FROM dispatch_plan WHERE tenant_id = ? AND node_id = ?)
			WHERE tenant_id = ? AND technician_id = ? AND node_id = ?`, append(args, node)
	}
	if err := tx.Put(ctx, query, args...); err != nil {
		return fmt.Errorf("count days on: %w", err)
	}
	return nil
}

func sortedTechnicians(set map[id.Technician]bool) []id.Technician {
	return slices.SortedFunc(maps.Keys(set), func(a, b id.Technician) int { return bytes.Compare(a[:], b[:]) })
}

// spread finds in whose plans the days are that have changed: that of the technician's own
// node, and those of the nodes to which they are lent. The technicians' rows are locked
// before that is read, as they are by who lends them: a plan that they come into meanwhile
// would not hear of it.
func (s stirring) spread(ctx context.Context, tx *db.Tx) error {
	all := map[id.Technician]bool{}
	for _, node := range s {
		maps.Copy(all, node.days)
		node.days = map[id.Technician]bool{}
	}
	who := sortedTechnicians(all)
	if len(who) == 0 {
		return nil
	}
	each := func(query string, guest bool) error {
		sets := make([][]any, len(who))
		for i, t := range who {
			sets[i] = []any{tx.Tenant(), t}
		}
		return tx.Each(ctx, query, sets, func(i int, rows *db.Rows) error {
			nodes, err := db.Collect(rows, nil, func(scan func(...any) error) (n id.Node, err error) { return n, scan(&n) })
			for _, n := range nodes {
				at := stirOf(tx, n)
				at.days[who[i]] = true
				if guest {
					at.guests[who[i]] = true
				}
			}
			return err
		})
	}
	err := each(`SELECT node_id FROM dispatch_technician WHERE tenant_id = ? AND id = ?`+tx.ForUpdate(), false)
	if err == nil {
		err = each(`SELECT node_id FROM dispatch_lend WHERE tenant_id = ? AND technician_id = ?`, true)
	}
	if err != nil {
		return fmt.Errorf("read whose days: %w", err)
	}
	return nil
}

// stamp says as of what the rows of a node's plan stand.
type stamp struct{ version, ground int64 }

// stampOf reads the stamp of a node; zero where nobody has ever worked.
func stampOf(ctx context.Context, tx *db.Tx, node id.Node) (s stamp, err error) {
	err = tx.Row(ctx, `SELECT version, ground FROM dispatch_plan WHERE tenant_id = ? AND node_id = ?`, tx.Tenant(), node).Scan(&s.version, &s.ground)
	return s, db.NotFound(err, nil)
}
