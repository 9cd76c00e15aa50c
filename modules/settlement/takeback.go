package settlement

import (
	"slices"

	"fettle.dev/fettle/kernel/money"
)

// PaymentReasons are why finance takes a payment back, as codes: it was booked
// in another amount, on the wrong statement or twice, or the bank gave it back.
var PaymentReasons = []string{"wrong_amount", "wrong_statement", "twice", "returned", "other"}

// CheckPaymentReason returns ErrReason unless the code is one of PaymentReasons.
func CheckPaymentReason(code string) error {
	if !slices.Contains(PaymentReasons, code) {
		return ErrReason.At("/reason", "enum")
	}
	return nil
}

// TakenBack says what taking a payment back does to its statement: the state
// after it and what is still paid, or why it cannot be. Each payment is taken
// back at most once, in whatever order; what other payments have paid stays
// paid, and a statement of which nothing is paid any more is owed as a whole.
func TakenBack(s State, paid, amount money.Amount, already bool) (State, money.Amount, error) {
	if already {
		return s, paid, ErrTakenBack
	}
	left, err := paid.Sub(amount)
	if err != nil {
		return s, paid, err
	}
	cmd := TakeBackPart
	if left.IsZero() {
		cmd = TakeBack
	}
	to, err := Next(s, cmd)
	if err != nil {
		return s, paid, err
	}
	return to, left, nil
}
