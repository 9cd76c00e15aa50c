package id_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/id"
)

func TestWireFormReturns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := id.Case(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "raw"))
		text := want.String()
		if want.IsZero() {
			return
		}
		if len(text) != len("case_")+26 {
			t.Fatalf("%q has %d characters", text, len(text))
		}
		for _, s := range []string{text, "case_" + strings.ToUpper(text[5:])} {
			if got, err := id.Parse[id.CaseKind](s); err != nil || got != want {
				t.Fatalf("Parse(%q) = %v, %v, want %v", s, got, err, want)
			}
		}
		if _, err := id.Parse[id.UnitKind](text); err == nil {
			t.Fatalf("%q was read as a unit", text)
		}
	})
}

// The text order of the wire form is the byte order of the id.
func TestOrderIsKept(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := id.Case(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "a"))
		b := id.Case(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "b"))
		if a.IsZero() || b.IsZero() {
			return
		}
		if got, want := strings.Compare(a.String(), b.String()), strings.Compare(string(a[:]), string(b[:])); got != want {
			t.Fatalf("%v against %v is %d, bytes say %d", a, b, got, want)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(id.New[id.CaseKind]().String())
	f.Add("case_8zzzzzzzzzzzzzzzzzzzzzzzzz")
	f.Add("case_0000000000000000000000000\x10")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := id.Parse[id.CaseKind](s)
		if err == nil && !got.IsZero() && got.String() != strings.ToLower(s) {
			t.Errorf("Parse(%q) came back as %q", s, got)
		}
	})
}

func TestJSONAndZero(t *testing.T) {
	t.Parallel()
	type doc struct {
		Case id.Case `json:"case"`
		Unit id.Unit `json:"unit,omitzero"`
	}
	want := doc{Case: id.Case(uuid.MustParse("01932c07-209d-7a0b-8000-000000000001"))}
	b, err := json.Marshal(want)
	if err != nil || string(b) != `{"case":"case_01jcp0e84xf85r000000000001"}` {
		t.Fatalf("Marshal = %s, %v", b, err)
	}
	var got doc
	if err := json.Unmarshal(b, &got); err != nil || got != want {
		t.Errorf("Unmarshal(%s) = %+v, %v", b, got, err)
	}
	if v, err := (id.Case{}).Value(); v != nil || err != nil {
		t.Errorf("the zero id is stored as %v, %v, want NULL", v, err)
	}
	var back id.Case
	if err := back.Scan([]byte("short")); err == nil {
		t.Error("five bytes were scanned as an id")
	}
}
