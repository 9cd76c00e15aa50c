package dispatchsvc

import (
	"context"
	"errors"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/learn"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/outbox"
)

// learnKind works out anew what a node's visits teach.
const learnKind = "dispatch.learn"

type learning struct {
	Node id.Node `json:"node"`
}

// askWork asks what kind of work a visit was.
func (m *Module) askWork(ctx context.Context, meta outbox.Meta, e field.VisitRecorded) (desk.Brief, error) {
	b, err := m.desk.Brief(ctx, meta.Tenant, e.Case)
	if errors.Is(err, desk.ErrCaseNotFound) {
		return desk.Brief{}, nil
	}
	return b, err
}

// keepSample keeps how long a visit took, and whether its work was done.
func (m *Module) keepSample(ctx context.Context, tx *db.Tx, meta outbox.Meta, e field.VisitRecorded, of desk.Brief) error {
	if e.Node.IsZero() || e.Technician.IsZero() {
		return nil
	}
	s := sample{visit: e.Visit, at: meta.OccurredAt, ended: endedBy(e.Outcome), Visit: learn.Visit{Node: e.Node, Technician: e.Technician, Work: string(of.WorkType)}}
	a, err := appointmentOf(ctx, tx, e.Appointment, "")
	if errors.Is(err, dispatch.ErrNotFound) {
		return nil // nothing was reckoned with
	} else if err != nil {
		return err
	}
	if s.ended == endedDone && e.FinishedAt.After(e.StartedAt) {
		s.Stated, s.Taken = a.Minutes*60, int64(e.FinishedAt.Sub(e.StartedAt)/time.Second)
	}
	turns, err := historyOf(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	if s.Driven, err = usuallyDriven(ctx, tx, &a, turns); err != nil {
		return err
	}
	if s.Driven > 0 {
		s.Reckoned = unlearnt(&a)
	}
	if s.Taken == 0 && s.Driven == 0 && s.ended == "" {
		return nil
	}
	if err := insertSample(ctx, tx, s); err != nil {
		return err
	}
	return m.jobs.Enqueue(ctx, tx, learnKind, e.Node.String(), tx.Now().Add(learnAfter), learning{e.Node})
}

// longestDrive is how long a technician may say to be under way: who forgets to
// say that he is there would else be under way until the evening.
const longestDrive = 4 * time.Hour

// drivenFor is how many seconds the technician was under way, 0 where it was not said.
func drivenFor(turns []turn) int64 {
	var left time.Time
	for _, t := range turns {
		switch t.State {
		case dispatch.Travelling: // what was heard on the way begins no other one
			if left.IsZero() {
				left = t.At
			}
		case dispatch.OnSite:
			if took := t.At.Sub(left); !left.IsZero() && took > 0 && took <= longestDrive {
				return int64(took / time.Second)
			}
			return 0
		default:
			left = time.Time{}
		}
	}
	return 0
}

// usuallyDriven is drivenFor, but 0 where something slowed the roads down: that teaches
// nothing about other days.
func usuallyDriven(ctx context.Context, tx *db.Tx, a *appointment, turns []turn) (int64, error) {
	seconds := drivenFor(turns)
	if seconds == 0 {
		return 0, nil
	}
	left := a.ServiceStartAt.Add(-time.Duration(seconds) * time.Second)
	slow, err := slowdownsOf(ctx, tx, a.Node, left)
	for _, s := range slow {
		if s.From.Before(a.ServiceStartAt) {
			return 0, err
		}
	}
	return seconds, err
}

// unlearnt is the way to an appointment as it was before what had been learnt then.
func unlearnt(a *appointment) int64 {
	if l := a.Reasons.Learnt; l != nil && l.TravelPermille > 0 {
		return a.TravelSeconds * 1000 / l.TravelPermille
	}
	return a.TravelSeconds
}

func (m *Module) learn(ctx context.Context, j jobs.Job, l learning) error {
	return m.db.InTx(ctx, j.Tenant, func(ctx context.Context, tx *db.Tx) error {
		if err := learnNode(ctx, tx, l.Node); err != nil {
			return err
		}
		return j.Done(ctx, tx)
	})
}
