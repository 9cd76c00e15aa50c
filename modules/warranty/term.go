package warranty

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/catalog"
)

// Kind is where a term comes from.
type Kind string

// The kinds of terms, in the order in which they pay when several cover a cost.
const (
	Manufacturer Kind = "manufacturer" // the brand's promise
	Statutory    Kind = "statutory"    // what the law owes at least
	Extended     Kind = "extended"     // bought on top
	Goodwill     Kind = "goodwill"     // granted beyond what is owed
)

// Start is the day from which a term runs.
type Start string

// The starts.
const (
	FromSale    Start = "sold"
	FromInstall Start = "installed" // from the sale when no installation is known
)

// Term says what is covered for the units of a line that were sold in a country.
type Term struct {
	ID            id.WarrantyTerm `json:"id"`
	Code          string          `json:"code"` // unique within the tenant
	Brand         id.Brand        `json:"brand"`
	Line          id.Line         `json:"line,omitzero"`     // zero: every line of the brand
	SoldIn        locale.Country  `json:"sold_in,omitempty"` // "": wherever it was sold
	Kind          Kind            `json:"kind" enum:"manufacturer,statutory,extended,goodwill"`
	Start         Start           `json:"start" enum:"sold,installed"`
	Work          []string        `json:"work,omitempty"` // kinds of service; none: repair
	Covers        []Cover         `json:"covers"`
	Excludes      []Exclusion     `json:"excludes,omitempty"`
	International bool            `json:"international,omitempty"` // honoured outside the country of sale
	ProofNeeded   bool            `json:"proof_needed,omitempty"`  // even where the register knows the sale
	ValidFrom     catalog.Day     `json:"valid_from,omitempty"`    // for units sold on or after it; "": always
	ValidUntil    catalog.Day     `json:"valid_until,omitempty"`   // for units sold before it; "": no end
	Version       int64           `json:"version"`
}

// Cover promises one kind of cost.
type Cover struct {
	Cost   CostKind     `json:"cost" enum:"labour,travel,parts,logistics,diagnosis"`
	Months int          `json:"months" minimum:"1" maximum:"600"`
	Payer  Payer        `json:"payer" enum:"brand,customer,operator,partner,insurer"`
	Limit  money.Amount `json:"limit,omitzero"` // per case; without a currency: no limit
}

// Exclusion takes a cause out of the promise.
type Exclusion struct {
	Cause Cause      `json:"cause"`
	Costs []CostKind `json:"costs,omitempty"` // none: all
}

// repair is the kind of service that a term covers unless it names others. The
// word is the desk's.
const repair = "repair"

// Limits of a term.
const (
	maxMonths   = 600
	maxExcludes = 50
	maxWork     = 20
	maxCode     = 64
)

// CheckTerm returns t with its code in form, or says what is wrong.
func CheckTerm(t Term) (Term, error) {
	bad := ErrInvalid
	t.Code = strings.TrimSpace(t.Code)
	if !codeLike(t.Code) {
		bad = bad.At("/code", "shape")
	}
	if t.Brand.IsZero() {
		bad = bad.At("/brand", "required")
	}
	if t.SoldIn != "" && !t.SoldIn.Valid() {
		bad = bad.At("/sold_in", "shape")
	}
	if !slices.Contains(kinds, t.Kind) {
		bad = bad.At("/kind", "unknown")
	}
	if t.Start != FromSale && t.Start != FromInstall {
		bad = bad.At("/start", "unknown")
	}
	bad = checkWork(bad, t.Work)
	bad = checkWindow(bad, t)
	bad = checkCovers(bad, t.Covers)
	bad = checkExcludes(bad, t.Excludes)
	return t, verdict(bad)
}

var kinds = []Kind{Manufacturer, Statutory, Extended, Goodwill}

func checkWork(bad *fault.Fault, work []string) *fault.Fault {
	if len(work) > maxWork || slices.ContainsFunc(work, func(w string) bool { return !codeLike(w) }) {
		return bad.At("/work", "shape")
	}
	return bad
}

func checkWindow(bad *fault.Fault, t Term) *fault.Fault {
	if t.ValidFrom != "" && !t.ValidFrom.Valid() {
		bad = bad.At("/valid_from", "shape")
	}
	if t.ValidUntil != "" && (!t.ValidUntil.Valid() || t.ValidUntil <= t.ValidFrom) {
		bad = bad.At("/valid_until", "before_start")
	}
	return bad
}

