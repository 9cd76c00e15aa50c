package orderssvc

import (
	"context"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/orders"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// row is an order as stored.
type row struct {
	ID          id.Order
	Brand       id.Brand
	Number      string
	Fingerprint []byte
	Requester   id.Person
	Content     []byte // sealed
	WorkType    desk.WorkType
	Country     locale.Country
	State       orders.State
	Reason      string
	Case        id.Case
	ReceivedAt  time.Time
	ChangedAt   time.Time
	Version     int64
}

const columns = `id, brand_id, number, fingerprint, requester_id, content, work_type, country, state, reason, case_id, received_at, changed_at, version`

func scanOrder(scan func(...any) error) (r row, err error) {
	return r, scan(&r.ID, &r.Brand, &r.Number, &r.Fingerprint, &r.Requester, &r.Content, &r.WorkType, &r.Country, &r.State, &r.Reason,
		&r.Case, db.At(&r.ReceivedAt), db.At(&r.ChangedAt), &r.Version)
}

// insert writes the order unless its number is taken, and reports whether it did.
func insert(ctx context.Context, tx *db.Tx, r row) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO orders_order (tenant_id, `+columns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		tx.Tenant(), r.ID, r.Brand, r.Number, r.Fingerprint, r.Requester, r.Content, r.WorkType, r.Country, r.State, r.Reason, r.Case,
		r.ReceivedAt, r.ChangedAt, r.Version)
	if err != nil {
		return false, fmt.Errorf("insert order: %w", err)
	}
	return n == 1, nil
}

func byID(ctx context.Context, tx *db.Tx, o id.Order, lock string) (row, error) {
	r, err := scanOrder(tx.Row(ctx, `SELECT `+columns+` FROM orders_order WHERE tenant_id = ? AND id = ?`+lock, tx.Tenant(), o).Scan)
	return r, db.NotFound(err, orders.ErrOrderNotFound)
}

func byNumber(ctx context.Context, tx *db.Tx, b id.Brand, number string) (row, error) {
	r, err := scanOrder(tx.Row(ctx, `SELECT `+columns+` FROM orders_order WHERE tenant_id = ? AND brand_id = ? AND number = ?`, tx.Tenant(), b, number).Scan)
	return r, db.NotFound(err, orders.ErrOrderNotFound)
}

func save(ctx context.Context, tx *db.Tx, r row) error {
	n, err := tx.Exec(ctx, `UPDATE orders_order SET state = ?, reason = ?, case_id = ?, changed_at = ?, version = version + 1
		WHERE tenant_id = ? AND id = ? AND version = ?`, r.State, r.Reason, r.Case, tx.Now(), tx.Tenant(), r.ID, r.Version)
	if err == nil && n != 1 {
		err = db.ErrRetry
	}
	return err
}

func codes(ctx context.Context, tx *db.Tx, b id.Brand) (orders.Codes, error) {
	out := orders.Codes{}
	rows, err := tx.Rows(ctx, `SELECT state, code FROM orders_code WHERE tenant_id = ? AND brand_id = ?`, tx.Tenant(), b)
	_, err = db.Collect(rows, err, func(scan func(...any) error) (struct{}, error) {
		var s orders.State
		var code string
		err := scan(&s, &code)
		out[s] = code
		return struct{}{}, err
	})
	return out, err
}

func (r row) resource() access.Resource {
	return access.Resource{Kind: "order", ID: r.ID.Raw(), Brand: r.Brand, Person: r.Requester, Country: string(r.Country), State: string(r.State)}
}
