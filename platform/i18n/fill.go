package i18n

import (
	"fmt"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"fettle.dev/fettle/kernel/locale"
)

// forms are the plural categories of CLDR, in the order of plural.Form.
var forms = []string{"other", "zero", "one", "two", "few", "many"}

// pick chooses the plural form for a whole number; any other count is "other".
func (m message) pick(lang locale.Tag, count any) string {
	if len(m) == 1 {
		return m["other"]
	}
	n, ok := whole(count)
	if !ok {
		return m["other"]
	}
	form := plural.Cardinal.MatchPlural(language.Make(string(lang)), n, 0, 0, 0, 0)
	if s, ok := m[forms[form]]; ok {
		return s
	}
	return m["other"]
}

// whole returns |count| as the plural rules want it: large numbers keep their
// last seven digits, on which every rule rests.
func whole(count any) (int, bool) {
	var n int64
	switch c := count.(type) {
	case int:
		n = int64(c)
	case int32:
		n = int64(c)
	case int64:
		n = c
	default:
		return 0, false
	}
	if n < 0 {
		n = -n
	}
	if n > 10_000_000 {
		n = n%10_000_000 + 10_000_000
	}
	return int(n), true
}

// fill puts arguments into their braces. A brace without its argument stays as
// it is.
func fill(text string, args map[string]any) string {
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, ok := strings.Cut(rest, "}")
		v, known := args[name]
		if !ok || !known {
			b.WriteByte('{')
			text = rest
			continue
		}
		if list, ok := v.([]string); ok {
			v = strings.Join(list, ", ")
		}
		fmt.Fprint(&b, v)
		text = after
	}
}
