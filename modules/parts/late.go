package parts

import (
	"slices"
	"time"
)

// Delay says, as a code, why parts that are held come later than was reckoned.
type Delay string

// The reasons of a delay.
const (
	BySupplier Delay = "supplier" // delivers late
	OnTheWay   Delay = "transport"
	AtCustoms  Delay = "customs"
	NotFound   Delay = "not_found" // they do not lie where the books have them
	FoundBad   Delay = "faulty"    // and others have to be got
	Otherwise  Delay = "other"
)

// Delays are all reasons of a delay.
var Delays = []Delay{BySupplier, OnTheWay, AtCustoms, NotFound, FoundBad, Otherwise}

// mostAhead is how far ahead anybody says when parts come.
const mostAhead = 366 * 24 * time.Hour

// Late says that what is held for an appointment comes later than was reckoned. The zero
// value says that it does not.
type Late struct {
	Reason     Delay
	ExpectedAt time.Time // all of it is there; zero: nobody knows when
}

// Is reports whether anything is late.
func (l Late) Is() bool { return l.Reason != "" }

// Check returns l by the full second, or says what is wrong with it. What is said must lie
// ahead of now, at the most a year.
func (l Late) Check(now time.Time) (Late, error) {
	bad := ErrDelay
	if !slices.Contains(Delays, l.Reason) {
		bad = bad.At("/reason", "unknown")
	}
	switch {
	case l.ExpectedAt.IsZero():
	case !l.ExpectedAt.After(now):
		bad = bad.At("/expected_at", "past")
	case l.ExpectedAt.After(now.Add(mostAhead)):
		bad = bad.At("/expected_at", "too_far")
	default:
		l.ExpectedAt = l.ExpectedAt.Add(time.Second - 1).Truncate(time.Second).UTC()
	}
	if len(bad.Fields) > 0 {
		return Late{}, bad
	}
	return l, nil
}
