package dispatch_test

import (
	"errors"
	"testing"
	"time"
	_ "time/tzdata" // whatever the machine has

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
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
		t.Fatal(err)
	}
	return w
}

var zones = []string{"Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham"}

// Windows are two hours long, in order, never overlap, begin at even local
// hours, and every instant lies in the window it is promised in.
func TestWindows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		z, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		now := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "now"), 0)
		var last time.Time
		for _, w := range dispatch.WindowsFrom(now, dispatch.Horizon, z) {
			local := w.Start.In(z)
			switch {
			case w.Start.Before(last), w.End.Sub(w.Start) != dispatch.WindowLength:
				t.Fatalf("%v after %v", w, last)
			case local.Hour()%2 != 0, local.Minute() != 0, local.Hour() < 6:
				t.Fatalf("%v is %v there", w, local)
			case w.Start.Before(now.Add(dispatch.Notice)):
				t.Fatalf("%v is too soon after %v", w, now)
			}
			last = w.End
		}
		if w := dispatch.WindowOf(now, z); now.Before(w.Start) || !now.Before(w.End) {
			t.Fatalf("%v is promised in %v", now, w)
		}
	})
}

func TestDuty(t *testing.T) {
	t.Parallel()
	day, _ := calendar.ParseDay("2026-11-23")
	tech := dispatch.Technician{Standing: dispatch.Active, Week: week(t, "Mo-Fr 08:30-12:00,13:30-18:00")}
	d, ok := tech.DutyOn(day, zone(t, "Asia/Shanghai"))
	at := func(s string) time.Time { v, _ := time.Parse(time.RFC3339, s); return v }
	if !ok || !d.Open.Equal(at("2026-11-23T08:30:00+08:00")) || !d.Close.Equal(at("2026-11-23T18:00:00+08:00")) ||
		len(d.Rests) != 1 || !d.Rests[0].Start.Equal(at("2026-11-23T12:00:00+08:00")) || !d.Rests[0].End.Equal(at("2026-11-23T13:30:00+08:00")) {
		t.Errorf("DutyOn = %+v, %v", d, ok)
	}
	for name, change := range map[string]func(*dispatch.Technician){
		"absent": func(t *dispatch.Technician) { t.Absences = []dispatch.Absence{{Day: day}} },
		"left":   func(t *dispatch.Technician) { t.Standing = dispatch.Left },
		"no day": func(t *dispatch.Technician) { t.Week = calendar.Week{} },
	} {
		other := tech
		change(&other)
		if _, ok := other.DutyOn(day, time.UTC); ok {
			t.Errorf("%s has duty", name)
		}
	}
	// A night shift in which the clocks are put forward is shorter by the hour.
	night := dispatch.Technician{Standing: dispatch.Active, Week: week(t, "24/7")}
	spring, _ := calendar.ParseDay("2026-03-29")
	if d, _ := night.DutyOn(spring, zone(t, "Europe/Berlin")); d.Close.Sub(d.Open) != 23*time.Hour {
		t.Errorf("the day has %s", d.Close.Sub(d.Open))
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	good := dispatch.Technician{
		Employment: dispatch.Core, Standing: dispatch.Active, Start: geo.At(30.123456, 114.987654), MaxMinutes: 480,
		Hour: money.Of(6000, "CNY"), Kilometre: money.Of(80, "CNY"), Skills: []dispatch.Skill{{Skill: "refrigerant", Level: 3, ValidUntil: "2027-01-01"}},
	}
	got, err := dispatch.Check(good)
	if err != nil || got.Start != geo.At(30.12, 114.99) {
		t.Fatalf("Check = %+v, %v", got, err)
	}
	for pointer, change := range map[string]func(*dispatch.Technician){
		"/employment":           func(t *dispatch.Technician) { t.Employment = "friend" },
		"/standing":             func(t *dispatch.Technician) { t.Standing = "" },
		"/hour":                 func(t *dispatch.Technician) { t.Hour.Minor, t.Kilometre.Minor = -1, 0 },
		"/kilometre":            func(t *dispatch.Technician) { t.Kilometre.Currency = "EUR" },
		"/max_minutes":          func(t *dispatch.Technician) { t.MaxMinutes = 0 },
		"/overtime_minutes":     func(t *dispatch.Technician) { t.OvertimeMinutes = 481 },
		"/start":                func(t *dispatch.Technician) { t.Start.LatMicro = 90_000_001 },
		"/skills/1/skill":       func(t *dispatch.Technician) { t.Skills = append(t.Skills[:1:1], t.Skills[0]) },
		"/skills/0/level":       func(t *dispatch.Technician) { t.Skills = []dispatch.Skill{{Skill: "a", Level: 6}} },
		"/skills/0/valid_until": func(t *dispatch.Technician) { t.Skills = []dispatch.Skill{{Skill: "a", Level: 1, ValidUntil: "soon"}} },
	} {
		bad := good
		change(&bad)
		_, err := dispatch.Check(bad)
		f := fault.Of(err)
		if !errors.Is(err, dispatch.ErrInvalid) || len(f.Fields) != 1 || f.Fields[0].Pointer != pointer {
			t.Errorf("%s: %v %+v", pointer, err, f.Fields)
		}
	}
}

func TestScore(t *testing.T) {
	t.Parallel()
	cost := func(minor, wait, load int64) dispatch.Reasons {
		return dispatch.Reasons{Cost: money.Of(minor, "CNY"), WaitDays: wait, LoadPermille: load}
	}
	for _, tt := range []struct {
		name       string
		good, less dispatch.Reasons
	}{
		{"cheaper", cost(100, 0, 0), cost(200, 0, 0)},
		{"sooner at the same cost", cost(100, 0, 0), cost(100, 1, 0)},
		{"more room at the same cost", cost(100, 0, 100), cost(100, 0, 900)},
		{"a day's waiting for a long way", cost(100, 1, 0), cost(100+16*100, 0, 0)},
	} {
		if a, b := dispatch.Score(tt.good, 6000), dispatch.Score(tt.less, 6000); a >= b {
			t.Errorf("%s: %d is no better than %d", tt.name, a, b)
		}
	}
}
