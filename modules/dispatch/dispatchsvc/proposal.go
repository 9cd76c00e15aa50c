package dispatchsvc

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// proposal is a better plan that waits for a dispatcher. Its places and moves can be
// handed to adopt as they are, all or some of them.
type proposal struct {
	FoundAt time.Time `json:"found_at,omitzero" doc:"absent: nothing is proposed"`
	Night   bool      `json:"night,omitempty" doc:"by planning the node at night, open visits included"`
	Places  []place   `json:"places"`
	Moves   []handed  `json:"moves"`
	Before  *bill     `json:"before,omitempty" doc:"absent: something has changed since, and what is left is not added up"`
	After   *bill     `json:"after,omitempty"`
}

// glance is a proposal in short.
type glance struct {
	FoundAt time.Time `json:"found_at"`
	Night   bool      `json:"night,omitempty" doc:"found by planning the node at night"`
	Moves   int       `json:"moves" doc:"visits that would go to another technician in their window"`
	Places  int       `json:"places" doc:"open visits that would get an appointment"`
	Before  *bill     `json:"before,omitempty" doc:"absent: something has changed since, and what is left is not added up"`
	After   *bill     `json:"after,omitempty"`
}

func (p *proposal) glance() *glance {
	if p == nil {
		return nil
	}
	return &glance{p.FoundAt, p.Night, len(p.Moves), len(p.Places), p.Before, p.After}
}

// current leaves of a proposal what nobody has touched since, nil where nothing is left.
func (p *proposal) current(ctx context.Context, tx *db.Tx, node id.Node) (*proposal, error) {
	if p == nil {
		return nil, nil
	}
	stands, err := versionsOf(ctx, tx, node, tx.Now())
	if err != nil {
		return nil, err
	}
	open, err := openJobs(ctx, tx, node, atOnce, dispatch.Unplanned, dispatch.Offered)
	if err != nil {
		return nil, err
	}
	q := *p
	q.Moves = slices.DeleteFunc(slices.Clone(p.Moves), func(h handed) bool { return stands[h.Appointment] != h.Version })
	q.Places = slices.DeleteFunc(slices.Clone(p.Places), func(at place) bool {
		return !at.StartAt.After(tx.Now()) || !slices.ContainsFunc(open, func(j job) bool { return j.WorkOrder == at.WorkOrder })
	})
	if len(q.Moves) < len(p.Moves) || len(q.Places) < len(p.Places) {
		q.Before, q.After = nil, nil
	}
	if len(q.Moves)+len(q.Places) == 0 {
		return nil, nil
	}
	return &q, nil
}

// versionsOf are the versions of a node's appointments that nobody was told of and that are
// not over.
func versionsOf(ctx context.Context, tx *db.Tx, node id.Node, now time.Time) (map[id.Appointment]int64, error) {
	type row struct {
		a id.Appointment
		v int64
	}
	rows, err := tx.Rows(ctx, `SELECT id, version FROM dispatch_appointment WHERE tenant_id = ? AND node_id = ? AND service_start_at >= ? AND live = 1 AND state = ? AND end_at > ?`,
		tx.Tenant(), node, now.Add(-around), dispatch.Scheduled, now)
	list, err := db.Collect(rows, err, func(scan func(...any) error) (r row, err error) { return r, scan(&r.a, &r.v) })
	if err != nil {
		return nil, fmt.Errorf("read versions: %w", err)
	}
	out := make(map[id.Appointment]int64, len(list))
	for _, r := range list {
		out[r.a] = r.v
	}
	return out, nil
}

// wanted reports whether a look may find something that somebody wants to hear of: not
// while that is put off, nor while there is something to do of what the night has found.
func (m *Module) wanted(ctx context.Context, tenant id.Tenant, s *sight) (bool, error) {
	switch p := s.last.proposal; {
	case s.engine.Autonomy.Plans():
		return true, nil
	case s.now.Before(s.last.deferred):
		return false, nil
	case p == nil || !p.Night:
		return true, nil
	}
	left, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (*proposal, error) {
		return s.last.proposal.current(ctx, tx, s.node.ID)
	})
	return left == nil, err
}

