package calendar

import "time"

// Day is a day of the calendar, without zone: the number of days since
// 1970-01-01. Its text is ISO 8601, such as 2026-10-01.
type Day int32

// DayOn returns the day of a date.
func DayOn(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (dayMicros / second))
}

// DayAt returns the local day of the instant t in a zone.
func DayAt(t time.Time, zone *time.Location) Day { return DayOn(t.In(zone).Date()) }

// ParseDay reads a date such as 2026-10-01; anything else is ErrDay.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, ErrDay
	}
	return DayOn(t.Date()), nil
}

// Weekday is the day's weekday.
func (d Day) Weekday() time.Weekday {
	_, n := floorDiv(int64(d)+int64(time.Thursday), 7) // 1970-01-01 was a Thursday
	return time.Weekday(n)
}

// String is the date in ISO 8601.
func (d Day) String() string {
	return time.Unix(int64(d)*(dayMicros/second), 0).UTC().Format(time.DateOnly)
}

// MarshalText implements encoding.TextMarshaler.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Day) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDay(string(b))
	return err
}
