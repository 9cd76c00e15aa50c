package partssvc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// grace is how long parts stay held after the end of their appointment: records
// from the field may come days late.
const grace = 7 * 24 * time.Hour

// requested answers the question whether an appointment can have its parts: it
// holds all of them, or none and says what is missing.
func (m *Module) requested(ctx context.Context, tx *db.Tx, _ outbox.Meta, e dispatch.AppointmentRequested, tree *network.Tree) error {
	needs, name := parts.Sum(e.Parts), id.Reservation(e.Appointment)
	answer := parts.Reserved{Reservation: name, Appointment: e.Appointment, WorkOrder: e.WorkOrder, Case: e.Case, Node: e.Node, Parts: needs}
	old, err := byID(ctx, tx, name, tx.ForUpdate())
	switch {
	case err != nil && !errors.Is(err, errNone):
		return err
	case len(needs) == 0:
		return m.bus.Publish(ctx, tx, answer)
	case err == nil && old.State == parts.HeldFor:
		answer.Parts, answer.LeadHours = old.needs(), old.lead()
		return m.bus.Publish(ctx, tx, answer)
	}
	sources, err := sourcesFor(ctx, tx, tree, e.Node, e.Technician, needs)
	if err != nil {
		return err
	}
	picks, missing := parts.Picks(needs, sources, max(0, e.StartAt.Sub(tx.Now())))
	if len(missing) > 0 {
		return m.refuse(ctx, tx, tree, e, needs, missing, sources)
	}
	r := reservation{
		ID: name, WorkOrder: e.WorkOrder, Case: e.Case, Node: e.Node, Technician: e.Technician, State: parts.HeldFor,
		ExpiresAt: latest(e.EndAt, tx.Now()).Add(grace), CreatedAt: tx.Now(), Lines: picks,
	}
	if err := m.hold(ctx, tx, tree, r); err != nil {
		return err
	}
	answer.LeadHours = r.lead()
	return m.bus.Publish(ctx, tx, answer)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (m *Module) hold(ctx context.Context, tx *db.Tx, tree *network.Tree, r reservation) error {
	moves := make([]parts.Movement, len(r.Lines))
	for i, l := range r.Lines {
		moves[i] = parts.At(parts.Reserve, l.Position, l.Quantity)
	}
	if _, err := m.apply(ctx, tx, tree, cause{Case: r.Case, WorkOrder: r.WorkOrder}, moves...); err != nil {
		return fmt.Errorf("hold parts: %w", err)
	}
	if err := put(ctx, tx, r); err != nil {
		return err
	}
	return wantNothing(ctx, tx, r.WorkOrder)
}

func (m *Module) refuse(ctx context.Context, tx *db.Tx, tree *network.Tree, e dispatch.AppointmentRequested, needs, missing []remedy.Need, from []parts.Source) error {
	for _, n := range missing {
		if err := want(ctx, tx, n.Part, wanted{e.WorkOrder, e.Case, e.Node, n.Quantity}); err != nil {
			return err
		}
	}
	answer := parts.ReservationRefused{Appointment: e.Appointment, WorkOrder: e.WorkOrder, Case: e.Case, Node: e.Node, Missing: missing}
	expected, err := supplies(ctx, tx, tree, e.Node, needs)
	if err != nil {
		return err
	}
	if at, known := parts.Earliest(needs, from, expected, tx.Now()); known {
		answer.EarliestOn = at.In(zoneOf(tree, e.Node)).Format(time.DateOnly)
	}
	return m.bus.Publish(ctx, tx, answer)
}

// sourcesFor returns, locked, from where an appointment of the node may be
// served: the van, the node's shelves, and those of the nodes above it.
func sourcesFor(ctx context.Context, tx *db.Tx, tree *network.Tree, node id.Node, van id.Technician, needs []remedy.Need) ([]parts.Source, error) {
	chain := chainOf(tree, node)
	list := make([]id.Part, len(needs))
	for i, n := range needs {
		list[i] = n.Part
	}
	rows, err := lockSources(ctx, tx, list, chain, van)
	out := make([]parts.Source, len(rows))
	for i, s := range rows {
		out[i] = parts.Source{Position: s.Position, Level: s.Level}
		if !s.Van() {
			floors := int64(slices.Index(chain, s.Node))
			out[i].Rank, out[i].Lead = 1+floors, parts.Lead(floors)
		}
	}
	return out, err
}

// chainOf is the node and those above it, also for a node that the network has
// forgotten.
func chainOf(tree *network.Tree, node id.Node) []id.Node {
	if up := tree.Ancestors(node); len(up) > 0 {
		return up
	}
	return []id.Node{node}
}

// zoneOf is the zone of the node; UTC where nobody knows.
func zoneOf(tree *network.Tree, node id.Node) *time.Location {
	n, _ := tree.Node(node)
	zone, err := time.LoadLocation(n.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// supplies returns what is expected at the node and above it.
func supplies(ctx context.Context, tx *db.Tx, tree *network.Tree, node id.Node, needs []remedy.Need) (out []parts.Supply, err error) {
	chain := chainOf(tree, node)
	for _, n := range needs {
		for floors, at := range chain {
			rows, err := tx.Rows(ctx, `SELECT due_on, quantity FROM parts_expected WHERE tenant_id = ? AND part_id = ? AND node_id = ? ORDER BY due_on LIMIT 50`,
				tx.Tenant(), n.Part, at)
			some, err := db.Collect(rows, err, func(scan func(...any) error) (s parts.Supply, err error) {
				var on string
				if err := scan(&on, &s.Quantity); err != nil {
					return s, err
				}
				s.Part, s.Lead = n.Part, parts.Lead(int64(floors))
				s.At, err = time.ParseInLocation(time.DateOnly, on, zoneOf(tree, at))
				return s, err
			})
			if err != nil {
				return nil, err
			}
			out = append(out, some...)
		}
	}
	return out, nil
}
