package warranty

import (
	"slices"

	"fettle.dev/fettle/kernel/id"
)

// Reason says why a decision came out as it did. Its code is stable and
// translated for the reader; its arguments carry no personal data.
type Reason struct {
	Code  string          `json:"code"`
	Term  id.WarrantyTerm `json:"term,omitzero"`   // that it is about
	Costs []CostKind      `json:"costs,omitempty"` // that it is about; none: all
	Args  map[string]any  `json:"args,omitempty"`
}

// Codes of reasons. The first group is about a term and a cost; the second
// about the case as a whole.
const (
	InTerm         = "warranty.in_term"           // until
	InTermFromSale = "warranty.in_term_from_sale" // until; no installation known
	Expired        = "warranty.expired"           // until
	NotStarted     = "warranty.not_started"       // from
	Excluded       = "warranty.excluded"          // cause
	GreyImport     = "warranty.grey_import"       // sold_in, country
	ProofNeeded    = "warranty.proof_needed"      // until
	SaleUnknown    = "warranty.sale_unknown"
	UnitRetired    = "warranty.unit_retired"
	WorkNotCovered = "warranty.work_not_covered" // work
	CostNotInTerm  = "warranty.cost_not_in_term"

	NoTerm        = "warranty.no_term" // sold_in
	UnitUnknown   = "warranty.unit_unknown"
	SaleOnWord    = "warranty.sale_on_word"    // the day of sale is what the customer says
	SoldInAssumed = "warranty.sold_in_assumed" // country
)

// argNames says what the arguments of a reason are called.
var argNames = map[string][2]string{
	InTerm: {"until"}, InTermFromSale: {"until"}, Expired: {"until"}, NotStarted: {"from"},
	Excluded: {"cause"}, GreyImport: {"sold_in", "country"}, ProofNeeded: {"until"},
	WorkNotCovered: {"work"}, NoTerm: {"sold_in"}, SoldInAssumed: {"country"},
}

// finding is a reason in the making: comparable, so that what holds for several
// costs is found and said once.
type finding struct {
	code string
	term id.WarrantyTerm
	args [2]string
}

func (f finding) reason() Reason {
	r := Reason{Code: f.code, Term: f.term}
	for i, name := range argNames[f.code] {
		if name == "" {
			break
		}
		if r.Args == nil {
			r.Args = make(map[string]any, 2)
		}
		r.Args[name] = f.args[i]
	}
	return r
}

// findings collects reasons in the order in which they are first found.
type findings struct {
	found []finding
	costs [][]CostKind
}

// add notes f, for one kind of cost or, with "", for the case as a whole.
func (fs *findings) add(f finding, cost CostKind) {
	i := slices.Index(fs.found, f)
	if i < 0 {
		i = len(fs.found)
		fs.found, fs.costs = append(fs.found, f), append(fs.costs, nil)
	}
	if cost != "" {
		fs.costs[i] = append(fs.costs[i], cost)
	}
}

func (fs *findings) reasons() []Reason {
	out := make([]Reason, len(fs.found))
	for i, f := range fs.found {
		out[i] = f.reason()
		out[i].Costs = fs.costs[i]
	}
	return out
}

// notes says what is to be said about the case before any term is looked at.
func (s situation) notes(fs *findings) {
	if !s.known {
		fs.add(finding{code: UnitUnknown}, "")
	}
	if s.saleOnWord {
		fs.add(finding{code: SaleOnWord}, "")
	}
	if s.inAssumed && s.soldIn != "" {
		fs.add(finding{code: SoldInAssumed, args: [2]string{string(s.soldIn)}}, "")
	}
}
