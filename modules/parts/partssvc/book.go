package partssvc

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/platform/db"
)

// apply does the movements in the step: it locks what they touch in one order,
// lets the rules decide, writes levels and journal, and tells those who wait for
// what has become free. Nothing is written if anything is refused.
func (m *Module) apply(ctx context.Context, tx *db.Tx, tree *network.Tree, c cause, moves ...parts.Movement) (parts.Book, error) {
	var rows []stock
	before, book := parts.Book{}, parts.Book{}
	for _, p := range parts.Positions(moves...) {
		s, err := lock(ctx, tx, tree, p)
		if err != nil {
			return nil, err
		}
		rows, before[p], book[p] = append(rows, s), s.Level, s.Level
	}
	if err := book.Apply(moves...); err != nil {
		return nil, err
	}
	for _, s := range rows {
		if s.Level = book[s.Position]; s.Level == before[s.Position] {
			continue
		}
		if err := saveStock(ctx, tx, s); err != nil {
			return nil, err
		}
	}
	for _, mv := range moves {
		if err := insertMovement(ctx, tx, tree, c, mv); err != nil {
			return nil, err
		}
	}
	return book, m.tellFreed(ctx, tx, tree, rows, before, book)
}

// tellFreed looks, for every shelf on which more is free than before, whether a
// work order waits for it.
func (m *Module) tellFreed(ctx context.Context, tx *db.Tx, tree *network.Tree, rows []stock, before, after parts.Book) error {
	for _, s := range rows {
		p := s.Position
		if p.Van() || p.Condition != parts.Good || after[p].Available() <= max(0, before[p].Available()) {
			continue
		}
		if err := m.arrived(ctx, tx, tree, p, after[p].Available()); err != nil {
			return err
		}
	}
	return nil
}

// wanted is what a work order waits for.
type wanted struct {
	WorkOrder id.WorkOrder
	Case      id.Case
	Node      id.Node
	Quantity  int64
}

// atOnce bounds how many that wait are told in one step; the next arrival tells
// the others.
const atOnce = 100

// arrived takes off the list, the longest waiting first, what the free pieces
// suffice for, and publishes which work orders wait for nothing more.
func (m *Module) arrived(ctx context.Context, tx *db.Tx, tree *network.Tree, p parts.Position, free int64) error {
	rows, err := tx.Rows(ctx, `SELECT work_order_id, case_id, node_id, quantity FROM parts_wanted
		WHERE tenant_id = ? AND part_id = ? ORDER BY since, work_order_id LIMIT ?`+tx.ForUpdate(), tx.Tenant(), p.Part, atOnce)
	waiting, err := db.Collect(rows, err, func(scan func(...any) error) (w wanted, err error) {
		return w, scan(&w.WorkOrder, &w.Case, &w.Node, &w.Quantity)
	})
	if err != nil {
		return err
	}
	for _, w := range waiting {
		if w.Quantity > free || w.Node != p.Node && !tree.Under(w.Node, p.Node) {
			continue
		}
		free -= w.Quantity
		if err := m.filled(ctx, tx, p, w); err != nil {
			return err
		}
	}
	return nil
}

func (m *Module) filled(ctx context.Context, tx *db.Tx, p parts.Position, w wanted) error {
	err := tx.Put(ctx, `DELETE FROM parts_wanted WHERE tenant_id = ? AND part_id = ? AND work_order_id = ?`, tx.Tenant(), p.Part, w.WorkOrder)
	if err != nil {
		return err
	}
	var more int64
	err = tx.Row(ctx, `SELECT count(*) FROM parts_wanted WHERE tenant_id = ? AND work_order_id = ?`, tx.Tenant(), w.WorkOrder).Scan(&more)
	if err != nil || more > 0 {
		return err
	}
	return m.bus.Publish(ctx, tx, parts.Arrived{Part: p.Part, Node: p.Node, Quantity: w.Quantity, WorkOrder: w.WorkOrder, Case: w.Case})
}

// want notes what a work order waits for.
func want(ctx context.Context, tx *db.Tx, part id.Part, w wanted) error {
	err := tx.Put(ctx, `INSERT INTO parts_wanted (tenant_id, part_id, work_order_id, case_id, node_id, quantity, since) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant_id, part_id, work_order_id) DO UPDATE SET node_id = excluded.node_id, quantity = excluded.quantity`,
		tx.Tenant(), part, w.WorkOrder, w.Case, w.Node.Raw(), w.Quantity, tx.Now())
	return err
}

// wantNothing takes a work order off the list.
func wantNothing(ctx context.Context, tx *db.Tx, wo id.WorkOrder) error {
	err := tx.Put(ctx, `DELETE FROM parts_wanted WHERE tenant_id = ? AND work_order_id = ?`, tx.Tenant(), wo)
	return err
}
