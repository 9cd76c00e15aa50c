package settlement

import "time"

// State is where a statement stands.
type State string

// The states of a statement, as in GLOSSARY.md.
const (
	Open      State = "open"
	Closed    State = "closed"
	Sent      State = "sent"
	Disputed  State = "disputed"
	Corrected State = "corrected"
	Agreed    State = "agreed"
	Invoiced  State = "invoiced"
	PartPaid  State = "part_paid"
	Paid      State = "paid"
)

// Command asks a statement to change its state.
type Command string

// The commands.
const (
	Close        Command = "close"
	Send         Command = "send"
	Dispute      Command = "dispute"
	Correct      Command = "correct"
	Agree        Command = "agree"
	Invoice      Command = "invoice"
	PayPart      Command = "pay_part"
	Pay          Command = "pay"
	TakeBackPart Command = "take_back_part" // a payment, and others stand
	TakeBack     Command = "take_back"      // the last payment that stood
)

var moves = map[State]map[Command]State{
	Open:      {Close: Closed},
	Closed:    {Send: Sent},
	Sent:      {Dispute: Disputed, Agree: Agreed},
	Disputed:  {Correct: Corrected, Agree: Agreed},
	Corrected: {Dispute: Disputed, Agree: Agreed},
	Agreed:    {Invoice: Invoiced},
	Invoiced:  {PayPart: PartPaid, Pay: Paid},
	PartPaid:  {PayPart: PartPaid, Pay: Paid, TakeBackPart: PartPaid, TakeBack: Invoiced},
	Paid:      {TakeBackPart: PartPaid, TakeBack: Invoiced},
}

// Next returns the state after the command, or ErrTransition.
func Next(s State, c Command) (State, error) {
	if to, ok := moves[s][c]; ok {
		return to, nil
	}
	return s, ErrTransition.With("state", s).With("command", c)
}

// States are all states, in the order of a statement's life.
var States = []State{Open, Closed, Sent, Disputed, Corrected, Agreed, Invoiced, PartPaid, Paid}

// Period is the calendar month, in the operator's zone, that an instant belongs
// to: its first day and the first day after it, as ISO days.
func Period(at time.Time, zone *time.Location) (from, until string) {
	y, m, _ := at.In(zone).Date()
	first := time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
	return first.Format(time.DateOnly), first.AddDate(0, 1, 0).Format(time.DateOnly)
}

// Begins is the first instant of a day in the zone; zero if it is no ISO day.
// With the end of one period it is an instant of the next.
func Begins(day string, zone *time.Location) time.Time {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return time.Time{}
	}
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, zone)
}
