package desk

import (
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
)

// News is what a letter tells the customer of a case.
type News string

// The news of which a customer is told.
const (
	Received    News = "case_received"
	Answered    News = "case_answered" // somebody has written to the customer
	VisitBooked News = "appointment_booked"
	VisitMoved  News = "appointment_changed"
	VisitOff    News = "appointment_cancelled"
	PartAwaited News = "part_awaited"
	Solved      News = "case_resolved"
)

// receiptWithin is how fresh a case must be for its customer to be told that it
// was received: an older one was brought here from elsewhere, and was received
// there.
const receiptWithin = 24 * time.Hour

// Receipt reports whether the customer of a case that was opened at the time,
// and is written down now, gets a receipt.
func Receipt(openedAt, now time.Time) bool { return now.Sub(openedAt) <= receiptWithin }

// Slot is a visit as a customer is promised it; zero: none.
type Slot struct {
	Appointment id.Appointment
	From, To    time.Time
	Reward      money.Amount // promised for it, zero: nothing
}

// VisitNews says what a customer who was told of one visit must be told now that
// another stands: "" if nothing. happened is of the one told: it took place or
// found nobody, so that the customer knows what became of it.
func VisitNews(told, stands Slot, happened bool) News {
	if happened {
		told = Slot{}
	}
	switch {
	case told.Appointment == stands.Appointment && told.From.Equal(stands.From) && told.To.Equal(stands.To):
		return ""
	case stands.Appointment.IsZero():
		return VisitOff
	case told.Appointment.IsZero():
		return VisitBooked
	default: // even at the same time: another appointment has another acceptance code
		return VisitMoved
	}
}

// MoveNews says what the customer of a case that has come to a state is told; ""
// if nothing. Of a case that was reopened or called off they know.
func MoveNews(to State, wait WaitFor) News {
	switch {
	case to == Resolved:
		return Solved
	case to == Waiting && wait == ForPart:
		return PartAwaited
	default:
		return ""
	}
}

// Holds reports whether news of a case is still true when the letter would be
// written: of what has passed by then nobody is told.
func Holds(what News, now State, wait WaitFor) bool {
	switch what {
	case PartAwaited:
		return now == Waiting && wait == ForPart
	case Solved:
		return now == Resolved || now == Closed
	case Received, Answered, VisitBooked, VisitMoved, VisitOff:
	}
	return true
}

// In writes the slot for a letter, in the language and on the clock of the place.
func (s Slot) In(lang locale.Tag, zone *time.Location) string {
	from, to := s.From.In(zone), s.To.In(zone)
	if day := from.Format(time.DateOnly); day == to.Format(time.DateOnly) {
		return locale.Day(lang, from) + from.Format(" 15:04–") + to.Format("15:04")
	}
	return locale.Day(lang, from) + from.Format(" 15:04 – ") + locale.Day(lang, to) + to.Format(" 15:04")
}
