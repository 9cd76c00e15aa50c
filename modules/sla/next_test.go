package sla_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/modules/sla"
)

var (
	monday = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	office = must(sla.Hours{Week: must(calendar.ParseWeek("Mo-Fr 09:00-17:00"))}.Calendar(time.UTC, nil))
	fourH  = sla.Target{To: sla.ToCustomer, Kind: sla.Resolve, Promise: sla.Promise{
		WithinMinutes: 240, WarnAt: []int64{50, 75}, PauseFor: []sla.Reason{sla.WaitCustomer, sla.Weather},
	}}
	verbs = []sla.Verb{sla.Tick, sla.Pause, sla.Resume, sla.Meet, sla.Reopen, sla.Cancel}
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// after plays commands, minutes after Monday nine o'clock, on the clock of fourH.
func after(t *testing.T, cmds ...sla.Command) (c sla.Clock, changes []sla.Change) {
	t.Helper()
	c = must(sla.Start(fourH, monday, office))
	for _, cmd := range cmds {
		next, more, err := sla.Next(c, cmd, office)
		if err != nil {
			t.Fatalf("%s at %s: %v", cmd.Do, cmd.At, err)
		}
		c, changes = next, append(changes, more...)
	}
	return c, changes
}

func at(minutes int, do sla.Verb) sla.Command {
	return sla.Command{Do: do, At: monday.Add(time.Duration(minutes) * time.Minute), Reason: sla.WaitCustomer}
}

func TestNextByHand(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		give  []sla.Command
		state sla.State
		due   int // minutes after nine; 0: none
		left  time.Duration
		last  sla.What
	}{
		{"untouched", nil, sla.Running, 240, 4 * time.Hour, ""},
		{"half way", []sla.Command{at(130, sla.Tick)}, sla.Running, 240, 110 * time.Minute, sla.WasWarned},
		{"an hour of waiting moves the due instant", []sla.Command{at(60, sla.Pause), at(120, sla.Resume)}, sla.Running, 300, 3 * time.Hour, sla.WasResumed},
		{"waiting over the evening", []sla.Command{at(60, sla.Pause), at(24*60, sla.Resume)}, sla.Running, 24*60 + 180, 3 * time.Hour, sla.WasResumed},
		{"paused", []sla.Command{at(60, sla.Pause)}, sla.Paused, 0, 3 * time.Hour, sla.WasPaused},
		{"in time", []sla.Command{at(239, sla.Meet)}, sla.Met, 240, time.Minute, sla.WasMet},
		{"at the due instant it is too late", []sla.Command{at(240, sla.Meet)}, sla.Breached, 240, 0, sla.WasEndedLate},
		{"half an hour late", []sla.Command{at(270, sla.Meet), at(500, sla.Tick)}, sla.Breached, 240, -30 * time.Minute, sla.WasEndedLate},
		{"the news comes after the breach", []sla.Command{at(300, sla.Tick), at(200, sla.Meet)}, sla.Met, 240, 40 * time.Minute, sla.WasMet},
		{"reopened after a night", []sla.Command{at(180, sla.Meet), at(24*60, sla.Reopen)}, sla.Running, 24*60 + 60, time.Hour, sla.WasReopened},
		{"a pause too late excuses nothing", []sla.Command{at(250, sla.Tick)}, sla.Breached, 240, -10 * time.Minute, sla.WasBreached},
		{"a resumption dated before its pause", []sla.Command{at(100, sla.Tick), at(60, sla.Pause), at(50, sla.Resume)}, sla.Running, 240, 3 * time.Hour, sla.WasResumed},
		{"cancelled", []sla.Command{at(10, sla.Cancel)}, sla.Cancelled, 240, 230 * time.Minute, sla.WasCancelled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, changes := after(t, tt.give...)
			due, now := time.Time{}, monday
			if tt.due > 0 {
				due = monday.Add(time.Duration(tt.due) * time.Minute)
			}
			if n := len(tt.give); n > 0 {
				now = tt.give[n-1].At
			}
			if c.State != tt.state || !c.DueAt.Equal(due) || c.Left(now, office) != tt.left {
				t.Errorf("%s, due %s, left %s, want %s, %s, %s", c.State, c.DueAt, c.Left(now, office), tt.state, due, tt.left)
			}
			if tt.last != "" && (len(changes) == 0 || changes[len(changes)-1].What != tt.last) {
				t.Errorf("%v, want %s last", changes, tt.last)
			}
		})
	}
}

