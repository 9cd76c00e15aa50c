package warranty_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/warranty"
)

var (
	brand  = id.Brand{15: 1}
	line   = id.Line{15: 1}
	unitID = id.Unit{15: 1}
)

func termID(n byte) id.WarrantyTerm { return id.WarrantyTerm{15: n} }

// promise is a brand's ordinary term: everything for 24 months from the sale.
func promise(n byte, change ...func(*warranty.Term)) warranty.Term {
	t := warranty.Term{
		ID: termID(n), Code: "t", Brand: brand, Line: line, SoldIn: "DE",
		Kind: warranty.Manufacturer, Start: warranty.FromSale, Version: 1,
	}
	for _, c := range warranty.CostKinds {
		t.Covers = append(t.Covers, warranty.Cover{Cost: c, Months: 24, Payer: warranty.BrandPays})
	}
	for _, f := range change {
		f(&t)
	}
	return t
}

func sold(day catalog.Day) catalog.Unit {
	return catalog.Unit{ID: unitID, Brand: brand, Line: line, Serial: "1", SoldOn: day, SoldIn: "DE", State: catalog.Sold}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	const on catalog.Day = "2026-11-21"
	here := warranty.Facts{Brand: brand, Line: line, Work: "repair", Country: "DE"}
	with := func(change func(*warranty.Facts)) warranty.Facts {
		f := here
		change(&f)
		return f
	}
	for _, tt := range []struct {
		name  string
		terms []warranty.Term
		unit  catalog.Unit
		facts warranty.Facts
		want  warranty.Standing
		codes string
	}{
		{"in term", []warranty.Term{promise(1)}, sold("2025-01-01"), here, warranty.Covered, "in_term"},
		{"on the last day", []warranty.Term{promise(1)}, sold("2024-11-21"), here, warranty.Covered, "in_term"},
		{"the day after", []warranty.Term{promise(1)}, sold("2024-11-20"), here, warranty.NotCovered, "expired"},
		{"on the day of sale", []warranty.Term{promise(1)}, sold(on), here, warranty.Covered, "in_term"},
		{"before the sale", []warranty.Term{promise(1)}, sold("2026-11-22"), here, warranty.NotCovered, "not_started"},
		{"no term", nil, sold("2025-01-01"), here, warranty.NotCovered, "no_term"},
		{"sold elsewhere", []warranty.Term{promise(1, func(t *warranty.Term) { t.SoldIn = "CN" })}, sold("2025-01-01"), here, warranty.NotCovered, "no_term"},
		{"grey import", []warranty.Term{promise(1)}, sold("2025-01-01"), with(func(f *warranty.Facts) { f.Country = "US" }), warranty.NotCovered, "grey_import"},
		{"international", []warranty.Term{promise(1, func(t *warranty.Term) { t.International = true })}, sold("2025-01-01"), with(func(f *warranty.Facts) { f.Country = "US" }), warranty.Covered, "in_term"},
		{"misuse", []warranty.Term{promise(1, func(t *warranty.Term) { t.Excludes = []warranty.Exclusion{{Cause: warranty.Misuse}} })}, sold("2025-01-01"), with(func(f *warranty.Facts) { f.Causes = []warranty.Cause{warranty.Misuse} }), warranty.NotCovered, "excluded"},
		{"consumable part", []warranty.Term{promise(1, func(t *warranty.Term) {
			t.Excludes = []warranty.Exclusion{{Cause: warranty.Consumable, Costs: []warranty.CostKind{warranty.Parts}}}
		})}, sold("2025-01-01"), with(func(f *warranty.Facts) { f.Causes = []warranty.Cause{warranty.Consumable} }), warranty.Partly, "in_term excluded"},
		{"installation", []warranty.Term{promise(1)}, sold("2025-01-01"), with(func(f *warranty.Facts) { f.Work = "install" }), warranty.NotCovered, "work_not_covered"},
		{"free installation", []warranty.Term{promise(1, func(t *warranty.Term) { t.Work = []string{"install"} })}, sold("2025-01-01"), with(func(f *warranty.Facts) { f.Work = "install" }), warranty.Covered, "in_term"},
		{"unknown unit", []warranty.Term{promise(1)}, catalog.Unit{}, here, warranty.NeedsProof, "unit_unknown sold_in_assumed sale_unknown"},
		{"unknown unit, told", []warranty.Term{promise(1)}, catalog.Unit{}, with(func(f *warranty.Facts) { f.SoldOn = "2025-01-01" }), warranty.NeedsProof, "unit_unknown sale_on_word sold_in_assumed proof_needed"},
		{"unknown unit, expired by own word", []warranty.Term{promise(1)}, catalog.Unit{}, with(func(f *warranty.Facts) { f.SoldOn, f.SoldIn = "2020-01-01", "DE" }), warranty.NotCovered, "unit_unknown sale_on_word expired"},
		{"unknown unit, receipt seen", []warranty.Term{promise(1)}, catalog.Unit{}, with(func(f *warranty.Facts) { f.Proof, f.SoldOn, f.SoldIn = warranty.Seen, "2025-01-01", "DE" }), warranty.Covered, "unit_unknown in_term"},
		{"receipt beats register", []warranty.Term{promise(1)}, sold("2024-01-01"), with(func(f *warranty.Facts) { f.Proof, f.SoldOn = warranty.Seen, "2025-01-01" }), warranty.Covered, "in_term"},
		{"word does not beat register", []warranty.Term{promise(1)}, sold("2024-01-01"), with(func(f *warranty.Facts) { f.Proof, f.SoldOn = warranty.Claimed, "2025-01-01" }), warranty.NotCovered, "expired"},
		{"term wants the receipt", []warranty.Term{promise(1, func(t *warranty.Term) { t.ProofNeeded = true })}, sold("2025-01-01"), here, warranty.NeedsProof, "proof_needed"},
		{"from installation", []warranty.Term{promise(1, func(t *warranty.Term) { t.Start = warranty.FromInstall })}, func() catalog.Unit { u := sold("2024-01-01"); u.InstalledOn = "2025-01-01"; return u }(), here, warranty.Covered, "in_term"},
		{"from sale for want of installation", []warranty.Term{promise(1, func(t *warranty.Term) { t.Start = warranty.FromInstall })}, sold("2025-01-01"), here, warranty.Covered, "in_term_from_sale"},
		{"retired", []warranty.Term{promise(1)}, func() catalog.Unit { u := sold("2025-01-01"); u.State = catalog.Retired; return u }(), here, warranty.NotCovered, "unit_retired"},
		{"not for units sold then", []warranty.Term{promise(1, func(t *warranty.Term) { t.ValidFrom = "2025-01-02" })}, sold("2025-01-01"), here, warranty.NotCovered, "no_term"},
		{"no longer for units sold then", []warranty.Term{promise(1, func(t *warranty.Term) { t.ValidUntil = "2025-01-01" })}, sold("2025-01-01"), here, warranty.NotCovered, "no_term"},
		{"labour only", []warranty.Term{promise(1, func(t *warranty.Term) { t.Covers = t.Covers[:1] })}, sold("2025-01-01"), here, warranty.Partly, "in_term cost_not_in_term"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := warranty.Decide(tt.terms, tt.unit, tt.facts, on)
			codes := strings.ReplaceAll(strings.Join(d.Codes(), " "), "warranty.", "")
			if d.Standing != tt.want || codes != tt.codes {
				t.Errorf("Decide = %s because %q, want %s because %q", d.Standing, codes, tt.want, tt.codes)
			}
		})
	}
}

