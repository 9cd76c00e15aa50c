package dispatch_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
)

func TestChanged(t *testing.T) {
	nine := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	at := func(who byte, hours int, s dispatch.State) dispatch.Assignment {
		from := nine.Add(time.Duration(hours) * time.Hour)
		return dispatch.Assignment{Technician: id.Technician{who}, Window: dispatch.Window{Start: from, End: from.Add(dispatch.WindowLength)}, State: s}
	}
	var nobody dispatch.Assignment
	for name, c := range map[string]struct {
		was, is dispatch.Assignment
		want    dispatch.Change
	}{
		"booked":                     {nobody, at(1, 0, dispatch.Scheduled), dispatch.NowBooked},
		"booked and done":            {nobody, at(1, 0, dispatch.Completed), dispatch.NowBooked},
		"booked and called off":      {nobody, at(1, 0, dispatch.Cancelled), dispatch.NoChange},
		"booked again":               {at(1, 0, dispatch.Declined), at(2, 0, dispatch.Pending), dispatch.NowBooked},
		"refused long ago":           {at(1, 0, dispatch.Declined), at(1, 0, dispatch.Declined), dispatch.NoChange},
		"told":                       {at(1, 0, dispatch.Scheduled), at(1, 0, dispatch.Dispatched), dispatch.NoChange},
		"done as planned":            {at(1, 0, dispatch.OnSite), at(1, 0, dispatch.Completed), dispatch.NoChange},
		"handed":                     {at(1, 0, dispatch.Accepted), at(2, 0, dispatch.Dispatched), dispatch.Handed},
		"handed and done":            {at(1, 0, dispatch.Accepted), at(2, 0, dispatch.Completed), dispatch.Handed},
		"moved":                      {at(1, 0, dispatch.Scheduled), at(1, 2, dispatch.Scheduled), dispatch.Moved},
		"moved to another one":       {at(1, 0, dispatch.Scheduled), at(2, 2, dispatch.Scheduled), dispatch.Moved},
		"called off":                 {at(1, 0, dispatch.Scheduled), at(1, 0, dispatch.Cancelled), dispatch.CalledOff},
		"moved and then called off":  {at(1, 0, dispatch.Scheduled), at(2, 2, dispatch.Cancelled), dispatch.CalledOff},
		"refused":                    {at(1, 0, dispatch.Dispatched), at(1, 0, dispatch.Declined), dispatch.Refused},
		"no answer":                  {at(1, 0, dispatch.Dispatched), at(1, 0, dispatch.TimedOut), dispatch.Refused},
		"nobody there":               {at(1, 0, dispatch.OnSite), at(1, 0, dispatch.Absent), dispatch.Failed},
		"missed":                     {at(1, 0, dispatch.Scheduled), at(1, 0, dispatch.Missed), dispatch.Failed},
		"the work could not be done": {at(1, 0, dispatch.OnSite), at(1, 0, dispatch.Unable), dispatch.Failed},
	} {
		if got := dispatch.Changed(c.was, c.is); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Whatever happens, what is said is one of the changes, nothing that stays is told, and
// who had a visit and has it no more is.
func TestChangedSaysWhatIs(t *testing.T) {
	assignment := rapid.Custom(func(t *rapid.T) dispatch.Assignment {
		from := time.Unix(int64(rapid.IntRange(0, 3).Draw(t, "from"))*7200, 0)
		return dispatch.Assignment{
			Technician: id.Technician{byte(rapid.IntRange(1, 3).Draw(t, "who"))}, Window: dispatch.Window{Start: from, End: from.Add(dispatch.WindowLength)},
			State: rapid.SampledFrom(dispatch.States).Draw(t, "state"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		was, is := assignment.Draw(t, "was"), assignment.Draw(t, "is")
		got := dispatch.Changed(was, is)
		if got != dispatch.NoChange && !slices.Contains(dispatch.Changes, got) {
			t.Fatalf("%q is no change", got)
		}
		if dispatch.Changed(was, was) != dispatch.NoChange {
			t.Fatalf("%+v changes by staying", was)
		}
		if lost := was.State.Live() && !is.State.Live() && is.State != dispatch.Completed; lost && got == dispatch.NoChange {
			t.Fatalf("%+v was lost as %s, and nobody hears of it", was, is.State)
		}
		if same := was.Technician == is.Technician && was.Window == is.Window; same && was.State.Live() && is.State.Live() && got != dispatch.NoChange {
			t.Fatalf("%q, though nothing has changed", got)
		}
	})
}
