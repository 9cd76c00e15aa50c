package catalog

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"fettle.dev/fettle/kernel/locale"
)

// Names is a name by language.
type Names map[locale.Tag]string

// In returns the name in the language: in just that tag, else in its base
// language ("de" for "de-AT"), else in a sister tag, else in English, else in
// the first tag by the alphabet. "" when there is no name at all.
func (n Names) In(tag locale.Tag) string {
	base := baseOf(tag)
	for _, t := range []locale.Tag{tag, base} {
		if name, ok := n[t]; ok {
			return name
		}
	}
	tags := slices.Sorted(maps.Keys(n))
	for _, t := range tags {
		if baseOf(t) == base {
			return n[t]
		}
	}
	if name, ok := n[locale.English]; ok {
		return name
	}
	if len(tags) > 0 {
		return n[tags[0]]
	}
	return ""
}

func baseOf(tag locale.Tag) locale.Tag {
	base, _, _ := strings.Cut(string(tag), "-")
	return locale.Tag(base)
}

// Limits of texts, in characters unless named otherwise.
const (
	maxName       = 200
	maxLanguages  = 30
	maxCode       = 64
	maxAttributes = 50
	maxAttribute  = 200
)

// clean returns the names trimmed, or what is wrong: "" when nothing is.
func (n Names) clean() (out Names, wrong string) {
	if len(n) == 0 {
		return nil, "required"
	}
	if len(n) > maxLanguages {
		return nil, "too_many"
	}
	out = make(Names, len(n))
	for tag, name := range n {
		name = strings.TrimSpace(name)
		if tag == "" || !tag.Valid() || !printable(name, maxName) || name == "" {
			return nil, "shape"
		}
		out[tag] = name
	}
	return out, ""
}

// Code brings the code of a line, model, part, symptom or fix into the form in
// which codes are compared: trimmed, capitals, single spaces. ok is false when
// nothing is left, or something that cannot be printed, or too much.
func Code(s string) (code string, ok bool) {
	if !utf8.ValidString(s) {
		return "", false
	}
	code = strings.ToUpper(strings.Join(strings.Fields(s), " "))
	return code, code != "" && printable(code, maxCode)
}

// printable reports whether s is at most limit printable characters.
func printable(s string, limit int) bool {
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > limit {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}
