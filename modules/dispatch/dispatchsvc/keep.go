package dispatchsvc

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/platform/db"
)

// keepSteps is how long a search goes on when promises are to be kept: some
// hundredths of a second for a node.
const keepSteps = 1000

// handover is a visit that goes to another technician, in the window that was promised.
type handover struct {
	visit appointment // as it was seen
	to    id.Technician
	near  time.Time // where the plan has it begin
}

// rescue is what is to be done about promises that their technicians cannot keep.
type rescue struct {
	hand   []handover
	unkept []appointment
}

// rescue works out who else can keep what its technician cannot: each visit stays with
// its technician where that is possible. What no board can be asked is searched for on a
// sheet of all days.
func (w *watched) rescue(ctx context.Context, free []appointment, of map[id.WorkOrder]job) (rescue, error) {
	out, err := w.plan.rescue(ctx, free, of)
	if !errors.Is(err, errAnew) {
		return out, err
	}
	rest := slices.DeleteFunc(slices.Clone(w.all), func(a appointment) bool { return has(free, a.ID) })
	s, err := newSheet(w.plan.on, w.now, w.now, planDays, w.plan.crew, rest, keepWishes(free, of, w.all))
	if err != nil {
		return out, err
	}
	rng := rand.New(rand.NewPCG(1, 0)) //nolint:gosec // a search, not a secret
	plan, _, err := routing.Solve(ctx, s.p, s.plan, routing.Budget{Iterations: keepSteps}, rng)
	if err != nil {
		return out, internal("keep promises", err)
	}
	return s.rescued(plan, free), nil
}

