package settlement_test

import (
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/warranty"
)

// A reward is one line below nothing that adds up, balances, costs the operator what it
// gives, and comes to nothing with its reversal. Of nothing there is no line.
func TestRewardLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		promised := money.Of(rapid.Int64Min(-5).Draw(t, "minor"), rapid.SampledFrom([]money.Currency{"EUR", "JPY"}).Draw(t, "currency"))
		l, ok := settlement.RewardLine(promised)
		if ok != (promised.Minor > 0) {
			t.Fatalf("a line of %v: %v", promised, ok)
		}
		if !ok {
			return
		}
		if sum, err := money.Of(l.Each, promised.Currency).MulDiv(l.Quantity, 1); err != nil || sum != l.Amount || l.Amount != promised.Neg() {
			t.Fatalf("%v is promised, and the line is %+v", promised, l)
		}
		entry := settlement.Grant(l)
		if err := settlement.Balanced(entry); err != nil {
			t.Fatal(err)
		}
		sums := map[settlement.Account]int64{}
		for _, p := range entry {
			sums[p.Account] += p.Amount.Minor
		}
		if sums[settlement.CostOf(warranty.Travel)] != promised.Minor || sums[settlement.Receivable(warranty.CustomerPays)] != -promised.Minor {
			t.Fatalf("%v is booked as %v", promised, entry)
		}
		for _, p := range settlement.Reverse(entry) {
			sums[p.Account] += p.Amount.Minor
		}
		for account, left := range sums {
			if left != 0 {
				t.Fatalf("reversed, %s holds %d", account, left)
			}
		}
	})
}
