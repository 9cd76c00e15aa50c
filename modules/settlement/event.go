package settlement

import (
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/warranty"
)

// RatedLine is one charge as others see it.
type RatedLine struct {
	Charge id.Charge         `json:"charge"`
	Kind   warranty.CostKind `json:"kind"`
	Payer  warranty.Payer    `json:"payer"`
	Amount money.Amount      `json:"amount"`
}

// ChargesRated is published when the work of a case has been priced.
type ChargesRated struct {
	Case      id.Case      `json:"case"`
	WorkOrder id.WorkOrder `json:"work_order"`
	Brand     id.Brand     `json:"brand"`
	Node      id.Node      `json:"node"`
	Lines     []RatedLine  `json:"lines"`
	At        time.Time    `json:"at"`
}

// EventName names the event on the wire.
func (ChargesRated) EventName() string { return "settlement.charges_rated.v1" }

// Subject is the case.
func (e ChargesRated) Subject() id.Raw { return e.Case.Raw() }

// ChargesReversed is published when the charges of a work order have been taken
// back: its lines are those of ChargesRated below nothing.
type ChargesReversed struct {
	Case      id.Case      `json:"case"`
	WorkOrder id.WorkOrder `json:"work_order"`
	Brand     id.Brand     `json:"brand"`
	Node      id.Node      `json:"node"`
	Reason    string       `json:"reason"` // code
	Lines     []RatedLine  `json:"lines"`
	At        time.Time    `json:"at"`
}

// EventName names the event on the wire.
func (ChargesReversed) EventName() string { return "settlement.charges_reversed.v1" }

// Subject is the case.
func (e ChargesReversed) Subject() id.Raw { return e.Case.Raw() }

// StatementClosed is published when a period's statement stands.
type StatementClosed struct {
	Statement id.Statement `json:"statement"`
	Party     Party        `json:"party"`
	Brand     id.Brand     `json:"brand,omitzero"`
	Partner   id.Partner   `json:"partner,omitzero"`
	FromOn    string       `json:"from_on"`
	UntilOn   string       `json:"until_on"` // exclusive
	Lines     int64        `json:"lines"`
	Total     money.Amount `json:"total"`
	At        time.Time    `json:"at"`
}

// EventName names the event on the wire.
func (StatementClosed) EventName() string { return "settlement.statement_closed.v1" }

// Subject is the statement.
func (e StatementClosed) Subject() id.Raw { return e.Statement.Raw() }

// PaymentBooked is published when a statement has been paid, or part of it.
type PaymentBooked struct {
	Statement id.Statement `json:"statement"`
	Payment   int64        `json:"payment"` // its number on the statement
	Party     Party        `json:"party"`
	Brand     id.Brand     `json:"brand,omitzero"`
	Partner   id.Partner   `json:"partner,omitzero"`
	Amount    money.Amount `json:"amount"`
	PaidOn    string       `json:"paid_on"`
	Remaining money.Amount `json:"remaining"`
	State     State        `json:"state"`
	At        time.Time    `json:"at"`
}

// EventName names the event on the wire.
func (PaymentBooked) EventName() string { return "settlement.payment_booked.v1" }

// Subject is the statement.
func (e PaymentBooked) Subject() id.Raw { return e.Statement.Raw() }

// PaymentReversed is published when a payment has been taken back: what it had
// paid remains to be paid.
type PaymentReversed struct {
	Statement id.Statement `json:"statement"`
	Payment   int64        `json:"payment"` // as PaymentBooked has numbered it
	Party     Party        `json:"party"`
	Brand     id.Brand     `json:"brand,omitzero"`
	Partner   id.Partner   `json:"partner,omitzero"`
	Amount    money.Amount `json:"amount"` // that was paid and is not any more
	Reason    string       `json:"reason"` // one of PaymentReasons
	Remaining money.Amount `json:"remaining"`
	State     State        `json:"state"`
	At        time.Time    `json:"at"`
}

// EventName names the event on the wire.
func (PaymentReversed) EventName() string { return "settlement.payment_reversed.v1" }

// Subject is the statement.
func (e PaymentReversed) Subject() id.Raw { return e.Statement.Raw() }
