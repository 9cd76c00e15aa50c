package desk

import (
	"time"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/vault"
)

// CaseOpened is published when a case has begun. It carries what other modules
// decide by, and no personal data: the persons are named by their pseudonyms
// and the place is coarse.
type CaseOpened struct {
	Case      id.Case        `json:"case"`
	Brand     id.Brand       `json:"brand"`
	Node      id.Node        `json:"node"` // who serves it; zero: no territory fits yet
	Order     id.Order       `json:"order,omitzero"`
	Unit      id.Unit        `json:"unit,omitzero"` // zero: not identified yet
	Line      id.Line        `json:"line,omitzero"`
	Model     id.Model       `json:"model,omitzero"`
	Requester id.Person      `json:"requester"`
	Country   locale.Country `json:"country"` // of the site
	Zone      string         `json:"zone"`    // IANA zone of the site
	Coarse    geo.Point      `json:"coarse"`
	Channel   Channel        `json:"channel"`
	WorkType  WorkType       `json:"work_type"`
	Symptom   string         `json:"symptom,omitempty"` // code of the catalogue
	Priority  Priority       `json:"priority"`
	OpenedAt  time.Time      `json:"opened_at"`
}

// EventName names the event on the wire.
func (CaseOpened) EventName() string { return "desk.case_opened.v1" }

// Subject is the case.
func (e CaseOpened) Subject() id.Raw { return e.Case.Raw() }

// UnitIdentified is published when somebody has said which unit a case is about:
// one that began without a unit, or with a wrong one.
type UnitIdentified struct {
	Case  id.Case  `json:"case"`
	Unit  id.Unit  `json:"unit"`
	Line  id.Line  `json:"line"`
	Model id.Model `json:"model"`
}

// EventName names the event on the wire.
func (UnitIdentified) EventName() string { return "desk.unit_identified.v1" }

// Subject is the case.
func (e UnitIdentified) Subject() id.Raw { return e.Case.Raw() }

// PartyNamed is published when somebody plays another part in a case, or nobody
// plays it any more. It is not told of those who were there from the beginning.
type PartyNamed struct {
	Case   id.Case         `json:"case"`
	Role   vault.PartyRole `json:"role"`
	Person id.Person       `json:"person,omitzero"`
	At     time.Time       `json:"at"`
}

// EventName names the event on the wire.
func (PartyNamed) EventName() string { return "desk.party_named.v1" }

// Subject is the case.
func (e PartyNamed) Subject() id.Raw { return e.Case.Raw() }

// CaseResponded is published when a person has answered the customer for the
// first time.
type CaseResponded struct {
	Case id.Case   `json:"case"`
	At   time.Time `json:"at"`
}

// EventName names the event on the wire.
func (CaseResponded) EventName() string { return "desk.case_responded.v1" }

// Subject is the case.
func (e CaseResponded) Subject() id.Raw { return e.Case.Raw() }

// CaseMoved is published when a case has passed from one state to another.
type CaseMoved struct {
	Case   id.Case   `json:"case"`
	Brand  id.Brand  `json:"brand"`
	Node   id.Node   `json:"node"`
	From   State     `json:"from"`
	To     State     `json:"to"`
	For    WaitFor   `json:"for,omitempty"` // when To is waiting
	Reason string    `json:"reason"`        // code
	At     time.Time `json:"at"`
}

// EventName names the event on the wire.
func (CaseMoved) EventName() string { return "desk.case_moved.v1" }

// Subject is the case.
func (e CaseMoved) Subject() id.Raw { return e.Case.Raw() }

// CaseChased is published when the customer or the brand has urged an open case.
type CaseChased struct {
	Case     id.Case   `json:"case"`
	Times    int64     `json:"times"`
	Priority Priority  `json:"priority"` // as raised
	At       time.Time `json:"at"`
}

// EventName names the event on the wire.
func (CaseChased) EventName() string { return "desk.case_chased.v1" }

// Subject is the case.
func (e CaseChased) Subject() id.Raw { return e.Case.Raw() }

// CaseRated is published when the customer has said how it was.
type CaseRated struct {
	Case  id.Case   `json:"case"`
	Brand id.Brand  `json:"brand"`
	Node  id.Node   `json:"node"`
	Stars int64     `json:"stars"` // CSAT, 1 to 5
	At    time.Time `json:"at"`
}

// EventName names the event on the wire.
func (CaseRated) EventName() string { return "desk.case_rated.v1" }

// Subject is the case.
func (e CaseRated) Subject() id.Raw { return e.Case.Raw() }

// CaseAssigned is published when a person has given the case to another node.
type CaseAssigned struct {
	Case    id.Case    `json:"case"`
	Brand   id.Brand   `json:"brand"`
	Node    id.Node    `json:"node"`
	Partner id.Partner `json:"partner,omitzero"`
	At      time.Time  `json:"at"`
}

// EventName names the event on the wire.
func (CaseAssigned) EventName() string { return "desk.case_assigned.v1" }

// Subject is the case.
func (e CaseAssigned) Subject() id.Raw { return e.Case.Raw() }

// OrderFollowed is published beside CaseOpened and CaseMoved when the case was
// made from a brand's order, so that who keeps orders need not hear of others.
type OrderFollowed struct {
	Order  id.Order  `json:"order"`
	Case   id.Case   `json:"case"`
	From   State     `json:"from,omitempty"` // absent: the case has just begun
	To     State     `json:"to"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// EventName names the event on the wire.
func (OrderFollowed) EventName() string { return "desk.order_followed.v1" }

// Subject is the case.
func (e OrderFollowed) Subject() id.Raw { return e.Case.Raw() }
