package partssvc

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
)

// announcement is what a supplier has promised for a day.
type announcement struct {
	Node  id.Node `json:"node"`
	DueOn string  `json:"due_on" format:"date" doc:"day in the zone of the node"`
	Lines []line  `json:"lines" minItems:"1" maxItems:"200"`
}

type announced struct {
	Node  id.Node `json:"node"`
	DueOn string  `json:"due_on"`
}

// Expect notes what is to come in, so that a refused reservation can say when.
// It takes the place of what was announced for the same part, node and day;
// nothing takes it away.
func (m *Module) Expect(ctx context.Context, a announcement) (announced, error) {
	if _, err := time.Parse(time.DateOnly, a.DueOn); err != nil {
		return announced{}, parts.ErrLine.At("/due_on", "format")
	}
	at := parts.Place{Node: a.Node}
	if _, err := m.may(ctx, "stock.write", at); err != nil {
		return announced{}, err
	}
	for i, l := range a.Lines {
		if l.Condition == parts.Defective {
			return announced{}, parts.ErrLine.At("/lines/"+strconv.Itoa(i)+"/condition", "unknown")
		}
	}
	if _, err := m.positions(ctx, at, a.Lines, 0); err != nil {
		return announced{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (announced, error) {
		for _, l := range a.Lines {
			if err := expect(ctx, tx, a, l); err != nil {
				return announced{}, fmt.Errorf("expect: %w", err)
			}
		}
		return announced{a.Node, a.DueOn}, nil
	})
}

func expect(ctx context.Context, tx *db.Tx, a announcement, l line) error {
	if l.Quantity == 0 {
		err := tx.Put(ctx, `DELETE FROM parts_expected WHERE tenant_id = ? AND part_id = ? AND node_id = ? AND due_on = ?`, tx.Tenant(), l.Part, a.Node, a.DueOn)
		return err
	}
	err := tx.Put(ctx, `INSERT INTO parts_expected (tenant_id, part_id, node_id, due_on, quantity) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (tenant_id, part_id, node_id, due_on) DO UPDATE SET quantity = excluded.quantity`, tx.Tenant(), l.Part, a.Node, a.DueOn, l.Quantity)
	return err
}

// settleExpected takes a delivery off what was announced, the oldest first.
func settleExpected(ctx context.Context, tx *db.Tx, b booking) error {
	for _, l := range b.Lines {
		if l.Condition == parts.Defective {
			continue
		}
		rows, err := tx.Rows(ctx, `SELECT due_on, quantity FROM parts_expected WHERE tenant_id = ? AND part_id = ? AND node_id = ? ORDER BY due_on`+tx.ForUpdate(),
			tx.Tenant(), l.Part, b.Node)
		type due struct {
			on       string
			quantity int64
		}
		all, err := db.Collect(rows, err, func(scan func(...any) error) (d due, err error) { return d, scan(&d.on, &d.quantity) })
		if err != nil {
			return err
		}
		for _, d := range all {
			take := min(l.Quantity, d.quantity)
			l.Quantity -= take
			if take == 0 {
				break
			}
			if err := expect(ctx, tx, announcement{Node: b.Node, DueOn: d.on}, line{Part: l.Part, Quantity: d.quantity - take}); err != nil {
				return err
			}
		}
	}
	return nil
}

// chunk is how many lines one step of Stock writes: some tens of milliseconds.
const chunk = 100

// Stock books what lies in many places at once, in steps of bounded size, as one
// receipt each. It is for taking over an existing stock and for the demo; the
// caller vouches for the ids.
func (m *Module) Stock(ctx context.Context, reference string, have []parts.Posting) error {
	caller, _ := access.From(ctx)
	tree, err := m.network.Tree(ctx, caller.Tenant)
	if err != nil {
		return err
	}
	for len(have) > 0 {
		some := have[:min(chunk, len(have))]
		have = have[len(some):]
		moves := make([]parts.Movement, len(some))
		for i, h := range some {
			p, err := h.Position.Check()
			if err != nil {
				return err
			}
			if err := m.guard.Can(ctx, "stock.write", resource(tree, "stock.write", p.Place)); err != nil {
				return err
			}
			moves[i] = parts.At(parts.Receipt, p, h.Quantity)
		}
		err := m.db.InTx(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) error {
			_, err := m.apply(ctx, tx, tree, by(ctx, reference), moves...)
			return err
		})
		if err != nil {
			return fmt.Errorf("stock: %w", err)
		}
	}
	return nil
}
