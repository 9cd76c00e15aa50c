package work

import (
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/remedy"
)

// OrderReady is published when a work order can be done as far as anyone knows.
type OrderReady struct {
	WorkOrder id.WorkOrder       `json:"work_order"`
	Case      id.Case            `json:"case"`
	Plan      id.FixPlan         `json:"plan"`
	Kind      Kind               `json:"kind"`
	Brand     id.Brand           `json:"brand"`
	Node      id.Node            `json:"node"`
	Line      id.Line            `json:"line,omitzero"`
	Model     id.Model           `json:"model,omitzero"`
	Minutes   int64              `json:"minutes"`
	Skills    []remedy.SkillNeed `json:"skills,omitempty"`
	Parts     []remedy.Need      `json:"parts,omitempty"`
	Again     bool               `json:"again,omitempty"` // ready once more, after an attempt that failed
	Tie       *Tie               `json:"tie,omitempty"`   // absent: it depends on no other visit
}

// EventName names the event on the wire.
func (OrderReady) EventName() string { return "work.order_ready.v1" }

// Subject is the case.
func (e OrderReady) Subject() id.Raw { return e.Case.Raw() }

// OrderMoved is published when a work order has passed from one state to another.
type OrderMoved struct {
	WorkOrder id.WorkOrder `json:"work_order"`
	Case      id.Case      `json:"case"`
	Node      id.Node      `json:"node"`
	Kind      Kind         `json:"kind"`
	From      State        `json:"from"`
	To        State        `json:"to"`
	Reason    string       `json:"reason"` // code
	At        time.Time    `json:"at"`
}

// EventName names the event on the wire.
func (OrderMoved) EventName() string { return "work.order_moved.v1" }

// Subject is the case.
func (e OrderMoved) Subject() id.Raw { return e.Case.Raw() }

// OrderKept is published when a plan was to give way on somebody's request while
// somebody was at its work: the work goes on, and so its plan stands.
type OrderKept struct {
	WorkOrder id.WorkOrder `json:"work_order"`
	Case      id.Case      `json:"case"`
	Node      id.Node      `json:"node"`
	At        time.Time    `json:"at"`
}

// EventName names the event on the wire.
func (OrderKept) EventName() string { return "work.order_kept.v1" }

// Subject is the case.
func (e OrderKept) Subject() id.Raw { return e.Case.Raw() }

// AttemptFailed is published when an attempt has ended in vain. Where a part was
// missing or nobody was there the work goes on; where it was not fixed the work
// is given up, and another plan follows.
type AttemptFailed struct {
	WorkOrder id.WorkOrder `json:"work_order"`
	Case      id.Case      `json:"case"`
	Visit     id.Visit     `json:"visit,omitzero"`
	Kind      Kind         `json:"kind"`
	Brand     id.Brand     `json:"brand"`
	Node      id.Node      `json:"node"`
	Line      id.Line      `json:"line,omitzero"`
	Outcome   Outcome      `json:"outcome"`
	Cause     string       `json:"cause,omitempty"` // code: may exclude coverage
	Attempts  int64        `json:"attempts"`        // so far, this one included
	At        time.Time    `json:"at"`
}

// EventName names the event on the wire.
func (AttemptFailed) EventName() string { return "work.attempt_failed.v1" }

// Subject is the case.
func (e AttemptFailed) Subject() id.Raw { return e.Case.Raw() }

// OrderCompleted is published when a work order is done, with what the
// settlement rates it by.
type OrderCompleted struct {
	WorkOrder     id.WorkOrder  `json:"work_order"`
	Case          id.Case       `json:"case"`
	Visit         id.Visit      `json:"visit,omitzero"`
	Kind          Kind          `json:"kind"`
	Brand         id.Brand      `json:"brand"`
	Node          id.Node       `json:"node"`
	Line          id.Line       `json:"line,omitzero"`
	Outcome       Outcome       `json:"outcome"`
	Cause         string        `json:"cause,omitempty"` // code: may exclude coverage
	WorkedMinutes int64         `json:"worked_minutes"`
	TravelMetres  int64         `json:"travel_metres"`
	Parts         []remedy.Need `json:"parts,omitempty"` // as used
	CompletedAt   time.Time     `json:"completed_at"`
	More          int64         `json:"more,omitempty"` // visits tied to it, or it to them, that are still to be done
}

// EventName names the event on the wire.
func (OrderCompleted) EventName() string { return "work.order_completed.v1" }

// Subject is the case.
func (e OrderCompleted) Subject() id.Raw { return e.Case.Raw() }

// OrderReversed is published beside OrderMoved when finance has taken a work
// order out of the books, so that who keeps them need not hear of every move.
type OrderReversed struct {
	WorkOrder id.WorkOrder `json:"work_order"`
	Case      id.Case      `json:"case"`
	Node      id.Node      `json:"node"`
	Reason    string       `json:"reason"` // code
	At        time.Time    `json:"at"`
}

// EventName names the event on the wire.
func (OrderReversed) EventName() string { return "work.order_reversed.v1" }

// Subject is the case.
func (e OrderReversed) Subject() id.Raw { return e.Case.Raw() }
