package network

import (
	"slices"
	"strconv"
	"strings"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
)

// Territory says that a node serves a part of a country: the postal codes that
// begin with one of the prefixes, or the circle around a centre, or, with
// neither, the whole country. Brand and Line narrow it; zero means all.
type Territory struct {
	ID           id.Territory   `json:"id"`
	Node         id.Node        `json:"node"`
	Country      locale.Country `json:"country"`
	Prefixes     []string       `json:"prefixes,omitempty"`
	Centre       geo.Point      `json:"centre,omitzero"`
	RadiusMetres int64          `json:"radius_metres,omitzero"`
	Brand        id.Brand       `json:"brand,omitzero"`
	Line         id.Line        `json:"line,omitzero"`
	Priority     int            `json:"priority,omitzero"` // the higher wins over any nearer claim; 0 is the rule
	Version      int64          `json:"version"`
}

// Limits of a territory.
const (
	maxPrefixes     = 5000
	maxPostal       = 12
	maxRadiusMetres = 2_000_000
	maxPriority     = 100
)

// Postal brings a postal code into the form in which codes and prefixes are
// compared: capitals and digits, nothing between. ok is false when something
// else is in it, or it is too long.
func Postal(s string) (code string, ok bool) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z':
			b.WriteByte(byte(r) - 'a' + 'A')
		case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			b.WriteByte(byte(r))
		case r == ' ' || r == '-':
		default:
			return "", false
		}
	}
	return b.String(), b.Len() <= maxPostal
}

// CheckTerritory returns t with its prefixes brought into form, or says what
// is wrong.
func CheckTerritory(t Territory) (Territory, error) {
	bad := checkCountry(ErrInvalid, "/country", t.Country)
	if t.Node.IsZero() {
		bad = bad.At("/node", "required")
	}
	if t.Priority < -maxPriority || t.Priority > maxPriority {
		bad = bad.At("/priority", "range")
	}
	if t.RadiusMetres < 0 || t.RadiusMetres > maxRadiusMetres {
		bad = bad.At("/radius_metres", "range")
	}
	if !t.Centre.Valid() || (t.RadiusMetres > 0) == t.Centre.IsZero() {
		bad = bad.At("/centre", "does_not_fit_radius")
	}
	if len(t.Prefixes) > 0 && t.RadiusMetres > 0 {
		bad = bad.At("/prefixes", "does_not_fit_radius")
	}
	prefixes, wrong := cleanPrefixes(t.Prefixes)
	for _, i := range wrong {
		bad = bad.At("/prefixes/"+strconv.Itoa(i), "shape")
	}
	if len(prefixes) > maxPrefixes {
		bad = bad.At("/prefixes", "too_many")
	}
	t.Prefixes = prefixes
	return t, verdict(bad)
}

// Same reports whether both say the same, so that adding one again adds nothing.
func (t Territory) Same(o Territory) bool {
	return t.Node == o.Node && t.Country == o.Country && slices.Equal(t.Prefixes, o.Prefixes) && t.Centre == o.Centre &&
		t.RadiusMetres == o.RadiusMetres && t.Brand == o.Brand && t.Line == o.Line && t.Priority == o.Priority
}

// cleanPrefixes returns the prefixes in form, sorted, each once, and where the
// first few wrong ones stand.
func cleanPrefixes(in []string) (out []string, wrong []int) {
	for i, p := range in {
		code, ok := Postal(p)
		if ok && code != "" {
			out = append(out, code)
		} else if len(wrong) < 10 {
			wrong = append(wrong, i)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), wrong
}
