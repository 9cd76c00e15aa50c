package partssvc

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/platform/db"
)

// The columns of a position, and how it goes in and out. Ids are raw, because
// the zero technician is sixteen bytes here and not NULL.
const positionColumns = `part_id, node_id, technician_id, condition, owner`

func key(p parts.Position) []any {
	return []any{p.Part.Raw(), p.Node.Raw(), p.Technician.Raw(), p.Condition, p.Owner}
}

func into(p *parts.Position) []any {
	return []any{&p.Part, &p.Node, &p.Technician, &p.Condition, &p.Owner}
}

// stock is a position with its level as stored.
type stock struct {
	parts.Position
	parts.Level
	ChangedAt time.Time
	Version   int64
}

const stockColumns = positionColumns + `, on_hand, reserved, changed_at, version`

func scanStock(scan func(...any) error) (s stock, err error) {
	return s, scan(append(into(&s.Position), &s.OnHand, &s.Reserved, db.At(&s.ChangedAt), &s.Version)...)
}

const atPosition = `tenant_id = ? AND part_id = ? AND node_id = ? AND technician_id = ? AND condition = ? AND owner = ?`

// lock returns the position locked until the step ends, and makes it if need be.
func lock(ctx context.Context, tx *db.Tx, tree *network.Tree, p parts.Position) (stock, error) {
	at := append([]any{tx.Tenant()}, key(p)...)
	query := `SELECT ` + stockColumns + ` FROM parts_stock WHERE ` + atPosition + tx.ForUpdate()
	s, err := scanStock(tx.Row(ctx, query, at...).Scan)
	if !errors.Is(err, sql.ErrNoRows) {
		return s, err
	}
	node, _ := tree.Node(p.Node)
	at = append([]any{tx.Tenant()}, key(p)...)
	err = tx.Put(ctx, `INSERT INTO parts_stock (tenant_id, `+positionColumns+`, partner_id, on_hand, reserved, changed_at, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?, 0) ON CONFLICT DO NOTHING`, append(at, node.Partner, tx.Now())...)
	if err != nil {
		return s, fmt.Errorf("open position: %w", err)
	}
	at = append([]any{tx.Tenant()}, key(p)...)
	return scanStock(tx.Row(ctx, query, at...).Scan)
}

func saveStock(ctx context.Context, tx *db.Tx, s stock) error {
	args := append([]any{s.OnHand, s.Reserved, tx.Now(), tx.Tenant()}, key(s.Position)...)
	n, err := tx.Exec(ctx, `UPDATE parts_stock SET on_hand = ?, reserved = ?, changed_at = ?, version = version + 1 WHERE `+atPosition+` AND version = ?`,
		append(args, s.Version)...)
	if err == nil && n != 1 {
		err = db.ErrRetry
	}
	return err
}

// lockSources returns, locked and in the order of parts.Position.Compare, the
// good stock of the parts at the nodes and on the technician's van.
func lockSources(ctx context.Context, tx *db.Tx, list []id.Part, nodes []id.Node, van id.Technician) ([]stock, error) {
	if len(list) == 0 {
		return nil, nil
	}
	args := []any{tx.Tenant()}
	for _, p := range list {
		args = append(args, p.Raw())
	}
	args = append(args, parts.Good, id.Raw{})
	for _, n := range nodes {
		args = append(args, n.Raw())
	}
	where := `technician_id = ? AND node_id IN (` + marks(len(nodes)) + `)`
	if !van.IsZero() {
		where += ` OR technician_id = ?`
		args = append(args, van.Raw())
	}
	rows, err := tx.Rows(ctx, `SELECT `+stockColumns+` FROM parts_stock WHERE tenant_id = ? AND part_id IN (`+marks(len(list))+`)
		AND condition = ? AND (`+where+`) ORDER BY `+positionColumns+tx.ForUpdate(), args...)
	return db.Collect(rows, err, scanStock)
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// vanOf returns where the technician's van stands in the books.
func vanOf(ctx context.Context, tx *db.Tx, t id.Technician) (p parts.Place, known bool, err error) {
	if t.IsZero() {
		return p, false, nil
	}
	p.Technician = t
	err = tx.Row(ctx, `SELECT node_id FROM parts_stock WHERE tenant_id = ? AND technician_id = ? ORDER BY part_id, node_id LIMIT 1`,
		tx.Tenant(), t.Raw()).Scan(&p.Node)
	if errors.Is(err, sql.ErrNoRows) {
		return p, false, nil
	}
	return p, err == nil, err
}

// cause is what a movement follows from.
type cause struct {
	Case      id.Case
	WorkOrder id.WorkOrder
	Visit     id.Visit
	Reference string
	User      id.User
}

func insertMovement(ctx context.Context, tx *db.Tx, tree *network.Tree, c cause, m parts.Movement) error {
	name := id.New[id.MovementKind]()
	args := make([]any, 0, 36)
	for i, l := range m.Lines() {
		node, _ := tree.Node(l.Position.Node)
		args = append(args, tx.Tenant(), name, i, m.Kind, l.Account)
		args = append(args, key(l.Position)...)
		args = append(args, node.Partner, l.Quantity, c.Case, c.WorkOrder, c.Visit, c.Reference, c.User, tx.Now())
	}
	const row = `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	err := tx.Put(ctx, `INSERT INTO parts_movement (tenant_id, id, line, kind, account, `+positionColumns+`,
		partner_id, quantity, case_id, work_order_id, visit_id, reference, user_id, at) VALUES `+row+`, `+row, args...)
	if err != nil {
		return fmt.Errorf("insert movement: %w", err)
	}
	return nil
}
