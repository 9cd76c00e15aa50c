package partssvc

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// ended: the parts of an appointment that is over without a record are free.
func (m *Module) ended(ctx context.Context, tx *db.Tx, _ outbox.Meta, e dispatch.AppointmentEnded, tree *network.Tree) error {
	return m.release(ctx, tx, tree, id.Reservation(e.Appointment))
}

// release sets free what the reservation holds, if it still does.
func (m *Module) release(ctx context.Context, tx *db.Tx, tree *network.Tree, name id.Reservation) error {
	r, err := byID(ctx, tx, name, tx.ForUpdate())
	if errors.Is(err, errNone) || err == nil && r.State != parts.HeldFor {
		return nil
	} else if err != nil {
		return err
	}
	return m.letGo(ctx, tx, tree, r)
}

func (m *Module) letGo(ctx context.Context, tx *db.Tx, tree *network.Tree, r reservation) error {
	if err := end(ctx, tx, r, parts.Released); err != nil {
		return err
	}
	_, err := m.apply(ctx, tx, tree, cause{Case: r.Case, WorkOrder: r.WorkOrder}, parts.ReleaseAll(r.Lines)...)
	return err
}

// recorded: what a visit used has left the stock, whatever the books say.
func (m *Module) recorded(ctx context.Context, tx *db.Tx, _ outbox.Meta, e field.VisitRecorded, tree *network.Tree) error {
	held, err := m.heldFor(ctx, tx, e)
	if err != nil {
		return err
	}
	return m.clear(ctx, tx, tree, held, parts.Consumed{
		WorkOrder: e.WorkOrder, Case: e.Case, Visit: e.Visit, Node: e.Node, Parts: parts.Sum(e.Parts), At: e.FinishedAt,
	}, e.Technician)
}

// heldFor returns the reservation of the visit's appointment; a visit without
// one uses what is held for its work order.
func (m *Module) heldFor(ctx context.Context, tx *db.Tx, e field.VisitRecorded) ([]reservation, error) {
	if e.Appointment.IsZero() {
		return ofWork(ctx, tx, e.WorkOrder)
	}
	r, err := byID(ctx, tx, id.Reservation(e.Appointment), tx.ForUpdate())
	if errors.Is(err, errNone) || err == nil && r.State != parts.HeldFor {
		return nil, nil
	}
	return []reservation{r}, err
}

// clear takes what was used out of the stock, ends the reservations and says
// what was used.
func (m *Module) clear(ctx context.Context, tx *db.Tx, tree *network.Tree, held []reservation, c parts.Consumed, van id.Technician) error {
	var picks []parts.Pick
	to := parts.Released
	if len(c.Parts) > 0 {
		to = parts.Used
	}
	for _, r := range held {
		picks = append(picks, r.Lines...)
		if err := end(ctx, tx, r, to); err != nil {
			return err
		}
	}
	sources, err := sourcesFor(ctx, tx, tree, c.Node, van, c.Parts)
	if err != nil {
		return err
	}
	at, known, err := vanOf(ctx, tx, van)
	if err != nil {
		return err
	}
	if !known {
		at = parts.Place{Node: c.Node}
	}
	moves, short := parts.Clear(c.Parts, picks, near(sources), func(n remedy.Need) parts.Position {
		return parts.Position{Place: at, Part: n.Part, Condition: parts.Good, Owner: parts.ByOperator}
	})
	if _, err := m.apply(ctx, tx, tree, cause{Case: c.Case, WorkOrder: c.WorkOrder, Visit: c.Visit}, moves...); err != nil {
		return fmt.Errorf("clear parts: %w", err)
	}
	if len(c.Parts) == 0 {
		return nil
	}
	c.Short = short
	return m.bus.Publish(ctx, tx, c)
}

// near drops the shelves above the node: what lies a day away was not in the
// technician's hands.
func near(all []parts.Source) []parts.Source {
	return slices.DeleteFunc(all, func(s parts.Source) bool { return s.Lead > 0 })
}

// workMoved: work that is over holds nothing and waits for nothing.
func (m *Module) workMoved(ctx context.Context, tx *db.Tx, _ outbox.Meta, e work.OrderMoved, tree *network.Tree) error {
	if e.To.Open() || !e.From.Open() {
		return nil
	}
	if err := wantNothing(ctx, tx, e.WorkOrder); err != nil {
		return err
	}
	held, err := ofWork(ctx, tx, e.WorkOrder)
	for _, r := range held {
		if err == nil {
			err = m.letGo(ctx, tx, tree, r)
		}
	}
	return err
}

// workCompleted: work that is no visit (a kit, a return) takes its parts from
// its node.
func (m *Module) workCompleted(ctx context.Context, tx *db.Tx, _ outbox.Meta, e work.OrderCompleted, tree *network.Tree) error {
	if used := parts.Sum(e.Parts); e.Visit.IsZero() && len(used) > 0 {
		return m.clear(ctx, tx, tree, nil, parts.Consumed{WorkOrder: e.WorkOrder, Case: e.Case, Node: e.Node, Parts: used, At: e.CompletedAt}, id.Technician{})
	}
	return nil
}

// Expire releases the tenant's reservations whose appointment is long over and
// of which nothing more was heard. It is periodic work.
func (m *Module) Expire(ctx context.Context, tenant id.Tenant) error {
	tree, err := m.network.Tree(ctx, tenant)
	if err != nil {
		return err
	}
	old, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]reservation, error) {
		return some(ctx, tx, `state = ? AND expires_at <= ? ORDER BY expires_at, id LIMIT 1000`, parts.HeldFor, tx.Now())
	})
	if err != nil {
		return err
	}
	for _, r := range old {
		if err := m.db.InTx(ctx, tenant, func(ctx context.Context, tx *db.Tx) error { return m.release(ctx, tx, tree, r.ID) }); err != nil {
			return err
		}
	}
	return nil
}
