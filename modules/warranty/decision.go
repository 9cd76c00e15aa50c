package warranty

import (
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/catalog"
)

// Standing is how a cost, or a whole case, stands.
type Standing string

// The standings, from the worst for the customer to the best.
const (
	NotCovered Standing = "not_covered"
	NeedsProof Standing = "needs_proof" // covered once the purchase is proven
	Partly     Standing = "partly"      // only of a whole case: some costs are covered
	Covered    Standing = "covered"
)

// Decision says, for every kind of cost, whether it is covered and who pays.
type Decision struct {
	Standing Standing    `json:"standing" enum:"not_covered,needs_proof,partly,covered"`
	On       catalog.Day `json:"on"`       // the day it was decided for, at the site
	Coverage []Coverage  `json:"coverage"` // one for each of CostKinds, in that order
	Reasons  []Reason    `json:"reasons"`
}

// Coverage is the decision on one kind of cost.
type Coverage struct {
	Cost     CostKind    `json:"cost"`
	Standing Standing    `json:"standing" enum:"not_covered,needs_proof,covered"`
	Payer    Payer       `json:"payer"`            // who pays as things stand
	Until    catalog.Day `json:"until,omitempty"`  // exclusive; the last of the grants
	Grants   []Grant     `json:"grants,omitempty"` // what covers it, in the order in which they pay
}

// Grant is one term's promise that holds for a cost.
type Grant struct {
	Term    id.WarrantyTerm `json:"term"`
	Version int64           `json:"version"`
	Kind    Kind            `json:"kind"`
	Payer   Payer           `json:"payer"`
	Until   catalog.Day     `json:"until"`
	Limit   money.Amount    `json:"limit,omitzero"` // per case; without a currency: no limit
}

// Unlimited reports whether a grant pays without a limit.
func (c Coverage) Unlimited() bool {
	return slices.ContainsFunc(c.Grants, func(g Grant) bool { return g.Limit == money.Amount{} })
}

// Of returns the decision on one kind of cost.
func (d Decision) Of(cost CostKind) Coverage {
	for _, c := range d.Coverage {
		if c.Cost == cost {
			return c
		}
	}
	return Coverage{Cost: cost, Standing: NotCovered, Payer: CustomerPays}
}

// Owed reports whether the law owes some of what is covered.
func (d Decision) Owed() bool {
	return slices.ContainsFunc(d.Coverage, func(c Coverage) bool {
		return slices.ContainsFunc(c.Grants, func(g Grant) bool { return g.Kind == Statutory })
	})
}

// Payers returns who pays which cost.
func (d Decision) Payers() map[CostKind]Payer {
	out := make(map[CostKind]Payer, len(d.Coverage))
	for _, c := range d.Coverage {
		out[c.Cost] = c.Payer
	}
	return out
}

// Codes returns the codes of the reasons, each once, in their order.
func (d Decision) Codes() (out []string) {
	for _, r := range d.Reasons {
		if !slices.Contains(out, r.Code) {
			out = append(out, r.Code)
		}
	}
	return out
}
