package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/orders"
	"fettle.dev/fettle/platform/access"
)

const ordersTable = "\ufeffNr;text;name;Land;priority\n" +
	"A-1;it drips;Anna B.;de;2\n" +
	"A-2;\"two\nlines\";Bo C.;DEU;\n" +
	"A-3;no name;;DE;\n" +
	"A-4;bad priority;Cy D.;DE;9\n" +
	"A-5;\"no end of quotes\"x;Dee E.;DE;\n" +
	"A-6;fine;Eve F.;DE;4\n"

// house is a database with one operator and one brand.
func house(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fettle.db")
	a, err := app.Open(t.Context(), app.Config{Database: path, Migrate: true, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	tenant, err := tenantOf(t.Context(), a, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Network.UpsertBrands(access.With(t.Context(), access.System(tenant)), []network.Brand{{Code: "kuhlmann", Name: "Kuhlmann"}}); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestImportOrders(t *testing.T) {
	t.Parallel()
	db, dir := house(t), t.TempDir()
	table, report := filepath.Join(dir, "orders.csv"), filepath.Join(dir, "report.csv")
	if err := os.WriteFile(table, []byte(ordersTable), 0o600); err != nil {
		t.Fatal(err)
	}
	call := func(more ...string) (int, string, string) {
		var out, said bytes.Buffer
		args := append([]string{"--db", db, "import", "orders", table, "--brand", "kuhlmann", "--map", "number=Nr", "--map", "country=Land", "--lines", "2", "--report", report}, more...)
		return run(args, &out, &said), out.String(), said.String()
	}
	results := func() (got [][]string) {
		f, err := os.Open(report)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		all, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all[1:] {
			got = append(got, []string{r[0], r[1], r[2], r[3], r[5]})
		}
		return got
	}
	want := func(first string) [][]string {
		return [][]string{
			{"2", "A-1", first, "", ""},
			{"3", "A-2", first, "", ""},
			{"5", "A-3", "refused", "orders.order", "name: Is needed"},
			{"6", "A-4", "refused", "orders.order", "priority: Is out of range"},
			{"7", "", "refused", "orders.table", ""},
			{"8", "A-6", first, "", ""},
		}
	}
	for _, tt := range []struct {
		name, first, sum string
		args             []string
		code             int
	}{
		{"dry run", "checked", "6 lines looked at, nothing stored: 3 are in order, 3 would be refused", []string{"--dry-run"}, 1},
		{"once", "created", "6 lines: 3 taken in, 0 here already, 3 refused", nil, 1},
		{"again", "repeated", "6 lines: 0 taken in, 3 here already, 3 refused", []string{"--lenient"}, 0},
	} {
		code, out, said := call(tt.args...)
		if code != tt.code || !strings.Contains(out, tt.sum) || !strings.Contains(said, "6 of 6\n") {
			t.Errorf("%s: exit %d, want %d:\n%s%s", tt.name, code, tt.code, out, said)
		}
		if d := cmp.Diff(want(tt.first), results()); d != "" {
			t.Errorf("%s: the report is not as wanted (-want +got):\n%s", tt.name, d)
		}
	}
	if code, out, _ := call("--lang", "zh-CN", "--lenient"); code != 0 || !strings.Contains(out, "共 6 行") {
		t.Errorf("in Chinese: exit %d\n%s", code, out)
	}
	if code, _, said := call("--map", "text=Fehler"); code != 1 || !strings.Contains(said, "The table cannot be read") || !strings.Contains(said, "mapping/text") {
		t.Errorf("an unknown column: exit %d\n%s", code, said)
	}
	if code, _, said := call("--url", "http://127.0.0.1:1"); code != 1 || !strings.Contains(said, "--token") {
		t.Errorf("no token: exit %d\n%s", code, said)
	}
}

// However a table is cut, the API reads the same lines.
func TestSplitLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringMatching(`[a-z"';, \n]{0,6}`)
		var text strings.Builder
		text.WriteString("number,text,name,country\n")
		for range rapid.IntRange(0, 12).Draw(t, "lines") {
			text.WriteString(strings.Join(rapid.SliceOfN(cell, 1, 5).Draw(t, "cells"), ","))
			text.WriteString(rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "end"))
		}
		whole, err := orders.ReadTable(strings.NewReader(text.String()), nil, "b")
		if err != nil {
			t.Skip(err)
		}
		head, pieces, err := split(text.String(), rapid.IntRange(1, 5).Draw(t, "most"))
		if err != nil {
			t.Fatal(err)
		}
		var got []orders.Row
		for _, p := range pieces {
			rows, err := orders.ReadTable(strings.NewReader(head+p.text), nil, "b")
			if err != nil || len(rows) != p.count {
				t.Fatalf("%q has %d rows, want %d: %v", p.text, len(rows), p.count, err)
			}
			for _, r := range rows {
				r.Line += p.line - strings.Count(head, "\n") - 1
				got = append(got, r)
			}
		}
		same := cmp.Comparer(func(a, b error) bool { return (a == nil) == (b == nil) })
		if d := cmp.Diff(whole, got, same); d != "" {
			t.Fatalf("%q cut into %d pieces (-whole +pieces):\n%s", text.String(), len(pieces), d)
		}
	})
}
