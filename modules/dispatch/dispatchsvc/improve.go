package dispatchsvc

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs"
)

// improveKind is the job that makes a node's plan better, in the background and at night,
// one at a time for a node.
const improveKind = "dispatch.improve"

// improving names the node.
type improving struct {
	Node id.Node `json:"node"`
}

// sight is a node as whoever improves its plan sees it: one snapshot.
type sight struct {
	node    network.Node
	now     time.Time
	engine  engine
	last    improvement
	version int64     // of the plan
	changed time.Time // when that came about
}

// improve makes the plan of a node better: the whole of it when a night has begun,
// otherwise a part, once what has changed has settled. Where nothing has changed since the
// last look there is nothing to do.
func (m *Module) improve(ctx context.Context, j jobs.Job, i improving) error {
	n, err := m.network.Node(ctx, j.Tenant, i.Node)
	if err != nil {
		return err
	}
	s, err := m.see(ctx, j.Tenant, n)
	switch {
	case err != nil:
		return err
	case !s.engine.Autonomy.Keeps():
		return nil
	case s.nightfall():
		return m.planNight(ctx, j, &s)
	case s.version == s.last.version:
		return nil
	}
	if at := dispatch.ImproveAt(s.changed, s.last.lookedAt); at.After(s.now) {
		return m.db.InTx(ctx, j.Tenant, func(ctx context.Context, tx *db.Tx) error {
			if err := m.jobs.EnqueueBy(ctx, tx, improveKind, i.Node.String(), at, i); err != nil {
				return err
			}
			return j.Done(ctx, tx)
		})
	}
	return m.lookAround(ctx, j, &s)
}

// see reads how a node stands.
func (m *Module) see(ctx context.Context, tenant id.Tenant, n network.Node) (s sight, err error) {
	err = m.db.Read(ctx, tenant, func(ctx context.Context, tx *db.Tx) error {
		s = sight{node: n, now: tx.Now()}
		if s.engine, err = engineOf(ctx, tx, n.ID, ""); err != nil {
			return err
		}
		if s.last, err = improvementOf(ctx, tx, n.ID, ""); err != nil {
			return err
		}
		at, err := stampOf(ctx, tx, n.ID)
		if err != nil {
			return err
		}
		s.version = at.version
		s.changed, err = changedAt(ctx, tx, n.ID)
		return err
	})
	return s, err
}

// lookAround looks for a better plan of what nobody has heard of, and carries it out or
// proposes it, as far as the node looks after itself.
func (m *Module) lookAround(ctx context.Context, j jobs.Job, s *sight) error {
	wanted, err := m.wanted(ctx, j.Tenant, s)
	if err != nil {
		return err
	}
	var g gain
	var moved int
	if wanted {
		if g, err = m.search(ctx, j.Tenant, s); err == nil {
			moved, _, err = m.moveAll(ctx, j.Tenant, s, g.moves)
		}
		if err != nil {
			return err
		}
	}
	return m.lookedAround(ctx, j, s, g, moved)
}

// search looks for a better plan on the board in memory.
func (m *Module) search(ctx context.Context, tenant id.Tenant, s *sight) (gain, error) {
	var plan *nodePlan
	var behind map[id.WorkOrder]job
	var free []appointment
	var beyond elsewhere
	err := m.db.Read(ctx, tenant, func(ctx context.Context, tx *db.Tx) (err error) {
		if plan, err = m.plan(ctx, tx, s.node.ID, planAge); err != nil || plan.board == nil {
			return err
		}
		groups, err := groupsOf(ctx, tx, s.node.ID)
		if err != nil {
			return err
		}
		free = plan.unheard(groups)
		if behind, err = jobsBehind(ctx, tx, s.node.ID, plan.from, plan.until); err != nil {
			return err
		}
		beyond, err = groundsElsewhere(ctx, tx, plan.on, plan.crew, plan.all())
		return err
	})
	if err != nil || len(free) == 0 {
		return gain{}, err
	}
	return plan.better(ctx, free, behind, beyond, uint64(s.version)) //nolint:gosec // a count
}

// moveAll gives visits to others where the node plans itself, as a dispatcher adopts a
// plan: whoever acts on one of them meanwhile wins.
func (m *Module) moveAll(ctx context.Context, tenant id.Tenant, s *sight, moves []handed) (moved, refused int, err error) {
	if !s.engine.Autonomy.Plans() || len(moves) == 0 {
		return 0, 0, nil
	}
	c := carrying{m: m, node: s.node.ID, caller: access.System(tenant), reason: dispatch.ReasonImproved}
	results := make([]adopted, len(moves))
	if err := c.moves(ctx, moves, results); err != nil {
		return 0, 0, err
	}
	for _, r := range results {
		if r.Result == "moved" {
			moved++
		}
	}
	return moved, len(results) - moved, nil
}

// lookedAround writes down what came of a look. The next one waits for the next change,
// which its own moves are.
func (m *Module) lookedAround(ctx context.Context, j jobs.Job, s *sight, g gain, moved int) error {
	return m.db.InTx(ctx, j.Tenant, func(ctx context.Context, tx *db.Tx) error {
		i, err := improvementOf(ctx, tx, s.node.ID, tx.ForUpdate())
		if err != nil {
			return err
		}
		i.version, i.lookedAt, i.moved = s.version, tx.Now(), i.moved+int64(moved)
		if !s.engine.Autonomy.Plans() {
			if err := m.propose(ctx, tx, &i, g); err != nil {
				return err
			}
		}
		if err := putImprovement(ctx, tx, i); err != nil {
			return err
		}
		return j.Done(ctx, tx)
	})
}

// beginImproving forgets what was found while a node looked after itself to another
// degree. One that begins to do so is planned from the next night on.
func beginImproving(ctx context.Context, tx *db.Tx, n network.Node, was, to dispatch.Autonomy) error {
	i, err := improvementOf(ctx, tx, n.ID, tx.ForUpdate())
	if err != nil {
		return err
	}
	i.proposal, i.deferred, i.version = nil, time.Time{}, 0
	if !was.Keeps() && to.Keeps() {
		i.night, i.nights = dispatch.LastNight(tx.Now(), zone(n.Zone)), true
	}
	return putImprovement(ctx, tx, i)
}
