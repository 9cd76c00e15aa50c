package slasvc

import (
	"context"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// step is one step on the clocks of a case: it loads them, asks things of them,
// and at its end stores and tells what has changed.
type step struct {
	m     *Module
	rules *rules
	at    time.Time
	rows  []row
	tale  []happening // in order
}

// happening is what happened to a clock of the step.
type happening struct {
	row int
	sla.Change
}

// on runs ask on the locked clocks of the case, after telling what has fallen
// due by the instant. A case without clocks is left alone.
func (m *Module) on(ctx context.Context, tx *db.Tx, r *rules, c id.Case, at time.Time, ask func(s *step) error) error {
	rows, err := clocks(ctx, tx, c, tx.ForUpdate())
	if err != nil || len(rows) == 0 {
		return err
	}
	s := &step{m: m, rules: r, at: at, rows: rows}
	for i := range s.rows {
		if err := s.do(i, sla.Command{Do: sla.Tick, At: at}); err != nil {
			return err
		}
	}
	if err := ask(s); err != nil {
		return err
	}
	return s.end(ctx, tx)
}

// do asks one thing of one clock, if it takes it; otherwise the clock is past it.
func (s *step) do(i int, cmd sla.Command) error {
	r := &s.rows[i]
	if !r.Takes(cmd.Do) {
		return nil
	}
	next, changes, err := sla.Next(r.Clock, cmd, s.rules.calendar(r.Promise, r.place))
	if err != nil {
		return err
	}
	s.took(i, next, changes)
	return nil
}

func (s *step) took(i int, next sla.Clock, changes []sla.Change) {
	r := &s.rows[i]
	r.changed = r.changed || len(changes) > 0
	r.Clock = next
	for _, c := range changes {
		s.tale = append(s.tale, happening{i, c})
	}
}

// each asks the same of all clocks of the kinds; no kinds means every kind.
func (s *step) each(cmd sla.Command, kinds ...sla.Kind) error {
	cmd.At = s.at
	for i := range s.rows {
		if len(kinds) > 0 && !slices.Contains(kinds, s.rows[i].Kind) {
			continue
		}
		if err := s.do(i, cmd); err != nil {
			return err
		}
	}
	return nil
}

// end stores what has changed, publishes it, and sees to it that somebody looks
// again when the next thing falls due.
func (s *step) end(ctx context.Context, tx *db.Tx) error {
	all := make([]sla.Clock, len(s.rows))
	for i := range s.rows {
		all[i] = s.rows[i].Clock
		if s.rows[i].changed {
			if err := saveClock(ctx, tx, &s.rows[i]); err != nil {
				return err
			}
		}
	}
	if events := s.events(sla.NextDue(all)); len(events) > 0 {
		if err := s.m.bus.Publish(ctx, tx, events...); err != nil {
			return err
		}
	}
	return s.m.arm(ctx, tx, sla.NextTell(all))
}

// events puts the tale into words: warnings, breaches and ends one by one, in
// order; what happened to several clocks at once in one event.
func (s *step) events(due time.Time) (out []outbox.Event) {
	first := &s.rows[0]
	of := sla.Of{Case: first.Case, Brand: first.Brand, Node: first.node, NextDueAt: due}
	groups := map[sla.What][]sla.Standing{}
	for _, h := range s.tale {
		c := s.rows[h.row].Standing()
		switch h.What {
		case sla.WasWarned:
			out = append(out, sla.ClockWarned{Of: of, Standing: c, Percent: h.Percent, At: h.At})
		case sla.WasBreached:
			out = append(out, sla.ClockBreached{Of: of, Standing: c, At: h.At})
		case sla.WasMet, sla.WasEndedLate:
			out = append(out, sla.ClockMet{Of: of, Standing: c, Late: h.What == sla.WasEndedLate, At: h.At})
		case sla.WasPaused, sla.WasResumed, sla.WasReopened, sla.WasCancelled:
			groups[h.What] = append(groups[h.What], c)
		}
	}
	for _, what := range []sla.What{sla.WasPaused, sla.WasResumed, sla.WasReopened, sla.WasCancelled} {
		if all := groups[what]; len(all) > 0 {
			out = append(out, s.together(what, of, all))
		}
	}
	return out
}

func (s *step) together(what sla.What, of sla.Of, all []sla.Standing) outbox.Event {
	switch what {
	case sla.WasPaused:
		return sla.ClocksPaused{Of: of, Clocks: all, Reason: s.pausedFor(), At: s.at}
	case sla.WasResumed:
		return sla.ClocksResumed{Of: of, Clocks: all, At: s.at}
	case sla.WasCancelled:
		return sla.ClocksCancelled{Of: of, Clocks: all, At: s.at}
	case sla.WasReopened, sla.WasWarned, sla.WasBreached, sla.WasMet, sla.WasEndedLate:
		return sla.ClocksStarted{Of: of, Clocks: all, Again: true, At: s.at}
	default:
		return sla.ClocksStarted{Of: of, Clocks: all, Again: true, At: s.at}
	}
}

func (s *step) pausedFor() sla.Reason {
	for _, h := range s.tale {
		if h.What == sla.WasPaused {
			return s.rows[h.row].PausedFor
		}
	}
	return ""
}
