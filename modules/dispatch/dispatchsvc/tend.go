package dispatchsvc

import (
	"context"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs"
)

// tendKind is the job that looks at a node's plan, one at a time for a node.
const tendKind = "dispatch.tend"

// tended names the node.
type tended struct {
	Node id.Node `json:"node"`
}

// watched is a node as it is looked at: one snapshot.
type watched struct {
	now    time.Time
	engine engine
	plan   *nodePlan
	all    []appointment // of the days that are looked after
	beyond elsewhere
	open   []job
}

// tend looks at a node: what its technicians cannot keep goes to others, then
// what is open gets a place, then who is expected soon is told. What somebody else
// has changed meanwhile is left to the next look.
func (m *Module) tend(ctx context.Context, j jobs.Job, t tended) error {
	w, err := m.watch(ctx, j.Tenant, t.Node)
	if err != nil {
		return err
	}
	if w.plan != nil {
		err = m.keep(ctx, j.Tenant, &w)
	}
	if err == nil && w.engine.Autonomy.Plans() {
		err = m.settleOpen(ctx, j.Tenant, &w)
	}
	if err == nil && w.engine.Autonomy.Plans() {
		err = m.tell(ctx, j.Tenant, &w)
	}
	if err != nil {
		return err
	}
	return m.looked(ctx, j, &w)
}

// watch reads the picture of a node.
func (m *Module) watch(ctx context.Context, tenant id.Tenant, node id.Node) (w watched, err error) {
	err = m.db.Read(ctx, tenant, func(ctx context.Context, tx *db.Tx) error {
		w = watched{now: tx.Now()}
		if w.engine, err = engineOf(ctx, tx, node, ""); err != nil || !w.engine.Autonomy.Keeps() {
			return err
		}
		if w.plan, err = m.plan(ctx, tx, node, 0); err != nil {
			return err
		}
		w.all = w.plan.all()
		if w.beyond, err = groundsElsewhere(ctx, tx, w.plan.on, w.plan.crew, w.all); err != nil {
			return err
		}
		if w.engine.Autonomy.Plans() {
			w.open, err = openJobs(ctx, tx, node, atOnce, dispatch.Unplanned, dispatch.Offered)
		}
		return err
	})
	return w, err
}

// settleOpen books what has waited long enough for somebody to choose a slot, and
// leaves alone what has not.
func (m *Module) settleOpen(ctx context.Context, tenant id.Tenant, w *watched) error {
	if !slices.ContainsFunc(w.open, func(j job) bool { return j.bookable(w.now) }) {
		return nil
	}
	d, err := m.draft(ctx, tenant, w.engine.Node, planning{Days: dispatch.Horizon, Iterations: keepSteps, Seed: 1, waited: true})
	if err != nil || len(d.s.crew) == 0 {
		return err
	}
	var out outcome
	err = m.carryOut(ctx, access.System(tenant), d, &out)
	w.engine.Booked += int64(len(out.Booked))
	return err
}

// tell asks the technicians whose visits begin soon.
func (m *Module) tell(ctx context.Context, tenant id.Tenant, w *watched) error {
	for _, a := range w.all {
		if a.State != dispatch.Scheduled || w.now.Before(a.StartAt.Add(-dispatch.TellBefore)) || !a.EndAt.After(w.now) {
			continue
		}
		told, err := db.Do(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (bool, error) {
			found, err := locked(ctx, tx, a.ID)
			if err != nil || found.State != dispatch.Scheduled {
				return false, err
			}
			return true, m.step(ctx, tx, &found, move{cmd: dispatch.Dispatch, reason: dispatch.ReasonInTime, at: tx.Now()})
		})
		if err != nil {
			return err
		}
		if told {
			w.engine.Told++
		}
	}
	return nil
}

// looked writes down what came of a look, and when the next one is due.
func (m *Module) looked(ctx context.Context, j jobs.Job, w *watched) error {
	return m.db.InTx(ctx, j.Tenant, func(ctx context.Context, tx *db.Tx) error {
		if w.engine.Autonomy.Keeps() {
			if err := record(ctx, tx, w); err != nil {
				return err
			}
			if next := w.next(); !next.IsZero() {
				if err := m.jobs.EnqueueBy(ctx, tx, tendKind, w.engine.Node.String(), next, tended{w.engine.Node}); err != nil {
					return err
				}
			}
		}
		return j.Done(ctx, tx)
	})
}

// record keeps the counts; the autonomy and its version are its user's.
func record(ctx context.Context, tx *db.Tx, w *watched) error {
	e, err := engineOf(ctx, tx, w.engine.Node, tx.ForUpdate())
	if err != nil {
		return err
	}
	e.LookedAt, e.Looks = tx.Now(), e.Looks+1
	e.Kept, e.Booked, e.Told, e.Unkept = w.engine.Kept, w.engine.Booked, w.engine.Told, w.engine.Unkept
	return putEngine(ctx, tx, e)
}

// next is when the node is looked at again although nothing happens; zero when
// there is nothing ahead.
func (w *watched) next() time.Time {
	var next time.Time
	if w.engine.Unkept > 0 {
		next = w.now.Add(dispatch.LookAgain)
	}
	for i := range w.all {
		if w.all[i].State.Live() {
			next = sooner(next, later(dispatch.DoubtAt(&w.all[i].Appointment), w.now))
		}
		if at := w.all[i].StartAt.Add(-dispatch.TellBefore); w.engine.Autonomy.Plans() && w.all[i].State == dispatch.Scheduled && at.After(w.now) {
			next = sooner(next, at)
		}
	}
	for i := range w.open {
		if at := dispatch.BookableAt(w.open[i].ReadyAt, w.open[i].Priority); at.After(w.now) {
			next = sooner(next, at)
		}
	}
	return next
}

// later is an instant that lies ahead, or a while after now.
func later(at, now time.Time) time.Time {
	if at.After(now) {
		return at
	}
	return now.Add(dispatch.LookAgain)
}
