package vault

import (
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
)

// RequestKind is what a person asks for about their data.
type RequestKind string

// The kinds of subject requests.
const (
	Access  RequestKind = "access"  // to see it: answered with an export
	Erasure RequestKind = "erasure" // to have it destroyed
	Correct RequestKind = "correct" // to have it put right
)

// RequestState is where a subject request stands.
type RequestState string

// The states of a subject request, as in GLOSSARY.md.
const (
	Received   RequestState = "received"
	Identified RequestState = "identified" // we know that it is this person who asks
	InProgress RequestState = "in_progress"
	Answered   RequestState = "answered"
	Refused    RequestState = "refused" // with a ground
)

// RequestStates lists the states.
var RequestStates = []RequestState{Received, Identified, InProgress, Answered, Refused}

// Over reports whether nothing more happens.
func (s RequestState) Over() bool { return s == Answered || s == Refused }

// RequestCommand is what one does with a subject request.
type RequestCommand string

// The commands.
const (
	Identify RequestCommand = "identify"
	Begin    RequestCommand = "begin"
	Answer   RequestCommand = "answer"
	Refuse   RequestCommand = "refuse"
)

// Ground is why a request is refused.
type Ground string

// The grounds.
const (
	NotIdentified  Ground = "not_identified"  // nobody could show that it is this person who asks
	Excessive      Ground = "excessive"       // repeated without reason
	LegalRetention Ground = "legal_retention" // the law obliges us to keep it
	LegalClaim     Ground = "legal_claim"     // it is needed in a dispute
	OthersRights   Ground = "others_rights"   // it would harm somebody else
)

// Grounds lists the grounds.
var Grounds = []Ground{NotIdentified, Excessive, LegalRetention, LegalClaim, OthersRights}

// NextRequest is the state machine of a subject request. It returns the state
// after the command, or ErrTransition. Before a person is identified a request
// can only be refused for that reason; ground is looked at for Refuse alone.
func NextRequest(s RequestState, c RequestCommand, ground Ground) (RequestState, error) {
	if c == Refuse {
		return refuse(s, ground)
	}
	switch {
	case s == Received && c == Identify:
		return Identified, nil
	case s == Identified && c == Begin:
		return InProgress, nil
	case s == InProgress && c == Answer:
		return Answered, nil
	default:
		return s, ErrTransition.With("state", s).With("command", c)
	}
}

func refuse(s RequestState, ground Ground) (RequestState, error) {
	switch {
	case s.Over():
		return s, ErrTransition.With("state", s).With("command", Refuse)
	case !slices.Contains(Grounds, ground):
		return s, ErrGround
	case s == Received && ground != NotIdentified, s != Received && ground == NotIdentified:
		return s, ErrGround.With("state", s)
	default:
		return Refused, nil
	}
}

// Request is a subject request. It holds no personal data.
type Request struct {
	ID         id.SubjectRequest `json:"id"`
	Person     id.Person         `json:"person"`
	Kind       RequestKind       `json:"kind"`
	State      RequestState      `json:"state"`
	Ground     Ground            `json:"ground,omitempty"` // of a refusal
	Law        Law               `json:"law"`
	ReceivedAt time.Time         `json:"received_at"`
	AnswerBy   time.Time         `json:"answer_by"` // the law's clock
	ClosedAt   time.Time         `json:"closed_at,omitzero"`
	Version    int64             `json:"version"`
}

// Receive returns a new request of the person, received now.
func Receive(rid id.SubjectRequest, p id.Person, kind RequestKind, law Law, now time.Time) Request {
	return Request{
		ID: rid, Person: p, Kind: kind, State: Received, Law: law,
		ReceivedAt: now, AnswerBy: law.AnswerBy(now), Version: 1,
	}
}

// Move returns the request after the command. An erasure is answered only when
// the person is erased.
func (r Request) Move(c RequestCommand, ground Ground, erased bool, now time.Time) (Request, error) {
	to, err := NextRequest(r.State, c, ground)
	if err != nil {
		return r, err
	}
	if to == Answered && r.Kind == Erasure && !erased {
		return r, ErrNotErased
	}
	r.State = to
	r.Version++
	if to == Refused {
		r.Ground = ground
	}
	if to.Over() {
		r.ClosedAt = now
	}
	return r, nil
}

// Late reports whether the law's time is over and the request is not.
func (r Request) Late(now time.Time) bool { return !r.State.Over() && now.After(r.AnswerBy) }