func TestPauseReasons(t *testing.T) {
	t.Parallel()
	running := must(sla.Start(fourH, monday, office))
	storm := sla.Command{Do: sla.Pause, At: monday, Reason: sla.Weather}
	if got, _, err := sla.Next(running, storm, office); !errors.Is(err, sla.ErrEvidence) || !cmp.Equal(got, running) {
		t.Errorf("a storm without evidence: %v", err)
	}
	storm.Evidence = true
	paused, _, err := sla.Next(running, storm, office)
	if err != nil || paused.State != sla.Paused || paused.PausedFor != sla.Weather {
		t.Fatalf("a storm: %+v, %v", paused, err)
	}
	part := sla.Command{Do: sla.Pause, At: monday.Add(time.Hour), Reason: sla.WaitPart}
	if got, changes, err := sla.Next(running, part, office); err != nil || got.State != sla.Running || len(changes) != 0 {
		t.Errorf("a missing part paused the clock: %+v, %v", got, err)
	}
	if got, changes, err := sla.Next(paused, part, office); err != nil || got.State != sla.Running || changes[0].What != sla.WasResumed {
		t.Errorf("after the storm a missing part: %+v, %v, %v", got, changes, err)
	}
	if got, changes, err := sla.Next(paused, at(70, sla.Pause), office); err != nil || got.PausedFor != sla.WaitCustomer || !got.PausedAt.Equal(monday) || len(changes) != 1 {
		t.Errorf("from the storm to the customer: %+v, %v", got, err)
	}
}

// Commands in any order and with any times leave a clock that makes sense, a
// refusal changes nothing, and a command asks no more than the table allows.
func TestNextProperties(t *testing.T) {
	t.Parallel()
	allowed := map[sla.State][]sla.Verb{
		sla.Running: {sla.Tick, sla.Pause, sla.Meet, sla.Cancel}, sla.Paused: {sla.Tick, sla.Pause, sla.Resume, sla.Meet, sla.Cancel},
		sla.Met: {sla.Tick, sla.Reopen}, sla.Breached: {sla.Tick, sla.Meet, sla.Reopen, sla.Cancel}, sla.Cancelled: {sla.Tick},
	}
	rapid.Check(t, func(t *rapid.T) {
		c := must(sla.Start(fourH, monday, office))
		for range rapid.IntRange(1, 12).Draw(t, "commands") {
			cmd := at(rapid.IntRange(-60, 4000).Draw(t, "at"), rapid.SampledFrom(verbs).Draw(t, "verb"))
			cmd.Reason = rapid.SampledFrom(sla.Reasons).Draw(t, "reason")
			cmd.Evidence = rapid.Bool().Draw(t, "evidence")
			before := c
			next, changes, err := sla.Next(c, cmd, office)
			if err != nil {
				if !errors.Is(err, sla.ErrTransition) && !errors.Is(err, sla.ErrEvidence) || !cmp.Equal(next, before) || changes != nil {
					t.Fatalf("%s refused with %v: %s", cmd.Do, err, cmp.Diff(before, next))
				}
				continue
			}
			c = next
			if len(changes) == 0 && cmd.Do != sla.Tick && !before.Takes(cmd.Do) {
				t.Fatalf("%s did %s, which it does not take", before.State, cmd.Do)
			}
			from := before.State
			if len(changes) > 0 && slices.ContainsFunc(changes, func(ch sla.Change) bool { return ch.What == sla.WasBreached }) {
				from = sla.Breached
			}
			if !slices.Contains(allowed[from], cmd.Do) {
				t.Fatalf("%s did %s", from, cmd.Do)
			}
			checkClock(t, c, before, changes)
		}
	})
}

