// Package orders is the language of what brands, shops and marketplaces send:
// service orders under their own number, whose status returns in their codes.
//
// A number is taken once: sending an order again changes nothing, and sending
// another one under the same number is refused. It is pure. Package orderssvc
// keeps the orders.
package orders

import (
	"regexp"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/modules/desk"
)

// Faults of this module.
var (
	ErrOrderNotFound = fault.New(fault.NotFound, "orders.order_not_found")
	ErrOrder         = fault.New(fault.Invalid, "orders.order") // with fields
	ErrNumberTaken   = fault.New(fault.Conflict, "orders.number_taken")
	ErrTransition    = fault.New(fault.Conflict, "orders.transition") // args: state, command
	ErrReason        = fault.New(fault.Invalid, "orders.reason")      // a refusal without a code of the brand
	ErrTable         = fault.New(fault.Invalid, "orders.table")       // the file is no table, or lacks a column
)

// State is where a service order stands.
type State string

// The states of a service order, as in GLOSSARY.md.
const (
	Received  State = "received"
	Accepted  State = "accepted"
	Refused   State = "refused"
	InWork    State = "in_work"
	Done      State = "done"
	Confirmed State = "confirmed"
	Cancelled State = "cancelled"
)

// Command asks an order to change its state.
type Command string

// The commands.
const (
	Accept   Command = "accept"
	Refuse   Command = "refuse"
	Start    Command = "start"
	Finish   Command = "finish"
	Redo     Command = "redo" // the customer says it is not done
	Confirm  Command = "confirm"
	DoCancel Command = "cancel"
)

var moves = map[State]map[Command]State{
	Received:  {Accept: Accepted, Refuse: Refused, DoCancel: Cancelled},
	Accepted:  {Refuse: Refused, Start: InWork, Finish: Done, DoCancel: Cancelled},
	InWork:    {Start: InWork, Finish: Done, DoCancel: Cancelled},
	Done:      {Redo: InWork, Confirm: Confirmed},
	Refused:   {},
	Confirmed: {},
	Cancelled: {},
}

// Next returns the state after the command, or ErrTransition.
func Next(s State, c Command) (State, error) {
	if to, ok := moves[s][c]; ok {
		return to, nil
	}
	return s, ErrTransition.With("state", s).With("command", c)
}

// shapeReason is what a brand's code for a reason looks like. It is told in
// events and kept in clear, so it is a code and never a text.
var shapeReason = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_./-]{0,63}$`)

// Reason returns the brand's code for why its order is refused, trimmed, or
// ErrReason: who refuses says why in words that the brand's system knows.
func Reason(code string) (string, error) {
	code = strings.TrimSpace(code)
	if !shapeReason.MatchString(code) {
		return "", ErrReason.At("/reason", "shape")
	}
	return code, nil
}

// States are all states, in the order of an order's life.
var States = []State{Received, Accepted, Refused, InWork, Done, Confirmed, Cancelled}

// Submission is an order as a brand sends it.
type Submission struct {
	Number string `json:"number" minLength:"1" maxLength:"64" doc:"the brand's own number; it is taken once"`
	desk.Intake
}

// Check returns the submission in form, or says what is wrong with it.
func (s Submission) Check(now time.Time) (Submission, error) {
	s.Number = strings.TrimSpace(s.Number)
	intake, err := s.Intake.Check(now)
	bad := ErrOrder
	if f := fault.Of(err); err != nil && f.Kind == fault.Invalid {
		for _, field := range f.Fields {
			bad = bad.At(field.Pointer, field.Code)
		}
	} else if err != nil {
		return s, err
	}
	if s.Number == "" || len(s.Number) > 64 || strings.ContainsFunc(s.Number, unprintable) {
		bad = bad.At("/number", "shape")
	}
	if len(bad.Fields) > 0 {
		return s, bad
	}
	s.Intake = intake
	if s.Channel == desk.ByAPI {
		s.Channel = desk.ByOrder
	}
	return s, nil
}

// unprintable reports what a number cannot hold: it stands in addresses and logs.
func unprintable(r rune) bool { return r <= ' ' || r > '~' }

// Codes says an order's state in a brand's own words; a state that it does not
// name keeps ours.
type Codes map[State]string

// Of returns the brand's code for the state.
func (c Codes) Of(s State) string {
	if code, ok := c[s]; ok && code != "" {
		return code
	}
	return string(s)
}
