package sla

import (
	"time"

	"fettle.dev/fettle/kernel/id"
)

// Standing is where one clock stands, as told in events.
type Standing struct {
	To     Party        `json:"to"`
	Kind   Kind         `json:"kind"`
	Target id.SlaTarget `json:"target"`
	State  State        `json:"state"`
	DueAt  time.Time    `json:"due_at,omitzero"` // absent while paused
}

// Of is the case that an event is about, with what is due next on it.
type Of struct {
	Case  id.Case  `json:"case"`
	Brand id.Brand `json:"brand"`
	Node  id.Node  `json:"node,omitzero"`
	// NextDueAt is the earliest instant by which something of the case must be
	// done, after this event; absent if nothing is due, or all is paused. It
	// lies in the past if something is overdue.
	NextDueAt time.Time `json:"next_due_at,omitzero"`
}

// Subject is the case.
func (o Of) Subject() id.Raw { return o.Case.Raw() }

// ClocksStarted is published when the clocks of a case begin to run, or run
// again because what was done turned out not to be.
type ClocksStarted struct {
	Of
	Clocks []Standing `json:"clocks"`
	Again  bool       `json:"again,omitempty"`
	At     time.Time  `json:"at"`
}

// EventName names the event on the wire.
func (ClocksStarted) EventName() string { return "sla.clock_started.v1" }

// ClocksPaused is published when clocks stop for a reason that excuses.
type ClocksPaused struct {
	Of
	Clocks []Standing `json:"clocks"`
	Reason Reason     `json:"reason"`
	At     time.Time  `json:"at"`
}

// EventName names the event on the wire.
func (ClocksPaused) EventName() string { return "sla.clock_paused.v1" }

// ClocksResumed is published when paused clocks run again, or running ones go on
// in other hours: their due instants have moved.
type ClocksResumed struct {
	Of
	Clocks []Standing `json:"clocks"`
	At     time.Time  `json:"at"`
}

// EventName names the event on the wire.
func (ClocksResumed) EventName() string { return "sla.clock_resumed.v1" }

// ClockWarned is published when a share of the promised time has passed.
type ClockWarned struct {
	Of
	Standing
	Percent int64     `json:"percent"`
	At      time.Time `json:"at"`
}

// EventName names the event on the wire.
func (ClockWarned) EventName() string { return "sla.clock_warned.v1" }

// ClockBreached is published when the promised time has passed in vain.
type ClockBreached struct {
	Of
	Standing
	At time.Time `json:"at"`
}

// EventName names the event on the wire.
func (ClockBreached) EventName() string { return "sla.clock_breached.v1" }

// ClockMet is published when the promised thing has been done: in time, or
// late, after ClockBreached. News of a thing done in time may come after the
// breach was told; then Late is false and the breach is withdrawn.
type ClockMet struct {
	Of
	Standing
	Late bool      `json:"late,omitempty"`
	At   time.Time `json:"at"`
}

// EventName names the event on the wire.
func (ClockMet) EventName() string { return "sla.clock_met.v1" }

// ClocksCancelled is published when a case needs its clocks no more.
type ClocksCancelled struct {
	Of
	Clocks []Standing `json:"clocks"`
	At     time.Time  `json:"at"`
}

// EventName names the event on the wire.
func (ClocksCancelled) EventName() string { return "sla.clock_cancelled.v1" }

// Standing is where the clock stands.
func (c *Clock) Standing() Standing {
	return Standing{To: c.To, Kind: c.Kind, Target: c.Target, State: c.State, DueAt: c.DueAt}
}
