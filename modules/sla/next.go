package sla

import (
	"slices"
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

// takes is the state machine's table; README.md draws it. Breached is two states
// in one, see Takes.
var takes = map[State][]Verb{
	Running:   {Tick, Pause, Meet, Cancel},
	Paused:    {Tick, Pause, Resume, Meet, Cancel},
	Met:       {Tick, Reopen},
	Breached:  {Tick},
	Cancelled: {Tick},
}

// Takes reports whether Next would take the verb, unless time moves the clock on
// before.
func (c *Clock) Takes(v Verb) bool {
	if c.State == Breached && (v == Meet || v == Cancel || v == Reopen) {
		return (v == Reopen) != c.open()
	}
	return slices.Contains(takes[c.State], v)
}

// Change is one thing that happened to a clock.
type Change struct {
	What    What
	At      time.Time
	Percent int64 // of a warning
}

// Next returns the clock after the command, and what happened on the way:
// warnings and a breach that fell due before the command come first, with the
// instants at which they did. A command dated before the last start, pause,
// resumption or end counts as simultaneous with it, except that what was done in time
// counts as such even if the news comes after the breach: facts may arrive late.
//
// A pause for a reason that the promise does not allow leaves a running clock
// running, and sets a paused one running. ErrTransition says that the state has
// no such command; ErrEvidence that the reason excuses only with evidence. Then
// the clock is returned as it was.
func Next(c Clock, cmd Command, cal *calendar.Calendar) (Clock, []Change, error) {
	was := c
	at := later(cmd.At, c.Since)
	changes := c.advance(at, cal)
	if cmd.Do == Tick {
		return c, changes, nil
	}
	if !c.Takes(cmd.Do) {
		return was, nil, ErrTransition.With("state", c.State).With("command", cmd.Do)
	}
	change, err := c.do(cmd, later(at, later(c.BreachedAt, c.EndedAt)), cal)
	if err != nil {
		return was, nil, err
	}
	if change != nil {
		changes = append(changes, *change)
	}
	return c, changes, nil
}

// Move lets the clock count in another calendar from an instant on: the case is
// served from elsewhere. What was worked before stays counted.
func Move(c Clock, at time.Time, from, to *calendar.Calendar) (Clock, []Change, error) {
	was := c
	at = later(at, c.Since)
	changes := c.advance(at, from)
	if c.State == Running {
		c.stop(at, from)
		if err := c.run(at, to); err != nil {
			return was, nil, err
		}
	}
	return c, changes, nil
}

// Recount lets a running clock count anew since it last began to run, after the
// calendar has changed.
func Recount(c Clock, cal *calendar.Calendar) (Clock, error) {
	was := c
	if c.State != Running {
		return c, nil
	}
	if err := c.run(c.Since, cal); err != nil {
		return was, err
	}
	return c, nil
}

// advance tells the warnings and the breach that have fallen due by at.
func (c *Clock) advance(at time.Time, cal *calendar.Calendar) (changes []Change) {
	for c.State == Running && !at.Before(c.TellAt) {
		if percent := c.nextWarning(); percent > 0 {
			changes = append(changes, Change{WasWarned, c.TellAt, percent})
			c.Warned = percent
			c.schedule(cal)
			continue
		}
		changes = append(changes, Change{What: WasBreached, At: c.DueAt})
		c.State, c.BreachedAt, c.TellAt = Breached, c.DueAt, time.Time{}
	}
	return changes
}

// do carries out what Takes allows.
func (c *Clock) do(cmd Command, at time.Time, cal *calendar.Calendar) (*Change, error) {
	switch cmd.Do {
	case Pause:
		return c.pause(cmd, at, cal)
	case Resume:
		return &Change{What: WasResumed, At: at}, c.run(at, cal)
	case Meet:
		return c.meet(cmd.At, at, cal), nil
	case Reopen:
		return c.reopen(at, cal)
	case Cancel:
		return c.cancel(at, cal), nil
	case Tick:
		return nil, nil
	default:
		return nil, nil
	}
}

func (c *Clock) pause(cmd Command, at time.Time, cal *calendar.Calendar) (*Change, error) {
	switch excused := c.PausesFor(cmd.Reason); {
	case !excused && c.State == Paused: // what held it up is over
		return &Change{What: WasResumed, At: at}, c.run(at, cal)
	case !excused || c.State == Paused && c.PausedFor == cmd.Reason:
		return nil, nil
	case cmd.Reason.NeedsEvidence() && !cmd.Evidence:
		return nil, ErrEvidence.With("reason", cmd.Reason)
	}
	if c.State == Running {
		c.stop(at, cal)
		c.PausedAt = at
	}
	c.State, c.PausedFor, c.DueAt = Paused, cmd.Reason, time.Time{}
	return &Change{What: WasPaused, At: at}, nil
}

// meet ends the clock. The thing may have been done before the last pause or
// resumption; then what was worked until that stays counted.
func (c *Clock) meet(done, at time.Time, cal *calendar.Calendar) *Change {
	done = later(done, c.StartedAt)
	switch {
	case c.State != Breached:
		c.end(Met, at, cal)
		c.EndedAt = done
	case done.Before(c.BreachedAt): // the news came late
		c.Worked, c.State = c.Within()-cal.Between(later(done, c.Since), c.BreachedAt), Met
		c.Since, c.EndedAt, c.BreachedAt = done, done, time.Time{}
	default:
		c.EndedAt = at
		return &Change{What: WasEndedLate, At: at}
	}
	return &Change{What: WasMet, At: done}
}

// reopen: the time since the end is not counted, as if the clock had been paused.
func (c *Clock) reopen(at time.Time, cal *calendar.Calendar) (*Change, error) {
	c.EndedAt = time.Time{}
	if c.State == Breached {
		return &Change{What: WasReopened, At: at}, nil
	}
	return &Change{What: WasReopened, At: at}, c.run(at, cal)
}

func (c *Clock) cancel(at time.Time, cal *calendar.Calendar) *Change {
	if c.State == Breached {
		c.EndedAt = at // broken all the same
	} else {
		c.end(Cancelled, at, cal)
	}
	return &Change{What: WasCancelled, At: at}
}

func (c *Clock) end(to State, at time.Time, cal *calendar.Calendar) {
	c.stop(at, cal)
	c.State, c.EndedAt, c.PausedAt, c.PausedFor = to, at, time.Time{}, ""
}
