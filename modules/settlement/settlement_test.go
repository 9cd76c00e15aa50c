package settlement_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/modules/work"
)

var card = settlement.Card{
	Currency: "EUR", MinuteMinor: 120, LeastMinute: 30, CallMinor: 3500, KmMinor: 45, FreeKm: 10, PartPercent: 110,
	DoneMinor: map[work.Kind]int64{work.Remotely: 900, work.Return: 4000}, Logistics: 800, Diagnosis: 1500,
}

func TestRateByExample(t *testing.T) {
	t.Parallel()
	part := id.New[id.PartKind]()
	got, err := settlement.Rate(settlement.Performed{
		Kind: work.Visit, Outcome: work.Fixed, WorkedMinutes: 20, TravelMetres: 12_001,
		Parts: []remedy.Need{{Part: part, Quantity: 2}}, Prices: map[id.Part]money.Amount{part: money.Of(1005, "EUR")},
	}, card)
	if err != nil {
		t.Fatal(err)
	}
	eur := func(minor int64) money.Amount { return money.Of(minor, "EUR") }
	want := []settlement.Line{
		{Kind: warranty.Travel, Quantity: 1, Unit: "call", Each: 3500, Amount: eur(3500), Rule: "call_minor"},
		{Kind: warranty.Travel, Quantity: 3, Unit: "km", Each: 45, Amount: eur(135), Rule: "km_minor"},
		{Kind: warranty.Labour, Quantity: 30, Unit: "minute", Each: 120, Amount: eur(3600), Rule: "minute_minor"},
		{Kind: warranty.Parts, Part: part, Quantity: 2, Unit: "piece", Each: 1106, Amount: eur(2212), Rule: "part_percent"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// No work makes a negative line, more work never costs less, and lines stay in
// the card's currency.
func TestRateGrowsWithWork(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := settlement.Performed{
			Kind:          rapid.SampledFrom([]work.Kind{work.Visit, work.Return, work.Shipment, work.SwapUnit, work.Remotely, work.Money}).Draw(t, "kind"),
			Outcome:       rapid.SampledFrom([]work.Outcome{work.Fixed, work.FixedByCare, work.EndOfLife, work.CustomerNo}).Draw(t, "outcome"),
			WorkedMinutes: rapid.Int64Range(0, 5000).Draw(t, "minutes"), TravelMetres: rapid.Int64Range(0, 900_000).Draw(t, "metres"),
		}
		less := total(t, p)
		p.WorkedMinutes += rapid.Int64Range(0, 500).Draw(t, "more minutes")
		p.TravelMetres += rapid.Int64Range(0, 50_000).Draw(t, "more metres")
		if more := total(t, p); more < less {
			t.Fatalf("more work costs %d, less %d", more, less)
		}
	})
}

func total(t *rapid.T, p settlement.Performed) (sum int64) {
	lines, err := settlement.Rate(p, card)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if l.Amount.Minor < 0 || l.Amount.Currency != card.Currency || l.Rule == "" {
			t.Fatalf("%+v", l)
		}
		sum += l.Amount.Minor
	}
	return sum
}

