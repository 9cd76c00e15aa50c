package dispatch_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch"
)

func TestNext(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, held := dispatch.Pending, false
		for _, c := range rapid.SliceOf(rapid.SampledFrom(dispatch.Commands)).Draw(t, "commands") {
			to, err := dispatch.Next(s, c)
			switch {
			case !slices.Contains(dispatch.States, to):
				t.Fatalf("%s is no state", to)
			case err != nil && (to != s || !errors.Is(err, dispatch.ErrTransition)):
				t.Fatalf("%s after %s = %s, %v", s, c, to, err)
			case !s.Live() && err == nil:
				t.Fatalf("%s moved an appointment that is %s", c, s)
			case to.Begun() && !held:
				t.Fatalf("%s sets off before the parts are held", c)
			case to == dispatch.Pending && s != dispatch.Pending:
				t.Fatalf("%s made %s pending again", c, s)
			}
			held = held || to == dispatch.Scheduled
			s = to
		}
	})
}

// What a record from the field says finds a place in every state that has not
// ended, and moves nothing in one that has.
func TestFactsAreAlwaysTaken(t *testing.T) {
	t.Parallel()
	for _, s := range dispatch.States {
		for _, c := range []dispatch.Command{dispatch.Finish, dispatch.GiveUp, dispatch.FindAbsent} {
			to, err := dispatch.Next(s, c)
			if (err == nil) != s.Live() || to.Live() && err == nil {
				t.Errorf("%s in %s = %s, %v", c, s, to, err)
			}
		}
	}
}

func TestWay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		do   []dispatch.Command
		want dispatch.State
	}{
		{"done", []dispatch.Command{dispatch.Confirm, dispatch.Dispatch, dispatch.Accept, dispatch.Travel, dispatch.Arrive, dispatch.Finish}, dispatch.Completed},
		{"setting off says yes", []dispatch.Command{dispatch.Confirm, dispatch.Dispatch, dispatch.Travel}, dispatch.Travelling},
		{"asked again after a new time", []dispatch.Command{dispatch.Confirm, dispatch.Dispatch, dispatch.Accept, dispatch.Reschedule}, dispatch.Scheduled},
		{"parts refused", []dispatch.Command{dispatch.Cancel}, dispatch.Cancelled},
		{"no answer", []dispatch.Command{dispatch.Confirm, dispatch.Dispatch, dispatch.Expire}, dispatch.TimedOut},
		{"falls ill after the yes", []dispatch.Command{dispatch.Confirm, dispatch.Dispatch, dispatch.Accept, dispatch.Decline}, dispatch.Declined},
	} {
		s := dispatch.Pending
		for _, c := range tt.do {
			var err error
			if s, err = dispatch.Next(s, c); err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		if s != tt.want {
			t.Errorf("%s: ends %s, want %s", tt.name, s, tt.want)
		}
	}
	for _, s := range []dispatch.State{dispatch.Travelling, dispatch.OnSite, dispatch.Pending} {
		if _, err := dispatch.Next(s, dispatch.Reschedule); !errors.Is(err, dispatch.ErrTransition) {
			t.Errorf("%s was rescheduled: %v", s, err)
		}
	}
}

func TestAnswerBy(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ start, want time.Duration }{
		{48 * time.Hour, 12 * time.Hour}, {3 * time.Hour, 3 * time.Hour}, {time.Minute, 15 * time.Minute}, {-time.Hour, 15 * time.Minute},
	} {
		if got := dispatch.AnswerBy(now, now.Add(tt.start)).Sub(now); got != tt.want {
			t.Errorf("told %s before, the answer is due after %s, want %s", tt.start, got, tt.want)
		}
	}
}
