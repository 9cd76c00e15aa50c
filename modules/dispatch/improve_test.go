package dispatch_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/modules/dispatch"
)

func TestImproveAt(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name            string
		changed, looked time.Time
		want            time.Time
	}{
		{"never looked", noon, time.Time{}, noon.Add(time.Minute)},
		{"just looked", noon, noon.Add(-time.Second), noon.Add(time.Minute)},
		{"busy ever since", noon, noon.Add(-14*time.Minute - 30*time.Second), noon.Add(30 * time.Second)},
		{"busy for long", noon, noon.Add(-time.Hour), noon.Add(-45 * time.Minute)},
	} {
		if got := dispatch.ImproveAt(tt.changed, tt.looked); !got.Equal(tt.want) {
			t.Errorf("%s: ImproveAt() = %v, want %v", tt.name, got, tt.want)
		}
	}
}

// However changes follow one another, a node is looked at a minute after the last of them,
// and never less often than every quarter of an hour while they last.
func TestImproveAtNeitherHurriesNorStarves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
		looked := now.Add(-time.Duration(rapid.IntRange(0, 20).Draw(t, "looked")) * time.Minute)
		first, waiting := now, false
		for range rapid.IntRange(1, 60).Draw(t, "changes") {
			changed := now
			if !waiting {
				first, waiting = changed, true
			}
			now = now.Add(time.Duration(rapid.IntRange(1, 300).Draw(t, "gap")) * time.Second)
			at := dispatch.ImproveAt(changed, looked)
			if at.After(changed.Add(dispatch.QuietFor)) || at.After(looked.Add(dispatch.QuietAtMost)) && !at.Equal(changed.Add(dispatch.QuietFor)) {
				t.Fatalf("changed %v, looked %v: looked at again at %v", changed, looked, at)
			}
			if at.After(now) {
				if now.Sub(first) > dispatch.QuietAtMost && now.Sub(looked) > dispatch.QuietAtMost {
					t.Fatalf("since %v nobody has looked, now %v", first, now)
				}
				continue
			}
			looked, waiting = at, false
			if changed.After(looked) {
				looked = changed // the job comes when it is asked for, not before
			}
		}
	})
}

func TestWorth(t *testing.T) {
	t.Parallel()
	const hour = 6000
	for _, tt := range []struct {
		saved int64
		moves int
		want  bool
	}{
		{1499, 1, false},
		{1500, 1, true},
		{2999, 2, false},
		{3000, 2, true},
		{100_000, 0, false}, // nobody's plan is another
		{0, 1, false},
		{-1, 1, false},
	} {
		if got := dispatch.Worth(tt.saved, hour, tt.moves); got != tt.want {
			t.Errorf("Worth(%d, %d moves) = %v", tt.saved, tt.moves, got)
		}
	}
	if dispatch.Worth(0, 0, 1) || !dispatch.Worth(1, 0, 1) {
		t.Error("where work costs nothing, whatever is saved is worth it, and nothing is not")
	}
}

func TestHandsAtMost(t *testing.T) {
	t.Parallel()
	for visits, want := range map[int]int{0: 1, 1: 1, 199: 1, 200: 2, 1000: 10} {
		if got := dispatch.HandsAtMost(visits); got != want {
			t.Errorf("HandsAtMost(%d) = %d, want %d", visits, got, want)
		}
	}
}

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestNight(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		zone, day, want string
	}{
		{"Europe/Berlin", "2026-11-28", "2026-11-28T02:00:00Z"},
		{"Europe/Berlin", "2026-03-29", "2026-03-29T01:00:00Z"}, // two o'clock is three o'clock
		{"Europe/Berlin", "2026-10-25", "2026-10-25T02:00:00Z"}, // two o'clock comes twice, three once
		{"Asia/Shanghai", "2026-11-28", "2026-11-27T19:00:00Z"},
		{"America/New_York", "2026-03-08", "2026-03-08T07:00:00Z"},
		{"America/New_York", "2026-11-01", "2026-11-01T08:00:00Z"},
	} {
		d, err := calendar.ParseDay(tt.day)
		if err != nil {
			t.Fatal(err)
		}
		z := zoneOf(t, tt.zone)
		at := dispatch.Night(d, z)
		if got := at.Format(time.RFC3339); got != tt.want {
			t.Errorf("Night(%s, %s) = %s, want %s", tt.day, tt.zone, got, tt.want)
		}
		if got := dispatch.LastNight(at, z); got != d {
			t.Errorf("%s: when the night of %v begins the last one is that of %v", tt.zone, d, got)
		}
		if got := dispatch.LastNight(at.Add(-time.Microsecond), z); got != d-1 {
			t.Errorf("%s: just before the night of %v the last one is that of %v", tt.zone, d, got)
		}
	}
}

// Over the years, in zones of all sorts, somebody who looks every quarter of an hour, or
// comes back after days, finds each night once and in order.
func TestEachNightOnce(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Chatham", "Asia/Kathmandu", "Africa/Cairo", "America/Santiago"} {
		z := zoneOf(t, name)
		now := time.Date(2025, 1, 1, 12, 0, 0, 0, time.UTC)
		last := dispatch.LastNight(now, z)
		for now.Year() < 2027 {
			now = now.Add(15 * time.Minute)
			switch d := dispatch.LastNight(now, z); {
			case d == last:
			case d != last+1:
				t.Fatalf("%s: after the night of %v comes that of %v", name, last, d)
			default:
				// On the Chatham Islands three o'clock is skipped once a year.
				if h := now.In(z).Hour(); h != dispatch.NightHour && h != dispatch.NightHour+1 {
					t.Errorf("%s: the night of %v begins at %v", name, d, now.In(z))
				}
				last = d
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		z := time.FixedZone("", rapid.IntRange(-12, 14).Draw(t, "hours")*3600)
		now := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "now"), 0)
		d := dispatch.LastNight(now, z)
		if from, to := dispatch.Night(d, z), dispatch.Night(d+1, z); now.Before(from) || !now.Before(to) {
			t.Fatalf("at %v the last night is %v to %v", now, from, to)
		}
	})
}
