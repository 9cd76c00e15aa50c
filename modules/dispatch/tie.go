package dispatch

import "time"

// MeetSlack is how long one of two technicians who meet at a site may have to wait
// for the other before the two no longer stand as planned.
const MeetSlack = 15 * time.Minute

// Room is when a visit may begin so that it stays in order with those that it depends
// on, whenever these begin in the windows that were promised. The zero value leaves it free.
type Room struct {
	From  time.Time // no sooner; zero: free
	Until time.Time // exclusive; zero: free
	At    time.Time // at this very moment, because somebody else comes then; zero: free
}

// Narrow leaves what another bound leaves, too; zero instants leave all.
func (r *Room) Narrow(from, until time.Time) {
	if from.After(r.From) {
		r.From = from
	}
	if !until.IsZero() && (r.Until.IsZero() || until.Before(r.Until)) {
		r.Until = until
	}
}

// Holds reports whether a visit can be promised for a window: it then begins in the
// room whenever in the window that is.
func (r *Room) Holds(w Window) bool {
	if !r.At.IsZero() && (r.At.Before(w.Start) || !r.At.Before(w.End)) {
		return false
	}
	first, last := w.Start, w.End
	if !r.At.IsZero() {
		first, last = r.At, r.At.Add(time.Second)
	}
	return !first.Before(r.From) && (r.Until.IsZero() || !last.After(r.Until))
}

// Among leaves of windows those that the room holds.
func (r *Room) Among(windows []Window) (out []Window) {
	for _, w := range windows {
		if r.Holds(w) {
			out = append(out, w)
		}
	}
	return out
}

// Span is when a visit begins and how long it takes: at Start, or at any moment from
// then on until End (exclusive).
type Span struct {
	Start, End time.Time
	Takes      time.Duration
}

// Behind narrows the room to what begins after another visit is done: by least at the
// least, by most at the most (zero: without limit).
func (r *Room) Behind(other Span, least, most time.Duration) {
	last := other.End.Add(-time.Second)
	var until time.Time
	if most > 0 {
		until = other.Start.Add(other.Takes + most + time.Second)
	}
	r.Narrow(last.Add(other.Takes+least), until)
}

// Before narrows the room of a visit that takes so long to what is done before
// another one begins: by least at the least, by most at the most (zero: without limit).
func (r *Room) Before(other Span, takes, least, most time.Duration) {
	var from time.Time
	if most > 0 {
		from = other.End.Add(-time.Second - most - takes)
	}
	r.Narrow(from, other.Start.Add(-least-takes+time.Second))
}
