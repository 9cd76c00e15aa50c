package orderssvc

import (
	"context"
	"fmt"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/orders"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

type question struct {
	httpapi.PageIn
	State  orders.State `query:"state" maxLength:"20"`
	Number string       `query:"number" maxLength:"64" doc:"the brand's own number, exactly"`
	Brand  id.Brand     `query:"brand"`
}

// reach says where access finds an order's attributes.
var reach = access.Columns{"brand": "brand_id", "person": "requester_id", "country": "country", "state": "state"}

// List returns the orders that the caller may see, the newest first.
func (m *Module) List(ctx context.Context, q question) (httpapi.Page[view], error) {
	caller, _ := access.From(ctx)
	where, args, err := m.guard.Filter(ctx, "order.read", "order", reach)
	if err != nil {
		return httpapi.Page[view]{}, err
	}
	var from id.Order
	more, err := q.Seek(ctx, &from)
	if err != nil {
		return httpapi.Page[view]{}, err
	}
	text := `SELECT ` + columns + ` FROM orders_order WHERE tenant_id = ? AND ` + where
	args = append([]any{caller.Tenant}, args...)
	for _, f := range []struct {
		on    bool
		cond  string
		value any
	}{
		{q.State != "", "state = ?", q.State},
		{q.Number != "", "number = ?", q.Number},
		{!q.Brand.IsZero(), "brand_id = ?", q.Brand},
		{more, "id < ?", from},
	} {
		if f.on {
			text, args = text+" AND "+f.cond, append(args, f.value)
		}
	}
	found, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) (out []view, err error) {
		rows, err := tx.Rows(ctx, text+" ORDER BY id DESC LIMIT ?", append(slices.Clone(args), q.Limit+1)...)
		list, err := db.Collect(rows, err, scanOrder)
		for _, r := range list {
			c, err := codes(ctx, tx, r.Brand)
			if err != nil {
				return nil, err
			}
			out = append(out, show(r, c))
		}
		return out, err
	})
	if err != nil {
		return httpapi.Page[view]{}, err
	}
	return httpapi.PageOf(ctx, q.PageIn, found, func(v view) any { return v.ID })
}

// SetCodes keeps a brand's words for our states.
func (m *Module) SetCodes(ctx context.Context, b id.Brand, c orders.Codes) (orders.Codes, error) {
	if err := m.guard.Can(ctx, "order.write", access.Resource{Kind: "order", Brand: b}); err != nil {
		return nil, err
	}
	caller, _ := access.From(ctx)
	if _, err := m.network.Brand(ctx, caller.Tenant, b); err != nil {
		return nil, err
	}
	for s, code := range c {
		if !slices.Contains(orders.States, s) || len(code) > 64 {
			return nil, orders.ErrOrder.At("/"+string(s), "enum")
		}
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (orders.Codes, error) {
		if err := tx.Put(ctx, `DELETE FROM orders_code WHERE tenant_id = ? AND brand_id = ?`, tx.Tenant(), b); err != nil {
			return nil, err
		}
		for s, code := range c {
			if err := tx.Put(ctx, `INSERT INTO orders_code (tenant_id, brand_id, state, code) VALUES (?, ?, ?, ?)`, tx.Tenant(), b, s, code); err != nil {
				return nil, fmt.Errorf("insert code: %w", err)
			}
		}
		return c, nil
	})
}