// The brand's own promise pays before what the customer bought on top, and what
// has run out pays nothing.
func TestDecideWhoPaysFirst(t *testing.T) {
	t.Parallel()
	insured := promise(1, func(t *warranty.Term) {
		t.Kind = warranty.Extended
		for i := range t.Covers {
			t.Covers[i].Payer, t.Covers[i].Months, t.Covers[i].Limit = warranty.InsurerPays, 60, money.Of(50_000, "EUR")
		}
	})
	both := []warranty.Term{insured, promise(2)}
	young := warranty.Decide(both, sold("2026-01-01"), warranty.Facts{Country: "DE"}, "2026-11-21").Of(warranty.Parts)
	want := warranty.Coverage{
		Cost: warranty.Parts, Standing: warranty.Covered, Payer: warranty.BrandPays, Until: "2031-01-02",
		Grants: []warranty.Grant{
			{Term: termID(2), Version: 1, Kind: warranty.Manufacturer, Payer: warranty.BrandPays, Until: "2028-01-02"},
			{Term: termID(1), Version: 1, Kind: warranty.Extended, Payer: warranty.InsurerPays, Until: "2031-01-02", Limit: money.Of(50_000, "EUR")},
		},
	}
	if diff := cmp.Diff(want, young); diff != "" {
		t.Errorf("coverage of parts (-want +got):\n%s", diff)
	}
	if !young.Unlimited() {
		t.Error("the brand's promise has no limit")
	}
	old := warranty.Decide(both, sold("2024-01-01"), warranty.Facts{Country: "DE"}, "2026-11-21")
	if got := old.Payers()[warranty.Labour]; got != warranty.InsurerPays || old.Of(warranty.Labour).Unlimited() {
		t.Errorf("after the brand's term %s pays labour: %+v", got, old.Of(warranty.Labour))
	}
}

