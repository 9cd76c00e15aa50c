package dispatchsvc

import (
	"context"
	"errors"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/outbox"
)

// move is what is done to an appointment.
type move struct {
	cmd    dispatch.Command
	reason string  // code
	user   id.User // zero: it follows from an event
	at     time.Time
}

// step moves the appointment, frees the job when it has ended, and publishes it.
func (m *Module) step(ctx context.Context, tx *db.Tx, a *appointment, mv move) error {
	to, err := dispatch.Next(a.State, mv.cmd)
	if err != nil {
		return err
	}
	from, quiet := a.State, a.undecided()
	a.State, a.Reason = to, mv.reason
	if mv.cmd == dispatch.Arrive {
		a.ServiceEndAt = mv.at.Add(a.ServiceEndAt.Sub(a.ServiceStartAt))
		a.ServiceStartAt = mv.at
	}
	if err := save(ctx, tx, a, mv.user); err != nil {
		return err
	}
	if !to.Live() {
		if err := m.free(ctx, tx, a); err != nil {
			return err
		}
		begun := from.Begun() || to == dispatch.Unable || to == dispatch.Absent
		if err := m.fall(ctx, tx, a, begun, mv); err != nil {
			return err
		}
	}
	if err := m.remind(ctx, tx, a); err != nil {
		return err
	}
	if err := m.stands(ctx, tx, a); err != nil || quiet && to == dispatch.Cancelled {
		return err // nobody has heard of it
	}
	return m.bus.Publish(ctx, tx, a.tell(from, mv.at)...)
}

// tell says what became of an appointment.
func (a *appointment) tell(from dispatch.State, at time.Time) []outbox.Event {
	stands := dispatch.AppointmentScheduled{
		Appointment: a.ID, WorkOrder: a.WorkOrder, Case: a.Case, Node: a.Node, Technician: a.Technician, StartAt: a.StartAt, EndAt: a.EndAt,
		Reward: a.Reward, RewardLost: a.lost,
	}
	moved := dispatch.AppointmentMoved{
		Appointment: a.ID, WorkOrder: a.WorkOrder, Case: a.Case, Node: a.Node, Technician: a.Technician, From: from, To: a.State,
		StartAt: a.StartAt, EndAt: a.EndAt, At: at,
	}
	switch a.State {
	case dispatch.Scheduled:
		if from == dispatch.Pending {
			return []outbox.Event{stands}
		}
		return []outbox.Event{moved, stands}
	case dispatch.Completed:
		if a.Reward.IsZero() {
			return []outbox.Event{moved}
		}
		return []outbox.Event{moved, dispatch.RewardEarned{
			Appointment: a.ID, WorkOrder: a.WorkOrder, Case: a.Case, Node: a.Node, Reward: a.Reward, At: at,
		}}
	case dispatch.Dispatched, dispatch.Accepted, dispatch.Travelling, dispatch.OnSite, dispatch.Unable:
		return []outbox.Event{moved}
	case dispatch.Declined, dispatch.TimedOut, dispatch.Absent, dispatch.Missed, dispatch.Cancelled:
		return []outbox.Event{dispatch.AppointmentEnded{
			Appointment: a.ID, WorkOrder: a.WorkOrder, Case: a.Case, Node: a.Node, State: a.State, Reason: a.Reason, At: at, Technician: a.Technician,
		}}
	case dispatch.Pending:
		return nil
	default:
		return nil
	}
}

// free gives the job back to planning after its appointment has ended, or ends
// it when the visit was carried out; the work says so if it must be done again.
func (m *Module) free(ctx context.Context, tx *db.Tx, a *appointment) error {
	j, err := jobOf(ctx, tx, a.WorkOrder, tx.ForUpdate())
	if err != nil {
		return err
	}
	if a.State.Passes() && !slices.Contains(j.Passed, a.Technician) {
		j.Passed = append(j.Passed, a.Technician)
	}
	if j.State == dispatch.Booked {
		j.State = dispatch.Unplanned
		if a.State == dispatch.Completed {
			j.State = dispatch.Done
		}
	}
	return m.saveJob(ctx, tx, j)
}

// Kinds of jobs: a slot that waits for its parts, and a technician who is asked.
const (
	holdKind   = "dispatch.hold"
	answerKind = "dispatch.answer"
)

// reminder names the appointment that is looked at when the time has come.
type reminder struct {
	Appointment id.Appointment `json:"appointment"`
}

// remind has the appointment looked at when the technician should have answered.
func (m *Module) remind(ctx context.Context, tx *db.Tx, a *appointment) error {
	if a.State != dispatch.Dispatched {
		return nil
	}
	return m.jobs.EnqueueOrMove(ctx, tx, answerKind, a.ID.String(), dispatch.AnswerBy(tx.Now(), a.StartAt), reminder{a.ID})
}

// answerOver takes silence for a no.
func (m *Module) answerOver(ctx context.Context, j jobs.Job, r reminder) error {
	return m.overdue(ctx, j, r, dispatch.Dispatched, dispatch.Expire, dispatch.ReasonNoAnswer)
}

