package locale_test

import (
	"math"
	"testing"

	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
)

func TestMoney(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lang locale.Tag
		give money.Amount
		want string
	}{
		{"en", money.Of(600, "EUR"), "€6"},
		{"de", money.Of(650, "EUR"), "€6.50"}, // Fettle speaks no German
		{"en", money.Of(605, "CHF"), "6.05 CHF"},
		{"en", money.Of(1200, "CNY"), "CN¥12"},
		{"en", money.Of(1200, "JPY"), "¥1200"},
		{"en", money.Of(1005, "KWD"), "1.005 KWD"},
		{"en", money.Of(-5, "EUR"), "-€0.05"},
		{"en", money.Of(-650, "EUR"), "-€6.50"},
		{"en", money.Of(math.MinInt64, "EUR"), "-€92233720368547758.08"},
		{"zh-CN", money.Of(600, "CNY"), "6 元"},
		{"zh-Hans", money.Of(650, "EUR"), "6.50 欧元"},
		{"zh-CN", money.Of(600, "CHF"), "6 CHF"},
	} {
		if got := locale.Money(tt.lang, tt.give); got != tt.want {
			t.Errorf("Money(%s, %v) = %q, want %q", tt.lang, tt.give, got, tt.want)
		}
	}
}