// Generators are made anew each time: rapid's may not be shared by tests that
// run side by side.
func someCountry() *rapid.Generator[locale.Country] {
	return rapid.SampledFrom([]locale.Country{"", "DE", "CN", "US"})
}

func someCause() *rapid.Generator[warranty.Cause] {
	return rapid.SampledFrom([]warranty.Cause{warranty.Misuse, warranty.Water, warranty.Consumable})
}

func someWork() *rapid.Generator[string] { return rapid.SampledFrom([]string{"", "repair", "install"}) }

func someDay() *rapid.Generator[catalog.Day] {
	return rapid.Custom(func(t *rapid.T) catalog.Day {
		if rapid.IntRange(0, 4).Draw(t, "no day") == 0 {
			return rapid.SampledFrom([]catalog.Day{"", "", "2023-02-30", "soon"}).Draw(t, "odd day")
		}
		return catalog.Day("2024-01-01").AddDays(rapid.IntRange(0, 1500).Draw(t, "day"))
	})
}

func drawTerm(n byte) *rapid.Generator[warranty.Term] {
	return rapid.Custom(func(t *rapid.T) warranty.Term {
		out := warranty.Term{
			ID: termID(n), Version: int64(n), Brand: brand,
			Line:          rapid.SampledFrom([]id.Line{{}, line, {15: 2}}).Draw(t, "line"),
			SoldIn:        someCountry().Draw(t, "sold in"),
			Kind:          rapid.SampledFrom([]warranty.Kind{warranty.Manufacturer, warranty.Statutory, warranty.Extended}).Draw(t, "kind"),
			Start:         rapid.SampledFrom([]warranty.Start{warranty.FromSale, warranty.FromInstall}).Draw(t, "start"),
			Work:          rapid.SliceOfN(someWork(), 0, 1).Draw(t, "work"),
			International: rapid.Bool().Draw(t, "international"),
			ProofNeeded:   rapid.Bool().Draw(t, "proof needed"),
			ValidFrom:     rapid.SampledFrom([]catalog.Day{"", "2025-01-01"}).Draw(t, "from"),
		}
		for _, c := range warranty.CostKinds {
			if rapid.IntRange(0, 3).Draw(t, "promised") > 0 {
				out.Covers = append(out.Covers, warranty.Cover{
					Cost: c, Months: rapid.IntRange(0, 60).Draw(t, "months"),
					Payer: rapid.SampledFrom(warranty.Payers).Draw(t, "payer"),
					Limit: rapid.SampledFrom([]money.Amount{{}, money.Of(1, "EUR"), money.Of(9, "CNY")}).Draw(t, "limit"),
				})
			}
		}
		for range rapid.IntRange(0, 2).Draw(t, "exclusions") {
			out.Excludes = append(out.Excludes, warranty.Exclusion{
				Cause: someCause().Draw(t, "cause"), Costs: rapid.SliceOfN(rapid.SampledFrom(warranty.CostKinds), 0, 2).Draw(t, "costs"),
			})
		}
		return out
	})
}

