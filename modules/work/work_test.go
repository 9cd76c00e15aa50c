package work_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
)

var commands = []work.Command{
	work.MakeReady, work.Schedule, work.Unschedule, work.Start, work.Hold, work.Release, work.Complete,
	work.Retry, work.Check, work.Post, work.Reverse, work.Cancel,
}

var outcomes = []work.Outcome{work.Fixed, work.FixedByCare, work.NotFixed, work.EndOfLife, work.NotPresent, work.PartMissing, work.CustomerNo, work.WorkFinished}

func TestNext(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, completed := work.Draft, false
		for _, c := range rapid.SliceOf(rapid.SampledFrom(commands)).Draw(t, "commands") {
			to, err := work.Next(s, c)
			switch {
			case !slices.Contains(work.States, to):
				t.Fatalf("%s is no state", to)
			case err != nil && (to != s || !errors.Is(err, work.ErrTransition)):
				t.Fatalf("%s after %s = %s, %v", s, c, to, err)
			case !s.Open() && to.Open():
				t.Fatalf("%s opened %s again", c, s)
			case to == work.Posted && !completed:
				t.Fatal("posted what was never done")
			}
			completed = completed || to == work.Completed
			s = to
		}
	})
}

// A fact from the field finds a place in every state in which work may be done.
func TestFactsAreAlwaysTaken(t *testing.T) {
	t.Parallel()
	for _, s := range work.States {
		if s == work.Draft {
			continue // nobody is sent to a draft
		}
		for _, o := range outcomes {
			if _, err := work.Next(s, work.After(o)); (err == nil) != s.Open() {
				t.Errorf("%s in a work order that is %s: %v", o, s, err)
			}
		}
	}
}

// Work is over exactly when its order can no longer be worked on; and a way that
// had its chance is one whose work is over, the customer's no apart.
func TestOutcomesEndWhatTheySay(t *testing.T) {
	t.Parallel()
	for _, o := range outcomes {
		to, err := work.Next(work.InProgress, work.After(o))
		if err != nil || o.Over() == to.Open() {
			t.Errorf("%s leads to %s, %v; over: %v", o, to, err, o.Over())
		}
		if o.Spent() != (o.Over() && o != work.CustomerNo) || o.Fails() && !o.Spent() {
			t.Errorf("%s: spent %v, over %v, fails %v", o, o.Spent(), o.Over(), o.Fails())
		}
	}
	if work.Outcome("").Over() || work.Outcome("").Spent() {
		t.Error("work that nobody has reported on is over")
	}
}

func TestEveryWayIsSomeWork(t *testing.T) {
	t.Parallel()
	for _, m := range remedy.Modes {
		if k, ok := work.KindOf(m); !ok || k == "" {
			t.Errorf("%s is no work", m)
		}
	}
	if _, ok := work.KindOf(remedy.NoRemedy); ok {
		t.Error("no remedy is work")
	}
}
