package main

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/orders"
	"fettle.dev/fettle/platform/i18n"
)

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// words says how lines went in a language, in the headings of the table.
type words struct {
	lang    locale.Tag
	mapping map[string]string
}

// column is the heading under which the wrong member stands. A member that is no
// column keeps its pointer.
func (w words) column(pointer string) string {
	name := pointer[strings.LastIndexByte(pointer, '/')+1:]
	switch {
	case name == "point":
		return w.column("/lat") + ", " + w.column("/lon")
	case w.mapping[name] != "":
		return w.mapping[name]
	case name == "":
		return i18n.Standard().Text(w.lang, "import.line", nil)
	default:
		return name
	}
}

// fields says what is wrong where, in words.
func (w words) fields(fs []fault.Field) string {
	out := make([]string, len(fs))
	for i, f := range fs {
		said, ok := i18n.Standard().Find(w.lang, "field."+f.Code, f.Args)
		if !ok {
			said = i18n.Standard().Text(w.lang, "field.invalid", f.Args) + " (" + f.Code + ")"
		}
		out[i] = w.column(f.Pointer) + ": " + said
	}
	return strings.Join(out, "; ")
}

// why says why a line was refused, in words.
func (w words) why(code string) string {
	if code == "" {
		return ""
	}
	return i18n.Standard().Text(w.lang, "problem."+code+".title", nil)
}

// mostShown is how many refused lines are printed; the report file has them all.
const mostShown = 50

// print writes the refused lines and the sums.
func (w words) print(to io.Writer, r orders.Report, dry bool) {
	shown := 0
	for _, v := range r.Rows {
		if v.Result != "refused" {
			continue
		}
		if shown++; shown > mostShown {
			continue
		}
		fmt.Fprintf(to, "%6d  %-20s %s [%s]", v.Line, v.Number, w.why(v.Code), v.Code)
		if len(v.Fields) > 0 {
			fmt.Fprintf(to, "  %s", w.fields(v.Fields))
		}
		fmt.Fprintln(to)
	}
	if shown > mostShown {
		fmt.Fprintf(to, "        … %d\n", shown-mostShown)
	}
	sum := "import.done"
	if dry {
		sum = "import.checked"
	}
	fmt.Fprintln(to, i18n.Standard().Text(w.lang, sum, map[string]any{
		"lines": len(r.Rows), "created": r.Created, "repeated": r.Repeated, "refused": r.Refused, "checked": len(r.Rows) - r.Refused,
	}))
}

// write writes how each line went, as CSV.
func (w words) write(path string, rows []orders.Verdict) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	c := csv.NewWriter(f)
	_ = c.Write([]string{"line", "number", "result", "code", "title", "fields"}) // Error says it below
	for _, v := range rows {
		_ = c.Write([]string{strconv.Itoa(v.Line), v.Number, v.Result, v.Code, w.why(v.Code), w.fields(v.Fields)})
	}
	c.Flush()
	return c.Error()
}
