package dispatch_test

import (
	"testing"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
)

// The nights around a day are in order and apart, also when the clocks change.
func TestNights(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for first := calendar.DayOn(2026, 3, 27); first < calendar.DayOn(2026, 4, 1); first++ {
		nights := dispatch.Nights(first, berlin)
		for i, n := range nights {
			if from, until := n.Start.In(berlin), n.End.In(berlin); from.Hour() != 22 || until.Hour() != 6 || from.Day() == until.Day() {
				t.Errorf("a night from %v to %v", from, until)
			}
			if i > 0 && !nights[i-1].End.Before(n.Start) {
				t.Errorf("%v begins before %v has ended", n, nights[i-1])
			}
		}
		if start := nights[0].End.In(berlin); len(nights) != 3 || calendar.DayAt(start, berlin) != first {
			t.Errorf("%d nights around %v, the first until %v", len(nights), first, start)
		}
	}
	changed := dispatch.Nights(calendar.DayOn(2026, 3, 29), berlin)[0] // the clocks are put forward in it
	if d := changed.End.Sub(changed.Start); d != 7*time.Hour {
		t.Errorf("the short night lasts %v", d)
	}
}

// What somebody costs is in one currency, and what was never agreed is nothing in it.
func TestCheckPrices(t *testing.T) {
	t.Parallel()
	euro := dispatch.Technician{
		Employment: dispatch.Core, Standing: dispatch.Active, Hour: money.Of(6000, "EUR"), Kilometre: money.Of(50, "EUR"), MaxMinutes: 480,
	}
	for _, tt := range []struct {
		name   string
		change func(*dispatch.Technician)
		want   string // the member that is refused
	}{
		{"nothing agreed", func(*dispatch.Technician) {}, ""},
		{"a price per visit", func(x *dispatch.Technician) { x.Visit, x.MaxVisits = money.Of(4500, "EUR"), 100 }, ""},
		{"nothing in another currency", func(x *dispatch.Technician) { x.Night = money.Of(0, "CNY") }, ""},
		{"another currency", func(x *dispatch.Technician) { x.Visit = money.Of(1, "CNY") }, "/visit"},
		{"less than nothing", func(x *dispatch.Technician) { x.Night = money.Of(-1, "EUR") }, "/night"},
		{"too many visits", func(x *dispatch.Technician) { x.MaxVisits = 101 }, "/max_visits"},
	} {
		give := euro
		tt.change(&give)
		got, err := dispatch.Check(give)
		switch {
		case tt.want == "" && (err != nil || got.Visit.Currency != "EUR" || got.Night.Currency != "EUR"):
			t.Errorf("%s: %v, %v", tt.name, got, err)
		case tt.want != "" && (err == nil || fault.Of(err).Fields[0].Pointer != tt.want):
			t.Errorf("%s: %v, want %s refused", tt.name, err, tt.want)
		}
	}
}
