package dispatch

import "time"

// Patience prices when the visit of a case begins: that it waits, from now on up to what
// its clocks ask, and from there on that it is late.
type Patience struct {
	Now, Due      time.Time // Due is zero where nothing is asked
	Waiting, Late int64     // what an hour costs, in minor units
}

// Piece is what an hour costs from so many seconds on.
type Piece struct{ After, PerHour int64 }

// Pieces returns the second of time from which on a later begin costs something, 0 for
// never, and the prices after it. Without pieces being late has the price that it has
// anyway: where waiting costs nothing, or is over.
func (p Patience) Pieces() (from int64, pieces []Piece) {
	now, due := p.Now.Unix(), int64(0)
	if !p.Due.IsZero() {
		due = max(1, p.Due.Unix())
	}
	switch {
	case p.Waiting == 0 || due != 0 && due <= now:
		return due, nil
	case due == 0:
		return now, []Piece{{PerHour: p.Waiting}}
	default:
		return now, []Piece{{PerHour: p.Waiting}, {After: due - now, PerHour: p.Late}}
	}
}

// Waits is what the waiting costs of a visit that begins at an instant, in minor units. Being
// late is not in it.
func (p Patience) Waits(start time.Time) int64 {
	if !p.Due.IsZero() && start.After(p.Due) {
		start = p.Due
	}
	return p.Waiting * max(0, int64(start.Sub(p.Now)/time.Second)) / 3600
}

// IsLate is by how many seconds a visit that begins at an instant is late.
func (p Patience) IsLate(start time.Time) int64 {
	if p.Due.IsZero() {
		return 0
	}
	return max(0, int64(start.Sub(p.Due)/time.Second))
}
