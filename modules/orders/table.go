package orders

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
)

// MaxRows is how many orders one table may hold.
const MaxRows = 5000

// Columns are the columns that a table of orders may have, by our names. A
// mapping says which column of the brand's table each one is.
var Columns = []string{
	"number", "brand", "work_type", "priority", "serial", "model", "symptom", "text", "language",
	"name", "phone", "email", "country", "postcode", "city", "street", "lat", "lon",
}

var needed = []string{"number", "text", "name", "country"}

// Row is a line of a table: an order, or what is wrong with it.
type Row struct {
	Line  int // in the file, 1 is the heading
	Order Submission
	Err   error // a fault that says which column is wrong
}

// NoColumn stands in a mapping for a column of ours that the table does not
// have, although a heading of it is called so.
const NoColumn = "-"

// Separator is what parts the columns of a table, by its heading: a comma or a
// semicolon.
func Separator(text string) rune {
	if first, _, _ := strings.Cut(text, "\n"); strings.Count(first, ";") > strings.Count(first, ",") {
		return ';'
	}
	return ','
}

// ReadTable reads orders from CSV (RFC 4180; comma or semicolon, with or without
// a byte order mark). mapping names the brand's heading for our columns, or
// NoColumn; what it does not name is looked for under our name. brand fills a
// column that is not there. One wrong line does not spoil the others.
func ReadTable(r io.Reader, mapping map[string]string, brand string) ([]Row, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	text := strings.TrimPrefix(string(raw), "\ufeff")
	c := csv.NewReader(strings.NewReader(text))
	c.FieldsPerRecord = -1
	c.Comma = Separator(text)
	head, err := c.Read()
	if err != nil {
		return nil, ErrTable.With("reason", "empty")
	}
	at, err := locate(head, mapping, brand)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if len(rows) == MaxRows {
			return nil, ErrTable.With("reason", "too_long").With("rows", MaxRows)
		}
		if err != nil {
			var pe *csv.ParseError
			if !errors.As(err, &pe) {
				return nil, err
			}
			rows = append(rows, Row{Line: pe.Line, Err: ErrTable.With("reason", "quotes")})
			continue
		}
		line, _ := c.FieldPos(0)
		row := Row{Line: line}
		row.Order, row.Err = submission(record, at, brand)
		rows = append(rows, row)
	}
}

// locate finds our columns in the heading.
func locate(head []string, mapping map[string]string, brand string) (map[string]int, error) {
	at := map[string]int{}
	for i, h := range head {
		at[strings.ToLower(strings.TrimSpace(h))] = i
	}
	out := map[string]int{}
	bad := ErrTable.With("reason", "columns")
	for _, name := range Columns {
		heading := name
		if m := mapping[name]; m == NoColumn {
			continue
		} else if m != "" {
			heading = m
		}
		i, ok := at[strings.ToLower(strings.TrimSpace(heading))]
		switch {
		case ok:
			out[name] = i
		case mapping[name] != "":
			bad = bad.At("mapping/"+name, "unknown")
		}
	}
	for _, name := range needed {
		if _, ok := out[name]; !ok {
			bad = bad.At("columns/"+name, "required")
		}
	}
	if _, ok := out["brand"]; !ok && brand == "" {
		bad = bad.At("columns/brand", "required")
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	return out, nil
}

// submission reads one line. Only numbers can be wrong here; Check does the rest.
func submission(record []string, at map[string]int, brand string) (s Submission, err error) {
	bad := ErrOrder
	get := func(name string) string {
		i, ok := at[name]
		if !ok || i >= len(record) {
			return ""
		}
		return strings.TrimSpace(record[i])
	}
	s.Number = get("number")
	s.Brand, s.WorkType, s.Channel = orElse(get("brand"), brand), desk.WorkType(get("work_type")), desk.ByOrder
	s.Serial, s.Model, s.Symptom, s.Text = get("serial"), get("model"), get("symptom"), get("text")
	s.Language = locale.Tag(get("language"))
	s.Requester = desk.Requester{Name: get("name"), Phone: get("phone"), Email: get("email")}
	s.Site = desk.Site{Country: country(get("country")), Postcode: get("postcode"), City: get("city"), Street: get("street")}
	if p := get("priority"); p != "" {
		n, err := strconv.ParseInt(p, 10, 64)
		if err != nil || n < 1 || n > 4 {
			bad = bad.At("/priority", "range")
		}
		s.Priority = desk.Priority(n)
	}
	if s.WorkType != "" && !s.WorkType.Known() {
		bad = bad.At("/work_type", "enum")
	}
	if lat, lon := get("lat"), get("lon"); lat != "" || lon != "" {
		p, err := point(lat, lon)
		if err != nil {
			bad = bad.At("/site/point", "range")
		}
		s.Site.Point = p
	}
	if len(bad.Fields) > 0 {
		return s, bad
	}
	return s, nil
}

// country reads a country's code, of two letters or of three (ISO 3166-1 alpha-2
// or alpha-3). What is neither is left for Check to refuse.
func country(s string) locale.Country {
	s = strings.ToUpper(s)
	if len(s) != 3 {
		return locale.Country(s)
	}
	r, err := language.ParseRegion(s)
	if err != nil || !r.IsCountry() || r.ISO3() != s {
		return locale.Country(s)
	}
	return locale.Country(r.String())
}

func point(lat, lon string) (geo.Point, error) {
	a, errA := strconv.ParseFloat(lat, 64)
	o, errO := strconv.ParseFloat(lon, 64)
	if err := errors.Join(errA, errO); err != nil {
		return geo.Point{}, err
	}
	if a < -90 || a > 90 || o < -180 || o > 180 {
		return geo.Point{}, ErrOrder
	}
	return geo.At(a, o), nil
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// Verdict says how a line of a table went.
type Verdict struct {
	Line   int           `json:"line"`
	Number string        `json:"number,omitempty"`
	Result string        `json:"result" enum:"created,repeated,refused,checked"`
	Code   string        `json:"code,omitempty" doc:"why it was refused"`
	Fields []fault.Field `json:"fields,omitempty"`
}

// Report says how a table went.
type Report struct {
	Created  int       `json:"created"`
	Repeated int       `json:"repeated"`
	Refused  int       `json:"refused"`
	Rows     []Verdict `json:"rows"`
}
