package desk

import (
	"time"

	"fettle.dev/fettle/kernel/id"
)

// Command asks a case to change its state.
type Command string

// The commands.
const (
	Begin   Command = "begin"   // somebody or something works on it
	Wait    Command = "wait"    // for the customer, a partner or a part
	Resume  Command = "resume"  // what it waited for has come
	Resolve Command = "resolve" // the problem is solved, as far as we know
	Reopen  Command = "reopen"  // the customer says it is not
	Close   Command = "close"   // nothing more will come
	Cancel  Command = "cancel"  // it will not be done
)

// moves is the state machine; README.md draws it.
var moves = map[State]map[Command]State{
	New:       {Begin: Open, Wait: Waiting, Resolve: Resolved, Cancel: Cancelled},
	Open:      {Begin: Open, Wait: Waiting, Resolve: Resolved, Cancel: Cancelled},
	Waiting:   {Begin: Open, Wait: Waiting, Resume: Open, Resolve: Resolved, Cancel: Cancelled},
	Resolved:  {Reopen: Open, Close: Closed},
	Closed:    {},
	Cancelled: {},
}

// Next returns the state after the command, or ErrTransition. A case that is
// worked on may be begun again, and one that waits may wait for something else;
// neither changes the state.
func Next(s State, c Command) (State, error) {
	if to, ok := moves[s][c]; ok {
		return to, nil
	}
	return s, ErrTransition.With("state", s).With("command", c)
}

// Over reports whether nothing more can happen to a case in this state.
func (s State) Over() bool { return s == Closed || s == Cancelled }

// Active reports whether somebody must still act.
func (s State) Active() bool { return s == New || s == Open || s == Waiting }

// Identify says whether a case in this state may be said to be about a unit of
// the brand. What was done for a case that has ended stays with the unit it was
// done for; and who pays for a unit is its own brand's affair, so a unit of
// another brand is another case.
func Identify(s State, brand, of id.Brand) error {
	if s.Over() {
		return ErrOver.With("state", s)
	}
	if brand != of {
		return ErrUnitBrand
	}
	return nil
}

// States are all states, in the order of a case's life.
var States = []State{New, Open, Waiting, Resolved, Closed, Cancelled}

// RatableFor is how long after it was solved a case can be rated.
const RatableFor = 60 * 24 * time.Hour

// Rate says whether a case that was resolved at the time may be rated now with
// so many stars: ErrRatedEarly before it is resolved or long after.
func Rate(s State, resolvedAt time.Time, stars int64, now time.Time) error {
	if stars < 1 || stars > 5 {
		return ErrRating.At("/stars", "range")
	}
	if s != Resolved && s != Closed || resolvedAt.IsZero() || now.After(resolvedAt.Add(RatableFor)) {
		return ErrRatedEarly.With("state", s)
	}
	return nil
}

// raiseEvery is how many chases raise a case by one priority.
const raiseEvery = 2

// Chase returns the priority of a case that has now been chased so many times:
// every second chase raises it by one, never beyond High, because Critical is
// for danger and outage and not for insistence.
func Chase(p Priority, times int64) Priority {
	if p <= High || times%raiseEvery != 0 {
		return p
	}
	return p - 1
}
