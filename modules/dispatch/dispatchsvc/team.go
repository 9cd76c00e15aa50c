package dispatchsvc

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/db"
)

// teamOf returns whom a node plans with: its own technicians first, then its guests.
func teamOf(ctx context.Context, tx *db.Tx, node id.Node) ([]dispatch.Technician, error) {
	return teamSince(ctx, tx, node, yesterday(tx))
}

// teamSince is teamOf for somebody who looks back as far as a day.
func teamSince(ctx context.Context, tx *db.Tx, node id.Node, day calendar.Day) ([]dispatch.Technician, error) {
	crew, err := crewSince(ctx, tx, node, day)
	if err != nil {
		return nil, err
	}
	guests, err := technicians(ctx, tx, min(day, yesterday(tx)), "t.id IN (SELECT technician_id FROM dispatch_lend WHERE tenant_id = ? AND node_id = ?) AND t.standing <> ?",
		"", tx.Tenant(), node, dispatch.Left)
	return append(crew, guests...), err
}

// changedSince are those of a node's team whose days have changed after a version of its plan.
func changedSince(ctx context.Context, tx *db.Tx, node id.Node, version int64) ([]dispatch.Technician, error) {
	home, err := technicians(ctx, tx, yesterday(tx), "t.node_id = ? AND t.plan_version > ?", "", node, version)
	if err != nil {
		return nil, err
	}
	guests, err := technicians(ctx, tx, yesterday(tx), "t.id IN (SELECT technician_id FROM dispatch_lend WHERE tenant_id = ? AND node_id = ? AND plan_version > ?)", "",
		tx.Tenant(), node, version)
	return append(home, guests...), err
}

// own are the technicians of a team who belong to the node.
func own(team []dispatch.Technician, node id.Node) []dispatch.Technician {
	return slices.DeleteFunc(slices.Clone(team), func(t dispatch.Technician) bool { return t.Node != node })
}

// ownVisits are the visits of some people.
func ownVisits(people []dispatch.Technician, all []appointment) []appointment {
	in := map[id.Technician]bool{}
	for i := range people {
		in[people[i].ID] = true
	}
	return slices.DeleteFunc(slices.Clone(all), func(a appointment) bool { return !in[a.Technician] })
}

// promisedTo is what occupies a node's team between two instants: of those whose days hold
// visits of several nodes all of it, wherever it is.
func promisedTo(ctx context.Context, tx *db.Tx, node id.Node, team []dispatch.Technician, from, until time.Time) ([]appointment, error) {
	all, err := occupying(ctx, tx, "node_id", node, from, until)
	if err != nil {
		return nil, err
	}
	roams := map[id.Technician]bool{}
	for i := range team {
		if team[i].Roams() {
			roams[team[i].ID] = true
		}
	}
	if len(roams) == 0 {
		return all, nil
	}
	all = slices.DeleteFunc(all, func(a appointment) bool { return roams[a.Technician] })
	for i := range team {
		if !team[i].Roams() {
			continue
		}
		days, err := occupying(ctx, tx, "technician_id", team[i].ID, from, until)
		if err != nil {
			return nil, err
		}
		all = append(all, days...)
	}
	return all, nil
}

// nodesOf are the nodes in whose plans a technician's days are, the own one first.
func nodesOf(ctx context.Context, tx *db.Tx, t id.Technician, lock string) ([]id.Node, error) {
	var home id.Node
	err := tx.Row(ctx, `SELECT node_id FROM dispatch_technician WHERE tenant_id = ? AND id = ?`+lock, tx.Tenant(), t).Scan(&home)
	if err != nil {
		return nil, db.NotFound(err, nil)
	}
	rows, err := tx.Rows(ctx, `SELECT node_id FROM dispatch_lend WHERE tenant_id = ? AND technician_id = ? ORDER BY node_id`, tx.Tenant(), t)
	guest, err := db.Collect(rows, err, func(scan func(...any) error) (n id.Node, err error) { return n, scan(&n) })
	if err != nil {
		return nil, fmt.Errorf("read lends: %w", err)
	}
	return append([]id.Node{home}, guest...), nil
}

// placesOfWork are the nodes in whose plans a technician's days are, as they were read.
func placesOfWork(t *dispatch.Technician) []id.Node {
	out := []id.Node{t.Node}
	for i := range t.Lends {
		out = append(out, t.Lends[i].Node)
	}
	return out
}

// stands tells open boards that an appointment has changed, and those of the other nodes
// whose plan its technician's days are in that these have.
func (m *Module) stands(ctx context.Context, tx *db.Tx, a *appointment) error {
	if err := m.changed(ctx, tx, a.Node, a.ID.String(), a.Version); err != nil {
		return err
	}
	return m.beside(ctx, tx, a.Node, a.Technician)
}

// beside tells the other nodes in whose plans a technician's days are that these have
// changed: that is all they hear.
func (m *Module) beside(ctx context.Context, tx *db.Tx, node id.Node, t id.Technician) error {
	nodes, err := nodesOf(ctx, tx, t, "")
	if err != nil {
		return err
	}
	for _, n := range nodes {
		if n == node {
			continue
		}
		if err := m.changed(ctx, tx, n, t.String(), 0); err != nil {
			return err
		}
	}
	return nil
}
