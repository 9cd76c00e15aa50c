package dispatchsvc

import (
	"time"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// waiting is what an hour of waiting costs a wish, in minor units. What is promised waits
// for its window.
func (s *sheet) waiting(w *wish) int64 {
	if !w.last.IsZero() {
		return 0
	}
	return pay(s.crew) * s.on.haste.Waiting(w.priority) / 1000
}

// delay says from when on a later begin of a wish costs something, and what: waiting from
// now on where the case is urgent, and being late by its clocks. Without slopes of its own
// what its urgency costs counts.
func (s *sheet) delay(w *wish) (from int64, own []routing.Slope) {
	due, now, price := int64(0), s.now.Unix(), s.waiting(w)
	if !w.due.IsZero() {
		due = max(1, w.due.Unix())
	}
	late := lateness(s.crew)[urgency(w.priority)]
	switch {
	case price == 0 || due != 0 && due <= now:
		return due, nil
	case due == 0 || len(late) == 0:
		return now, []routing.Slope{{PerHour: price}}
	default:
		return now, []routing.Slope{{PerHour: price}, {After: due - now, PerHour: late[0].PerHour}}
	}
}

// late is how many seconds after what its clocks ask a wish begins.
func (w *wish) late(start time.Time) int64 {
	if w.due.IsZero() {
		return 0
	}
	return max(0, int64(start.Sub(w.due)/time.Second))
}

// waits is what the waiting of a wish costs that begins at an instant, in minor units; from
// its clocks on being late is counted in its place.
func (s *sheet) waits(w *wish, start time.Time) int64 {
	if !w.due.IsZero() && start.After(w.due) {
		start = w.due
	}
	return s.waiting(w) * max(0, int64(start.Sub(s.now)/time.Second)) / 3600
}
