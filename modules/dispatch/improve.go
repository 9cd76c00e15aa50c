package dispatch

import (
	"time"

	"fettle.dev/fettle/kernel/calendar"
)

const (
	// QuietFor is how long nothing has happened at a node before its plan is improved in the
	// background: a plan that moves while somebody works on it helps nobody, and what one
	// booking makes worse the next one often makes good.
	QuietFor = time.Minute
	// QuietAtMost is how long after the look before a node is looked at although something
	// happens all the time.
	QuietAtMost = 15 * time.Minute
	// MoveWorth is the work that a visit must save to change hands although nobody has heard
	// of it: somebody looks at the plan and finds another name than an hour ago.
	MoveWorth = 15 * time.Minute
	// NightHour is the hour on the clocks of a node at which it is planned as a whole: the
	// late shift is home, the early one still asleep, and clocks are put on or back before.
	NightHour = 3
	// NightsKept is for how many nights is known what came of them.
	NightsKept = 14
)

// ImproveAt is when a plan that changed last at an instant is improved, if the look before
// was at another, zero for never: when it has been quiet, or has not been for long.
func ImproveAt(changed, looked time.Time) time.Time {
	quiet, most := changed.Add(QuietFor), looked.Add(QuietAtMost)
	if !looked.IsZero() && most.Before(quiet) {
		return most
	}
	return quiet
}

// MovePrice is what a visit must save, in minor units, to change hands when nobody has
// heard of it and an hour of work costs so much.
func MovePrice(hour int64) int64 { return hour * int64(MoveWorth) / int64(time.Hour) }

// Worth reports whether what is saved, in minor units, is worth that so many visits change
// hands. What changes nothing for anybody is not worth a word.
func Worth(saved, hour int64, moves int) bool {
	return moves > 0 && saved > 0 && saved >= MovePrice(hour)*int64(moves)
}

// HandsAtMost is how many visits may change hands at a look beside the one that it is
// about, of so many that are promised.
func HandsAtMost(visits int) int { return max(1, visits/100) }

// Night is when the night of a local day is planned.
func Night(d calendar.Day, z *time.Location) time.Time {
	t := time.Unix(int64(d)*24*60*60, 0).UTC()
	return time.Date(t.Year(), t.Month(), t.Day(), NightHour, 0, 0, 0, z).UTC()
}

// LastNight is the local day whose night began last. A node that remembers the last one
// planned plans each once, also when it comes to it late; of several missed only the last.
func LastNight(now time.Time, z *time.Location) calendar.Day {
	d := calendar.DayAt(now, z)
	if now.Before(Night(d, z)) {
		d--
	}
	return d
}
