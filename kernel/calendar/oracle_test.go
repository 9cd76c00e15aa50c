package calendar_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the test, whatever the machine has

	"fettle.dev/fettle/kernel/calendar"
)

// zones with the habits that break naive arithmetic: gaps at midnight, half
// hours, two hours, a skipped day, summer time that ends for a month, offsets
// of quarter hours, and the plain ones.
var zones = []string{
	"Africa/Cairo", "Africa/Casablanca", "America/New_York", "America/Santiago", "America/Sao_Paulo", "America/St_Johns",
	"Antarctica/Troll", "Asia/Amman", "Asia/Gaza", "Asia/Kathmandu", "Asia/Shanghai", "Asia/Tehran", "Australia/Lord_Howe",
	"Australia/Sydney", "Europe/Berlin", "Europe/Dublin", "Europe/London", "Pacific/Apia", "Pacific/Chatham", "UTC",
}

// cases is how many random cases a test runs; modules/sla runs many more.
func cases() int {
	if os.Getenv("FETTLE_SOAK") != "" {
		return 100_000
	}
	return 5_000
}

func chance(r *rand.Rand, in int) bool { return r.IntN(in) == 0 }

// randomWeek has up to three blocks a day, none on some days.
func randomWeek(r *rand.Rand) (w calendar.Week) {
	if chance(r, 12) {
		return calendar.AllWeek()
	}
	for d := range w {
		at := calendar.Minute(0)
		for range r.IntN(4) {
			from := at + calendar.Minute(r.IntN(600))
			until := min(from+1+calendar.Minute(r.IntN(700)), calendar.Midnight)
			if from >= until {
				break
			}
			w[d] = append(w[d], calendar.Block{From: from, Until: until})
			at = until + calendar.Minute(r.IntN(200))
		}
	}
	return w
}

// randomStart is often within two days of a change of the zone's offset.
func randomStart(r *rand.Rand, zone *time.Location) time.Time {
	years := int64(37) // as far as tables of changes go
	if chance(r, 10) {
		years = 100 // where zones follow a rule
	}
	t := time.Unix(946_684_800+r.Int64N(years*365*86_400), 0)
	if chance(r, 3) {
		return t.Truncate(time.Minute).UTC()
	}
	if _, change := t.In(zone).ZoneBounds(); !change.IsZero() && change.Year() < 2100 {
		t = change.Add(time.Duration(r.Int64N(4*24*60)-2*24*60) * time.Minute)
	}
	return t.Truncate(time.Minute).UTC()
}

// naive knows the calendar only by looking at the wall's clock and the date.
type naive struct {
	zone     *time.Location
	week     calendar.Week
	holidays map[int]bool // by date, such as 20261001
	workdays map[int]time.Weekday
}

func date(t time.Time) int {
	y, m, d := t.Date()
	return y*10_000 + int(m)*100 + d
}

func (n naive) working(t time.Time) bool {
	local := t.In(n.zone)
	on, like := date(local), local.Weekday()
	if instead, ok := n.workdays[on]; ok {
		like = instead
	} else if n.holidays[on] {
		return false
	}
	minute := calendar.Minute(local.Hour()*60 + local.Minute())
	for _, b := range n.week[like] {
		if minute >= b.From && minute < b.Until {
			return true
		}
	}
	return false
}

// randomCalendar has its special days in the weeks after near.
func randomCalendar(t *testing.T, r *rand.Rand) (*calendar.Calendar, naive, time.Time) {
	t.Helper()
	zone, err := time.LoadLocation(zones[r.IntN(len(zones))])
	if err != nil {
		t.Fatal(err)
	}
	near := randomStart(r, zone)
	n := naive{zone: zone, week: randomWeek(r), holidays: map[int]bool{}, workdays: map[int]time.Weekday{}}
	spec := calendar.Spec{Zone: zone, Week: n.week, Workdays: map[calendar.Day]time.Weekday{}}
	someDay := func() time.Time {
		y, m, d := near.In(zone).Date()
		return time.Date(y, m, d+r.IntN(5)-1, 0, 0, 0, 0, time.UTC)
	}
	for range r.IntN(4) {
		d := someDay()
		spec.Holidays = append(spec.Holidays, calendar.DayOn(d.Date()))
		n.holidays[date(d)] = true
	}
	for range r.IntN(3) {
		d, like := someDay(), time.Weekday(r.IntN(7))
		spec.Workdays[calendar.DayOn(d.Date())] = like
		n.workdays[date(d)] = like
	}
	c, err := calendar.New(spec)
	if errors.Is(err, calendar.ErrNoWork) {
		return randomCalendar(t, r)
	}
	if err != nil {
		t.Fatalf("New(%+v) = %v", spec, err)
	}
	return c, n, near
}

// Minute by minute, the calendar and the wall's clock agree; the first instant
// by which some work is done is the one at which the walk has counted it.
func TestAgainstTheWallClock(t *testing.T) {
	t.Parallel()
	for i := range cases() {
		r := rand.New(rand.NewPCG(2, uint64(i)))
		c, n, start := randomCalendar(t, r)
		want := time.Duration(1+r.IntN(1500)) * time.Minute
		const most = 3 * 24 * 60 // minutes
		at, done := start, time.Duration(0)
		for range most {
			if done == want {
				break
			}
			working := n.working(at)
			if i%20 == 0 && c.Working(at) != working {
				t.Fatalf("case %d: Working(%s) = %v in %v, %s", i, at, !working, n.zone, c.Week())
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
		c, _, start := randomCalendar(t, r)
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
