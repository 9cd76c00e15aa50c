package settlement_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/warranty"
)

// till is a statement, its payments and the books, as the rules move them.
type till struct {
	party       settlement.Party
	state       settlement.State
	total, paid money.Amount
	payments    []money.Amount
	gone        map[int]bool
	books       map[settlement.Account]int64
}

func (l *till) book(t *rapid.T, entry []settlement.Posting) {
	if err := settlement.Balanced(entry); err != nil {
		t.Fatal(err)
	}
	for _, p := range entry {
		l.books[p.Account] += p.Amount.Minor
	}
}

func (l *till) pay(t *rapid.T, minor int64, whole bool) {
	amount := money.Of(minor, "EUR")
	to, err := settlement.PayIn(l.state, l.total, l.paid, amount)
	if whole {
		amount = money.Of(l.total.Minor-l.paid.Minor, "EUR")
		to, err = settlement.Next(l.state, settlement.Pay)
	}
	if err != nil {
		return // that what is refused changes nothing, payment_test.go shows
	}
	l.state, l.paid.Minor, l.payments = to, l.paid.Minor+amount.Minor, append(l.payments, amount)
	l.book(t, settlement.Payment(l.party, amount))
}

func (l *till) takeBack(t *rapid.T, i int) {
	amount := l.payments[i]
	to, left, err := settlement.TakenBack(l.state, l.paid, amount, l.gone[i])
	switch {
	case l.gone[i]:
		if !errors.Is(err, settlement.ErrTakenBack) || to != l.state || left != l.paid {
			t.Fatalf("a payment is taken back twice: %s, %v, %v", to, left, err)
		}
	case err != nil:
		t.Fatalf("a payment that stands on a statement that is %s is not taken back: %v", l.state, err)
	default:
		l.state, l.paid, l.gone[i] = to, left, true
		l.book(t, settlement.Reverse(settlement.Payment(l.party, amount)))
	}
}

// stands holds state, sum and books against the payments that stand.
func (l *till) stands(t *rapid.T, owed settlement.Account, sign int64) {
	live, sum := 0, int64(0)
	for i, p := range l.payments {
		if !l.gone[i] {
			live, sum = live+1, sum+p.Minor
		}
	}
	want := settlement.PartPaid
	switch {
	case live == 0:
		want = settlement.Invoiced
	case sum == l.total.Minor:
		want = settlement.Paid
	}
	if l.state != want || l.paid.Minor != sum {
		t.Fatalf("with %d payments of %d of %d it is %s with %v paid, want %s", live, sum, l.total.Minor, l.state, l.paid, want)
	}
	if l.books[settlement.Cash] != sign*sum || l.books[owed] != sign*(l.total.Minor-sum) {
		t.Fatalf("%d is paid of %d and the books say %v", sum, l.total.Minor, l.books)
	}
}

// Whatever is paid and taken back in whatever order: the books balance at every
// step, and say with the state what the payments that stand say. So it is also
// for a statement that came to nothing, or to less.
func TestPayingAndTakingBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := &till{
			party: rapid.SampledFrom([]settlement.Party{settlement.ToBrand, settlement.ToPartner}).Draw(t, "party"),
			state: settlement.Invoiced, total: money.Of(rapid.Int64Range(-50, 1000).Draw(t, "total"), "EUR"), paid: money.Of(0, "EUR"),
			gone: map[int]bool{}, books: map[settlement.Account]int64{},
		}
		owed, sign := settlement.Receivable(warranty.BrandPays), int64(1)
		if l.party == settlement.ToPartner {
			owed, sign = settlement.Payable, -1
			l.book(t, settlement.Owe(settlement.Line{Kind: warranty.Labour, Amount: l.total}))
		} else {
			l.book(t, settlement.Charge(settlement.Share{Payer: warranty.BrandPays, Amount: l.total}, warranty.Labour))
		}
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			if n := len(l.payments); n > 0 && rapid.Bool().Draw(t, "back") {
				l.takeBack(t, rapid.IntRange(0, n-1).Draw(t, "which"))
			} else {
				l.pay(t, rapid.Int64Range(1, 700).Draw(t, "minor"), rapid.IntRange(0, 3).Draw(t, "whole") == 0)
			}
			l.stands(t, owed, sign)
		}
	})
}

func TestTakenBackFollowsTheState(t *testing.T) {
	t.Parallel()
	for _, s := range settlement.States {
		_, _, err := settlement.TakenBack(s, money.Of(5, "EUR"), money.Of(5, "EUR"), false)
		if may := s == settlement.PartPaid || s == settlement.Paid; may != (err == nil) || !may && !errors.Is(err, settlement.ErrTransition) {
			t.Errorf("%s: TakenBack = %v", s, err)
		}
	}
	if _, _, err := settlement.TakenBack(settlement.Paid, money.Of(5, "EUR"), money.Of(5, "USD"), false); err == nil {
		t.Error("another currency is taken back")
	}
}

func TestCheckPaymentReason(t *testing.T) {
	t.Parallel()
	for _, code := range append([]string{"", "because"}, settlement.PaymentReasons...) {
		err := settlement.CheckPaymentReason(code)
		if given := code != "" && code != "because"; given != (err == nil) || !given && !errors.Is(err, settlement.ErrReason) {
			t.Errorf("CheckPaymentReason(%q) = %v", code, err)
		}
	}
}
