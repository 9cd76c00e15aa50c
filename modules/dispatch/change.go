package dispatch

import "fettle.dev/fettle/kernel/id"

// Assignment is where a visit stands at an instant: who is to come, when, and how far
// the appointment is. The zero value is that of a visit that nobody ever had.
type Assignment struct {
	Technician id.Technician
	Window     Window
	State      State
}

// Change is what has become of a visit's assignment between two instants.
type Change string

// The changes, as a board tells them.
const (
	NoChange  Change = ""
	NowBooked Change = "booked"     // nobody had it before
	Handed    Change = "handed"     // another technician comes, in the window that was promised
	Moved     Change = "moved"      // another window was promised, perhaps with another technician
	CalledOff Change = "called_off" // somebody took it back
	Refused   Change = "refused"    // its technician said no, or nothing
	Failed    Change = "failed"     // it came to nothing: missed, nobody there, or the work could not be done
)

// Changes are all changes, those that ask most of a person first.
var Changes = []Change{Failed, Refused, CalledOff, Moved, Handed, NowBooked}

// Changed says what became of an assignment. That a visit goes on as planned is no change.
func Changed(was, is Assignment) Change {
	switch {
	case !was.State.Live():
		if is.State.Live() || is.State == Completed && was.State != Completed {
			return NowBooked
		}
		return NoChange
	case is.State.Live() || is.State == Completed:
		return elsewhere(was, is)
	default:
		return lost(is.State)
	}
}

// elsewhere compares where a visit was with where it is.
func elsewhere(was, is Assignment) Change {
	switch {
	case !was.Window.Start.Equal(is.Window.Start) || !was.Window.End.Equal(is.Window.End):
		return Moved
	case was.Technician != is.Technician:
		return Handed
	default:
		return NoChange
	}
}

// lost says how an assignment ended without its work done.
func lost(s State) Change {
	switch s {
	case Cancelled:
		return CalledOff
	case Declined, TimedOut:
		return Refused
	case Missed, Absent, Unable:
		return Failed
	case Pending, Scheduled, Dispatched, Accepted, Travelling, OnSite, Completed:
		return NoChange
	default:
		return NoChange
	}
}
