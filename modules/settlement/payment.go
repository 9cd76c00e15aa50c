package settlement

import (
	"time"

	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/warranty"
)

// PayIn says what a payment of part of a statement does: the state after it, or
// why it cannot be. What would be more than remains is refused, because nobody
// knows what the rest was meant for; what is exactly the rest ends the statement.
func PayIn(s State, total, paid, amount money.Amount) (State, error) {
	if _, err := Next(s, PayPart); err != nil {
		return s, err
	}
	if amount.Currency != total.Currency {
		return s, ErrPayment.At("/amount/currency", "does_not_fit")
	}
	if amount.Minor <= 0 {
		return s, ErrPayment.At("/amount/minor", "range")
	}
	rest, err := total.Sub(paid)
	switch {
	case err != nil:
		return s, err
	case amount.Minor > rest.Minor:
		return s, ErrOverpaid
	case amount.Minor == rest.Minor:
		return Next(s, Pay)
	default:
		return Next(s, PayPart)
	}
}

// PaidOn returns the day of a payment: the given one, or today if it is absent.
// A day that has not come is refused: a promise is no payment.
func PaidOn(day, today string) (string, error) {
	if day == "" {
		return today, nil
	}
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return "", ErrPayment.At("/paid_on", "shape")
	}
	if day > today {
		return "", ErrPayment.At("/paid_on", "future")
	}
	return day, nil
}

// Payment books money that has gone from one side of a statement to the other:
// the brand's comes in and is no longer owed to the operator, the partner's goes
// out. A statement that came to less than nothing is paid the other way round.
func Payment(p Party, amount money.Amount) []Posting {
	switch {
	case amount.IsZero():
		return nil
	case p == ToPartner:
		return []Posting{{Payable, amount}, {Cash, amount.Neg()}}
	default:
		return []Posting{{Cash, amount}, {Receivable(warranty.BrandPays), amount.Neg()}}
	}
}
