package warranty

import (
	"cmp"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/catalog"
)

// Proof is what there is to prove a purchase.
type Proof string

// The proofs. Only one that was seen proves anything.
const (
	NoProof Proof = ""        // nothing
	Claimed Proof = "claimed" // handed in, not looked at yet
	Seen    Proof = "seen"    // looked at, and it fits
)

// Registration says when and where a unit was sold, by somebody who holds it.
// There is one for a unit; it names no person.
type Registration struct {
	Unit         id.Unit        `json:"unit"`
	SoldOn       catalog.Day    `json:"sold_on"`
	SoldIn       locale.Country `json:"sold_in"`
	InstalledOn  catalog.Day    `json:"installed_on,omitempty"`
	Proof        Proof          `json:"proof,omitempty" enum:"claimed,seen"`
	ProofFile    id.File        `json:"proof_file,omitzero"`
	RegisteredAt time.Time      `json:"registered_at"`
	Version      int64          `json:"version"`
}

// CheckRegistration says whether the unit may be registered like this. today is
// the latest day that it is anywhere.
func CheckRegistration(r Registration, u catalog.Unit, today catalog.Day) error {
	if u.State == catalog.Retired {
		return ErrUnitRetired
	}
	bad := checkSale(ErrInvalid, "/sold_on", r.SoldOn, today)
	if r.SoldOn == "" {
		bad = bad.At("/sold_on", "required")
	}
	if !r.SoldIn.Valid() {
		bad = bad.At("/sold_in", "shape")
	}
	bad = checkSale(bad, "/installed_on", r.InstalledOn, today)
	if r.InstalledOn != "" && r.InstalledOn < r.SoldOn {
		bad = bad.At("/installed_on", "before_sale")
	}
	return verdict(checkProof(bad, r.Proof))
}

// Same reports whether two registrations say the same, so that handing one in
// again changes nothing.
func (r Registration) Same(o Registration) bool {
	o.RegisteredAt, o.Version = r.RegisteredAt, r.Version
	return r == o
}

// YieldsTo reports whether next may take the place of r: only a proof that was
// seen overrules a registration, and only one without such a proof.
func (r Registration) YieldsTo(next Registration) bool { return next.Proof == Seen && r.Proof != Seen }

// Apply fills what the registration says into facts that are silent about it. A
// proof that was seen comes with its own day, and beats a weaker one.
func (r Registration) Apply(f Facts) Facts {
	if r.Proof == Seen && f.Proof != Seen {
		f.Proof, f.SoldOn = Seen, r.SoldOn
		f.SoldIn = cmp.Or(r.SoldIn, f.SoldIn)
	}
	if f.Proof == NoProof {
		f.Proof = r.Proof
	}
	f.SoldOn = cmp.Or(f.SoldOn, r.SoldOn)
	f.SoldIn = cmp.Or(f.SoldIn, r.SoldIn)
	f.InstalledOn = cmp.Or(f.InstalledOn, r.InstalledOn)
	return f
}

// Evidence is what somebody has found out about a case after its coverage was
// first decided: on the phone, from a photo, or on site. Empty members say
// nothing new.
type Evidence struct {
	Unit        id.Unit        `json:"unit,omitzero"`
	Causes      []Cause        `json:"causes,omitempty" maxItems:"20" maxLength:"64"` // all that are known now; null: nothing new
	Proof       Proof          `json:"proof,omitempty" enum:"claimed,seen"`
	SoldOn      catalog.Day    `json:"sold_on,omitempty"`
	SoldIn      locale.Country `json:"sold_in,omitempty"`
	InstalledOn catalog.Day    `json:"installed_on,omitempty"`
}

// maxCauses is how many causes a case may have.
const maxCauses = 20

// CheckEvidence says what is wrong with the evidence. today is the latest day
// that it is anywhere.
func CheckEvidence(e Evidence, today catalog.Day) error {
	bad := checkSale(ErrInvalid, "/sold_on", e.SoldOn, today)
	bad = checkSale(bad, "/installed_on", e.InstalledOn, today)
	if e.SoldIn != "" && !e.SoldIn.Valid() {
		bad = bad.At("/sold_in", "shape")
	}
	if len(e.Causes) > maxCauses || slices.ContainsFunc(e.Causes, func(c Cause) bool { return !codeLike(string(c)) }) {
		bad = bad.At("/causes", "shape")
	}
	if e.Proof == Seen && e.SoldOn == "" {
		bad = bad.At("/sold_on", "required")
	}
	return verdict(checkProof(bad, e.Proof))
}

// Apply returns the facts with the evidence in them: what it says replaces what
// was known, what it leaves out stays. was is the unit that the facts are about;
// what is known of the sale of one unit says nothing about another.
func (e Evidence) Apply(f Facts, was id.Unit) Facts {
	if !e.Unit.IsZero() && e.Unit != was && !was.IsZero() {
		f.Proof, f.SoldOn, f.SoldIn, f.InstalledOn = NoProof, "", "", ""
	}
	if e.Causes != nil {
		f.Causes = slices.Clone(e.Causes)
	}
	f.Proof = cmp.Or(e.Proof, f.Proof)
	f.SoldOn = cmp.Or(e.SoldOn, f.SoldOn)
	f.SoldIn = cmp.Or(e.SoldIn, f.SoldIn)
	f.InstalledOn = cmp.Or(e.InstalledOn, f.InstalledOn)
	return f
}

func checkSale(bad *fault.Fault, pointer string, d, today catalog.Day) *fault.Fault {
	switch {
	case d == "":
	case !d.Valid():
		bad = bad.At(pointer, "shape")
	case d > today:
		bad = bad.At(pointer, "in_the_future")
	}
	return bad
}

func checkProof(bad *fault.Fault, p Proof) *fault.Fault {
	if !slices.Contains([]Proof{NoProof, Claimed, Seen}, p) {
		return bad.At("/proof", "unknown")
	}
	return bad
}
