package dispatch

import "time"

// longestVisit is how long anybody says that a visit takes.
const longestVisit = 12 * time.Hour

// LengthUntil is how long a visit takes that is to be over at an instant: since it began,
// or from when it is planned to begin, but not in the past. Faults: ErrInvalid.
func LengthUntil(a *Appointment, now, until time.Time) (time.Duration, error) {
	begins := a.ServiceStartAt
	if a.State != OnSite && begins.Before(now) {
		begins = now
	}
	length := until.Sub(begins).Truncate(time.Second)
	switch {
	case !until.After(now):
		return 0, ErrInvalid.At("/until", "past")
	case length < time.Minute:
		return 0, ErrInvalid.At("/until", "before_start")
	case length > longestVisit:
		return 0, ErrInvalid.At("/until", "too_far")
	}
	return length, nil
}
