package dispatch

import "time"

// Undated is when parts come of which nobody knows when: after all that is planned.
var Undated = time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC)

// LatestBegin is the last moment at which an appointment may begin without leaving what
// was promised: the last second of its window, or, where a second technician comes at
// a moment that lies ahead, as long after it as one waits for the other.
func LatestBegin(a *Appointment, meets bool, now time.Time) time.Time {
	if meets && a.ServiceStartAt.After(now) {
		return a.ServiceStartAt.Add(MeetSlack)
	}
	return a.EndAt.Add(-time.Second)
}
