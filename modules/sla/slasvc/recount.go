package slasvc

import (
	"context"
	"errors"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/platform/db"
)

const recountKind = "sla.recount"

// recountSoon has the running clocks counted anew after a change of calendars.
func (m *Module) recountSoon(ctx context.Context, tx *db.Tx, kind string) error {
	if kind != "calendar" {
		return nil
	}
	return m.jobs.Enqueue(ctx, tx, recountKind, "all", tx.Now(), struct{}{})
}

// Recount holds every running clock of the tenant against the calendars as they
// are now, from when the clock last began to run: a holiday that has been added
// moves what would have been due on it. What has been breached stays so.
func (m *Module) Recount(ctx context.Context, tenant id.Tenant) error {
	m.held.Wrote(tenant) // the change may be another process's, and a moment old
	r, err := m.rules(ctx, tenant)
	if err != nil {
		return err
	}
	var last id.Case
	for {
		cases, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]id.Case, error) {
			return withRunning(ctx, tx, last, tellAtOnce)
		})
		if err != nil || len(cases) == 0 {
			return err
		}
		last = cases[len(cases)-1]
		err = m.db.InTx(ctx, tenant, func(ctx context.Context, tx *db.Tx) error {
			for _, c := range cases {
				if err := m.on(ctx, tx, r, c, tx.Now(), (*step).recount); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// recount counts the step's clocks anew. A clock that is due earlier now, in the
// past even, tells so at once.
func (s *step) recount() error {
	for i := range s.rows {
		r := &s.rows[i]
		next, err := sla.Recount(r.Clock, s.rules.calendar(r.Promise, r.place))
		if errors.Is(err, calendar.ErrRange) || err == nil && next.DueAt.Equal(r.DueAt) {
			continue // a century without work moves nothing
		}
		if err != nil {
			return err
		}
		s.took(i, next, []sla.Change{{What: sla.WasResumed, At: s.at}})
		if err := s.do(i, sla.Command{Do: sla.Tick, At: s.at}); err != nil {
			return err
		}
	}
	return nil
}
