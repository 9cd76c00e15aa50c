// Package fault is the error that may cross a room's border.
//
// A fault says what went wrong in terms of the domain. Its Kind decides the
// HTTP status, its Code is stable and owned by one module, and its Args fill
// the translated message. Args never carry personal data: they are shown,
// logged and stored. Everything else is an internal error: it is logged whole
// and shown to nobody.
package fault

import (
	"errors"
	"fmt"
	"maps"
	"sync"
)

// Kind is the broad class of a fault.
type Kind string

// The kinds of faults, with the HTTP status each one answers.
const (
	Internal     Kind = "internal"     // 500
	Invalid      Kind = "invalid"      // 422: the request cannot be right, whatever the state
	Malformed    Kind = "malformed"    // 400: the request cannot be read
	Unknown      Kind = "unknown"      // 401: the caller has not said who they are
	NotFound     Kind = "not_found"    // 404: it is not there, or the caller may not know of it
	Conflict     Kind = "conflict"     // 409: it does not fit the present state
	Stale        Kind = "stale"        // 412: the caller saw an older version
	TooLarge     Kind = "too_large"    // 413
	Unsupported  Kind = "unsupported"  // 415: a media type that is not taken
	Precondition Kind = "precondition" // 428: the request must name the version it saw
	TooMany      Kind = "too_many"     // 429
	Unavailable  Kind = "unavailable"  // 503: try again; nothing was changed
)

// Fault is a domain error.
type Fault struct {
	Kind   Kind
	Code   string // such as "warranty.already_registered"
	Args   map[string]any
	Fields []Field // what is wrong where, for input
	cause  error
}

// Field says what is wrong with one member of the input.
type Field struct {
	Pointer string         `json:"pointer"` // JSON pointer into the body, or "query/name", "path/name", "header/name"
	Code    string         `json:"code"`    // such as "required", "unknown", "too_long"
	Args    map[string]any `json:"args,omitempty"`
}

var (
	mu    sync.Mutex
	codes = map[string]Kind{}
)

// New returns a fault to be declared once, at package level; it enters the
// register that Codes lists.
func New(kind Kind, code string) *Fault {
	mu.Lock()
	defer mu.Unlock()
	if _, twice := codes[code]; twice {
		panic("fault " + code + " is declared twice")
	}
	codes[code] = kind
	return &Fault{Kind: kind, Code: code}
}

// Codes returns every declared code with its kind; api/problems.md is held
// against it.
func Codes() map[string]Kind {
	mu.Lock()
	defer mu.Unlock()
	return maps.Clone(codes)
}

// With returns a copy of f that carries one more argument. The value must not
// be personal data, nor a text that a caller has sent.
func (f *Fault) With(key string, value any) *Fault {
	c := *f
	c.Args = map[string]any{key: value}
	for k, v := range f.Args {
		if k != key {
			c.Args[k] = v
		}
	}
	return &c
}

// At returns a copy of f that names one more wrong member of the input.
func (f *Fault) At(pointer, code string) *Fault {
	c := *f
	c.Fields = append(append([]Field(nil), f.Fields...), Field{Pointer: pointer, Code: code})
	return &c
}

// Because returns a copy of f that wraps err.
func (f *Fault) Because(err error) *Fault {
	c := *f
	c.cause = err
	return &c
}

func (f *Fault) Error() string {
	if f.cause != nil {
		return fmt.Sprintf("%s: %v", f.Code, f.cause)
	}
	return f.Code
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.cause }

// Is compares codes, so errors.Is works with the declared faults.
func (f *Fault) Is(target error) bool {
	t, ok := target.(*Fault)
	return ok && t.Code == f.Code
}

var errInternal = New(Internal, "internal")

// Of returns the fault inside err, or an internal one.
func Of(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return errInternal.Because(err)
}
