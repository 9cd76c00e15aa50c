// Package money counts money in minor units of a currency, and never in floats.
package money

import (
	"math"
	"math/bits"

	"fettle.dev/fettle/kernel/fault"
)

// Faults of this package.
var (
	ErrCurrency = fault.New(fault.Invalid, "money.currency_mismatch")
	ErrUnknown  = fault.New(fault.Invalid, "money.unknown_currency")
	ErrOverflow = fault.New(fault.Invalid, "money.overflow")
)

// Currency is an ISO 4217 code in capitals.
type Currency string

// exponents lists currencies whose minor unit is not a hundredth (ISO 4217).
var exponents = map[Currency]int{
	"BHD": 3, "CLP": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "LYD": 3, "OMR": 3,
	"PYG": 0, "RWF": 0, "TND": 3, "UGX": 0, "VND": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}

// Exponent is how many digits the minor unit has: 2 for EUR, 0 for JPY.
func (c Currency) Exponent() int {
	if e, ok := exponents[c]; ok {
		return e
	}
	return 2
}

// Unit is how many minor units a whole unit has: 100 for EUR, 1 for JPY.
func (c Currency) Unit() int64 {
	unit := int64(1)
	for range c.Exponent() {
		unit *= 10
	}
	return unit
}

// Valid reports whether c has the shape of a currency code.
func (c Currency) Valid() bool {
	if len(c) != 3 {
		return false
	}
	for _, r := range c {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return true
}

// Amount is a sum of money: 1234 EUR minor units are 12.34 EUR.
type Amount struct {
	Minor    int64    `json:"minor"`
	Currency Currency `json:"currency" minLength:"3" maxLength:"3"`
}

// Of returns minor units of a currency.
func Of(minor int64, c Currency) Amount { return Amount{minor, c} }

// IsZero reports whether the amount is nothing, in whatever currency.
func (a Amount) IsZero() bool { return a.Minor == 0 }

// Neg returns the opposite amount.
func (a Amount) Neg() Amount { return Amount{-a.Minor, a.Currency} }

// Add returns a + b. It refuses two currencies and sums beyond int64.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, ErrCurrency.With("have", a.Currency).With("got", b.Currency)
	}
	sum := a.Minor + b.Minor
	if (a.Minor^sum)&(b.Minor^sum) < 0 { // both have the sign that the sum has not
		return Amount{}, ErrOverflow
	}
	return Amount{sum, a.Currency}, nil
}

// Sub returns a - b.
func (a Amount) Sub(b Amount) (Amount, error) {
	if b.Minor == math.MinInt64 {
		return Amount{}, ErrOverflow
	}
	return a.Add(b.Neg())
}

// MulDiv returns a × num / den, rounded half away from zero, as invoices are.
// It refuses den <= 0 and results beyond int64.
func (a Amount) MulDiv(num, den int64) (Amount, error) {
	if den <= 0 || num == math.MinInt64 || a.Minor == math.MinInt64 {
		return Amount{}, ErrOverflow
	}
	neg := (a.Minor < 0) != (num < 0)
	hi, lo := bits.Mul64(abs(a.Minor), abs(num))
	lo, carry := bits.Add64(lo, uint64(den)/2, 0)
	hi += carry
	if hi >= uint64(den) {
		return Amount{}, ErrOverflow
	}
	q, _ := bits.Div64(hi, lo, uint64(den))
	if q > math.MaxInt64 {
		return Amount{}, ErrOverflow
	}
	out := int64(q)
	if neg {
		out = -out
	}
	return Amount{out, a.Currency}, nil
}

// Split divides a in proportion to the weights. Nothing is lost: the parts add
// up to a, and each differs from its exact share by less than one minor unit.
// Without a positive weight it returns nil.
func (a Amount) Split(weights ...int64) []Amount {
	var total int64
	for _, w := range weights {
		total += max(w, 0)
	}
	if total == 0 {
		return nil
	}
	parts := make([]Amount, len(weights))
	var before, given int64 // cumulative weight and what it was given
	for i, w := range weights {
		before += max(w, 0)
		hi, lo := bits.Mul64(abs(a.Minor), uint64(before))
		q, _ := bits.Div64(hi, lo, uint64(total)) // before <= total, so q fits
		upTo := int64(q)
		parts[i] = Amount{upTo - given, a.Currency}
		if a.Minor < 0 {
			parts[i].Minor = -parts[i].Minor
		}
		given = upTo
	}
	return parts
}

func abs(v int64) uint64 {
	if v < 0 {
		return uint64(-v)
	}
	return uint64(v)
}
