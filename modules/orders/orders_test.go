package orders_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/orders"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestNext(t *testing.T) {
	t.Parallel()
	commands := []orders.Command{orders.Accept, orders.Refuse, orders.Start, orders.Finish, orders.Redo, orders.Confirm, orders.DoCancel}
	rapid.Check(t, func(t *rapid.T) {
		s, accepted := orders.Received, false
		for _, c := range rapid.SliceOf(rapid.SampledFrom(commands)).Draw(t, "commands") {
			to, err := orders.Next(s, c)
			if err != nil && (to != s || !errors.Is(err, orders.ErrTransition)) {
				t.Fatalf("%s after %s = %s, %v", s, c, to, err)
			}
			if to == orders.Refused && s != orders.Refused && s != orders.Received && s != orders.Accepted {
				t.Fatalf("refused when it was %s", s)
			}
			accepted = accepted || to == orders.Accepted
			if (to == orders.Done || to == orders.Confirmed) && !accepted {
				t.Fatalf("%s without being accepted", to)
			}
			s = to
		}
	})
}

const table = "\ufeffAuftrag;text;name;Land;priority;lat;lon\n" +
	"A-1;it drips;Anna B.;de;2;52,5;13,4\n" +
	"A-2;\"it \"\"hums\"\"\";Bo C.;DE;;52.5;13.4\n" +
	"A-3;no name;;DE;;;\n" +
	"A-4;bad priority;Cy D.;DE;9;;\n"

func TestReadTable(t *testing.T) {
	t.Parallel()
	rows, err := orders.ReadTable(strings.NewReader(table), map[string]string{"number": "Auftrag", "country": "land"}, "kuhlmann")
	if err != nil || len(rows) != 4 {
		t.Fatalf("ReadTable = %d rows, %v", len(rows), err)
	}
	for i, want := range []string{"/site/point", "", "/requester/name", "/priority"} {
		o, err := rows[i].Order, rows[i].Err
		if err == nil {
			o, err = o.Check(now)
		}
		switch {
		case want == "" && err != nil:
			t.Errorf("row %d: %v", i, err)
		case want == "" && (o.Number != "A-2" || o.Text != `it "hums"` || o.Brand != "kuhlmann" || o.Channel != desk.ByOrder || rows[i].Line != 3):
			t.Errorf("row %d: %+v", i, rows[i])
		case want != "" && (err == nil || fault.Of(err).Fields[0].Pointer != want):
			t.Errorf("row %d: %v, want a fault at %s", i, err, want)
		}
	}
	for name, tt := range map[string]struct{ text, brand string }{
		"empty":     {"", "b"},
		"no column": {"number,text\n1,x\n", "b"},
		"no brand":  {"number,text,name,country\n1,x,y,DE\n", ""},
	} {
		if _, err := orders.ReadTable(strings.NewReader(tt.text), nil, tt.brand); !errors.Is(err, orders.ErrTable) {
			t.Errorf("%s: ReadTable = %v", name, err)
		}
	}
}

// A table may have headings that mean something else to its brand, and write
// countries with three letters.
func TestReadTableOfOthers(t *testing.T) {
	t.Parallel()
	text := "id,brand,text,name,country\n7,Some Maker,it drips,Bo C.,GBR\n8,Other,it drips,Bo C.,XYZ\n9,Other,it drips,Bo C.,ZZZ\n"
	rows, err := orders.ReadTable(strings.NewReader(text), map[string]string{"number": "id", "brand": orders.NoColumn}, "kuhlmann")
	if err != nil || len(rows) != 3 {
		t.Fatalf("ReadTable = %d rows, %v", len(rows), err)
	}
	if o := rows[0].Order; rows[0].Err != nil || o.Brand != "kuhlmann" || o.Site.Country != "GB" {
		t.Errorf("the first row is %+v, %v", o, rows[0].Err)
	}
	for _, r := range rows[1:] {
		if _, err := r.Order.Check(now); err == nil || fault.Of(err).Fields[0].Pointer != "/site/country" {
			t.Errorf("%s is taken for a country: %v", r.Order.Site.Country, err)
		}
	}
	if _, err := orders.ReadTable(strings.NewReader(text), map[string]string{"number": "id", "text": orders.NoColumn}, "kuhlmann"); !errors.Is(err, orders.ErrTable) {
		t.Errorf("a table without texts is read: %v", err)
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add(table)
	f.Add("number,brand,text,name,country\n\"")
	f.Fuzz(func(t *testing.T, s string) {
		rows, err := orders.ReadTable(strings.NewReader(s), nil, "b")
		for _, r := range rows {
			if r.Err == nil {
				_, _ = r.Order.Check(now)
			}
			if r.Line < 1 {
				t.Errorf("row at line %d", r.Line)
			}
		}
		if err != nil && rows != nil {
			t.Error("rows beside an error")
		}
	})
}

func TestReason(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		give, want string
		err        error
	}{
		{" AREA-1 ", "AREA-1", nil},
		{"4.12/b", "4.12/b", nil},
		{"", "", orders.ErrReason},
		{"too far away", "", orders.ErrReason},
		{"-", "", orders.ErrReason},
		{"a" + strings.Repeat("b", 64), "", orders.ErrReason},
	} {
		if got, err := orders.Reason(tt.give); got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("Reason(%q) = %q, %v", tt.give, got, err)
		}
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	c := orders.Codes{orders.Done: "FINI"}
	if c.Of(orders.Done) != "FINI" || c.Of(orders.InWork) != "in_work" {
		t.Errorf("codes are %q and %q", c.Of(orders.Done), c.Of(orders.InWork))
	}
}
