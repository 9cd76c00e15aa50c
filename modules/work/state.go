package work

import (
	"context"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/remedy"
)

// Command asks a work order to change its state.
type Command string

// The commands.
const (
	MakeReady  Command = "make_ready" // nothing stands in its way
	Schedule   Command = "schedule"   // its appointment stands
	Unschedule Command = "unschedule" // its appointment is gone
	Start      Command = "start"      // somebody is at it
	Hold       Command = "hold"       // it waits for a part, a quote or the customer
	Release    Command = "release"    // what it waited for has come
	Complete   Command = "complete"   // done, whatever came of it
	Retry      Command = "retry"      // it could not be done this time
	Check      Command = "check"      // the record is in order
	Post       Command = "post"       // it is in the books
	Reverse    Command = "reverse"    // the books take it back
	Cancel     Command = "cancel"
)

// moves is the state machine; README.md draws it. A record from the field is a
// fact, so Complete and Retry are taken wherever the work has not ended.
var moves = map[State]map[Command]State{
	Draft:      {MakeReady: Ready, Cancel: Cancelled},
	Ready:      {Schedule: Scheduled, Start: InProgress, Hold: Waiting, Complete: Completed, Retry: Ready, Cancel: Cancelled},
	Scheduled:  {Schedule: Scheduled, Unschedule: Ready, Start: InProgress, Hold: Waiting, Complete: Completed, Retry: Ready, Cancel: Cancelled},
	InProgress: {Start: InProgress, Unschedule: Ready, Hold: Waiting, Complete: Completed, Retry: Ready, Cancel: Cancelled},
	Waiting:    {Hold: Waiting, Release: Ready, Complete: Completed, Retry: Ready, Cancel: Cancelled},
	Completed:  {Check: Checked},
	Checked:    {Post: Posted},
	Posted:     {Reverse: Reversed},
	Reversed:   {},
	Cancelled:  {},
}

// Next returns the state after the command, or ErrTransition.
func Next(s State, c Command) (State, error) {
	if to, ok := moves[s][c]; ok {
		return to, nil
	}
	return s, ErrTransition.With("state", s).With("command", c)
}

// Reasons are why finance takes the charges of a work order back, as codes.
var Reasons = []string{"rated_wrong", "not_done", "agreed", "other"}

// ReverseReason returns the reason of a reversal as it is told, or ErrReason.
func ReverseReason(code string) (string, error) {
	if !slices.Contains(Reasons, code) {
		return "", ErrReason.At("/reason", "enum")
	}
	return "work.reversed_" + code, nil
}

// States are all states, in the order of a work order's life.
var States = []State{Draft, Ready, Scheduled, InProgress, Waiting, Completed, Checked, Posted, Reversed, Cancelled}

// Open reports whether work may still be done in this state.
func (s State) Open() bool {
	switch s {
	case Draft, Ready, Scheduled, InProgress, Waiting:
		return true
	case Completed, Checked, Posted, Reversed, Cancelled:
		return false
	default:
		return false
	}
}

// KindOf says what sort of work a way to fix a case is.
func KindOf(m remedy.Mode) (Kind, bool) {
	switch m {
	case remedy.OnSite:
		return Visit, true
	case remedy.CarryIn, remedy.MailIn:
		return Return, true
	case remedy.SelfKit:
		return Shipment, true
	case remedy.Swap:
		return SwapUnit, true
	case remedy.Remote:
		return Remotely, true
	case remedy.Refund, remedy.Partial, remedy.TradeIn:
		return Money, true
	case remedy.NoRemedy:
		return "", false
	default:
		return "", false
	}
}

// Ends reports whether the outcome ends the work, as against another attempt.
func (o Outcome) Ends() bool {
	switch o {
	case Fixed, FixedByCare, EndOfLife, CustomerNo, WorkFinished:
		return true
	case NotFixed, NotPresent, PartMissing:
		return false
	default:
		return false
	}
}

// Fails reports whether the outcome says that the way itself has failed: the work
// is given up, and it is decided anew how the case is fixed.
func (o Outcome) Fails() bool { return o == NotFixed }

// Over reports whether the work is over with this outcome, well or not, so that
// nothing of it can lead on.
func (o Outcome) Over() bool { return o.Ends() || o.Fails() }

// Spent reports whether the way has had its chance with this outcome: not when
// the work waits for another attempt, or when the customer did not want it.
func (o Outcome) Spent() bool { return o.Over() && o != CustomerNo }

// Tried reports whether the outcome tells how well the way to fix the case works:
// it does not when nobody was there.
func (o Outcome) Tried() bool { return o != NotPresent }

// Known reports whether o is an outcome of the glossary.
func (o Outcome) Known() bool {
	switch o {
	case Fixed, FixedByCare, NotFixed, EndOfLife, NotPresent, PartMissing, CustomerNo, WorkFinished:
		return true
	default:
		return false
	}
}

// After says what an outcome asks of the work order.
func After(o Outcome) Command {
	switch {
	case o.Ends():
		return Complete
	case o.Fails():
		return Cancel
	case o == PartMissing:
		return Hold
	default:
		return Retry
	}
}

// Brief is what other modules may know of a work order.
type Brief struct {
	ID      id.WorkOrder       `json:"id"`
	Case    id.Case            `json:"case"`
	Kind    Kind               `json:"kind"`
	State   State              `json:"state"`
	Brand   id.Brand           `json:"brand"`
	Node    id.Node            `json:"node"`
	Line    id.Line            `json:"line,omitzero"`
	Model   id.Model           `json:"model,omitzero"`
	Minutes int64              `json:"minutes"`
	Skills  []remedy.SkillNeed `json:"skills,omitempty"`
	Parts   []remedy.Need      `json:"parts,omitempty"`
	Tie     *Tie               `json:"tie,omitempty" doc:"absent: it depends on no other visit"`
	Version int64              `json:"version"`
}

// Reader is what other modules may ask, outside of a step.
type Reader interface {
	// WorkOrder returns the work order, or ErrNotFound.
	WorkOrder(ctx context.Context, tenant id.Tenant, wo id.WorkOrder) (Brief, error)
}
