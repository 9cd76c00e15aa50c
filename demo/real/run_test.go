package real_test

import (
	"bytes"
	"encoding/csv"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fettle.dev/fettle/demo/real"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/work"
)

// folder is where the data lies, seen from the root of the project.
var folder = filepath.Join("..", "..", "..", "shared", "data", "demo")

func data(t *testing.T) string {
	t.Helper()
	if !real.Present(folder) {
		t.Skip("SKIPPED: the real records are not here; they are expected in ../shared/data/demo beside the project")
	}
	return folder
}

// A slice of the records goes through the whole house.
func TestRun(t *testing.T) {
	t.Parallel()
	const slice = 150
	var log bytes.Buffer
	r, err := real.Run(t.Context(), real.Options{Dir: data(t), Limit: slice, Days: 1, Tries: 200, Log: &log})
	if err != nil {
		t.Fatalf("%v\n%s", err, &log)
	}
	if r.Records != slice || len(r.Courses) != slice {
		t.Fatalf("%d records went through, %d came out, want %d", r.Records, len(r.Courses), slice)
	}
	created, visited := 0, 0
	for _, c := range r.Courses {
		check(t, c)
		if c.Kind == work.Visit && c.Outcome != "" {
			visited++
		}
		if c.Result == "created" {
			created++
		}
	}
	if visited == 0 {
		t.Error("nobody was visited")
	}
	if created == 0 || created == slice || r.DryRefused != slice-created {
		t.Errorf("%d of %d were taken in, the check beforehand refused %d", created, slice, r.DryRefused)
	}
	if wrong := r.Disagreements(); len(wrong) > 0 || len(r.Balances) == 0 {
		t.Errorf("the books of %d accounts do not agree: %s", len(r.Balances), strings.Join(wrong, "; "))
	}
	if want := (real.Repetition{Repeated: created, Refused: slice - created, SameBooks: true}); r.Again != want {
		t.Errorf("the same table again = %+v, want %+v", r.Again, want)
	}
	for _, s := range r.Statements {
		if s.State != "closed" {
			t.Errorf("a statement is %s long after its period", s.State)
		}
	}
	report(t, r)
	days(t, r)
}

// check holds what is true of every record.
func check(t *testing.T, c *real.Course) {
	t.Helper()
	switch c.Result {
	case "refused":
		if c.Category.Served() || c.Code == "" || !c.Case.IsZero() {
			t.Errorf("%s of %s was refused with %q", c.ID, c.Category.Name, c.Code)
		}
		return
	case "created":
	default:
		t.Fatalf("%s has no verdict: %q", c.ID, c.Result)
	}
	if !c.Category.Served() || !c.Served || c.Standing == "" || c.Mode == "" || c.WorkOrder.IsZero() {
		t.Errorf("%s has no node, entitlement, plan or work: %+v", c.ID, c)
	}
	if c.Kind == work.Visit && (c.Appointment.IsZero() || c.NoSlot != "" || len(c.Reviews) > 0) {
		t.Errorf("the visit of %s has no slot (%s) or does not fit: %v", c.ID, c.NoSlot, c.Reviews)
	}
	over := c.Outcome.Ends()
	wantState := map[bool]desk.State{true: desk.Closed, false: desk.Open}[over]
	if c.State != wantState || over != (c.WorkState == work.Posted) || over != (len(c.Charges) > 0) {
		t.Errorf("%s after %q: case %s, work %s, %d charges", c.ID, c.Outcome, c.State, c.WorkState, len(c.Charges))
	}
	if (c.Second != "") != (c.Outcome == work.NotFixed) || c.Outcome == work.NotFixed && c.WorkState != work.Cancelled {
		t.Errorf("%s after %q: work %s, next %q", c.ID, c.Outcome, c.WorkState, c.Second)
	}
	// The request, and when it is over its record and its charges.
	if want := map[bool]int{true: 3, false: 1}[over]; c.Proofs != want {
		t.Errorf("%s has %d proofs that hold, want %d", c.ID, c.Proofs, want)
	}
}

// report holds that the reports can be written, and hold no text of a record.
func report(t *testing.T, r *real.Report) {
	t.Helper()
	var people, machines bytes.Buffer
	if err := r.Markdown(&people); err != nil {
		t.Fatal(err)
	}
	if err := r.CSV(&machines); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&machines).ReadAll()
	if err != nil || len(rows) != len(r.Courses)+1 {
		t.Fatalf("the report has %d lines for %d records: %v", len(rows), len(r.Courses), err)
	}
	texts, err := real.Texts(folder)
	if err != nil || len(texts) == 0 {
		t.Fatalf("%d texts: %v", len(texts), err)
	}
	all := people.String() + strings.Join(slices.Concat(rows...), "\n")
	for _, text := range texts {
		if len(text) > 20 && strings.Contains(all, text) {
			t.Fatal("a report holds the text of a record")
		}
	}
}

// days holds that the days of sites were planned within the rules, and better
// than as orders come in.
func days(t *testing.T, r *real.Report) {
	t.Helper()
	if len(r.Days) == 0 {
		t.Fatal("no day was planned")
	}
	for _, d := range r.Days {
		lost := 0
		for _, n := range d.Why {
			lost += n
		}
		if d.Broken > 0 || !d.Exact || d.After.Served+d.After.Unserved != d.Sites || lost != d.After.Unserved {
			t.Errorf("%s: %d rules broken, cost exact: %t, %d of %d served, %d reasons", d.Name, d.Broken, d.Exact, d.After.Served, d.Sites, lost)
		}
		if d.After.Unserved > d.Before.Unserved || d.After.Unserved == d.Before.Unserved && d.After.CostMinor > d.Before.CostMinor {
			t.Errorf("%s: the search made it worse: %+v, before %+v", d.Name, d.After, d.Before)
		}
	}
}

// The data has only categories and countries that have been thought about.
func TestEverythingIsKnown(t *testing.T) {
	t.Parallel()
	records, err := real.Records(data(t))
	if err != nil {
		t.Fatal(err)
	}
	categories, countries := map[string]bool{}, map[string]bool{}
	for _, c := range real.Categories {
		categories[c.Name] = true
	}
	for _, c := range real.Countries {
		countries[c.Alpha3] = true
	}
	served := 0
	for _, r := range records {
		if !categories[r.Category] || !countries[r.Country] {
			t.Errorf("%s: category %q or country %q is not known", r.ID, r.Category, r.Country)
		}
		for _, c := range real.Categories {
			if c.Name == r.Category && c.Served() {
				served++
			}
		}
		if sold := r.SoldOn(); sold > r.On || sold != "" && !catalog.Day.Valid(sold) {
			t.Errorf("%s was sold on %s and repaired on %s", r.ID, sold, r.On)
		}
	}
	t.Logf("%d of %d records are of categories that are served", served, len(records))
}
