package dispatch

import (
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/remedy"
)

// AppointmentRequested is published when a slot has been taken on condition
// that its parts can be reserved: the first step of booking.
type AppointmentRequested struct {
	Appointment id.Appointment `json:"appointment"`
	WorkOrder   id.WorkOrder   `json:"work_order"`
	Case        id.Case        `json:"case"`
	Node        id.Node        `json:"node"`
	Technician  id.Technician  `json:"technician"`
	StartAt     time.Time      `json:"start_at"`
	EndAt       time.Time      `json:"end_at"`
	Parts       []remedy.Need  `json:"parts,omitempty"`
}

// EventName names the event on the wire.
func (AppointmentRequested) EventName() string { return "dispatch.appointment_requested.v1" }

// Subject is the case.
func (e AppointmentRequested) Subject() id.Raw { return e.Case.Raw() }

// AppointmentScheduled is published when slot and parts are both held.
type AppointmentScheduled struct {
	Appointment id.Appointment `json:"appointment"`
	WorkOrder   id.WorkOrder   `json:"work_order"`
	Case        id.Case        `json:"case"`
	Node        id.Node        `json:"node"`
	Technician  id.Technician  `json:"technician"`
	StartAt     time.Time      `json:"start_at"`
	EndAt       time.Time      `json:"end_at"`
	Reward      money.Amount   `json:"reward,omitzero"`      // promised to the customer for the slot; absent: nothing is promised (any more)
	RewardLost  money.Amount   `json:"reward_lost,omitzero"` // promised for the slot that was given up for this one
}

// EventName names the event on the wire.
func (AppointmentScheduled) EventName() string { return "dispatch.appointment_scheduled.v1" }

// Subject is the case.
func (e AppointmentScheduled) Subject() id.Raw { return e.Case.Raw() }

// AppointmentEnded is published when an appointment is over without the work
// having been tried: its slot and parts are free again. Absent is told here too
// when it is the record of the visit that says so.
type AppointmentEnded struct {
	Appointment id.Appointment `json:"appointment"`
	WorkOrder   id.WorkOrder   `json:"work_order"`
	Case        id.Case        `json:"case"`
	Node        id.Node        `json:"node"`
	State       State          `json:"state"`  // cancelled, declined, timed_out, absent, missed
	Reason      string         `json:"reason"` // code
	At          time.Time      `json:"at"`
	Technician  id.Technician  `json:"technician,omitzero"`
}

// EventName names the event on the wire.
func (AppointmentEnded) EventName() string { return "dispatch.appointment_ended.v1" }

// Subject is the case.
func (e AppointmentEnded) Subject() id.Raw { return e.Case.Raw() }

// AppointmentMoved is published when an appointment goes on: the technician is
// told, says yes, is under way, on site or done, or the appointment got another
// time or person (To is then scheduled, and AppointmentScheduled follows).
type AppointmentMoved struct {
	Appointment id.Appointment `json:"appointment"`
	WorkOrder   id.WorkOrder   `json:"work_order"`
	Case        id.Case        `json:"case"`
	Node        id.Node        `json:"node"`
	Technician  id.Technician  `json:"technician"`
	From        State          `json:"from"`
	To          State          `json:"to"`
	StartAt     time.Time      `json:"start_at"`
	EndAt       time.Time      `json:"end_at"`
	At          time.Time      `json:"at"`
}

// EventName names the event on the wire.
func (AppointmentMoved) EventName() string { return "dispatch.appointment_moved.v1" }

// Subject is the case.
func (e AppointmentMoved) Subject() id.Raw { return e.Case.Raw() }

// RewardEarned is published when a visit has been carried out in a slot for which its
// customer was promised a reward, beside AppointmentMoved, so that who gives it need not
// hear of every move.
type RewardEarned struct {
	Appointment id.Appointment `json:"appointment"`
	WorkOrder   id.WorkOrder   `json:"work_order"`
	Case        id.Case        `json:"case"`
	Node        id.Node        `json:"node"`
	Reward      money.Amount   `json:"reward"`
	At          time.Time      `json:"at"`
}

// EventName names the event on the wire.
func (RewardEarned) EventName() string { return "dispatch.reward_earned.v1" }

// Subject is the case.
func (e RewardEarned) Subject() id.Raw { return e.Case.Raw() }
