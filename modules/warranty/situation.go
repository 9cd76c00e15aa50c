package warranty

import (
	"cmp"
	"slices"
	"strings"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/catalog"
)

// Facts is what is known about a case when its coverage is decided. Empty
// members are not known.
type Facts struct {
	Brand       id.Brand       `json:"brand"`
	Line        id.Line        `json:"line,omitzero"`  // used while the unit is unknown
	Work        string         `json:"work,omitempty"` // kind of service; "" means repair
	Country     locale.Country `json:"country,omitempty"`
	Causes      []Cause        `json:"causes,omitempty"`
	Proof       Proof          `json:"proof,omitempty"`
	SoldOn      catalog.Day    `json:"sold_on,omitempty"` // as told, or as the proof shows
	SoldIn      locale.Country `json:"sold_in,omitempty"`
	InstalledOn catalog.Day    `json:"installed_on,omitempty"`
}

// situation is the unit and the facts, brought together.
type situation struct {
	on         catalog.Day
	known      bool // the register knows the unit
	retired    bool
	brand      id.Brand
	line       id.Line
	work       string
	country    locale.Country // of the site; that of sale when not known
	soldIn     locale.Country // that of the site when not known
	inAssumed  bool
	sold       catalog.Day
	installed  catalog.Day
	proven     bool // that it was sold on that day
	runs       bool // that it was installed on that day: the register knows
	shown      bool // a proof of purchase has been seen
	saleOnWord bool // the day of sale is only what the customer says
	causes     []Cause
}

func situate(u catalog.Unit, f Facts, on catalog.Day) situation {
	s := situation{
		on: on, known: !u.ID.IsZero(), brand: f.Brand, line: f.Line, work: f.Work,
		country: f.Country, shown: f.Proof == Seen, causes: slices.Sorted(slices.Values(f.Causes)),
	}
	if s.known {
		s.brand, s.line, s.retired = u.Brand, u.Line, u.State == catalog.Retired
	}
	s.sold, s.proven = saleDay(u, f)
	s.saleOnWord = s.sold != "" && !s.proven
	s.runs = validDay(u.InstalledOn) != ""
	s.installed = cmp.Or(validDay(u.InstalledOn), validDay(f.InstalledOn))
	s.soldIn = cmp.Or(u.SoldIn, f.SoldIn)
	if s.shown {
		s.soldIn = cmp.Or(f.SoldIn, u.SoldIn)
	}
	s.inAssumed = s.soldIn == ""
	s.soldIn = cmp.Or(s.soldIn, f.Country)
	s.country = cmp.Or(s.country, s.soldIn)
	return s
}

// saleDay returns the day of sale and whether it is proven: a proof of purchase
// that was seen beats the register, and the register beats what is only said.
func saleDay(u catalog.Unit, f Facts) (catalog.Day, bool) {
	told, registered := validDay(f.SoldOn), validDay(u.SoldOn)
	switch {
	case f.Proof == Seen && told != "":
		return told, true
	case registered != "":
		return registered, true
	default:
		return told, false
	}
}

func validDay(d catalog.Day) catalog.Day {
	if d.Valid() {
		return d
	}
	return ""
}

// considered returns the terms that are about such a unit: its brand, its line,
// its country and day of sale. Everything else about them is said with reasons.
func (s situation) considered(terms []Term) (out []Term) {
	for _, t := range terms {
		if t.Brand == s.brand && (t.Line.IsZero() || t.Line == s.line) &&
			(t.SoldIn == "" || t.SoldIn == s.soldIn) && s.within(t) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b Term) int { return strings.Compare(string(a.ID[:]), string(b.ID[:])) })
	return out
}

// within reports whether the term is for units sold on that day; a day that is
// not known may be any.
func (s situation) within(t Term) bool {
	return s.sold == "" || s.sold >= t.ValidFrom && (t.ValidUntil == "" || s.sold < t.ValidUntil)
}

// begin is the day from which a term runs for the unit.
type begin struct {
	day     catalog.Day // "": not known
	proven  bool
	assumed bool // the sale stands in for an installation that nobody knows of
}

func (s situation) begin(t *Term) begin {
	if t.Start == FromInstall && s.installed != "" {
		return begin{day: s.installed, proven: s.runs || s.proven}
	}
	return begin{day: s.sold, proven: s.proven, assumed: t.Start == FromInstall}
}
