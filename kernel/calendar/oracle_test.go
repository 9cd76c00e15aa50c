package calendar_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/calendar/calendartest"
)

// cases is how many random cases a test runs; modules/sla runs many more.
func cases() int {
	if os.Getenv("FETTLE_SOAK") != "" {
		return 100_000
	}
	return 5_000
}

// Minute by minute, the calendar and the wall's clock agree; the first instant
// by which some work is done is the one at which the walk has counted it.
func TestAgainstTheWallClock(t *testing.T) {
	t.Parallel()
	for i := range cases() {
		r := rand.New(rand.NewPCG(2, uint64(i)))
		c, n, start := calendartest.Random(r)
		want := time.Duration(1+r.IntN(1500)) * time.Minute
		const most = 3 * 24 * 60 // minutes
		at, done := start, time.Duration(0)
		for range most {
			if done == want {
				break
			}
			working := n.Working(at)
			if i%20 == 0 && c.Working(at) != working {
				t.Fatalf("case %d: Working(%s) = %v in %v, %s", i, at, !working, c.Zone(), c.Week())
			}
			if working {
				done += time.Minute
			}
			at = at.Add(time.Minute)
		}
		if got := c.Between(start, at); got != done {
			t.Fatalf("case %d: Between(%s, %s) = %v, want %v; %+v", i, start, at, got, done, n)
		}
		if done < want {
			continue // three days had too little work
		}
		if got, err := c.Add(start, want); err != nil || !got.Equal(at) {
			t.Fatalf("case %d: Add(%s, %v) = %s, %v, want %s; %+v", i, start, want, got, err, at, n)
		}
	}
}

// Far additions agree with what lies between, and are the first such instant.
func TestAddAndBetweenAreInverse(t *testing.T) {
	t.Parallel()
	for i := range cases() {
		r := rand.New(rand.NewPCG(3, uint64(i)))
		c, _, start := calendartest.Random(r)
		work := time.Duration(1+r.Int64N(int64(2000*time.Hour/time.Microsecond))) * time.Microsecond
		end, err := c.Add(start, work)
		if errors.Is(err, calendar.ErrRange) {
			continue
		}
		if err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
		if got := c.Between(start, end); got != work {
			t.Fatalf("case %d: Between(start, Add(start, %v)) = %v", i, work, got)
		}
		if before := c.Between(start, end.Add(-time.Microsecond)); before != work-time.Microsecond {
			t.Fatalf("case %d: %s is not the first instant with %v of work since %s", i, end, work, start)
		}
		if c.Between(end, start) != -work {
			t.Fatalf("case %d: Between is not odd", i)
		}
		later, err := c.Add(start.Add(time.Duration(r.Int64N(int64(100*time.Hour)))), work)
		if err == nil && later.Before(end) {
			t.Fatalf("case %d: who starts later ends earlier: %s, %s", i, end, later)
		}
		mid := start.Add(time.Duration(r.Int64N(int64(end.Sub(start)) + 1)).Truncate(time.Microsecond))
		if c.Between(start, mid)+c.Between(mid, end) != work {
			t.Fatalf("case %d: the parts do not add up", i)
		}
	}
}
