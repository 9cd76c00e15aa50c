package money_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/money"
)

func TestAddAgainstBig(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		want := new(big.Int).Add(big.NewInt(a), big.NewInt(b))
		got, err := money.Of(a, "EUR").Add(money.Of(b, "EUR"))
		if want.IsInt64() != (err == nil) || err == nil && got.Minor != want.Int64() {
			t.Fatalf("%d + %d = %v, %v, want %v", a, b, got, err, want)
		}
	})
	if _, err := money.Of(math.MinInt64, "EUR").Add(money.Of(math.MinInt64, "EUR")); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("twice the least amount = %v", err)
	}
	if _, err := money.Of(1, "EUR").Add(money.Of(1, "CNY")); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("EUR + CNY = %v", err)
	}
}

func TestMulDivAgainstRat(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(t, "a")
		num := rapid.Int64Range(-1_000_000, 1_000_000).Draw(t, "num")
		den := rapid.Int64Range(1, math.MaxInt64).Draw(t, "den")
		// half away from zero: floor(|x| + 1/2) with the sign of x
		x := new(big.Int).Mul(big.NewInt(a), big.NewInt(num))
		neg := x.Sign() < 0
		x.Abs(x).Add(x, big.NewInt(den/2)).Quo(x, big.NewInt(den))
		if neg {
			x.Neg(x)
		}
		got, err := money.Of(a, "EUR").MulDiv(num, den)
		if x.IsInt64() != (err == nil) || err == nil && got.Minor != x.Int64() {
			t.Fatalf("%d × %d / %d = %v, %v, want %v", a, num, den, got, err, x)
		}
	})
}

func TestSplitLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := money.Of(rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(t, "a"), "CNY")
		weights := rapid.SliceOfN(rapid.Int64Range(-3, 1_000_000), 1, 12).Draw(t, "weights")
		parts := a.Split(weights...)
		var total, sum int64
		for _, w := range weights {
			total += max(w, 0)
		}
		if total == 0 {
			if parts != nil {
				t.Fatalf("Split without weight = %v", parts)
			}
			return
		}
		for i, p := range parts {
			sum += p.Minor
			exact := new(big.Rat).Mul(big.NewRat(a.Minor, total), big.NewRat(max(weights[i], 0), 1))
			diff := exact.Sub(exact, big.NewRat(p.Minor, 1))
			if diff.Abs(diff).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Fatalf("part %d of %v by %v is off by %v", i, a, weights, diff)
			}
		}
		if sum != a.Minor {
			t.Fatalf("parts of %v by %v add up to %d", a, weights, sum)
		}
	})
}

func TestExponent(t *testing.T) {
	t.Parallel()
	for c, want := range map[money.Currency]int{"EUR": 2, "JPY": 0, "KWD": 3} {
		if got := c.Exponent(); got != want {
			t.Errorf("%s has %d digits, want %d", c, got, want)
		}
	}
	for c, want := range map[money.Currency]int64{"EUR": 100, "JPY": 1, "KWD": 1000} {
		if got := c.Unit(); got != want {
			t.Errorf("a whole unit of %s is %d, want %d", c, got, want)
		}
	}
	if money.Currency("eur").Valid() || money.Currency("EURO").Valid() || !money.Currency("EUR").Valid() {
		t.Error("Valid takes what is no code, or refuses what is")
	}
}