// upset are the node's visits that may change hands: of the days that do not fit together
// any more, and of those who are not there.
func (p *nodePlan) upset() (out []appointment) {
	for t := range p.lanes {
		l, z := &p.lanes[t], zone(p.crew[t].Zone)
		for _, a := range l.loose {
			if a.Node == p.node && movable(&a, p.asOf) {
				out = append(out, a)
			}
		}
		for _, a := range alive(l.mine) {
			if day := calendar.DayAt(a.ServiceStartAt, z); a.Node == p.node && l.broken[day] && movable(&a, p.asOf) && a.Reasons.By != dispatch.ByHand {
				out = append(out, a)
			}
		}
	}
	slices.SortFunc(out, func(a, b appointment) int {
		return cmp.Or(a.StartAt.Compare(b.StartAt), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return out
}

// movable reports whether an appointment can still go to somebody else in its window.
func movable(a *appointment, now time.Time) bool {
	_, err := dispatch.Next(a.State, dispatch.Reschedule)
	return err == nil && a.EndAt.After(now) && !a.partsTooLate(now)
}

func has(list []appointment, a id.Appointment) bool {
	return slices.ContainsFunc(list, func(x appointment) bool { return x.ID == a })
}

// rescued reads what a plan has done with the visits that were free.
func (s *sheet) rescued(plan routing.Plan, free []appointment) (out rescue) {
	for r, day := range routing.Timetable(s.p, plan) {
		technician, _ := s.p.Owner(r)
		for _, stop := range day.Stops {
			w := stop.Job - len(s.kept)
			if w < 0 || free[w].Technician == s.crew[technician].ID {
				continue
			}
			out.hand = append(out.hand, handover{free[w], s.crew[technician].ID, instant(stop.Start)})
		}
	}
	for _, number := range s.p.Unserved(plan) {
		if w := number - len(s.kept); w >= 0 {
			out.unkept = append(out.unkept, free[w])
		}
	}
	return out
}

// keep gives what technicians cannot keep to others, each visit in a step of its
// own; it says how many went and how many promises nobody can keep.
func (m *Module) keep(ctx context.Context, tenant id.Tenant, w *watched) error {
	free := w.plan.upset()
	w.engine.Unkept = w.plan.partless()
	if len(free) == 0 {
		return nil
	}
	jobs, err := m.jobsOf(ctx, tenant, free)
	if err != nil {
		return err
	}
	plan, err := w.held(ctx, free, jobs)
	if err != nil {
		return err
	}
	w.engine.Unkept += int64(len(plan.unkept))
	for _, h := range plan.hand {
		done, err := m.hand(ctx, tenant, h)
		if err != nil {
			return err
		}
		if done {
			w.engine.Kept++
		}
	}
	return m.tidyAll(ctx, tenant, plan.hand)
}

// jobsOf reads what the visits need.
func (m *Module) jobsOf(ctx context.Context, tenant id.Tenant, visits []appointment) (map[id.WorkOrder]job, error) {
	out := map[id.WorkOrder]job{}
	return out, m.db.Read(ctx, tenant, func(ctx context.Context, tx *db.Tx) (err error) {
		for _, a := range visits {
			if out[a.WorkOrder], err = jobOf(ctx, tx, a.WorkOrder, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// tidyAll plans the days anew that visits have left.
func (m *Module) tidyAll(ctx context.Context, tenant id.Tenant, gone []handover) error {
	type day struct {
		technician id.Technician
		on         string
	}
	seen := map[day]bool{}
	for _, h := range gone {
		d := day{h.visit.Technician, h.visit.ServiceStartAt.Format(time.DateOnly)}
		if seen[d] {
			continue
		}
		seen[d] = true
		err := m.db.InTx(ctx, tenant, func(ctx context.Context, tx *db.Tx) error { return tidy(ctx, tx, d.technician, h.visit.ServiceStartAt) })
		if err != nil {
			return err
		}
	}
	return nil
}

// tidy works out anew when a technician's visits of a day begin, after one has left it.
func tidy(ctx context.Context, tx *db.Tx, technician id.Technician, at time.Time) error {
	if err := lockTechnician(ctx, tx, technician); err != nil {
		return err
	}
	t, err := technicianOf(ctx, tx, technician)
	if err != nil {
		return err
	}
	all, err := occupying(ctx, tx, "technician_id", technician, at, at)
	if err != nil {
		return err
	}
	crew := []dispatch.Technician{t}
	on, err := groundOf(ctx, tx, t.Node, crew, all)
	if err != nil {
		return err
	}
	s, err := newSheet(on, tx.Now(), at, 1, crew, all, nil)
	if err != nil || len(s.plan.Routes) == 0 || s.broken[0] {
		return err
	}
	return replan(ctx, tx, s.times(0, routing.Timetable(s.p, s.plan)[0]))
}

// times are when the visits of a route that have not begun take place.
func (s *sheet) times(r int, day routing.Schedule) (out []planned) {
	for _, stop := range day.Stops {
		if stop.Job < len(s.kept) && !s.kept[stop.Job].State.Begun() {
			out = append(out, planned{
				of: &s.kept[stop.Job], start: instant(stop.Start), end: instant(stop.Done), travel: stop.Way,
			})
		}
	}
	return out
}

// hand gives a visit to another technician, unless somebody has acted on it since it
// was seen, or it does not fit there any more: then the next look will see. Where the
// one before had been told of it, the new one is told at once.
func (m *Module) hand(ctx context.Context, tenant id.Tenant, h handover) (bool, error) {
	done, err := db.Do(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (bool, error) {
		if err := lockTechnician(ctx, tx, h.to); err != nil {
			return false, err
		}
		a, err := locked(ctx, tx, h.visit.ID)
		if err != nil || a.Version != h.visit.Version {
			return false, err
		}
		b := booking{work: a.WorkOrder, technician: h.to, by: dispatch.ByPlan, window: dispatch.Window{Start: a.StartAt, End: a.EndAt}, near: h.near}
		told := a.State != dispatch.Scheduled
		if _, err = m.retime(ctx, tx, a, b, dispatch.ReasonKept); err != nil || !told {
			return err == nil, err
		}
		if a, err = appointmentOf(ctx, tx, a.ID, ""); err != nil {
			return false, err
		}
		return true, m.step(ctx, tx, &a, move{cmd: dispatch.Dispatch, reason: dispatch.ReasonKept, at: tx.Now()})
	})
	if f := fault.Of(err); err != nil && (f.Kind == fault.Conflict || f.Kind == fault.Invalid || errors.Is(err, dispatch.ErrNotFound)) {
		return false, nil
	}
	return done, err
}
