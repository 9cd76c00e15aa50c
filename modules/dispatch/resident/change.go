package resident

import "fettle.dev/fettle/modules/dispatch/routing"

// Disturbance is something that happened. The ones below are all there are.
type Disturbance interface{ apply(d *draft) error }

// Ways are the ways between a new place and each of Board.Places, in their order.
type Ways struct{ To, From []routing.Leg }

// Place names a place, with its ways when the board does not know it yet.
type Place struct {
	Key  string
	Ways Ways
}

// Add brings a job that is to be planned. Job.Site is ignored; technicians in it are
// numbers.
type Add struct {
	Key   string
	Place Place
	Job   routing.Job
}

// Cancel calls a job off.
type Cancel struct{ Key string }

// Overrun says how long a visit takes in all, once that is known better. Seconds.
type Overrun struct {
	Key     string
	Service int64
}

// Part says when the part of a job will be there: routing.Never while nobody knows.
type Part struct {
	Key  string
	From int64
}

// Promise says that a job was promised for a window and, unless Technician is empty,
// with a technician. A job that is held is held no longer.
type Promise struct {
	Key        string
	Window     routing.Window
	Technician string
}

// Release takes a promise back: windows and people are as when the job came.
type Release struct{ Key string }

// Hold keeps a place for a job in a window until a customer has decided: it enters
// the plan like a promise and leaves it at Until, unless Promise speaks before. It
// moves nobody else; without a place it is refused with ErrGone.
type Hold struct {
	Add
	Window     routing.Window
	Technician string // empty: whoever
	Until      int64
}

// Depart says that a technician has set out for a job; Arrive that they are there.
type (
	Depart struct {
		Key, Technician string
		Shift           int
		At              int64
	}
	Arrive struct {
		Key, Technician string
		Shift           int
		At              int64
	}
)

// Finish says that the visit under way of a technician is over: done, or nobody was
// there, which leaves the technician free at once. The job leaves the plan.
type Finish struct {
	Technician string
	Shift      int
	At         int64
}

// Rested says that a technician under way has taken the next break.
type Rested struct {
	Technician string
	Shift      int
	At         int64 // when it was over
}

// Away says that a technician is not there from one instant until another: sick,
// today or for longer. Work that they have begun and cannot end is to be planned anew.
type Away struct {
	Technician  string
	From, Until int64 // Until is exclusive
}

// Duty replaces a shift: longer, shorter, or back again. Frozen jobs are numbers.
type Duty struct {
	Technician string
	Shift      int
	As         routing.Shift
}

// Ride replaces ways: f gets the places of each.
type Ride struct {
	Ways func(from, to string, l routing.Leg) routing.Leg
}

// Tick moves the present instant on: nothing starts before it, holds lapse, and a
// visit that should be over is taken to last until now.
type Tick struct{ Now int64 }
