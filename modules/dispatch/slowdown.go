package dispatch

import (
	"slices"
	"time"
)

// Hindrance says, as a code, why ways take longer for a while.
type Hindrance string

// What hinders.
const (
	Jam        Hindrance = "jam"
	Snow       Hindrance = "snow"
	Closure    Hindrance = "closure" // of a road, a bridge, a tunnel
	OtherCause Hindrance = "other"
)

// Hindrances are all hindrances.
var Hindrances = []Hindrance{Jam, Snow, Closure, OtherCause}

// Slowdown says that all ways of a node take longer for a while.
type Slowdown struct {
	From, Until time.Time // Until is exclusive
	Percent     int64     // by how much longer a way takes that is driven in it
	Reason      Hindrance
}

// What is said of roads: at the most ten times as long, and a fortnight ahead.
const (
	mostPercent = 900
	mostSlowed  = Horizon * 24 * time.Hour
)

// Check returns s by full seconds, or says what is wrong with it as of now. It may have
// begun, and begins now where nothing is said.
func (s Slowdown) Check(now time.Time) (Slowdown, error) {
	bad := ErrInvalid
	if s.From.IsZero() {
		s.From = now
	}
	if !slices.Contains(Hindrances, s.Reason) {
		bad = bad.At("/reason", "unknown")
	}
	if s.Percent < 1 || s.Percent > mostPercent {
		bad = bad.At("/percent", "range")
	}
	switch {
	case s.From.Before(now.Add(-24 * time.Hour)):
		bad = bad.At("/from", "past")
	case s.From.After(now.Add(mostSlowed)):
		bad = bad.At("/from", "too_far")
	}
	switch {
	case !s.Until.After(now):
		bad = bad.At("/until", "past")
	case s.Until.Before(s.From.Add(time.Minute)):
		bad = bad.At("/until", "before_start")
	case s.Until.After(now.Add(mostSlowed)):
		bad = bad.At("/until", "too_far")
	}
	if err := verdict(bad); err != nil {
		return Slowdown{}, err
	}
	s.From, s.Until = s.From.Truncate(time.Second).UTC(), s.Until.Truncate(time.Second).UTC()
	return s, nil
}

// Slowed is how fast one drives at an instant who drives with so many thousandths of the
// usual speed otherwise. Where several hindrances meet the worst counts: two people who say
// the same do not make it worse.
func Slowed(permille int64, at time.Time, list []Slowdown) int64 {
	worst := int64(0)
	for _, s := range list {
		if !at.Before(s.From) && at.Before(s.Until) {
			worst = max(worst, s.Percent)
		}
	}
	return permille * 100 / (100 + worst)
}
