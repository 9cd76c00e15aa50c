package real

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"fettle.dev/fettle/kernel/money"
)

// grid is a table of texts, printed as Markdown with columns of equal width.
type grid struct {
	head []string
	rows [][]string
}

func (g *grid) add(cells ...string) { g.rows = append(g.rows, cells) }

// text is the grid as Markdown. Columns whose cells are all numbers are set to
// the right.
func (g *grid) text() string {
	width, right := make([]int, len(g.head)), make([]bool, len(g.head))
	for i, h := range g.head {
		width[i], right[i] = utf8.RuneCountInString(h), len(g.rows) > 0
		for _, r := range g.rows {
			width[i] = max(width[i], utf8.RuneCountInString(r[i]))
			right[i] = right[i] && (r[i] == "" || strings.ContainsRune("0123456789-", rune(r[i][0])))
		}
	}
	var b strings.Builder
	line := func(cells []string) {
		for i, c := range cells {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(c))
			if right[i] {
				b.WriteString("| " + pad + c + " ")
			} else {
				b.WriteString("| " + c + pad + " ")
			}
		}
		b.WriteString("|\n")
	}
	line(g.head)
	for i := range g.head {
		rule := strings.Repeat("-", width[i])
		if right[i] {
			rule = rule[1:] + ":"
		}
		b.WriteString("| " + rule + " ")
	}
	b.WriteString("|\n")
	for _, r := range g.rows {
		line(r)
	}
	return b.String()
}

// num is a count; nothing for none, so that the eye finds the rest.
func num(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// share is a part of a whole in percent.
func share(n, of int) string {
	if of == 0 {
		return ""
	}
	return strconv.FormatFloat(100*float64(n)/float64(of), 'f', 1, 64) + " %"
}

// percent is a share in percent with one digit.
func percent(x float64) string { return strconv.FormatFloat(100*x, 'f', 1, 64) + " %" }

// amount is a sum of money in major units.
func amount(a money.Amount) string {
	digits := a.Currency.Exponent()
	neg, s := "", strconv.FormatInt(a.Minor, 10)
	if a.Minor < 0 {
		neg, s = "-", s[1:]
	}
	if digits == 0 {
		return neg + s
	}
	for len(s) <= digits {
		s = "0" + s
	}
	return neg + s[:len(s)-digits] + "." + s[len(s)-digits:]
}
