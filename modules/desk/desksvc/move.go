package desksvc

import (
	"context"
	"errors"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// moved is what the caller of a command hears.
type moved struct {
	ID      id.Case    `json:"id"`
	State   desk.State `json:"state"`
	Version int64      `json:"version"`
}

// change is a step on one case: it says what happened besides.
type change func(ctx context.Context, tx *db.Tx, r *row) error

// change runs fn on the case on behalf of the caller, who must be allowed the
// action and have seen the version that ifMatch names, if any.
func (m *Module) change(ctx context.Context, c id.Case, action, ifMatch string, fn change) (moved, error) {
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (moved, error) {
		r, err := lock(ctx, tx, c)
		if err != nil {
			return moved{}, err
		}
		if err := m.guard.Can(ctx, action, r.resource()); err != nil {
			return moved{}, err
		}
		if err := httpapi.MatchIfGiven(ifMatch, r.Version); err != nil {
			return moved{}, err
		}
		if err := fn(ctx, tx, &r); err != nil {
			return moved{}, err
		}
		if err := save(ctx, tx, r); err != nil {
			return moved{}, err
		}
		return moved{c, r.State, r.Version + 1}, nil
	})
}

// step moves the case by the command and publishes the move, if it is one.
func (m *Module) step(ctx context.Context, tx *db.Tx, r *row, cmd desk.Command, wait desk.WaitFor, reason string) error {
	to, err := desk.Next(r.State, cmd)
	if err != nil {
		return err
	}
	if to != desk.Waiting {
		wait = ""
	}
	if to == r.State && wait == r.WaitingFor {
		return nil
	}
	e := desk.CaseMoved{Case: r.ID, Brand: r.Brand, Node: r.Node, From: r.State, To: to, For: wait, Reason: reason, At: tx.Now()}
	r.State, r.WaitingFor = to, wait
	if to == desk.Resolved {
		r.Resolved = tx.Now()
	}
	if what := desk.MoveNews(to, wait); what != "" {
		if err := m.tell(ctx, tx, news{Case: r.ID, What: what}); err != nil {
			return err
		}
	}
	if r.Order.IsZero() {
		return m.bus.Publish(ctx, tx, e)
	}
	return m.bus.Publish(ctx, tx, e, desk.OrderFollowed{Order: r.Order, Case: r.ID, From: e.From, To: to, Reason: reason, At: e.At})
}

// follows lets an event of another module move the case. A case for which the
// step does not fit any more stays as it is: the event is history already.
func (m *Module) follows(ctx context.Context, tx *db.Tx, c id.Case, fn change) error {
	r, err := lock(ctx, tx, c)
	if err != nil {
		return err
	}
	before := r
	if err := fn(ctx, tx, &r); err != nil {
		if errors.Is(err, desk.ErrTransition) {
			return nil
		}
		return err
	}
	if equal(before, r) {
		return nil
	}
	return save(ctx, tx, r)
}

// equal reports whether nothing that save writes has changed.
func equal(a, b row) bool {
	return a.Node == b.Node && a.Partner == b.Partner && a.Technician == b.Technician && a.Unit == b.Unit && a.Line == b.Line && a.Model == b.Model && a.Serial == b.Serial &&
		a.Priority == b.Priority && a.State == b.State && a.WaitingFor == b.WaitingFor && a.Chased == b.Chased &&
		a.Responded.Equal(b.Responded) && a.Resolved.Equal(b.Resolved)
}

// command is what people do to a case: resolve, close, cancel, reopen, wait, resume.
func (m *Module) command(ctx context.Context, c id.Case, ifMatch, action string, cmd desk.Command, wait desk.WaitFor, reason string) (moved, error) {
	return m.change(ctx, c, action, ifMatch, func(ctx context.Context, tx *db.Tx, r *row) error {
		return m.step(ctx, tx, r, cmd, wait, reason)
	})
}

// Chase counts that the customer or the brand urges, and raises the case.
func (m *Module) Chase(ctx context.Context, c id.Case) (moved, error) {
	return m.change(ctx, c, "case.chase", "", m.chase)
}

func (m *Module) chase(ctx context.Context, tx *db.Tx, r *row) error {
	if r.State.Over() {
		return desk.ErrOver.With("state", r.State)
	}
	r.Chased++
	r.Priority = desk.Chase(r.Priority, r.Chased)
	return m.bus.Publish(ctx, tx, desk.CaseChased{Case: r.ID, Times: r.Chased, Priority: r.Priority, At: tx.Now()})
}

// Assign gives the case to another node, with the partner that runs it.
func (m *Module) Assign(ctx context.Context, c id.Case, ifMatch string, node id.Node) (moved, error) {
	caller, _ := access.From(ctx)
	n, err := m.network.Node(ctx, caller.Tenant, node)
	if errors.Is(err, network.ErrNodeNotFound) {
		return moved{}, desk.ErrIntake.At("/node", "unknown")
	} else if err != nil {
		return moved{}, err
	}
	return m.change(ctx, c, "case.assign", ifMatch, func(ctx context.Context, tx *db.Tx, r *row) error {
		if r.State.Over() {
			return desk.ErrOver.With("state", r.State)
		}
		r.Node, r.Partner = n.ID, n.Partner
		return m.bus.Publish(ctx, tx, desk.CaseAssigned{Case: c, Brand: r.Brand, Node: n.ID, Partner: n.Partner, At: tx.Now()})
	})
}
