// Package field is the language of visits as done: the record of checklist,
// readings, parts, photos and acceptance that a technician brings home.
//
// A record is a fact. What can be read is taken, whenever it comes and whatever
// has happened meanwhile; what does not fit (the visit was given to somebody
// else, the customer's code is wrong) is marked for a dispatcher and never
// refused. One record counts once, however often it is sent. It is pure.
// Package fieldsvc keeps the records.
package field

// Acceptance is how the customer took the work.
type Acceptance string

// The ways of acceptance.
const (
	ByCode     Acceptance = "code"      // the customer told the acceptance code
	BySignName Acceptance = "signature" // the customer signed
	Refused    Acceptance = "refused"   // the customer would not sign
	NotThere   Acceptance = "absent"    // nobody could sign
)

// Known reports whether a is one of the ways.
func (a Acceptance) Known() bool {
	switch a {
	case ByCode, BySignName, Refused, NotThere:
		return true
	default:
		return false
	}
}

// State is where a visit stands.
type State string

// The states of a visit.
const (
	Recorded State = "recorded"  // it fits
	InReview State = "in_review" // somebody must look at it; it counts all the same
	Settled  State = "settled"   // somebody has
)

// ReviewState is where one thing that does not fit stands.
type ReviewState string

// The states of a review.
const (
	ReviewOpen     ReviewState = "open"
	ReviewAccepted ReviewState = "accepted" // it was as recorded
	ReviewRejected ReviewState = "rejected" // it was not; what follows is done by hand
)

// Settle returns the state of a review after a decision, or ErrSettled for one
// that is over.
func Settle(s, to ReviewState) (ReviewState, error) {
	if to != ReviewAccepted && to != ReviewRejected {
		return s, ErrRecord.At("/decision", "unknown")
	}
	if s != ReviewOpen {
		return s, ErrSettled.With("state", s)
	}
	return to, nil
}

// After returns the state of a visit by its reviews.
func After(reviews []ReviewState) State {
	if len(reviews) == 0 {
		return Recorded
	}
	for _, r := range reviews {
		if r == ReviewOpen {
			return InReview
		}
	}
	return Settled
}
