package dispatchsvc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs"
)

const (
	// nightsEvery is how often is looked where a night has begun.
	nightsEvery = 15 * time.Minute
	// nightSteps is how long the search of a night goes on: seconds for a node.
	nightSteps = 20_000
)

// nightfall reports whether a night has begun that was not planned yet.
func (s *sight) nightfall() bool {
	return !s.last.nights || s.last.night < dispatch.LastNight(s.now, zone(s.node.Zone))
}

// nights has the nodes planned where a night has begun.
func (m *Module) nights(ctx context.Context, tenant id.Tenant) error {
	nodes, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]id.Node, error) {
		rows, err := tx.Rows(ctx, `SELECT node_id FROM dispatch_engine WHERE tenant_id = ? AND autonomy IN (?, ?) ORDER BY node_id`, tx.Tenant(), dispatch.Keeping, dispatch.Planning)
		return db.Collect(rows, err, func(scan func(...any) error) (n id.Node, err error) { return n, scan(&n) })
	})
	if err != nil {
		return fmt.Errorf("read engines: %w", err)
	}
	var errs []error
	for _, node := range nodes {
		errs = append(errs, m.dusk(ctx, tenant, node))
	}
	return errors.Join(errs...)
}

// dusk has a node planned if a night has begun there.
func (m *Module) dusk(ctx context.Context, tenant id.Tenant, node id.Node) error {
	n, err := m.network.Node(ctx, tenant, node)
	if err != nil {
		return err
	}
	s, err := m.see(ctx, tenant, n)
	if err != nil || !s.nightfall() {
		return err
	}
	return m.db.InTx(ctx, tenant, func(ctx context.Context, tx *db.Tx) error {
		return m.jobs.EnqueueBy(ctx, tx, improveKind, node.String(), tx.Now(), improving{node})
	})
}

// planNight plans the next fourteen days of a node as a whole, and carries out or proposes
// what comes of it. One that was interrupted goes on from what it has done.
func (m *Module) planNight(ctx context.Context, j jobs.Job, s *sight) error {
	plans := s.engine.Autonomy.Plans()
	d, err := m.draft(ctx, j.Tenant, s.node.ID, planning{
		Days: dispatch.Horizon, Iterations: nightSteps, Seed: int64(dispatch.LastNight(s.now, zone(s.node.Zone))), Move: true, alone: true, waited: plans,
	})
	if err != nil {
		return err
	}
	n, err := m.openNight(ctx, j.Tenant, s, d)
	if err != nil {
		return err
	}
	p := d.proposal(s.now)
	if p == nil {
		n.After = n.Before
	}
	switch {
	case p == nil:
	case plans:
		err = m.carryNight(ctx, j.Tenant, s, d, p, &n.nightly)
	default:
		n.Proposed = len(p.Moves) + len(p.Places)
	}
	if err != nil {
		return err
	}
	return m.closeNight(ctx, j, s, n, p)
}

// proposal is what a night would change, nil where that is not worth it.
func (d *draft) proposal(now time.Time) *proposal {
	after := d.s.bill(d.plan)
	p := proposal{FoundAt: now, Night: true, Places: d.places(), Moves: d.moves(), Before: &d.before, After: &after}
	hour := int64(0)
	for i := range d.s.crew {
		hour = max(hour, d.s.crew[i].Hour.Minor)
	}
	if len(p.Places) == 0 && !dispatch.Worth(p.Before.Cost.Minor-p.After.Cost.Minor, hour, len(p.Moves)) {
		return nil
	}
	return &p
}

// openNight writes down that a night is being planned. What it began with before it was
// interrupted stays.
func (m *Module) openNight(ctx context.Context, tenant id.Tenant, s *sight, d *draft) (night, error) {
	return db.Do(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (night, error) {
		n := night{Day: dispatch.LastNight(s.now, zone(s.node.Zone)), BeganAt: s.now, nightly: nightly{Before: d.before, After: d.s.bill(d.plan)}}
		n.Before.Unserved += len(d.shut)
		n.After.Unserved += len(d.shut)
		list, err := nightsOf(ctx, tx, s.node.ID)
		if err != nil {
			return n, err
		}
		if i := slices.IndexFunc(list, func(o night) bool { return o.Day == n.Day }); i >= 0 {
			n.BeganAt, n.Before = list[i].BeganAt, list[i].Before
		}
		n.Open = n.After.Unserved
		return n, putNight(ctx, tx, s.node.ID, n)
	})
}

// carryNight moves and books what a night has found, the moves first, which make room.
func (m *Module) carryNight(ctx context.Context, tenant id.Tenant, s *sight, d *draft, p *proposal, n *nightly) error {
	var err error
	if n.Moved, n.Refused, err = m.moveAll(ctx, tenant, s, p.Moves); err != nil {
		return err
	}
	var out outcome
	err = m.carryOut(ctx, access.System(tenant), d, &out)
	n.Booked = len(out.Booked)
	for _, u := range out.Unserved {
		if u.Code != "" {
			n.Refused++
		}
	}
	return err
}

// closeNight writes down what came of a night, which is planned no more.
func (m *Module) closeNight(ctx context.Context, j jobs.Job, s *sight, n night, p *proposal) error {
	return m.db.InTx(ctx, j.Tenant, func(ctx context.Context, tx *db.Tx) error {
		i, err := improvementOf(ctx, tx, s.node.ID, tx.ForUpdate())
		if err != nil {
			return err
		}
		i.night, i.nights, i.deferred, i.proposal = n.Day, true, time.Time{}, nil
		i.moved, i.booked = i.moved+int64(n.Moved), i.booked+int64(n.Booked)
		if !s.engine.Autonomy.Plans() {
			i.proposal = p
		}
		n.EndedAt = tx.Now()
		if err := putImprovement(ctx, tx, i); err != nil {
			return err
		}
		if err := putNight(ctx, tx, s.node.ID, n); err != nil {
			return err
		}
		if err := m.hint(ctx, tx, s.node.ID, s.node.ID.String(), s.engine.Version); err != nil {
			return err
		}
		return j.Done(ctx, tx)
	})
}
