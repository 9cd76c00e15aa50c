// Package clock is where time comes from.
//
// Fettle has two clocks. The domain clock says what day it is for the business
// (due dates, warranties, promises) and may be simulated; the machine clock
// measures leases, sessions and back-off and is always the wall clock.
package clock

import (
	"sync/atomic"
	"time"
)

// Clock tells the time, in UTC.
type Clock func() time.Time

// System is the wall clock.
func System() time.Time { return time.Now().UTC() }

// Set is a domain clock that stands wherever it was last put, for playing a
// history through the real services and for tests. It is safe for concurrent use.
type Set struct{ micros atomic.Int64 }

// NewSet returns a clock that stands at t.
func NewSet(t time.Time) *Set {
	s := &Set{}
	s.To(t)
	return s
}

// To moves the clock to t.
func (s *Set) To(t time.Time) { s.micros.Store(t.UnixMicro()) }

// Now tells where the clock stands; s.Now is a Clock.
func (s *Set) Now() time.Time { return time.UnixMicro(s.micros.Load()).UTC() }
