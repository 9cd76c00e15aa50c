package parts

import (
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/remedy"
)

// Reserved is published when every part of an appointment is held for it.
type Reserved struct {
	Reservation id.Reservation `json:"reservation"`
	Appointment id.Appointment `json:"appointment"`
	WorkOrder   id.WorkOrder   `json:"work_order"`
	Case        id.Case        `json:"case"`
	Node        id.Node        `json:"node"`
	Parts       []remedy.Need  `json:"parts,omitempty"`
	LeadHours   int64          `json:"lead_hours,omitempty"` // until the last of them can be at the node; 0: all are there
}

// EventName names the event on the wire.
func (Reserved) EventName() string { return "parts.reserved.v1" }

// Subject is the case.
func (e Reserved) Subject() id.Raw { return e.Case.Raw() }

// ReservationRefused is published when a part of an appointment cannot be held;
// nothing is held then.
type ReservationRefused struct {
	Appointment id.Appointment `json:"appointment"`
	WorkOrder   id.WorkOrder   `json:"work_order"`
	Case        id.Case        `json:"case"`
	Node        id.Node        `json:"node"`
	Missing     []remedy.Need  `json:"missing"`
	EarliestOn  string         `json:"earliest_on,omitempty"` // day of the next supply, if one is known
}

// EventName names the event on the wire.
func (ReservationRefused) EventName() string { return "parts.reservation_refused.v1" }

// Subject is the case.
func (e ReservationRefused) Subject() id.Raw { return e.Case.Raw() }

// Delayed is published when what is held for an appointment comes later than was
// reckoned, and again when that is known better.
type Delayed struct {
	Reservation id.Reservation `json:"reservation"`
	Appointment id.Appointment `json:"appointment"`
	WorkOrder   id.WorkOrder   `json:"work_order"`
	Case        id.Case        `json:"case"`
	Node        id.Node        `json:"node"`
	Reason      Delay          `json:"reason"`
	ExpectedAt  time.Time      `json:"expected_at,omitzero"` // all of it is there; absent: nobody knows
}

// EventName names the event on the wire.
func (Delayed) EventName() string { return "parts.delayed.v1" }

// Subject is the case.
func (e Delayed) Subject() id.Raw { return e.Case.Raw() }

// DelayEnded is published when what was said to be late is there, or comes in time after all.
type DelayEnded struct {
	Reservation id.Reservation `json:"reservation"`
	Appointment id.Appointment `json:"appointment"`
	WorkOrder   id.WorkOrder   `json:"work_order"`
	Case        id.Case        `json:"case"`
	Node        id.Node        `json:"node"`
}

// EventName names the event on the wire.
func (DelayEnded) EventName() string { return "parts.delay_ended.v1" }

// Subject is the case.
func (e DelayEnded) Subject() id.Raw { return e.Case.Raw() }

// Consumed is published when the parts of a visit have left the stock.
type Consumed struct {
	WorkOrder id.WorkOrder  `json:"work_order"`
	Case      id.Case       `json:"case"`
	Visit     id.Visit      `json:"visit"`
	Node      id.Node       `json:"node"`
	Parts     []remedy.Need `json:"parts"`
	Short     []remedy.Need `json:"short,omitempty"` // used, though the books had none: a review
	At        time.Time     `json:"at"`
}

// EventName names the event on the wire.
func (Consumed) EventName() string { return "parts.consumed.v1" }

// Subject is the case.
func (e Consumed) Subject() id.Raw { return e.Case.Raw() }

// Arrived is published when stock came in that a work order waits for: with it
// everything that was missing is there. Nothing is held by that; who books first
// reserves first.
type Arrived struct {
	Part      id.Part      `json:"part"`
	Node      id.Node      `json:"node"` // where it came in
	Quantity  int64        `json:"quantity"`
	WorkOrder id.WorkOrder `json:"work_order,omitzero"`
	Case      id.Case      `json:"case,omitzero"`
}

// EventName names the event on the wire.
func (Arrived) EventName() string { return "parts.arrived.v1" }

// Subject is the part.
func (e Arrived) Subject() id.Raw { return e.Part.Raw() }