func checkCovers(bad *fault.Fault, covers []Cover) *fault.Fault {
	if len(covers) == 0 {
		return bad.At("/covers", "required")
	}
	seen := map[CostKind]bool{}
	for i, c := range covers {
		at := "/covers/" + strconv.Itoa(i)
		if !slices.Contains(CostKinds, c.Cost) {
			bad = bad.At(at+"/cost", "unknown")
		}
		if seen[c.Cost] {
			bad = bad.At(at+"/cost", "twice")
		}
		seen[c.Cost] = true
		if c.Months < 1 || c.Months > maxMonths {
			bad = bad.At(at+"/months", "range")
		}
		if !slices.Contains(Payers, c.Payer) || c.Payer == CustomerPays {
			bad = bad.At(at+"/payer", "unknown")
		}
		if c.Limit != (money.Amount{}) && (c.Limit.Minor <= 0 || !c.Limit.Currency.Valid()) {
			bad = bad.At(at+"/limit", "range")
		}
	}
	return bad
}

func checkExcludes(bad *fault.Fault, excludes []Exclusion) *fault.Fault {
	if len(excludes) > maxExcludes {
		return bad.At("/excludes", "too_many")
	}
	for i, x := range excludes {
		at := "/excludes/" + strconv.Itoa(i)
		if !codeLike(string(x.Cause)) {
			bad = bad.At(at+"/cause", "shape")
		}
		if slices.ContainsFunc(x.Costs, func(c CostKind) bool { return !slices.Contains(CostKinds, c) }) {
			bad = bad.At(at+"/costs", "unknown")
		}
	}
	return bad
}

// codeLike reports whether s is small letters, digits, hyphens and underscores.
func codeLike(s string) bool {
	return s != "" && len(s) <= maxCode && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}

// CheckBound refuses a manufacturer's term for a country that promises a cost
// for less time than the law owes there: the law's months are a bound for what
// may be published. Other kinds of terms come on top and are free.
func CheckBound(t Term, others []Term) error {
	if t.Kind != Manufacturer || t.SoldIn == "" {
		return nil
	}
	for _, law := range others {
		if law.Kind != Statutory || !law.binds(t) {
			continue
		}
		for _, c := range t.Covers {
			if least, ok := law.cover(c.Cost); ok && c.Months < least.Months {
				return ErrBelowMinimum.With("cost", c.Cost).With("months", c.Months).
					With("minimum", least.Months).With("term", law.Code)
			}
		}
	}
	return nil
}

// binds reports whether the law's term holds for all that t is about.
func (t Term) binds(other Term) bool {
	return t.Brand == other.Brand && (t.Line.IsZero() || t.Line == other.Line) &&
		(t.SoldIn == "" || t.SoldIn == other.SoldIn)
}

// cover returns what the term promises of a cost.
func (t *Term) cover(c CostKind) (Cover, bool) {
	i := slices.IndexFunc(t.Covers, func(v Cover) bool { return v.Cost == c })
	if i < 0 {
		return Cover{}, false
	}
	return t.Covers[i], true
}

// excluded returns the first of the causes that the term excludes for the cost.
func (t *Term) excluded(cost CostKind, causes []Cause) (Cause, bool) {
	for _, cause := range causes {
		for _, x := range t.Excludes {
			if x.Cause == cause && (len(x.Costs) == 0 || slices.Contains(x.Costs, cost)) {
				return cause, true
			}
		}
	}
	return "", false
}

// worksFor reports whether the term is about this kind of service.
func (t *Term) worksFor(work string) bool {
	if len(t.Work) == 0 {
		return work == repair || work == ""
	}
	return slices.Contains(t.Work, work)
}

// PolicyHash names a set of terms: 32 hexadecimal digits that any change of a
// term changes, and their order does not.
func PolicyHash(terms []Term) string {
	sorted := slices.SortedFunc(slices.Values(terms), func(a, b Term) int {
		return strings.Compare(string(a.ID[:]), string(b.ID[:]))
	})
	text, err := json.Marshal(sorted)
	if err != nil {
		panic("a term cannot be written as JSON: " + err.Error()) // plain fields only
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}
