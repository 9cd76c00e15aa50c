package calendar_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/calendar"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func week(t testing.TB, text string) calendar.Week {
	t.Helper()
	w, err := calendar.ParseWeek(text)
	if err != nil {
		t.Fatalf("ParseWeek(%q) = %v", text, err)
	}
	return w
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Cases that can be checked by hand.
func TestAdd(t *testing.T) {
	t.Parallel()
	office := "Mo-Fr 08:30-12:00,13:30-18:00" // eight hours a day
	golden := []calendar.Day{}
	for d := calendar.DayOn(2026, time.October, 1); d <= calendar.DayOn(2026, time.October, 7); d++ {
		golden = append(golden, d)
	}
	makeUp := map[calendar.Day]time.Weekday{calendar.DayOn(2026, time.October, 10): time.Friday}
	for _, tt := range []struct {
		name, zone, week, start string
		work                    time.Duration
		want                    string
	}{
		{"within a block", "Asia/Shanghai", office, "2026-11-16T09:00:00+08:00", time.Hour, "2026-11-16T10:00:00+08:00"},
		{"over lunch", "Asia/Shanghai", office, "2026-11-16T11:00:00+08:00", 2 * time.Hour, "2026-11-16T14:30:00+08:00"},
		{"to the end of the day", "Asia/Shanghai", office, "2026-11-16T08:30:00+08:00", 8 * time.Hour, "2026-11-16T18:00:00+08:00"},
		{"from Friday evening", "Asia/Shanghai", office, "2026-11-20T21:00:00+08:00", time.Minute, "2026-11-23T08:31:00+08:00"},
		{"over the golden week, with a Saturday made up", "Asia/Shanghai", office, "2026-09-30T17:00:00+08:00", 26 * time.Hour, "2026-10-12T09:30:00+08:00"},
		{"spring forward takes an hour", "Europe/Berlin", "24/7", "2026-03-29T01:00:00+01:00", 3 * time.Hour, "2026-03-29T05:00:00+02:00"},
		{"a night shift loses the gap", "Europe/Berlin", "Su 01:00-04:00", "2026-03-28T12:00:00+01:00", 2*time.Hour + time.Minute, "2026-04-05T01:01:00+02:00"},
		{"a night shift works the hour twice", "Europe/Berlin", "Su 01:00-04:00", "2026-10-24T12:00:00+02:00", 4 * time.Hour, "2026-10-25T04:00:00+01:00"},
		{"half past two comes twice", "Europe/Berlin", "Su 02:30-02:45", "2026-10-24T12:00:00+02:00", 20 * time.Minute, "2026-10-25T02:35:00+01:00"},
		{"half past two does not come", "Europe/Berlin", "Su 02:30-02:45", "2026-03-28T12:00:00+01:00", time.Minute, "2026-04-05T02:31:00+02:00"},
		{"the day that Samoa skipped", "Pacific/Apia", "Fr 09:00-17:00", "2011-12-29T12:00:00-10:00", time.Hour, "2012-01-06T10:00:00+14:00"},
		{"over the new year", "UTC", "24/7", "2026-12-31T23:00:00Z", 400 * 24 * time.Hour, "2028-02-04T23:00:00Z"},
		{"a rule for the far future", "America/New_York", "Su 01:00-04:00", "2090-03-11T12:00:00-05:00", 3 * time.Hour, "2090-03-19T02:00:00-04:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			spec := calendar.Spec{Zone: zone(t, tt.zone), Week: week(t, tt.week)}
			if tt.zone == "Asia/Shanghai" {
				spec.Holidays, spec.Workdays = golden, makeUp
			}
			c, err := calendar.New(spec)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := c.Add(instant(t, tt.start), tt.work); err != nil || !got.Equal(instant(t, tt.want)) {
				t.Errorf("Add(%s, %v) = %v, %v, want %s", tt.start, tt.work, got.In(c.Zone()), err, tt.want)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	utc := time.UTC
	for _, tt := range []struct {
		name string
		give calendar.Spec
		want error
	}{
		{"no zone", calendar.Spec{Week: calendar.AllWeek()}, calendar.ErrZone},
		{"the machine's zone", calendar.Spec{Zone: time.Local, Week: calendar.AllWeek()}, calendar.ErrZone},
		{"no work", calendar.Spec{Zone: utc}, calendar.ErrNoWork},
		{"overlap", calendar.Spec{Zone: utc, Week: calendar.Week{{{0, 60}, {59, 70}}}}, calendar.ErrWeek},
		{"empty block", calendar.Spec{Zone: utc, Week: calendar.Week{{{60, 60}}}}, calendar.ErrWeek},
		{"beyond midnight", calendar.Spec{Zone: utc, Week: calendar.Week{{{60, 1441}}}}, calendar.ErrWeek},
		{"no such weekday", calendar.Spec{Zone: utc, Week: calendar.AllWeek(), Workdays: map[calendar.Day]time.Weekday{1: 7}}, calendar.ErrDay},
	} {
		if _, err := calendar.New(tt.give); !errors.Is(err, tt.want) {
			t.Errorf("%s: New = %v, want %v", tt.name, err, tt.want)
		}
	}
}

// A calendar that is closed for the whole century answers, and does not loop.
func TestRange(t *testing.T) {
	t.Parallel()
	spec := calendar.Spec{Zone: time.UTC, Week: calendar.AllWeek()}
	for d := calendar.DayOn(1999, time.December, 1); d < calendar.DayOn(2102, time.January, 1); d++ {
		spec.Holidays = append(spec.Holidays, d)
	}
	c, err := calendar.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	start := instant(t, "2026-11-16T09:00:00Z")
	if _, err := c.Add(start, time.Second); !errors.Is(err, calendar.ErrRange) {
		t.Errorf("Add without any work = %v", err)
	}
	always := calendar.Always()
	for _, at := range []string{"1999-12-31T23:59:59Z", "2150-01-01T00:00:00Z"} {
		if _, err := always.Add(instant(t, at), time.Second); !errors.Is(err, calendar.ErrRange) {
			t.Errorf("Add(%s) = %v", at, err)
		}
		if always.Working(instant(t, at)) {
			t.Errorf("%s is worked", at)
		}
	}
	if got, err := always.Add(start, -time.Hour); err != nil || !got.Equal(start) {
		t.Errorf("Add of nothing = %v, %v", got, err)
	}
	if got := always.Between(instant(t, "1990-01-01T00:00:00Z"), instant(t, "2000-01-02T00:00:00Z")); got != 24*time.Hour {
		t.Errorf("Between counts %v before the year 2000", got)
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	build := func(zone *time.Location, week calendar.Week, holidays ...calendar.Day) string {
		c, err := calendar.New(calendar.Spec{Zone: zone, Week: week, Holidays: holidays})
		if err != nil {
			t.Fatal(err)
		}
		return c.Hash()
	}
	same := build(time.UTC, week(t, "Mo 09:00-12:00,12:00-17:00"), 20_000, 20_001)
	if got := build(time.UTC, week(t, "Mo 09:00-17:00"), 20_001, 20_000, 20_000); got != same {
		t.Error("the order of what is said changes the hash")
	}
	for name, other := range map[string]string{
		"zone": build(zone(t, "Europe/Berlin"), week(t, "Mo 09:00-17:00"), 20_000, 20_001),
		"week": build(time.UTC, week(t, "Mo 09:00-17:01"), 20_000, 20_001),
		"days": build(time.UTC, week(t, "Mo 09:00-17:00"), 20_000),
	} {
		if other == same {
			t.Errorf("another %s has the same hash", name)
		}
	}
}

func TestDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := calendar.Day(rapid.Int32Range(-50_000, 100_000).Draw(t, "day"))
		if back, err := calendar.ParseDay(d.String()); err != nil || back != d {
			t.Fatalf("ParseDay(%s) = %v, %v", d, back, err)
		}
		at := time.Unix(int64(d)*86_400, 0).UTC()
		if at.Weekday() != d.Weekday() || calendar.DayAt(at, time.UTC) != d {
			t.Fatalf("%s is a %s", d, d.Weekday())
		}
	})
	for _, s := range []string{"", "2026-02-29", "20261001", "2026-10-01T00:00:00Z"} {
		if _, err := calendar.ParseDay(s); !errors.Is(err, calendar.ErrDay) {
			t.Errorf("ParseDay(%q) = %v", s, err)
		}
	}
}

func TestWeekText(t *testing.T) {
	t.Parallel()
	for give, want := range map[string]string{
		"24/7": "24/7",
		"Mo-Fr 08:30-12:00,13:30-18:00; Sa 09:00-12:00": "Mo-Fr 08:30-12:00,13:30-18:00; Sa 09:00-12:00",
		"Sa,Su 10:00-12:00; Mo 13:00-14:00,09:00-10:00": "Mo 09:00-10:00,13:00-14:00; Sa-Su 10:00-12:00",
		"Su 22:00-06:00":             "Mo 00:00-06:00; Su 22:00-24:00",
		"Mo-Su 22:00-00:00":          "Mo-Su 22:00-24:00",
		"Fr-Mo 09:00-10:00":          "Mo 09:00-10:00; Fr-Su 09:00-10:00",
		"Mo 09:00-10:00,10:00-11:00": "Mo 09:00-11:00",
	} {
		if got := week(t, give).String(); got != want {
			t.Errorf("ParseWeek(%q) = %q, want %q", give, got, want)
		}
	}
	for _, bad := range []string{
		"", "Mo", "Mo 9:00-10:00", "Mo 09:00", "Xx 09:00-10:00", "Mo 09:00-09:00", "Mo 24:00-09:00", "Mo 08:60-09:00", "Mo-Xx 09:00-10:00",
		"Mo 09:00-25:00", "Mo 09:00-11:00,10:00-12:00", "Mo 22:00-06:00; Tu 05:00-07:00", "Mo 0a:00-10:00",
	} {
		if w, err := calendar.ParseWeek(bad); !errors.Is(err, calendar.ErrWeek) {
			t.Errorf("ParseWeek(%q) = %s, %v", bad, w, err)
		}
	}
}

func FuzzParseWeek(f *testing.F) {
	f.Add("Mo-Fr 08:30-12:00,13:30-18:00; Sa 09:00-12:00")
	f.Add("Su 22:00-06:00")
	f.Add("24/7")
	f.Fuzz(func(t *testing.T, s string) {
		w, err := calendar.ParseWeek(s)
		if err != nil {
			return
		}
		again, err := calendar.ParseWeek(w.String())
		if err != nil || !cmp.Equal(w, again) {
			t.Errorf("ParseWeek(%q) = %s, which reads as %s, %v", s, w, again, err)
		}
	})
}

// Many goroutines may be the first to ask.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	c, err := calendar.New(calendar.Spec{Zone: zone(t, "Europe/Berlin"), Week: week(t, "Mo-Fr 08:00-16:00")})
	if err != nil {
		t.Fatal(err)
	}
	start, results := instant(t, "2001-01-01T00:00:00Z"), make([]time.Time, 8)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			at, err := c.Add(start, 20_000*time.Hour)
			if err != nil {
				t.Error(err)
			}
			results[i] = at
		})
	}
	wg.Wait()
	for _, at := range results {
		if !at.Equal(results[0]) {
			t.Fatalf("%s and %s", at, results[0])
		}
	}
}

