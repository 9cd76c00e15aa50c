package locale

import (
	"fmt"
	"strings"

	"fettle.dev/fettle/kernel/money"
)

// signs stand before an amount in English, units behind it in Chinese.
var (
	signs = map[money.Currency]string{"CNY": "CN¥", "EUR": "€", "GBP": "£", "JPY": "¥", "USD": "$"}
	units = map[money.Currency]string{"CNY": "元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元", "USD": "美元"}
)

// Money writes an amount in the spoken language that fits best, whole units without a
// fraction: "€6", "€6.50", "6 CHF"; "6 欧元".
func Money(lang Tag, a money.Amount) string {
	unit, digits := a.Currency.Unit(), a.Currency.Exponent()
	text := fmt.Sprint(a.Minor / unit)
	if rest := a.Minor % unit; rest != 0 {
		text += fmt.Sprintf(".%0*d", digits, max(rest, -rest))
		if a.Minor < 0 && a.Minor > -unit {
			text = "-" + text
		}
	}
	if Best(string(lang)) == Chinese {
		if name, ok := units[a.Currency]; ok {
			return text + " " + name
		}
		return text + " " + string(a.Currency)
	}
	sign, ok := signs[a.Currency]
	if !ok {
		return text + " " + string(a.Currency)
	}
	if digits, below := strings.CutPrefix(text, "-"); below {
		return "-" + sign + digits
	}
	return sign + text
}
