package work

import "fettle.dev/fettle/kernel/id"

// How says how a visit depends on another one.
type How string

// The ways in which visits depend on each other.
const (
	Together   How = "with"  // at the same moment, by another technician
	Afterwards How = "after" // it begins when the other one is done and a while has passed
)

// MostTied is how many visits may hang together.
const MostTied = 6

// The limits of the while between two visits, in minutes. What customers are
// promised are windows of two hours, so between the least and the most there is
// room for five of them: whenever the first visit begins in its window, the second
// one is in time.
const (
	longestWhile = 60 * 24 * 60
	leastRoom    = 5 * 120
)

// Tie says on which visit of its case another one depends, and how. The while is
// between the end of the one and the beginning of the other.
type Tie struct {
	To           id.WorkOrder `json:"to"`
	How          How          `json:"how" enum:"with,after"`
	LeastMinutes int64        `json:"least_minutes,omitempty" minimum:"0" maximum:"86400" doc:"after: how long it waits at the least"`
	MostMinutes  int64        `json:"most_minutes,omitempty" minimum:"0" maximum:"86400" doc:"after: how long it waits at the most; absent: without limit"`
}

// Check returns ErrTie with the members that are wrong.
func (t Tie) Check() error {
	bad := ErrTie
	if t.How != Together && t.How != Afterwards {
		bad = bad.At("/how", "enum")
	}
	if t.LeastMinutes < 0 || t.LeastMinutes > longestWhile || t.How == Together && t.LeastMinutes != 0 {
		bad = bad.At("/least_minutes", "range")
	}
	switch {
	case t.MostMinutes < 0 || t.MostMinutes > longestWhile || t.How == Together && t.MostMinutes != 0:
		bad = bad.At("/most_minutes", "range")
	case t.MostMinutes != 0 && t.MostMinutes-t.LeastMinutes < leastRoom:
		bad = bad.At("/most_minutes", "too_close")
	}
	if len(bad.Fields) == 0 {
		return nil
	}
	return bad
}

// Takes reports whether another visit can be tied to a work order that stands so:
// what is over has nothing beside it, and nobody joins a visit that has begun.
func (h How) Takes(s State) bool {
	return s.Open() && (h == Afterwards || s != InProgress)
}

// Unties reports whether what depends on work is not needed any more when it ends
// so: the way has failed, or there is nothing left to be done.
func (o Outcome) Unties() bool { return o.Fails() || o == EndOfLife || o == CustomerNo }
