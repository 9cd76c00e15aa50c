package vroom

import (
	"fmt"

	"fettle.dev/fettle/kernel/fault"
)

// Faults of reading; each names the members in its fields.
var (
	ErrInput       = fault.New(fault.Invalid, "routing.invalid_input")
	ErrUnsupported = fault.New(fault.Invalid, "routing.not_supported") // the format knows it, routing does not yet
	ErrSize        = fault.New(fault.TooLarge, "routing.too_large")
)

// mostFields is how many wrong members are named at once.
const mostFields = 20

// report collects what is wrong, the worst first: what is not right is said
// before what is not supported.
type report struct{ input, support, size *fault.Fault }

func (r *report) at(f **fault.Fault, of *fault.Fault, code, pointer string, args ...any) {
	if *f == nil {
		*f = of
	}
	if len((*f).Fields) < mostFields {
		*f = (*f).At(fmt.Sprintf(pointer, args...), code)
	}
}

func (r *report) wrong(code, pointer string, args ...any) {
	r.at(&r.input, ErrInput, code, pointer, args...)
}

func (r *report) unsupported(pointer string, args ...any) {
	r.at(&r.support, ErrUnsupported, "not_supported", pointer, args...)
}

// tooMany says that there are more than most of something.
func (r *report) tooMany(pointer string, most int) {
	if r.size == nil {
		r.size = ErrSize.With("max", most)
		r.size.Fields = []fault.Field{{Pointer: pointer, Code: "too_many", Args: map[string]any{"max": most}}}
	}
}

// within says so unless v lies between 0 and most.
func (r *report) within(v, most int64, pointer string, args ...any) {
	if v < 0 || v > most {
		r.wrong("out_of_range", pointer, args...)
	}
}

func (r *report) err() error {
	for _, f := range []*fault.Fault{r.size, r.input, r.support} {
		if f != nil {
			return f
		}
	}
	return nil
}
