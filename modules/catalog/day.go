package catalog

import (
	"time"
)

// Day is a calendar day, "2026-11-21", wherever it is lived; "" is unknown. Days
// compare as text.
type Day string

// dayForm is ISO 8601.
const dayForm = "2006-01-02"

// Days outside these are slips of the pen.
const (
	firstDay Day = "1950-01-01"
	lastDay  Day = "2199-12-31"
)

// DayOf returns the day that t falls on in t's own zone.
func DayOf(t time.Time) Day { return Day(t.Format(dayForm)) }

// Valid reports whether d is a day of the calendar between 1950 and 2199.
func (d Day) Valid() bool {
	_, err := time.Parse(dayForm, string(d))
	return err == nil && d >= firstDay && d <= lastDay
}

// AddDays returns the day n days later; "" stays unknown.
func (d Day) AddDays(n int) Day {
	t, err := time.Parse(dayForm, string(d))
	if err != nil {
		return ""
	}
	return DayOf(t.AddDate(0, 0, n))
}

// AddMonths returns the same day n months later, or the last day of that month
// when it is shorter, as periods of law are counted; "" stays unknown.
func (d Day) AddMonths(n int) Day {
	t, err := time.Parse(dayForm, string(d))
	if err != nil {
		return ""
	}
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return DayOf(first.AddDate(0, 0, min(t.Day(), last)-1))
}
