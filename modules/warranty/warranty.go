// Package warranty is the language of what is owed for a unit: the terms under
// which it was sold, the proof of purchase that was shown for it, and the
// decision who pays which cost of a case, with the reasons.
//
// It promises that the same terms and the same facts always give the same
// decision, that a further term never takes coverage away, that nothing is
// covered after its term has run out, and that no input makes it fail. It is
// pure; package warrantysvc keeps terms, registrations and entitlements.
package warranty

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/id"
)

// CostKind is a sort of cost that service causes.
type CostKind string

// The kinds of cost.
const (
	Labour    CostKind = "labour"
	Travel    CostKind = "travel"
	Parts     CostKind = "parts"
	Logistics CostKind = "logistics"
	Diagnosis CostKind = "diagnosis"
)

// CostKinds lists every kind of cost, in the order in which they are shown.
var CostKinds = []CostKind{Labour, Travel, Parts, Logistics, Diagnosis}

// Values lists every kind of cost.
func (CostKind) Values() []CostKind { return CostKinds }

// Payer is who pays a cost.
type Payer string

// The payers.
const (
	BrandPays    Payer = "brand"
	CustomerPays Payer = "customer"
	OperatorPays Payer = "operator"
	PartnerPays  Payer = "partner"
	InsurerPays  Payer = "insurer"
)

// Payers lists every payer.
var Payers = []Payer{BrandPays, CustomerPays, OperatorPays, PartnerPays, InsurerPays}

// Values lists every payer.
func (Payer) Values() []Payer { return Payers }

// Cause is a code for what made a unit fail, as far as it bears on coverage. A
// tenant may use codes of its own beside these.
type Cause string

// The causes that terms usually exclude.
const (
	Misuse           Cause = "misuse"
	Consumable       Cause = "consumable"
	Water            Cause = "water"
	ThirdPartyRepair Cause = "third_party_repair"
	ForceMajeure     Cause = "force_majeure"
	Cosmetic         Cause = "cosmetic"
	CommercialUse    Cause = "commercial_use"
	PowerSupply      Cause = "power_supply"
)

// Entitlement is a decision as it was made for a case. Deciding again makes a
// new one that supersedes it; nothing is overwritten.
type Entitlement struct {
	ID           id.Entitlement `json:"id"`
	Case         id.Case        `json:"case"`
	Seq          int64          `json:"seq"` // 1 for the first of the case
	Brand        id.Brand       `json:"brand"`
	Node         id.Node        `json:"node,omitzero"`
	Unit         id.Unit        `json:"unit,omitzero"`
	Facts        Facts          `json:"facts"`
	Decision     Decision       `json:"decision"`
	PolicyHash   string         `json:"policy_hash"` // of the terms it was made under
	DecidedAt    time.Time      `json:"decided_at"`
	SupersededBy id.Entitlement `json:"superseded_by,omitzero"`
}

// Event makes the event that tells of the entitlement.
func (e Entitlement) Event() EntitlementDecided {
	return EntitlementDecided{
		Entitlement: e.ID, Case: e.Case, Seq: e.Seq, Unit: e.Unit, Brand: e.Brand, Node: e.Node, Standing: e.Decision.Standing,
		Statutory: e.Decision.Owed(), Payers: e.Decision.Payers(), Reasons: e.Decision.Codes(), DecidedAt: e.DecidedAt,
	}
}

// Reader is what other modules may ask, outside any transaction of their own.
type Reader interface {
	// Entitlement returns the decision that holds for the case, or
	// ErrNoEntitlement while none has been made.
	Entitlement(ctx context.Context, tenant id.Tenant, c id.Case) (Entitlement, error)
	// EntitlementGiven returns the decision that holds once it is known that the
	// work on the case found the cause. The register hears of the cause by event
	// and decides again for itself; who needs the answer to the same event asks
	// this way and need not wait for it.
	EntitlementGiven(ctx context.Context, tenant id.Tenant, c id.Case, cause Cause) (Entitlement, error)
}