func checkClock(t *rapid.T, c, before sla.Clock, changes []sla.Change) {
	open := c.EndedAt.IsZero()
	ok := false
	switch c.State {
	case sla.Running:
		ok = open && c.DueAt.After(c.Since) && !c.TellAt.After(c.DueAt) && !c.TellAt.IsZero() && c.BreachedAt.IsZero() && c.PausedAt.IsZero()
	case sla.Paused:
		ok = open && c.DueAt.IsZero() && c.TellAt.IsZero() && c.PausedFor != "" && !c.PausedAt.IsZero()
	case sla.Met:
		ok = !open && c.TellAt.IsZero() && c.BreachedAt.IsZero() && c.Left(c.EndedAt, office) > 0
	case sla.Breached:
		ok = c.BreachedAt.Equal(c.DueAt) && c.TellAt.IsZero() && c.Left(c.BreachedAt, office) <= 0
	case sla.Cancelled:
		ok = !open && c.TellAt.IsZero()
	}
	if !ok || c.Worked < 0 || c.Worked > c.Within() || c.Warned < before.Warned {
		t.Fatalf("after %v: %+v", changes, c)
	}
	for i := 1; i < len(changes); i++ {
		if changes[i].At.Before(changes[i-1].At) && changes[i].What != sla.WasMet {
			t.Fatalf("%v runs backwards", changes)
		}
	}
}

func TestNextDueAndAttainment(t *testing.T) {
	t.Parallel()
	running, _ := after(t)
	paused, _ := after(t, at(10, sla.Pause))
	met, _ := after(t, at(10, sla.Meet))
	late, _ := after(t, at(250, sla.Tick))
	lateDone, _ := after(t, at(250, sla.Meet))
	cancelled, _ := after(t, at(10, sla.Cancel))
	lateCancelled, _ := after(t, at(250, sla.Cancel))
	due := monday.Add(4 * time.Hour)
	for _, tt := range []struct {
		name   string
		clocks []sla.Clock
		want   time.Time
	}{
		{"none", nil, time.Time{}},
		{"running", []sla.Clock{met, running}, due},
		{"all paused", []sla.Clock{paused}, time.Time{}},
		{"overdue stays on top", []sla.Clock{late, paused}, due},
		{"over", []sla.Clock{lateDone, met, cancelled, lateCancelled}, time.Time{}},
	} {
		if got := sla.NextDue(tt.clocks); !got.Equal(tt.want) {
			t.Errorf("%s: NextDue = %s, want %s", tt.name, got, tt.want)
		}
	}
	if got, want := sla.NextTell([]sla.Clock{paused, running, late}), monday.Add(2*time.Hour); !got.Equal(want) {
		t.Errorf("NextTell = %s, want %s", got, want)
	}
}

// A case that goes elsewhere takes along what was worked, and counts on there.
func TestMove(t *testing.T) {
	t.Parallel()
	always := calendar.Always()
	running, _ := after(t)
	friday := monday.Add(24*4*time.Hour + 7*time.Hour + 30*time.Minute) // half an hour before the weekend
	late := must(sla.Start(fourH, friday, office))
	for _, tt := range []struct {
		name     string
		give     sla.Clock
		at       time.Time
		from, to *calendar.Calendar
		due      time.Time
		changes  int
	}{
		{"from the office to round the clock", late, friday.Add(time.Hour), office, always, friday.Add(4*time.Hour + 30*time.Minute), 0},
		{"from round the clock to the office", must(sla.Start(fourH, friday, always)), friday.Add(time.Hour), always, office, monday.Add(24*7*time.Hour + 3*time.Hour), 0},
		{"the same hours", running, monday.Add(time.Hour), office, office, running.DueAt, 0},
		{"too late", running, monday.Add(5 * time.Hour), office, always, running.DueAt, 3},
	} {
		c, changes, err := sla.Move(tt.give, tt.at, tt.from, tt.to)
		if err != nil || !c.DueAt.Equal(tt.due) || len(changes) != tt.changes {
			t.Errorf("%s: due %s, %v, %v, want %s", tt.name, c.DueAt, changes, err, tt.due)
		}
	}
	paused, _ := after(t, at(10, sla.Pause))
	if c, _, err := sla.Move(paused, monday.Add(time.Hour), office, always); err != nil || !cmp.Equal(c, paused) {
		t.Errorf("a paused clock moved: %+v, %v", c, err)
	}
}

func BenchmarkDue(b *testing.B) {
	week := must(calendar.ParseWeek("Mo-Sa 08:30-12:00,13:30-18:00"))
	cal := must(sla.Hours{Week: week}.Calendar(must(time.LoadLocation("Europe/Berlin")), nil))
	c := must(sla.Start(fourH, monday, cal))
	n := 0
	for b.Loop() {
		n++
		c.Since = monday.Add(time.Duration(n%500_000) * time.Minute)
		if _, err := c.Due(cal); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "due/s")
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		if _, err := sla.Start(fourH, monday, office); err != nil {
			b.Fatal(err)
		}
	}
}
