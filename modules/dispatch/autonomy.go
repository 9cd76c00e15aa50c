package dispatch

import "time"

// Autonomy is how far the plan of a node looks after itself.
type Autonomy string

// How much is done without a person. Each does what the one before it does.
const (
	ByPeople Autonomy = "people" // nothing
	Keeping  Autonomy = "keep"   // a visit that its technician cannot keep goes to another, in the window that was promised; better plans are proposed
	Planning Autonomy = "plan"   // visits that nobody has booked get a place, technicians are told of theirs, and better plans are carried out
)

// Keeps reports whether promises are looked after.
func (a Autonomy) Keeps() bool { return a == Keeping || a == Planning }

// Plans reports whether open visits are booked and technicians told.
func (a Autonomy) Plans() bool { return a == Planning }

const (
	// Grace is how long a visit that can be planned waits for somebody to choose a
	// slot before the plan of a node takes one by itself.
	Grace = 30 * time.Minute
	// TellBefore is how long before its window a technician is told of a visit.
	TellBefore = 20 * time.Hour
	// LookAgain is how soon a node is looked at again while something is overdue.
	LookAgain = 15 * time.Minute
	// SettleFor is how long a node rests after something has happened before it is
	// looked at, so that what happens together is looked at once.
	SettleFor = time.Second
)

// BookableAt is when the plan of a node may book a visit that was ready at an
// instant: critical ones at once. Priority is the case's, 1 the most urgent.
func BookableAt(ready time.Time, priority int64) time.Time {
	if priority <= 1 {
		return ready
	}
	return ready.Add(Grace)
}

// DoubtAt is from when on it is doubtful that a live appointment goes as planned if
// nothing more is heard: the technician has not set off, or not arrived, a while
// after they should have, or the work takes longer than planned.
func DoubtAt(a *Appointment) time.Time {
	switch a.State {
	case OnSite:
		return a.ServiceEndAt
	case Travelling:
		return a.ServiceStartAt
	default:
		return a.ServiceStartAt.Add(LookAgain - time.Duration(a.TravelSeconds)*time.Second)
	}
}
