package warranty

import (
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/catalog"
)

// EntitlementDecided is published when it has been decided who pays which cost
// of a case, the first time and each time it is decided again.
type EntitlementDecided struct {
	Entitlement id.Entitlement     `json:"entitlement"`
	Case        id.Case            `json:"case"`
	Seq         int64              `json:"seq"` // 1: the first decision on the case
	Unit        id.Unit            `json:"unit,omitzero"`
	Brand       id.Brand           `json:"brand"`
	Node        id.Node            `json:"node,omitzero"`
	Standing    Standing           `json:"standing"`
	Statutory   bool               `json:"statutory"` // the law owes some of it
	Payers      map[CostKind]Payer `json:"payers"`    // of every kind of cost
	Reasons     []string           `json:"reasons"`   // codes
	DecidedAt   time.Time          `json:"decided_at"`
}

// EventName names the event on the wire.
func (EntitlementDecided) EventName() string { return "warranty.entitlement_decided.v1" }

// Subject is the case.
func (e EntitlementDecided) Subject() id.Raw { return e.Case.Raw() }

// Registered is published when somebody has registered a unit.
type Registered struct {
	Unit        id.Unit        `json:"unit"`
	Brand       id.Brand       `json:"brand"`
	SoldOn      catalog.Day    `json:"sold_on"`
	SoldIn      locale.Country `json:"sold_in"`
	InstalledOn catalog.Day    `json:"installed_on,omitempty"`
	Proof       Proof          `json:"proof"`
}

// EventName names the event on the wire.
func (Registered) EventName() string { return "warranty.registered.v1" }

// Subject is the unit.
func (e Registered) Subject() id.Raw { return e.Unit.Raw() }
