package vroom

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// whole reports whether a text is one value and nothing else.
func whole(text []byte) bool {
	p := partsOf(text)
	return p.skip() && p.over()
}

// What is taken for JSON is what encoding/json takes for it, also of texts that are
// almost JSON.
func TestScanIsJSON(t *testing.T) {
	t.Parallel()
	pieces := rapid.SliceOfN(rapid.SampledFrom([]string{
		"{", "}", "[", "]", ",", ":", `"a"`, `"\u00e9\n"`, `"\u12"`, `"\x"`, "\"\n\"", `"`, "null", "nul", "true", "false", "0", "01", "-0", "-", "1.5", "1.", "2e9", "2e", "3E-1", "3E+", " ", "\t", "\x00", "\u00e9", "/",
		`"a":1`, `[1,2]`, `{"b":[]}`, `[[0,1],[1,0]]`,
	}), 0, 7)
	rapid.Check(t, func(r *rapid.T) {
		text := []byte(strings.Join(pieces.Draw(r, "text"), ""))
		if got, want := whole(text), json.Valid(text); got != want {
			r.Fatalf("%q is JSON: %v, want %v", text, got, want)
		}
	})
}

// Deeply nested values end, and are refused where encoding/json refuses them.
func TestScanDepth(t *testing.T) {
	t.Parallel()
	for _, deep := range []int{10_000, 10_001} {
		text := []byte(strings.Repeat("[", deep) + strings.Repeat("]", deep))
		if got, want := whole(text), json.Valid(text); got != want {
			t.Errorf("%d deep: %v, want %v", deep, got, want)
		}
	}
}

// The parts of objects and lists are found, whatever their names are escaped as.
func TestScanParts(t *testing.T) {
	t.Parallel()
	p := partsOf([]byte(` { "\u006aobs" : [ 1 , {"id":[2]} , "]" ] , "b" : {} , "c":[] }`))
	got := map[string][]json.RawMessage{}
	ok := p.object(func(name string) (ok bool) {
		if p.kind() == '[' {
			got[name], ok = p.list()
			return ok
		}
		return p.skip()
	})
	if !ok || len(got) != 2 || len(got["c"]) != 0 || len(got["jobs"]) != 3 || string(got["jobs"][1]) != `{"id":[2]}` || string(got["jobs"][2]) != `"]"` {
		t.Errorf("found %q, %v", got, ok)
	}
}
