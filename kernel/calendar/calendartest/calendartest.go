// Package calendartest makes random calendars for tests, each with a naive twin
// that knows only the wall's clock and the date.
package calendartest

import (
	"math/rand/v2"
	"time"
	_ "time/tzdata" // the zones of the tests, whatever the machine has

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

// Naive knows a calendar only by looking at the wall's clock and the date.
type Naive struct {
	zone     *time.Location
	week     calendar.Week
	holidays map[int]bool // by date, such as 20261001
	workdays map[int]time.Weekday
}

func date(t time.Time) int {
	y, m, d := t.Date()
	return y*10_000 + int(m)*100 + d
}

// Working reports whether t is working time.
func (n Naive) Working(t time.Time) bool {
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

// Random returns a calendar whose special days lie around the instant start,
// often close to a change of the zone's offset, and its twin.
func Random(r *rand.Rand) (c *calendar.Calendar, twin Naive, start time.Time) {
	for {
		zone, err := time.LoadLocation(zones[r.IntN(len(zones))])
		if err != nil {
			panic(err) // the zone data is embedded
		}
		start = randomStart(r, zone)
		twin = Naive{zone: zone, week: randomWeek(r), holidays: map[int]bool{}, workdays: map[int]time.Weekday{}}
		if c, err = calendar.New(twin.special(r, start)); err == nil {
			return c, twin, start
		}
	}
}

// special draws holidays and make-up workdays for the twin and returns the
// calendar's specification.
func (n Naive) special(r *rand.Rand, near time.Time) calendar.Spec {
	spec := calendar.Spec{Zone: n.zone, Week: n.week, Workdays: map[calendar.Day]time.Weekday{}}
	someDay := func() time.Time {
		y, m, d := near.In(n.zone).Date()
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
	return spec
}