func office(b *testing.B) *calendar.Calendar {
	b.Helper()
	spec := calendar.Spec{Zone: zone(b, "Asia/Shanghai"), Week: week(b, "Mo-Sa 08:30-12:00,13:30-18:00")}
	for y := 2025; y < 2029; y++ {
		for d := range 7 {
			spec.Holidays = append(spec.Holidays, calendar.DayOn(y, time.October, 1+d))
		}
	}
	c, err := calendar.New(spec)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func BenchmarkAdd(b *testing.B) {
	c, start := office(b), instant(b, "2026-01-01T00:00:00Z")
	n := 0
	for b.Loop() {
		n++
		if _, err := c.Add(start.Add(time.Duration(n%400_000)*time.Minute), time.Duration(n%100)*time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBetween(b *testing.B) {
	c, start := office(b), instant(b, "2026-01-01T00:00:00Z")
	n := 0
	for b.Loop() {
		n++
		from := start.Add(time.Duration(n%400_000) * time.Minute)
		if c.Between(from, from.Add(time.Duration(n%1000)*time.Hour)) < 0 {
			b.Fatal("negative")
		}
	}
}

func BenchmarkNew(b *testing.B) {
	spec := calendar.Spec{Zone: zone(b, "Europe/Berlin"), Week: week(b, "Mo-Fr 08:30-12:00,13:30-18:00")}
	start := instant(b, "2026-05-01T00:00:00Z")
	for b.Loop() {
		c, err := calendar.New(spec)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Add(start, 8*time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}