// Whoever pays, the shares add up to the line, no grant pays beyond its limit
// over the whole case, and the books balance.
func TestSharesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cover := warranty.Coverage{Cost: warranty.Labour, Standing: rapid.SampledFrom([]warranty.Standing{warranty.Covered, warranty.NotCovered, warranty.NeedsProof}).Draw(t, "standing"), Payer: warranty.CustomerPays}
		for range rapid.IntRange(0, 3).Draw(t, "grants") {
			g := warranty.Grant{Payer: rapid.SampledFrom(warranty.Payers).Draw(t, "payer")}
			if rapid.Bool().Draw(t, "limited") {
				g.Limit = money.Of(rapid.Int64Range(0, 9000).Draw(t, "limit"), rapid.SampledFrom([]money.Currency{"EUR", "CNY"}).Draw(t, "currency"))
			}
			cover.Grants = append(cover.Grants, g)
		}
		left := settlement.Budget{}
		var entry []settlement.Posting
		var due, paid int64
		for range rapid.IntRange(1, 6).Draw(t, "lines") {
			l := settlement.Line{Kind: warranty.Labour, Amount: money.Of(rapid.Int64Range(1, 8000).Draw(t, "amount"), "EUR")}
			due += l.Amount.Minor
			for _, s := range settlement.Payers(l, &cover, left) {
				if s.Amount.Minor <= 0 {
					t.Fatalf("a share of %v", s.Amount)
				}
				paid += s.Amount.Minor
				entry = append(entry, settlement.Charge(s, l.Kind)...)
			}
			entry = append(entry, settlement.Owe(l)...)
		}
		if due != paid {
			t.Fatalf("%d is due, %d is paid", due, paid)
		}
		for g, rest := range left {
			if rest < 0 {
				t.Fatalf("%+v paid %d too much", g, -rest)
			}
		}
		if err := settlement.Balanced(entry); err != nil {
			t.Fatal(err)
		}
		if len(entry) > 0 {
			entry[0].Amount.Minor++
			if err := settlement.Balanced(entry); !errors.Is(err, settlement.ErrUnbalanced) {
				t.Fatalf("a wrong entry = %v", err)
			}
		}
	})
}

func TestNext(t *testing.T) {
	t.Parallel()
	commands := []settlement.Command{settlement.Close, settlement.Send, settlement.Dispute, settlement.Correct, settlement.Agree, settlement.Invoice, settlement.PayPart, settlement.Pay, settlement.TakeBackPart, settlement.TakeBack}
	rapid.Check(t, func(t *rapid.T) {
		s, agreed := settlement.Open, false
		for _, c := range rapid.SliceOf(rapid.SampledFrom(commands)).Draw(t, "commands") {
			to, err := settlement.Next(s, c)
			if !slices.Contains(settlement.States, to) || err != nil && to != s {
				t.Fatalf("%s after %s = %s, %v", s, c, to, err)
			}
			agreed = agreed || to == settlement.Agreed
			if !agreed && (to == settlement.Invoiced || to == settlement.PartPaid || to == settlement.Paid) {
				t.Fatalf("%s before it was agreed", to)
			}
			s = to
		}
	})
}

func TestPeriod(t *testing.T) {
	t.Parallel()
	shanghai := time.FixedZone("CST", 8*3600)
	from, until := settlement.Period(time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC), shanghai)
	if from != "2026-12-01" || until != "2027-01-01" {
		t.Errorf("Period = %s to %s", from, until)
	}
}

// Periods follow one another without a gap, in whatever zone.
func TestBeginsIsTheNextPeriod(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "Asia/Shanghai", "America/Santiago", "Pacific/Apia"}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		at := time.Unix(rapid.Int64Range(1e9, 4e9).Draw(t, "at"), 0)
		_, until := settlement.Period(at, zone)
		next := settlement.Begins(until, zone)
		from, _ := settlement.Period(next, zone)
		before, _ := settlement.Period(next.Add(-2*time.Hour), zone)
		if from != until || before == from || !at.Before(next) {
			t.Fatalf("the period of %s ends on %s, and %s begins that of %s", at, until, next, from)
		}
	})
	if got := settlement.Begins("never", time.UTC); !got.IsZero() {
		t.Errorf("no day begins at %s", got)
	}
}

func TestCardCheck(t *testing.T) {
	t.Parallel()
	if err := card.Check(); err != nil {
		t.Error(err)
	}
	for _, bad := range []settlement.Card{{}, {Currency: "EUR", KmMinor: -1}, {Currency: "EUR", DoneMinor: map[work.Kind]int64{work.Return: -1}}} {
		if err := bad.Check(); !errors.Is(err, settlement.ErrCard) {
			t.Errorf("Check(%+v) = %v", bad, err)
		}
	}
}
