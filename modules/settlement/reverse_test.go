package settlement_test

import (
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/warranty"
)

// What is booked and taken back leaves nothing on any account, and both balance.
func TestReverse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var entry []settlement.Posting
		for range rapid.IntRange(0, 6).Draw(t, "lines") {
			kind := rapid.SampledFrom(warranty.CostKinds).Draw(t, "kind")
			amount := money.Of(rapid.Int64Range(0, 1_000_000).Draw(t, "minor"), rapid.SampledFrom([]money.Currency{"EUR", "CNY"}).Draw(t, "currency"))
			if rapid.Bool().Draw(t, "partner") {
				entry = append(entry, settlement.Owe(settlement.Line{Kind: kind, Amount: amount})...)
			} else {
				entry = append(entry, settlement.Charge(settlement.Share{Payer: warranty.BrandPays, Amount: amount}, kind)...)
			}
		}
		back := settlement.Reverse(entry)
		if err := settlement.Balanced(back); err != nil {
			t.Fatal(err)
		}
		type at struct {
			account  settlement.Account
			currency money.Currency
		}
		books := map[at]int64{}
		for _, p := range append(entry, back...) {
			books[at{p.Account, p.Amount.Currency}] += p.Amount.Minor
		}
		for where, minor := range books {
			if minor != 0 {
				t.Fatalf("%v keeps %d", where, minor)
			}
		}
	})
}
