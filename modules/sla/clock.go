package sla

import (
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
)

// State is where a clock stands.
type State string

// The states of a clock.
const (
	Running   State = "running"
	Paused    State = "paused"
	Met       State = "met"
	Breached  State = "breached"
	Cancelled State = "cancelled" // the case was: nothing was kept or broken
)

// States are all states.
var States = []State{Running, Paused, Met, Breached, Cancelled}

// Clock holds one case to one promise. README.md draws its states.
type Clock struct {
	To     Party        `json:"to"`
	Kind   Kind         `json:"kind"`
	Target id.SlaTarget `json:"target"`
	Promise
	State     State     `json:"state"`
	StartedAt time.Time `json:"started_at"`
	// DueAt is when the promise is broken unless it has been kept before; zero
	// while the clock is paused, because then it depends on how long.
	DueAt time.Time `json:"due_at,omitzero"`
	// TellAt is when the clock has its next warning or its breach to tell; zero
	// if it has none.
	TellAt     time.Time `json:"-"`
	Warned     int64     `json:"warned_percent,omitempty"` // the last warning told
	PausedAt   time.Time `json:"paused_at,omitzero"`
	PausedFor  Reason    `json:"paused_for,omitempty"`
	BreachedAt time.Time `json:"breached_at,omitzero"`
	// EndedAt is when the promised thing was done, in time or late, or the clock
	// was cancelled.
	EndedAt time.Time `json:"ended_at,omitzero"`

	// Worked is the working time counted before Since; from Since on it runs.
	Worked time.Duration `json:"-"`
	Since  time.Time     `json:"-"`
}

// Start returns the running clock of a target. It fails with calendar.ErrRange
// if the due instant lies beyond the calendar.
func Start(t Target, at time.Time, cal *calendar.Calendar) (Clock, error) {
	c := Clock{To: t.To, Kind: t.Kind, Target: t.ID, Promise: t.Promise, StartedAt: at}
	return c, c.run(at, cal)
}

// Due is when a running clock will be due: the first instant by which all the
// promised working time has passed.
func (c *Clock) Due(cal *calendar.Calendar) (time.Time, error) {
	return cal.Add(c.Since, c.Within()-c.Worked)
}

// Left is the working time that is left at the instant now; negative when late.
// Once the clock has ended it is what was left then.
func (c *Clock) Left(now time.Time, cal *calendar.Calendar) time.Duration {
	left := c.Within() - c.Worked
	switch c.State {
	case Running:
		return left - cal.Between(c.Since, later(now, c.Since))
	case Breached:
		if !c.EndedAt.IsZero() {
			now = c.EndedAt
		}
		return left - cal.Between(c.Since, later(now, c.Since))
	case Paused, Met, Cancelled:
		return left
	default:
		return left
	}
}

// Ended reports whether the clock has nothing more to tell by itself.
func (s State) Ended() bool { return s == Met || s == Breached || s == Cancelled }

// open reports whether the promised thing is still to be done, in time or late.
func (c *Clock) open() bool {
	return c.State == Running || c.State == Paused || c.State == Breached && c.EndedAt.IsZero()
}

// run lets the clock count from at on.
func (c *Clock) run(at time.Time, cal *calendar.Calendar) (err error) {
	c.State, c.Since, c.PausedAt, c.PausedFor = Running, at, time.Time{}, ""
	if c.DueAt, err = c.Due(cal); err == nil {
		c.schedule(cal)
	}
	return err
}

// schedule sets TellAt of a running clock: the next warning, or the breach if
// that comes first.
func (c *Clock) schedule(cal *calendar.Calendar) {
	c.TellAt = c.DueAt
	percent := c.nextWarning()
	if percent == 0 {
		return
	}
	warn, err := cal.Add(c.Since, c.Within()*time.Duration(percent)/100-c.Worked)
	if err == nil && warn.Before(c.DueAt) {
		c.TellAt = warn
	}
}

// nextWarning is the lowest percentage not told yet, or 0.
func (c *Clock) nextWarning() int64 {
	for _, percent := range c.WarnAt {
		if percent > c.Warned {
			return percent
		}
	}
	return 0
}

// stop takes what has been worked until at into account and ends the counting.
func (c *Clock) stop(at time.Time, cal *calendar.Calendar) {
	if c.State == Running {
		c.Worked += cal.Between(c.Since, later(at, c.Since))
	}
	c.Since, c.TellAt = at, time.Time{}
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