// propose puts what a look has found in the place of what was proposed before. What was
// and is untouched stays where it found nothing.
func (m *Module) propose(ctx context.Context, tx *db.Tx, i *improvement, g gain) error {
	was := i.proposal
	switch left, err := was.current(ctx, tx, i.node); {
	case err != nil:
		return err
	case tx.Now().Before(i.deferred):
		i.proposal = nil
	case len(g.moves) > 0:
		i.proposal = &proposal{FoundAt: tx.Now(), Places: []place{}, Moves: g.moves, Before: &g.before, After: &g.after}
	case left == nil || !left.Night && left.Before == nil:
		i.proposal = nil
	}
	if was == i.proposal {
		return nil
	}
	return m.hint(ctx, tx, i.node, i.node.String(), i.version)
}

// told completes what is said of a node's engine.
func (e engine) told(ctx context.Context, tx *db.Tx) (engine, error) {
	i, err := improvementOf(ctx, tx, e.Node, "")
	if err != nil {
		return e, err
	}
	e.Improved, e.Booked = i.moved, e.Booked+i.booked
	if e.Nights, err = nightsOf(ctx, tx, e.Node); err != nil {
		return e, err
	}
	if e.Steered, err = steeredOf(ctx, tx, e.Node); err != nil {
		return e, err
	}
	if e.PaidIn, err = paidIn(ctx, tx, e.Node); err != nil {
		return e, err
	}
	p, err := e.proposed(ctx, tx, &i)
	e.Proposal = p.glance()
	return e, err
}

// proposed is what still stands of what was found; a node that plans itself does it.
func (e *engine) proposed(ctx context.Context, tx *db.Tx, i *improvement) (*proposal, error) {
	if e.Autonomy != dispatch.Keeping {
		return nil, nil
	}
	return i.proposal.current(ctx, tx, e.Node)
}

// Proposal says what a dispatcher might adopt.
func (m *Module) Proposal(ctx context.Context, node id.Node) (proposal, error) {
	caller, _ := access.From(ctx)
	if _, err := m.board(ctx, caller.Tenant, node, "board.read"); err != nil {
		return proposal{}, err
	}
	return db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) (proposal, error) {
		none := proposal{Places: []place{}, Moves: []handed{}}
		e, err := engineOf(ctx, tx, node, "")
		if err != nil {
			return none, err
		}
		i, err := improvementOf(ctx, tx, node, "")
		if err != nil {
			return none, err
		}
		p, err := e.proposed(ctx, tx, &i)
		if err != nil || p == nil {
			return none, err
		}
		return *p, nil
	})
}

// deferral says until when nothing is proposed.
type deferral struct {
	Until time.Time `json:"until" doc:"the next night at the node"`
}

// Defer takes a proposal away; until the next night nothing is proposed.
func (m *Module) Defer(ctx context.Context, node id.Node) (deferral, error) {
	caller, _ := access.From(ctx)
	n, err := m.board(ctx, caller.Tenant, node, "board.write")
	if err != nil {
		return deferral{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (deferral, error) {
		i, err := improvementOf(ctx, tx, node, tx.ForUpdate())
		if err != nil {
			return deferral{}, err
		}
		z := zone(n.Zone)
		i.proposal, i.deferred = nil, dispatch.Night(dispatch.LastNight(tx.Now(), z)+calendar.Day(1), z)
		if err := putImprovement(ctx, tx, i); err != nil {
			return deferral{}, err
		}
		return deferral{i.deferred}, m.hint(ctx, tx, node, node.String(), i.version)
	})
}

// proposalRoutes are what a dispatcher may make of what was found.
func (m *Module) proposalRoutes(api *httpapi.API) {
	httpapi.Get(api, httpapi.Op{ID: "board_proposal_get", Path: "/v1/board/{node}/proposal", Action: "board.read", Kind: "board", Summary: "A better plan that waits for a dispatcher, for adopt"},
		func(ctx context.Context, in *struct {
			Node id.Node `path:"node"`
		},
		) (*httpapi.Body[proposal], error) {
			return httpapi.Reply(m.Proposal(ctx, in.Node))
		})
	httpapi.Post(api, httpapi.Op{ID: "board_proposal_defer", Path: "/v1/board/{node}/proposal/defer", Action: "board.write", Kind: "board", Summary: "Take the proposal away, and propose nothing before the next night"},
		func(ctx context.Context, in *struct {
			Node id.Node `path:"node"`
		},
		) (*httpapi.Body[deferral], error) {
			return httpapi.Reply(m.Defer(ctx, in.Node))
		})
}
