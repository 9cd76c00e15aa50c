package vroom

import (
	"fettle.dev/fettle/kernel/fault"
)

// The codes of the format for a problem that is not solved.
const (
	codeInternal = 1
	codeInput    = 2
)

// refusal is what is answered instead of a solution; errors is an extension.
type refusal struct {
	Code   int           `json:"code"`
	Error  string        `json:"error"`
	Errors []fault.Field `json:"errors,omitempty"`
}

// Refuse answers a problem that is not solved, because of err and in the given
// words.
func Refuse(err error, words string) []byte {
	f := fault.Of(err)
	r := refusal{Code: codeInput, Error: words, Errors: f.Fields}
	if f.Kind == fault.Internal {
		r.Code = codeInternal
	}
	return encode(r)
}