func (m *Module) overdue(ctx context.Context, j jobs.Job, r reminder, in dispatch.State, cmd dispatch.Command, reason string) error {
	return m.db.InTx(ctx, j.Tenant, func(ctx context.Context, tx *db.Tx) error {
		a, err := locked(ctx, tx, r.Appointment)
		if err != nil {
			return err
		}
		if a.State == in {
			if err := m.step(ctx, tx, &a, move{cmd: cmd, reason: reason, at: tx.Now()}); err != nil {
				return err
			}
		}
		return j.Done(ctx, tx)
	})
}

// Move does a command to an appointment on behalf of the caller.
func (m *Module) Move(ctx context.Context, a id.Appointment, action, ifMatch string, cmd dispatch.Command, reason string) (moved, error) {
	caller, _ := access.From(ctx)
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (moved, error) {
		found, err := m.mine(ctx, tx, a, action, ifMatch)
		if err != nil {
			return moved{}, err
		}
		if err := m.step(ctx, tx, &found, move{cmd: cmd, reason: reason, user: caller.User, at: tx.Now()}); err != nil {
			return moved{}, err
		}
		return found.moved(), nil
	})
}

// mine locks an appointment to which the caller may do the action.
func (m *Module) mine(ctx context.Context, tx *db.Tx, a id.Appointment, action, ifMatch string) (appointment, error) {
	found, err := locked(ctx, tx, a)
	if err != nil {
		return found, err
	}
	if err := m.guard.Can(ctx, action, found.resource()); err != nil {
		return found, hidden(err, dispatch.ErrNotFound)
	}
	return found, httpapi.MatchIfGiven(ifMatch, found.Version)
}

// Reschedule gives an appointment another time, and another technician if one is
// named; its parts stay reserved. The technician is asked anew.
func (m *Module) Reschedule(ctx context.Context, a id.Appointment, ifMatch string, start time.Time, technician id.Technician) (moved, error) {
	caller, _ := access.From(ctx)
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (moved, error) {
		seen, err := appointmentOf(ctx, tx, a, "")
		if err != nil {
			return moved{}, err
		}
		b := booking{work: seen.WorkOrder, technician: technician, by: dispatch.ByHand, user: caller.User}
		if technician.IsZero() {
			b.technician = seen.Technician
		}
		if err := lockTechnician(ctx, tx, b.technician); err != nil {
			return moved{}, err
		}
		found, err := m.mine(ctx, tx, a, "appointment.write", ifMatch)
		if err != nil {
			return moved{}, err
		}
		if technician.IsZero() && found.Technician != b.technician {
			return moved{}, db.ErrRetry
		}
		return m.reschedule(ctx, tx, found, b, start, !technician.IsZero())
	})
}

func (m *Module) reschedule(ctx context.Context, tx *db.Tx, a appointment, b booking, start time.Time, named bool) (moved, error) {
	if _, err := dispatch.Next(a.State, dispatch.Reschedule); err != nil {
		return moved{}, err
	}
	free, err := m.mayChoose(ctx, &a)
	if err != nil {
		return moved{}, err
	}
	if named && !free {
		return moved{}, dispatch.ErrInvalid.At("/technician", "forbidden")
	}
	if b.window, err = promise(tx.Now(), start, zone(a.Zone), free); err != nil {
		return moved{}, err
	}
	if !free {
		a.leave(b.window)
	}
	return m.retime(ctx, tx, a, b, dispatch.ReasonByHand)
}

// retime gives a locked appointment the place that a booking names; its parts stay
// reserved, and the technician is asked anew.
func (m *Module) retime(ctx context.Context, tx *db.Tx, a appointment, b booking, reason string) (moved, error) {
	j, err := jobOf(ctx, tx, a.WorkOrder, "")
	if err != nil {
		return moved{}, err
	}
	g, err := groupOf(ctx, tx, &j)
	if err != nil {
		return moved{}, err
	}
	if g != nil {
		return m.retimeTied(ctx, tx, a, b, g, reason)
	}
	return m.reseat(ctx, tx, a, j, b, reason)
}

// reseat gives a locked appointment a place, whatever depends on it.
func (m *Module) reseat(ctx context.Context, tx *db.Tx, a appointment, j job, b booking, reason string) (moved, error) {
	t, f, err := fitDay(ctx, tx, j, b, a.ID)
	if err != nil {
		return moved{}, err
	}
	stir(tx, a.Node, a.Technician) // whose day it leaves
	if err := m.beside(ctx, tx, a.Node, a.Technician); err != nil {
		return moved{}, err
	}
	a.take(f, &b)
	a.Partner = t.Partner
	if err := replan(ctx, tx, f.others); err != nil {
		return moved{}, err
	}
	err = m.step(ctx, tx, &a, move{cmd: dispatch.Reschedule, reason: reason, user: b.user, at: tx.Now()})
	return a.moved(), err
}

// mayChoose reports whether the caller may choose technicians and times freely.
func (m *Module) mayChoose(ctx context.Context, a *appointment) (bool, error) {
	r := a.resource()
	r.Kind = "board"
	err := m.guard.Can(ctx, "board.write", r)
	if errors.Is(err, access.ErrHidden) {
		return false, nil
	}
	return err == nil, err
}
