package real

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"

	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
)

// Status is what a record says came of the repair.
type Status string

// The statuses of the records.
const (
	Fixed      Status = "Fixed"
	Repairable Status = "Repairable" // not at this sitting
	EndOfLife  Status = "End of life"
	NotKnown   Status = "Unknown"
)

// Record is what is used of one repair. Its text is in its row only.
type Record struct {
	ID, Country, Category string // Country as the record writes it
	Age, Year             string // of the product, as the record writes them; "": not known
	Status                Status
	Barrier               string // that ended its life
	On                    catalog.Day

	row []string
}

// table is the file as it is: a heading and rows.
type table struct {
	head []string
	all  []Record // by their day
}

// readRepairs reads the file. It wants the columns that it uses and a day in
// each row; what else may be wrong with a row is left to the import to say.
func readRepairs(path string) (t table, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return t, err
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		return t, fmt.Errorf("%s: %w", path, err)
	}
	if len(rows) < 2 {
		return t, errors.New(path + " holds no records")
	}
	t.head = rows[0]
	get, err := columns(t.head, "id", "country", "product_category", "product_age", "year_of_manufacture", "repair_status", "repair_barrier_if_end_of_life", "event_date")
	if err != nil {
		return t, fmt.Errorf("%s: %w", path, err)
	}
	for i, row := range rows[1:] {
		r := Record{
			ID: get(row, 0), Country: get(row, 1), Category: get(row, 2), Age: get(row, 3), Year: get(row, 4),
			Status: Status(get(row, 5)), Barrier: get(row, 6), On: catalog.Day(get(row, 7)), row: row,
		}
		if !r.On.Valid() {
			return t, fmt.Errorf("%s: record %d has no day", path, i+1)
		}
		t.all = append(t.all, r)
	}
	slices.SortStableFunc(t.all, func(a, b Record) int { return cmp.Compare(a.On, b.On) })
	return t, nil
}

// columns finds columns by their headings and returns how to read them.
func columns(head []string, names ...string) (func(row []string, i int) string, error) {
	at := make([]int, len(names))
	for i, n := range names {
		if at[i] = slices.Index(head, n); at[i] < 0 {
			return nil, fmt.Errorf("there is no column %s", n)
		}
	}
	return func(row []string, i int) string { return row[at[i]] }, nil
}

// spread returns about n records, evenly spread over all; all of them for 0.
func (t table) spread(n int) table {
	if n <= 0 || n >= len(t.all) {
		return t
	}
	some := make([]Record, n)
	for i := range some {
		some[i] = t.all[i*len(t.all)/n]
	}
	t.all = some
	return t
}

// csv writes rows of the table under its heading.
func (t table) csv(some []*Course) (string, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(t.head) // Error says it below
	for _, c := range some {
		_ = w.Write(c.row)
	}
	w.Flush()
	return b.String(), w.Error()
}

// SoldOn is when the product was sold as far as the record tells: its age before
// the day of the repair, or the middle of its year; "" if it tells neither, or
// something before the register begins.
func (r Record) SoldOn() catalog.Day {
	day := catalog.Day("")
	if years, err := strconv.ParseFloat(r.Age, 64); err == nil && years >= 0 && years < 200 {
		day = r.On.AddMonths(-int(years*12 + 0.5))
	} else if r.Year != "" {
		day = min(catalog.Day(r.Year+"-07-01"), r.On)
	}
	if !day.Valid() {
		return ""
	}
	return day
}

// barriers are what ended a product's life, as codes of causes.
var barriers = map[string]string{
	"":                                 "not_told",
	"Item too worn out":                "worn_out",
	"Spare parts not available":        "no_parts",
	"Spare parts too expensive":        "parts_too_dear",
	"Repair information not available": "no_information",
	"No way to open product":           "cannot_be_opened",
	"No way to open the product":       "cannot_be_opened",
	"Lack of equipment":                "no_equipment",
}

// Result is what the worker reports who carries out the plan: what the record
// says came of the repair. It reports false where the record does not know, and
// the work stays open. What is exchanged or paid back is done as soon as it has
// been handed over: there the record cannot tell how the work went.
func (r Record) Result(m remedy.Mode) (o work.Outcome, cause string, told bool) {
	if r.Status == NotKnown {
		return "", "", false
	}
	if !repairs(m) {
		return work.WorkFinished, "", true
	}
	switch r.Status {
	case Fixed:
		return work.Fixed, "", true
	case Repairable:
		return work.NotFixed, "", true
	case EndOfLife:
		cause, ok := barriers[r.Barrier]
		if !ok {
			cause = "other"
		}
		return work.EndOfLife, cause, true
	case NotKnown:
		return "", "", false
	default:
		return "", "", false
	}
}

// repairs reports whether the way means to make the product work again.
func repairs(m remedy.Mode) bool {
	switch m {
	case remedy.Remote, remedy.SelfKit, remedy.CarryIn, remedy.MailIn, remedy.OnSite:
		return true
	case remedy.Swap, remedy.TradeIn, remedy.Refund, remedy.Partial, remedy.NoRemedy:
		return false
	default:
		return false
	}
}
