package sheet_test

import (
	"encoding/csv"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/platform/sheet"
)

func TestSheet(t *testing.T) {
	t.Parallel()
	s := sheet.New("name", "count", "sum")
	s.Row(sheet.Text(`a "b", c`), sheet.Number(-3), sheet.Money(money.Of(-5, "EUR")))
	s.Row(sheet.Text("=1+1"), sheet.Number(0), sheet.Money(money.Of(120, "JPY")))
	want := "\uFEFFname,count,sum\r\n\"a \"\"b\"\", c\",-3,-0.05\r\n'=1+1,0,120\r\n"
	if got := string(s.Bytes()); got != want {
		t.Errorf("the table is %q, want %q", got, want)
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		give money.Amount
		want sheet.Cell
	}{
		{money.Of(0, "EUR"), "0.00"},
		{money.Of(7, "EUR"), "0.07"},
		{money.Of(-120_050, "CNY"), "-1200.50"},
		{money.Of(1, "KWD"), "0.001"},
		{money.Of(-1200, "JPY"), "-1200"},
		{money.Of(math.MinInt64, "EUR"), "-92233720368547758.08"},
	} {
		if got := sheet.Money(tt.give); got != tt.want {
			t.Errorf("Money(%v) = %s, want %s", tt.give, got, tt.want)
		}
	}
}

// No text is a formula, and each comes back as it was, but for the apostrophe.
func TestTextsStayTexts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[=+\-@＝＠\t\n',"a-c ]{0,6}`).Draw(t, "text")
		s := sheet.New("a", "b")
		s.Row(sheet.Text(text), sheet.Number(1))
		rows, err := csv.NewReader(strings.NewReader(string(s.Bytes()))).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%q is read as %q, %v", text, rows, err)
		}
		got := rows[1][0]
		if strings.IndexAny(got, "=+-@＝＋－＠\t\r\n") == 0 {
			t.Errorf("%q became the formula %q", text, got)
		}
		if got != text && got != "'"+text {
			t.Errorf("%q became %q", text, got)
		}
	})
}
