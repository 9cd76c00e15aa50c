package strict_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/httpapi/internal/strict"
)

// base is embedded; its members count as its embedder's.
type base struct {
	Name string `json:"name" minLength:"0"`
}

type more struct {
	Size uint16 `json:"size"`
}

// tree has every shape, and itself.
type tree struct {
	base
	*More
	ID       id.Case            `json:"id"`
	At       time.Time          `json:"at"`
	Count    int64              `json:"count"`
	Ratio    float64            `json:"ratio"`
	Flag     bool               `json:"flag"`
	Bytes    []byte             `json:"bytes"`
	Pair     [2]int8            `json:"pair"`
	Words    []string           `json:"words"`
	Links    []*more            `json:"links"`
	ByCase   map[id.Case]string `json:"by_case"`
	Maybe    *int               `json:"maybe"`
	Opt      string             `json:"opt,omitempty"`
	Children []tree             `json:"children,omitempty"`
}

// More is embedded by pointer, so it must be exported.
type More struct {
	Depth int `json:"depth"`
}

func plan(t require, v any) *strict.Type {
	p, err := strict.Compile(reflect.TypeOf(v))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

type require interface{ Fatal(args ...any) }

func anyTree(depth int) *rapid.Generator[tree] {
	return rapid.Custom(func(t *rapid.T) tree {
		text := rapid.StringMatching(`[^\x00]*`)
		out := tree{
			base: base{Name: text.Draw(t, "name")}, More: &More{Depth: depth},
			ID:    id.Case(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id")),
			At:    time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "at")).UTC(),
			Count: rapid.Int64().Draw(t, "count"), Ratio: rapid.Float64().Draw(t, "ratio"), Flag: rapid.Bool().Draw(t, "flag"),
			Bytes: rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"), Pair: [2]int8{rapid.Int8().Draw(t, "a"), rapid.Int8().Draw(t, "b")},
			Words: rapid.SliceOf(rapid.StringMatching(`[^\x00]+`)).Draw(t, "words"), ByCase: map[id.Case]string{},
			Links: []*more{{Size: rapid.Uint16().Draw(t, "size")}}, Opt: text.Draw(t, "opt"),
		}
		if out.ID.IsZero() {
			out.ID[0] = 1
		}
		if rapid.Bool().Draw(t, "has") {
			out.Maybe = rapid.Ptr(rapid.Int(), false).Draw(t, "maybe")
			out.ByCase[out.ID] = "x" + text.Draw(t, "value")
		}
		if depth > 0 {
			out.Children = rapid.SliceOfN(anyTree(depth-1), 0, 3).Draw(t, "children")
		}
		return out
	})
}

// TestWhatIsWrittenIsRead: every value comes back as it was written, spaced
// however.
func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	p := plan(t, tree{})
	rapid.Check(t, func(t *rapid.T) {
		want := anyTree(2).Draw(t, "tree")
		text, err := jsonv2.Marshal(want, jsonv2.Deterministic(true))
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "spaced") {
			text = []byte(" \n" + string(text) + "\t\r\n ")
		}
		var got tree
		faults, err := p.Decode(text, reflect.ValueOf(&got).Elem())
		if err != nil || len(faults) > 0 {
			t.Fatalf("%v %v for %s", err, faults, text)
		}
		again, err := jsonv2.Marshal(got, jsonv2.Deterministic(true))
		if err != nil || string(again) != strings.TrimSpace(string(text)) {
			t.Errorf("read %s (%v), want %s", again, err, text)
		}
	})
}

