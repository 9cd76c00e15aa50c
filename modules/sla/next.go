package sla

import (
	"time"

	"fettle.dev/fettle/kernel/calendar"
)

// Verb is what is asked of a clock.
type Verb string

// The verbs.
const (
	Tick   Verb = "tick"   // time has passed: tell what is due
	Pause  Verb = "pause"  // something stops the work
	Resume Verb = "resume" // it no longer does
	Meet   Verb = "meet"   // the promised thing has been done
	Reopen Verb = "reopen" // it turned out not to be
	Cancel Verb = "cancel" // nobody wants it any more
)

// Command asks something of a clock, as of an instant.
type Command struct {
	Do       Verb
	At       time.Time
	Reason   Reason // of a pause
	Evidence bool   // of a pause: evidence is on file
}

// What happened to a clock.
type What string

// The happenings.
const (
	WasWarned    What = "warned"
	WasBreached  What = "breached"
	WasPaused    What = "paused"
	WasResumed   What = "resumed"
	WasMet       What = "met"
	WasEndedLate What = "ended_late" // done at last, after the breach
	WasReopened  What = "reopened"
	WasCancelled What = "cancelled"
)

// Change is one thing that happened to a clock.
type Change struct {
	What    What
	At      time.Time
	Percent int64 // of a warning
}

// Next returns the clock after the command, and what happened on the way:
// warnings and a breach that fell due before the command come first, with the
// instants at which they did. A command dated before the last start, pause or
// resumption counts as simultaneous with it, except that what was done in time
// counts as such even if the news comes after the breach: facts may arrive late.
//
// A pause for a reason that the promise does not allow leaves a running clock
// running, and sets a paused one running. ErrTransition says that the state has
// no such command; ErrEvidence that the reason excuses only with evidence. Then
// the clock is returned as it was.
func Next(c Clock, cmd Command, cal *calendar.Calendar) (Clock, []Change, error) {
	was := c
	at := later(cmd.At, c.Since)
	changes, err := c.advance(at, cal)
	if err != nil {
		return was, nil, err
	}
	if cmd.Do == Tick {
		return c, changes, nil
	}
	var change *Change
	switch c.State {
	case Running:
		change, err = c.whileRunning(cmd, at, cal)
	case Paused:
		change, err = c.whilePaused(cmd, at, cal)
	case Met:
		change, err = c.whileMet(cmd, at, cal)
	case Breached:
		change, err = c.whileBreached(cmd, at, cal)
	case Cancelled:
		err = c.refuse(cmd)
	default:
		err = c.refuse(cmd)
	}
	if err != nil {
		return was, nil, err
	}
	if change != nil {
		changes = append(changes, *change)
	}
	return c, changes, nil
}

// advance tells the warnings and the breach that have fallen due by at.
func (c *Clock) advance(at time.Time, cal *calendar.Calendar) (changes []Change, err error) {
	for c.State == Running && !at.Before(c.TellAt) {
		if percent := c.nextWarning(); percent > 0 {
			changes = append(changes, Change{WasWarned, c.TellAt, percent})
			c.Warned = percent
			if err := c.schedule(cal); err != nil {
				return nil, err
			}
			continue
		}
		changes = append(changes, Change{What: WasBreached, At: c.DueAt})
		c.State, c.BreachedAt, c.TellAt = Breached, c.DueAt, time.Time{}
	}
	return changes, nil
}

func (c *Clock) refuse(cmd Command) error {
	return ErrTransition.With("state", c.State).With("command", cmd.Do)
}

func (c *Clock) whileRunning(cmd Command, at time.Time, cal *calendar.Calendar) (*Change, error) {
	switch cmd.Do {
	case Pause:
		if !c.PausesFor(cmd.Reason) {
			return nil, nil
		}
		return c.pause(cmd, at, cal)
	case Meet:
		return c.meet(cmd.At, at, cal), nil
	case Cancel:
		return c.end(Cancelled, WasCancelled, at, cal), nil
	case Tick, Resume, Reopen:
		return nil, c.refuse(cmd)
	default:
		return nil, c.refuse(cmd)
	}
}

func (c *Clock) whilePaused(cmd Command, at time.Time, cal *calendar.Calendar) (*Change, error) {
	switch cmd.Do {
	case Pause:
		if c.PausesFor(cmd.Reason) {
			if cmd.Reason == c.PausedFor {
				return nil, nil
			}
			return c.pause(cmd, at, cal)
		}
		return &Change{What: WasResumed, At: at}, c.run(at, cal)
	case Resume:
		return &Change{What: WasResumed, At: at}, c.run(at, cal)
	case Meet:
		return c.meet(cmd.At, at, cal), nil
	case Cancel:
		return c.end(Cancelled, WasCancelled, at, cal), nil
	case Tick, Reopen:
		return nil, c.refuse(cmd)
	default:
		return nil, c.refuse(cmd)
	}
}

// whileMet: the time between the end and the reopening is not counted, as if
// the clock had been paused.
func (c *Clock) whileMet(cmd Command, at time.Time, cal *calendar.Calendar) (*Change, error) {
	if cmd.Do != Reopen {
		return nil, c.refuse(cmd)
	}
	c.EndedAt = time.Time{}
	return &Change{What: WasReopened, At: at}, c.run(at, cal)
}

func (c *Clock) whileBreached(cmd Command, at time.Time, cal *calendar.Calendar) (*Change, error) {
	ended := !c.EndedAt.IsZero()
	switch {
	case cmd.Do == Meet && !ended && cmd.At.Before(c.BreachedAt): // the news came late
		c.Worked, c.State = c.Within()-cal.Between(later(cmd.At, c.Since), c.BreachedAt), Met
		c.Since, c.EndedAt, c.BreachedAt = cmd.At, cmd.At, time.Time{}
		return &Change{What: WasMet, At: cmd.At}, nil
	case cmd.Do == Meet && !ended:
		c.EndedAt = at
		return &Change{What: WasEndedLate, At: at}, nil
	case cmd.Do == Reopen && ended:
		c.EndedAt = time.Time{}
		return &Change{What: WasReopened, At: at}, nil
	default:
		return nil, c.refuse(cmd)
	}
}

func (c *Clock) pause(cmd Command, at time.Time, cal *calendar.Calendar) (*Change, error) {
	if cmd.Reason.NeedsEvidence() && !cmd.Evidence {
		return nil, ErrEvidence.With("reason", cmd.Reason)
	}
	c.stop(at, cal)
	if c.State == Running {
		c.PausedAt = at
	}
	c.State, c.PausedFor, c.DueAt = Paused, cmd.Reason, time.Time{}
	return &Change{What: WasPaused, At: at}, nil
}

// meet ends the clock in time. The thing may have been done before the last
// pause or resumption: then what was worked until that is kept.
func (c *Clock) meet(done, at time.Time, cal *calendar.Calendar) *Change {
	change := c.end(Met, WasMet, at, cal)
	c.EndedAt, change.At = done, done
	return change
}

func (c *Clock) end(to State, what What, at time.Time, cal *calendar.Calendar) *Change {
	c.stop(at, cal)
	c.State, c.EndedAt, c.PausedAt, c.PausedFor = to, at, time.Time{}, ""
	return &Change{What: what, At: at}
}
