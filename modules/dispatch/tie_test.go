package dispatch_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch"
)

// Whatever begins in its window: two visits that a room has let be promised lie in
// order, at least so long and at most so long apart. And a window that would keep
// that, whenever both begin, is not refused.
func TestRoom(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		minutes := func(name string, most int) time.Duration {
			return time.Duration(rapid.IntRange(0, most).Draw(t, name)) * time.Minute
		}
		window := func(name string) dispatch.Window {
			at := noon.Add(minutes(name, 3000))
			return dispatch.Window{Start: at, End: at.Add(dispatch.WindowLength)}
		}
		other, mine := window("other"), window("mine")
		takes, myTakes, least, most := minutes("takes", 200), minutes("my takes", 200), minutes("least", 500), time.Duration(0)
		if rapid.Bool().Draw(t, "bounded") {
			most = least + minutes("room", 1500)
		}
		before := rapid.Bool().Draw(t, "before")
		span := dispatch.Span{Start: other.Start, End: other.End, Takes: takes}
		var r dispatch.Room
		if before {
			r.Before(span, myTakes, least, most)
		} else {
			r.Behind(span, least, most)
		}
		holds := true
		for _, a := range []time.Time{other.Start, other.End.Add(-time.Second)} {
			for _, b := range []time.Time{mine.Start, mine.End.Add(-time.Second)} {
				gap := b.Sub(a) - takes
				if before {
					gap = a.Sub(b) - myTakes
				}
				holds = holds && gap >= least && (most == 0 || gap <= most)
			}
		}
		if got := r.Holds(mine); got != holds {
			t.Fatalf("%+v holds %v: %v, want %v", r, mine, got, holds)
		}
	})
}

// Where somebody else comes at a moment, only windows with it are left.
func TestRoomAt(t *testing.T) {
	t.Parallel()
	r := dispatch.Room{At: noon.Add(30 * time.Minute)}
	var all []dispatch.Window
	for h := -4; h <= 4; h++ {
		at := noon.Add(time.Duration(h) * time.Hour)
		all = append(all, dispatch.Window{Start: at, End: at.Add(dispatch.WindowLength)})
	}
	got := r.Among(all)
	if len(got) != 2 || !got[0].Start.Equal(noon.Add(-time.Hour)) || !got[1].Start.Equal(noon) {
		t.Errorf("left %v", got)
	}
	r.Narrow(noon.Add(time.Hour), time.Time{})
	if got := r.Among(all); len(got) != 0 {
		t.Errorf("before it may begin: %v", got)
	}
	if free := (dispatch.Room{}); len(free.Among(all)) != len(all) {
		t.Error("who is free is bound")
	}
}