func drawTerms(t *rapid.T) (out []warranty.Term) {
	for i := range rapid.IntRange(0, 5).Draw(t, "terms") {
		out = append(out, drawTerm(byte(i+1)).Draw(t, "term"))
	}
	return out
}

func drawUnit(t *rapid.T) catalog.Unit {
	if rapid.IntRange(0, 3).Draw(t, "unknown unit") == 0 {
		return catalog.Unit{}
	}
	return catalog.Unit{
		ID: unitID, Brand: brand, Line: line, SoldOn: someDay().Draw(t, "sold"), SoldIn: someCountry().Draw(t, "sold in"),
		InstalledOn: someDay().Draw(t, "installed"),
		State:       rapid.SampledFrom([]catalog.UnitState{catalog.Sold, catalog.Sold, catalog.Installed, catalog.Retired}).Draw(t, "state"),
	}
}

func drawFacts(t *rapid.T) warranty.Facts {
	return warranty.Facts{
		Brand: brand, Line: line, Work: someWork().Draw(t, "work"), Country: someCountry().Draw(t, "country"),
		Causes: rapid.SliceOfN(someCause(), 0, 2).Draw(t, "causes"),
		Proof:  rapid.SampledFrom([]warranty.Proof{"", warranty.Claimed, warranty.Seen, "odd"}).Draw(t, "proof"),
		SoldOn: someDay().Draw(t, "told"), SoldIn: someCountry().Draw(t, "told in"), InstalledOn: someDay().Draw(t, "told installed"),
	}
}

// The decision is a function of what goes in: the order of terms and causes does
// not matter, every cost is decided once, somebody pays each, and every cost has
// its reason.
func TestDecideIsDeterministicAndWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		terms, unit, facts, on := drawTerms(t), drawUnit(t), drawFacts(t), someDay().Draw(t, "on")
		d := warranty.Decide(terms, unit, facts, on)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		mixed, turned := slices.Clone(terms), facts
		r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		turned.Causes = slices.Clone(facts.Causes)
		slices.Reverse(turned.Causes)
		if diff := cmp.Diff(d, warranty.Decide(mixed, unit, turned, on)); diff != "" {
			t.Fatalf("another order decides otherwise:\n%s", diff)
		}
		if len(d.Coverage) != len(warranty.CostKinds) || len(d.Reasons) == 0 {
			t.Fatalf("%d costs decided with %d reasons", len(d.Coverage), len(d.Reasons))
		}
		for i, c := range d.Coverage {
			if c.Cost != warranty.CostKinds[i] || c.Payer == "" {
				t.Errorf("coverage %d is %+v", i, c)
			}
			if (c.Standing == warranty.Covered) != (len(c.Grants) > 0) || c.Standing != warranty.Covered && c.Payer != warranty.CustomerPays {
				t.Errorf("%+v does not add up", c)
			}
		}
	})
}

var rank = map[warranty.Standing]int{warranty.NotCovered: 0, warranty.NeedsProof: 1, warranty.Partly: 2, warranty.Covered: 3}

