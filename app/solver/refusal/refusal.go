// Package refusal says in words why a problem is refused, for those who read no codes.
package refusal

import (
	"strings"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/platform/i18n"
)

// Of is a fault in words.
func Of(err error) error { return refusal{err} }

type refusal struct{ err error }

// Error says what is wrong, and where.
func (r refusal) Error() string {
	f := fault.Of(r.err)
	if f.Kind == fault.Internal {
		return r.err.Error()
	}
	said := []string{i18n.Standard().Text(locale.English, "problem."+f.Code+".title", f.Args)}
	for _, m := range f.Fields {
		words, ok := i18n.Standard().Find(locale.English, "field."+m.Code, m.Args)
		if !ok {
			words = m.Code
		}
		said = append(said, "  "+pointer(m.Pointer)+": "+words)
	}
	return strings.Join(said, "\n")
}

// Unwrap returns the fault.
func (r refusal) Unwrap() error { return r.err }

// pointer names the document as a whole, which has no pointer.
func pointer(p string) string {
	if p == "" {
		return "the problem"
	}
	return p
}
