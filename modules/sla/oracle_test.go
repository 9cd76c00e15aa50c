package sla_test

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/calendar/calendartest"
	"fettle.dev/fettle/modules/sla"
)

// walk is the naive clock: it walks from minute to minute, counts those that
// are worked while it runs, and chooses by chance what happens next.
type walk struct {
	r        *rand.Rand
	twin     calendartest.Naive
	target   sla.Target
	at       time.Time
	state    sla.State
	late     bool // breached, and done since
	worked   int64
	warned   int64
	commands []sla.Command
	changes  []sla.Change
}

func (w *walk) note(what sla.What, percent int64) {
	w.changes = append(w.changes, sla.Change{What: what, At: w.at, Percent: percent})
}

// tell notes the warnings and the breach that have come.
func (w *walk) tell() {
	if w.state != sla.Running {
		return
	}
	for _, percent := range w.target.WarnAt {
		if percent > w.warned && w.worked*100 >= w.target.WithinMinutes*percent {
			w.warned = percent
			w.note(sla.WasWarned, percent)
		}
	}
	if w.worked == w.target.WithinMinutes {
		w.state = sla.Breached
		w.note(sla.WasBreached, 0)
	}
}

// happen does one thing that the state allows.
func (w *walk) happen() {
	pick := w.r.IntN(10)
	do := func(verb sla.Verb, to sla.State, what sla.What) {
		cmd := sla.Command{Do: verb, At: w.at}
		if verb == sla.Pause {
			cmd.Reason, cmd.Evidence = sla.Weather, true
		}
		w.commands = append(w.commands, cmd)
		w.state = to
		w.note(what, 0)
	}
	switch {
	case w.state == sla.Running && pick < 6:
		do(sla.Pause, sla.Paused, sla.WasPaused)
	case w.state == sla.Paused && pick < 8:
		do(sla.Resume, sla.Running, sla.WasResumed)
	case w.state == sla.Running && pick < 8 || w.state == sla.Paused && pick < 9:
		do(sla.Meet, sla.Met, sla.WasMet)
	case w.state == sla.Met:
		do(sla.Reopen, sla.Running, sla.WasReopened)
	case w.state == sla.Breached && w.late:
		w.late = false
		do(sla.Reopen, sla.Breached, sla.WasReopened)
	case w.state == sla.Breached:
		w.late = true
		do(sla.Meet, sla.Breached, sla.WasEndedLate)
	case w.state == sla.Running && pick == 9:
		w.commands = append(w.commands, sla.Command{Do: sla.Pause, At: w.at, Reason: sla.WaitPart}) // does not excuse
	}
}

func (w *walk) run(minutes int) {
	odds := 20 + w.r.IntN(400)
	for range minutes {
		w.tell()
		if w.r.IntN(odds) == 0 {
			w.happen()
		}
		if w.state == sla.Running && w.twin.Working(w.at) {
			w.worked++
		}
		w.at = w.at.Add(time.Minute)
	}
	w.tell()
}

func randomTarget(r *rand.Rand) sla.Target {
	t := sla.Target{To: sla.ToCustomer, Kind: sla.Resolve}
	t.WithinMinutes = 20 * int64(1+r.IntN(60)) // so that every fifth percent is a whole minute
	t.PauseFor = []sla.Reason{sla.WaitCustomer, sla.Weather}
	for percent := int64(5 * (1 + r.IntN(10))); percent < 100; percent += int64(5 * (1 + r.IntN(10))) {
		t.WarnAt = append(t.WarnAt, percent)
	}
	return t
}

// oracleCases is how many random lives of a clock are walked.
func oracleCases() int {
	if os.Getenv("FETTLE_SOAK") != "" {
		return 220_000
	}
	return 20_000
}

// Whatever happens to a clock, in whatever zone and calendar, it says the same
// as one that walks from minute to minute, and ticks in between change nothing.
func TestClockAgainstTheWalk(t *testing.T) {
	t.Parallel()
	seen := map[sla.What]int{}
	for i := range oracleCases() {
		r := rand.New(rand.NewPCG(5, uint64(i)))
		cal, twin, start := calendartest.Random(r)
		w := walk{r: r, twin: twin, target: randomTarget(r), at: start, state: sla.Running}
		w.run(200 + r.IntN(2500))

		clock, err := sla.Start(w.target, start, cal)
		if err != nil {
			t.Fatalf("case %d: Start = %v", i, err)
		}
		var changes []sla.Change
		last := start
		ask := func(cmd sla.Command) {
			next, more, err := sla.Next(clock, cmd, cal)
			if err != nil {
				t.Fatalf("case %d: %s of %+v: %v", i, cmd.Do, clock, err)
			}
			clock, changes, last = next, append(changes, more...), cmd.At
		}
		for _, cmd := range append(w.commands, sla.Command{Do: sla.Tick, At: w.at}) {
			if between := int64(cmd.At.Sub(last)); between > 0 && r.IntN(3) == 0 {
				ask(sla.Command{Do: sla.Tick, At: last.Add(time.Duration(r.Int64N(between))).Truncate(time.Microsecond)})
			}
			ask(cmd)
		}
		if diff := cmp.Diff(w.changes, changes); diff != "" {
			t.Fatalf("case %d in %s, %v, from %s: (-walk +clock)\n%s", i, cal.Zone(), cal.Week(), start, diff)
		}
		if clock.State != w.state || clock.Warned != w.warned {
			t.Fatalf("case %d: the clock is %s, the walk %s", i, clock.State, w.state)
		}
		if want := w.target.Within() - time.Duration(w.worked)*time.Minute; clock.State != sla.Breached && clock.Left(w.at, cal) != want {
			t.Fatalf("case %d: Left = %v, want %v", i, clock.Left(w.at, cal), want)
		}
		for _, c := range changes {
			seen[c.What]++
		}
	}
	for _, what := range []sla.What{sla.WasWarned, sla.WasBreached, sla.WasPaused, sla.WasResumed, sla.WasMet, sla.WasEndedLate, sla.WasReopened} {
		if seen[what] < 1000 {
			t.Errorf("only %d clocks were %s: the walks say too little", seen[what], what)
		}
	}
	t.Logf("%v", seen)
}
