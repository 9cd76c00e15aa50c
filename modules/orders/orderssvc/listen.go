package orderssvc

import (
	"context"
	"errors"

	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/orders"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// step moves the order and publishes it, so that the brand can be told.
func (m *Module) step(ctx context.Context, tx *db.Tx, r *row, cmd orders.Command, reason string) error {
	to, err := orders.Next(r.State, cmd)
	if err != nil {
		return err
	}
	from := r.State
	r.State, r.Reason = to, reason
	if err := save(ctx, tx, *r); err != nil || from == to {
		return err
	}
	r.Version++
	return m.bus.Publish(ctx, tx, orders.OrderMoved{Order: r.ID, Brand: r.Brand, Case: r.Case, From: from, To: to, Reason: reason, At: tx.Now()})
}

// follow: an order stands where its case stands.
func (m *Module) follow(ctx context.Context, tx *db.Tx, _ outbox.Meta, e desk.OrderFollowed) error {
	cmd, ok := follows(e)
	if !ok {
		return nil
	}
	r, err := byID(ctx, tx, e.Order, tx.ForUpdate())
	if err != nil {
		return err
	}
	r.Case = e.Case
	if err := m.step(ctx, tx, &r, cmd, e.Reason); err != nil && !errors.Is(err, orders.ErrTransition) {
		return err
	}
	return nil
}

// follows says what the move of a case asks of its order.
func follows(e desk.OrderFollowed) (orders.Command, bool) {
	if e.From == "" {
		return orders.Accept, true
	}
	switch e.To {
	case desk.Open, desk.Waiting:
		if e.From == desk.Resolved {
			return orders.Redo, true
		}
		return orders.Start, true
	case desk.Resolved:
		return orders.Finish, true
	case desk.Cancelled:
		return orders.DoCancel, true
	case desk.New, desk.Closed:
		return "", false
	default:
		return "", false
	}
}
