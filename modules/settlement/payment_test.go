package settlement_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/warranty"
)

// Whatever is paid in whatever parts, the books balance after each, nobody pays
// more than the total, and when the statement is paid nothing is owed any more.
func TestPaymentsEndWhatIsOwed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		party := rapid.SampledFrom([]settlement.Party{settlement.ToBrand, settlement.ToPartner}).Draw(t, "party")
		total := money.Of(rapid.Int64Range(1, 1_000_000).Draw(t, "total"), "EUR")
		books := map[settlement.Account]int64{}
		book := func(entry []settlement.Posting) {
			if err := settlement.Balanced(entry); err != nil {
				t.Fatal(err)
			}
			for _, p := range entry {
				books[p.Account] += p.Amount.Minor
			}
		}
		owed := settlement.Receivable(warranty.BrandPays)
		if party == settlement.ToPartner {
			owed = settlement.Payable
			book(settlement.Owe(settlement.Line{Kind: warranty.Labour, Amount: total}))
		} else {
			book(settlement.Charge(settlement.Share{Payer: warranty.BrandPays, Amount: total}, warranty.Labour))
		}
		state, paid := settlement.Invoiced, money.Of(0, "EUR")
		pay := func(minor int64) {
			to, err := settlement.PayIn(state, total, paid, money.Of(minor, "EUR"))
			rest := total.Minor - paid.Minor
			switch {
			case minor <= 0 && !errors.Is(err, settlement.ErrPayment), minor > rest && minor > 0 && !errors.Is(err, settlement.ErrOverpaid):
				t.Fatalf("paying %d of %d = %v", minor, rest, err)
			case err != nil:
				if to != state || minor > 0 && minor <= rest {
					t.Fatalf("paying %d of %d = %s, %v", minor, rest, to, err)
				}
				return
			case (to == settlement.Paid) != (minor == rest), to != settlement.Paid && to != settlement.PartPaid:
				t.Fatalf("after %d of %d it is %s", minor, rest, to)
			}
			state, paid.Minor = to, paid.Minor+minor
			book(settlement.Payment(party, money.Of(minor, "EUR")))
		}
		for _, minor := range rapid.SliceOfN(rapid.Int64Range(-10, 400_000), 0, 8).Draw(t, "parts") {
			if state != settlement.Paid {
				pay(minor)
			}
		}
		if state != settlement.Paid {
			pay(total.Minor - paid.Minor)
		}
		if state != settlement.Paid || paid != total || books[owed] != 0 {
			t.Fatalf("paid %v of %v, %s, and %d is still owed", paid, total, state, books[owed])
		}
	})
}

func TestPayInRefuses(t *testing.T) {
	t.Parallel()
	total, none := money.Of(100, "EUR"), money.Of(0, "EUR")
	for _, s := range settlement.States {
		_, err := settlement.PayIn(s, total, none, money.Of(1, "EUR"))
		if may := s == settlement.Invoiced || s == settlement.PartPaid; may != (err == nil) {
			t.Errorf("%s: PayIn = %v", s, err)
		}
	}
	if _, err := settlement.PayIn(settlement.Invoiced, total, none, money.Of(1, "USD")); !errors.Is(err, settlement.ErrPayment) {
		t.Errorf("in another currency: %v", err)
	}
}

func TestPaidOn(t *testing.T) {
	t.Parallel()
	for give, want := range map[string]string{"": "2026-11-26", "2026-11-26": "2026-11-26", "2026-11-01": "2026-11-01", "2026-11-27": "", "26.11.2026": ""} {
		if got, err := settlement.PaidOn(give, "2026-11-26"); got != want || (err == nil) != (want != "") {
			t.Errorf("PaidOn(%q) = %q, %v", give, got, err)
		}
	}
}