// Whatever is promised on top, no cost is covered less, shorter, or with a limit
// where there was none.
func TestAnotherTermNeverReducesCoverage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		terms, unit, facts, on := drawTerms(t), drawUnit(t), drawFacts(t), someDay().Draw(t, "on")
		before := warranty.Decide(terms, unit, facts, on)
		after := warranty.Decide(append(terms, drawTerm(99).Draw(t, "another")), unit, facts, on)
		if rank[after.Standing] < rank[before.Standing] {
			t.Errorf("the case stood %s and stands %s", before.Standing, after.Standing)
		}
		for i, b := range before.Coverage {
			a := after.Coverage[i]
			if rank[a.Standing] < rank[b.Standing] || a.Until < b.Until || b.Unlimited() && !a.Unlimited() {
				t.Errorf("%s was %+v and is %+v", b.Cost, b, a)
			}
			for _, g := range b.Grants {
				if !slices.Contains(a.Grants, g) {
					t.Errorf("grant %+v is gone", g)
				}
			}
		}
	})
}

// More proof never hurts: what a proof of purchase that was seen shows, when it
// says what was told before, covers at least as much.
func TestProofNeverReducesCoverage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		terms, unit, facts, on := drawTerms(t), drawUnit(t), drawFacts(t), someDay().Draw(t, "on")
		if unit.SoldOn.Valid() {
			facts.SoldOn = unit.SoldOn
		}
		if unit.SoldIn != "" {
			facts.SoldIn = unit.SoldIn
		}
		facts.Proof = warranty.NoProof
		before := warranty.Decide(terms, unit, facts, on)
		facts.Proof = warranty.Seen
		after := warranty.Decide(terms, unit, facts, on)
		for i := range before.Coverage {
			if rank[after.Coverage[i].Standing] < rank[before.Coverage[i].Standing] {
				t.Errorf("%s was %s and is %s with the receipt", before.Coverage[i].Cost, before.Coverage[i].Standing, after.Coverage[i].Standing)
			}
		}
	})
}

// One term covers a cost in one unbroken stretch: from its start to the day it
// names as the end, and on no other day.
func TestOneUnbrokenStretch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		unit := sold(catalog.Day("2024-01-01").AddDays(rapid.IntRange(0, 800).Draw(t, "sold")))
		months := rapid.IntRange(1, 36).Draw(t, "months")
		term := promise(1, func(t *warranty.Term) { t.Covers[0].Months = months })
		until := warranty.Ends(unit.SoldOn, months)
		day := unit.SoldOn.AddDays(rapid.IntRange(-40, 1200).Draw(t, "day"))
		c := warranty.Decide([]warranty.Term{term}, unit, warranty.Facts{Country: "DE"}, day).Of(warranty.Labour)
		if got, want := c.Standing == warranty.Covered, day >= unit.SoldOn && day < until; got != want {
			t.Errorf("sold %s for %d months, on %s covered: %v, want %v", unit.SoldOn, months, day, got, want)
		}
		if c.Standing == warranty.Covered && c.Until != until {
			t.Errorf("until %s, want %s", c.Until, until)
		}
		last := until.AddDays(-1)
		if last.AddDays(1) != until || last < unit.SoldOn.AddDays(28*months) {
			t.Errorf("%d months from %s end on %s", months, unit.SoldOn, last)
		}
	})
}

// After the last day of every term nothing is covered, whatever else is known.
func TestNothingAfterExpiry(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		terms, unit, facts := drawTerms(t), drawUnit(t), drawFacts(t)
		last := max(unit.SoldOn, unit.InstalledOn, facts.SoldOn, facts.InstalledOn)
		if !last.Valid() {
			last = "2029-01-01"
		}
		d := warranty.Decide(terms, unit, facts, warranty.Ends(last, 61))
		for _, c := range d.Coverage {
			if c.Standing == warranty.Covered {
				t.Errorf("%s is covered after everything ran out: %+v", c.Cost, c)
			}
		}
	})
}

func BenchmarkDecide(b *testing.B) {
	terms := []warranty.Term{promise(1), promise(2, func(t *warranty.Term) { t.Kind = warranty.Statutory }), promise(3, func(t *warranty.Term) { t.SoldIn = "CN" })}
	unit, facts := sold("2025-01-01"), warranty.Facts{Brand: brand, Line: line, Work: "repair", Country: "DE"}
	b.ReportAllocs()
	for b.Loop() {
		warranty.Decide(terms, unit, facts, "2026-11-21")
	}
}
