package dispatch

import "time"

// Command asks an appointment to change its state.
type Command string

// The commands.
const (
	Confirm    Command = "confirm"  // its parts are held
	Dispatch   Command = "dispatch" // the technician is told
	Accept     Command = "accept"
	Decline    Command = "decline"
	Expire     Command = "expire"  // the technician did not answer
	Travel     Command = "travel"  // set off; says yes as well
	Arrive     Command = "arrive"  // is on site
	Finish     Command = "finish"  // the record says that the work is done
	GiveUp     Command = "give_up" // the record says that it could not be done
	FindAbsent Command = "absent"  // nobody was there
	Miss       Command = "miss"    // we did not come
	Cancel     Command = "cancel"
	Reschedule Command = "reschedule" // another time or another technician
	Overrun    Command = "overrun"    // it takes longer, or shorter, than was planned
)

// moves is the state machine; README.md draws it. What a record from the field
// says is a fact, so Finish, GiveUp and FindAbsent are taken wherever the
// appointment has not ended.
var moves = map[State]map[Command]State{
	Pending:    facts(nil, map[Command]State{Confirm: Scheduled, Cancel: Cancelled}),
	Scheduled:  facts(ours, map[Command]State{Dispatch: Dispatched, Reschedule: Scheduled, Overrun: Scheduled}),
	Dispatched: facts(ours, map[Command]State{Accept: Accepted, Decline: Declined, Expire: TimedOut, Travel: Travelling, Arrive: OnSite, Reschedule: Scheduled, Overrun: Dispatched}),
	Accepted:   facts(ours, map[Command]State{Decline: Declined, Travel: Travelling, Arrive: OnSite, Reschedule: Scheduled, Overrun: Accepted}),
	Travelling: facts(ours, map[Command]State{Arrive: OnSite, Overrun: Travelling}),
	OnSite:     facts(nil, map[Command]State{Overrun: OnSite}),
	Declined:   {}, TimedOut: {}, Completed: {}, Unable: {}, Absent: {}, Missed: {}, Cancelled: {},
}

// ours is how an appointment ends through us before anybody is on site.
var ours = map[Command]State{Miss: Missed, Cancel: Cancelled}

// facts adds what a record may say to the commands of a state.
func facts(more ...map[Command]State) map[Command]State {
	all := map[Command]State{Finish: Completed, GiveUp: Unable, FindAbsent: Absent}
	for _, m := range more {
		for c, to := range m {
			all[c] = to
		}
	}
	return all
}

// Next returns the state after the command, or ErrTransition.
func Next(s State, c Command) (State, error) {
	if to, ok := moves[s][c]; ok {
		return to, nil
	}
	return s, ErrTransition.With("state", s).With("command", c)
}

// States are all states, in the order of an appointment's life.
var States = []State{
	Pending, Scheduled, Dispatched, Accepted, Travelling, OnSite,
	Completed, Unable, Absent, Missed, Declined, TimedOut, Cancelled,
}

// Commands are all commands.
var Commands = []Command{
	Confirm, Dispatch, Accept, Decline, Expire, Travel, Arrive, Finish, GiveUp, FindAbsent, Miss, Cancel, Reschedule, Overrun,
}

// Live reports whether the appointment holds its technician's time.
func (s State) Live() bool {
	switch s {
	case Pending, Scheduled, Dispatched, Accepted, Travelling, OnSite:
		return true
	case Declined, TimedOut, Completed, Unable, Absent, Missed, Cancelled:
		return false
	default:
		return false
	}
}

// Begun reports whether the technician is under way or there, so that the day's
// order can no longer change before this visit.
func (s State) Begun() bool { return s == Travelling || s == OnSite }

// Passes reports whether the technician is not asked again for this visit after
// an appointment that ended so.
func (s State) Passes() bool { return s == Declined || s == TimedOut }

// Codes of why an appointment moved, where no person gave one.
const (
	ReasonPartsHeld    = "dispatch.parts_held"
	ReasonPartsRefused = "dispatch.parts_refused"
	ReasonPartsSilent  = "dispatch.parts_silent" // no answer in time
	ReasonNoAnswer     = "dispatch.no_answer"    // of the technician
	ReasonRecorded     = "dispatch.recorded"     // the visit's record says so
	ReasonWorkOver     = "dispatch.work_over"    // there is nothing left to do
	ReasonCaseOver     = "dispatch.case_cancelled"
	ReasonByHand       = "dispatch.by_hand"
	ReasonKept         = "dispatch.kept"     // its technician could not keep it, another can
	ReasonInTime       = "dispatch.told"     // it begins soon
	ReasonPlanned      = "dispatch.planned"  // a dispatcher has adopted a plan
	ReasonImproved     = "dispatch.improved" // the node improves its plan by itself
	ReasonUndone       = "dispatch.undone"   // whoever had moved it took that back
	ReasonHeld         = "dispatch.held"     // the customer decides
	ReasonTaken        = "dispatch.taken"    // the customer has decided
	ReasonUndecided    = "dispatch.undecided"
	ReasonFell         = "dispatch.fell"    // the visit that it hangs together with is off
	ReasonOverrun      = "dispatch.overrun" // it takes longer or shorter than was planned
	ReasonPartsLate    = "dispatch.parts_late"
	ReasonPartsInTime  = "dispatch.parts_in_time" // after all
)

// UndoFor is how long what a dispatcher has booked or moved can be taken back: as
// long as what leaves the house waits.
const UndoFor = 10 * time.Second

// HoldFor is how long a slot is held while its parts are being reserved.
const HoldFor = 2 * time.Minute

// DecideFor is how long a slot is held while its customer decides.
const DecideFor = 5 * time.Minute

// OfferFor is how long an offer may be taken.
const OfferFor = 30 * time.Minute

// AnswerBy says until when a technician who is told at now of a visit that
// begins at start may answer: half a day, but not beyond the start, and a
// quarter of an hour in any case.
func AnswerBy(now, start time.Time) time.Time {
	by := now.Add(12 * time.Hour)
	if start.Before(by) {
		by = start
	}
	if least := now.Add(15 * time.Minute); by.Before(least) {
		by = least
	}
	return by
}