// TestAnyMemberMissed: take one member out, and exactly that is told.
func TestAnyMemberMissed(t *testing.T) {
	t.Parallel()
	p := plan(t, tree{})
	names := []string{"name", "depth", "id", "at", "count", "ratio", "flag", "bytes", "pair", "words", "links", "by_case", "maybe"}
	rapid.Check(t, func(t *rapid.T) {
		text, err := jsonv2.Marshal(anyTree(0).Draw(t, "tree"))
		if err != nil {
			t.Fatal(err)
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(text, &members); err != nil {
			t.Fatal(err)
		}
		name := rapid.SampledFrom(names).Draw(t, "name")
		delete(members, name)
		if text, err = json.Marshal(members); err != nil {
			t.Fatal(err)
		}
		faults, err := p.Decode(text, reflect.ValueOf(new(tree)).Elem())
		want := []fault.Field{{Pointer: "/" + name, Code: "required"}}
		if d := cmp.Diff(want, faults); err != nil || d != "" {
			t.Errorf("%v, faults differ:\n%s", err, d)
		}
	})
}

// TestCutAnywhere: a body that ends early is never read.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	p := plan(t, tree{})
	rapid.Check(t, func(t *rapid.T) {
		text, err := jsonv2.Marshal(anyTree(1).Draw(t, "tree"))
		if err != nil {
			t.Fatal(err)
		}
		text = text[:rapid.IntRange(0, len(text)-1).Draw(t, "cut")]
		if _, err := p.Decode(text, reflect.ValueOf(new(tree)).Elem()); err == nil {
			t.Errorf("read %q", text)
		}
	})
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	p := plan(t, tree{})
	const good = `"name":"","depth":1,"id":"case_01000000000000000000000007","at":"2026-01-01T00:00:00Z","count":1,"ratio":1,"flag":true,` +
		`"bytes":"","pair":[1,2],"words":[],"links":[],"by_case":{},"maybe":null`
	for _, tt := range []struct{ name, old, new, pointer, code string }{
		{"array too short", `[1,2]`, `[1]`, "/pair", "length"},
		{"array too long", `[1,2]`, `[1,2,3]`, "/pair", "length"},
		{"element out of range", `[1,2]`, `[1,200]`, "/pair/1", "out_of_range"},
		{"null element", `"words":[]`, `"words":[null]`, "/words/0", "null"},
		{"empty element", `"words":[]`, `"words":["a",""]`, "/words/1", "required"},
		{"member of an element", `"links":[]`, `"links":[{"size":1},{"size":-1}]`, "/links/1/size", "too_small"},
		{"member of an element missing", `"links":[]`, `"links":[{}]`, "/links/0/size", "required"},
		{"key", `"by_case":{}`, `"by_case":{"canary":"x"}`, "/by_case/0", "key"},
		{"inside itself", `"maybe":null`, `"maybe":null,"children":[{` + good + `},{"name":1}]`, "/children/1/name", "type"},
		{"embedded pointer", `"depth":1`, `"depth":"x"`, "/depth", "type"},
		{"negative zero is zero", `"count":1`, `"count":-0`, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := "{" + strings.Replace(good, tt.old, tt.new, 1) + "}"
			faults, err := p.Decode([]byte(text), reflect.ValueOf(new(tree)).Elem())
			if err != nil {
				t.Fatal(err, faults)
			}
			if tt.code == "" && len(faults) == 0 {
				return
			}
			if len(faults) == 0 || faults[0].Pointer != tt.pointer || faults[0].Code != tt.code {
				t.Errorf("faults %v, want %s at %s", faults, tt.code, tt.pointer)
			}
		})
	}
}

func TestFaultsAreBounded(t *testing.T) {
	t.Parallel()
	p := plan(t, struct {
		A []int `json:"a"`
	}{})
	v := reflect.New(reflect.TypeOf(struct {
		A []int `json:"a"`
	}{})).Elem()
	faults, err := p.Decode([]byte(`{"a":["x"`+strings.Repeat(`,"x"`, 1000)+`]}`), v)
	if err != nil || len(faults) != 32 {
		t.Errorf("%d faults, %v", len(faults), err)
	}
}

func TestPrefix(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		v    any
		want string
	}{
		{id.Case{}, "case"}, {id.Technician{}, "tech"}, {id.Raw{}, ""}, {"", ""}, {[16]int{}, ""},
	} {
		if got := strict.Prefix(reflect.TypeOf(tt.v)); got != tt.want {
			t.Errorf("Prefix(%T) = %q, want %q", tt.v, got, tt.want)
		}
	}
}
