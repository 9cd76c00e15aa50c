// Package sheet writes tables that people open in a spreadsheet: CSV of RFC 4180
// in UTF-8, whose texts stay texts. What somebody has typed into a name never
// becomes a formula on the machine of whoever opens the file.
package sheet

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"unicode/utf8"

	"fettle.dev/fettle/kernel/money"
)

// MediaType is that of a Sheet.
const MediaType = "text/csv; charset=utf-8"

// mark lets spreadsheets see that the file is UTF-8; without it they take it for
// the code page of the machine.
const mark = "\uFEFF"

// Sheet is a table in the making. Its head is a promise to whoever reads it by
// machine: columns are only ever added, at its end.
type Sheet struct {
	buf bytes.Buffer
	csv *csv.Writer
}

// New begins a table with its head.
func New(head ...string) *Sheet {
	s := &Sheet{}
	s.buf.WriteString(mark)
	s.csv = csv.NewWriter(&s.buf)
	s.csv.UseCRLF = true
	_ = s.csv.Write(head) // a buffer takes whatever it is given
	return s
}

// Cell is a value of a row.
type Cell string

// leads are what a formula may begin with, in half and in full width.
const leads = "=+-@\t\r\n＝＋－＠"

// Text is a cell that is shown as it is. What a spreadsheet would take for a
// formula begins with an apostrophe.
func Text[T ~string](value T) Cell {
	if first, _ := utf8.DecodeRuneInString(string(value)); strings.ContainsRune(leads, first) {
		return Cell("'" + value)
	}
	return Cell(value)
}

// Number is a cell to reckon with.
func Number(value int64) Cell { return Cell(strconv.FormatInt(value, 10)) }

// Money is a cell with an amount in the major unit of its currency, which stands
// in a column of its own.
func Money(a money.Amount) Cell {
	digits := strconv.FormatInt(a.Minor, 10)
	sign := ""
	if a.Minor < 0 {
		sign, digits = "-", digits[1:]
	}
	n := a.Currency.Exponent()
	if n == 0 {
		return Cell(sign + digits)
	}
	if len(digits) <= n {
		digits = strings.Repeat("0", n+1-len(digits)) + digits
	}
	return Cell(sign + digits[:len(digits)-n] + "." + digits[len(digits)-n:])
}

// Row adds a row.
func (s *Sheet) Row(cells ...Cell) {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = string(c)
	}
	_ = s.csv.Write(row)
}

// Bytes returns the table as it stands.
func (s *Sheet) Bytes() []byte {
	s.csv.Flush()
	return s.buf.Bytes()
}
