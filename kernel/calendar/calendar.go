// Package calendar counts working time.
//
// A Calendar knows at which instants people work: inside the blocks of a local
// week, except on holidays, and on make-up workdays after the pattern of
// another weekday. An instant is working time if the clock on the wall at that
// instant stands inside a block of its local day. Working time is real time
// that elapses at such instants: a block that crosses the gap of a switch to
// summer time is shorter by the gap, one that crosses the hour that comes twice
// is longer by it.
//
// Calendars answer for the years 2000 to 2100, in microseconds, are immutable
// and safe for concurrent use. Zones come in as arguments: the program that
// builds calendars embeds the zone data.
package calendar

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"fettle.dev/fettle/kernel/fault"
)

// Faults of this package.
var (
	ErrDay    = fault.New(fault.Invalid, "calendar.bad_day")
	ErrNoWork = fault.New(fault.Invalid, "calendar.no_working_time")
	ErrRange  = fault.New(fault.Invalid, "calendar.out_of_range")
	ErrWeek   = fault.New(fault.Invalid, "calendar.bad_week")
	ErrZone   = fault.New(fault.Invalid, "calendar.bad_zone")
)

// Spec says what a calendar is made of.
type Spec struct {
	Zone     *time.Location
	Week     Week
	Holidays []Day                // nobody works, whatever the week says
	Workdays map[Day]time.Weekday // worked after that weekday's pattern, even if also a holiday
}

// Calendar tells working time. Its working instants are compiled in spans of
// 366 days when they are first asked for.
type Calendar struct {
	zone     *time.Location
	week     Week
	special  map[Day]time.Weekday // closed, or the weekday whose pattern holds
	hash     string
	compiled [spans]atomic.Pointer[span]
}

// closed marks a holiday in Calendar.special.
const closed time.Weekday = -1

// Always returns the calendar of those who never close.
func Always() *Calendar {
	c, err := New(Spec{Zone: time.UTC, Week: AllWeek()})
	if err != nil {
		panic(err) // a week of whole days is a calendar
	}
	return c
}

// New returns the calendar of s. It refuses a week without working time
// (ErrNoWork), blocks that are empty, overlap or leave their day (ErrWeek), and
// a zone without a name of its own (ErrZone).
func New(s Spec) (*Calendar, error) {
	if s.Zone == nil || s.Zone.String() == "Local" || s.Zone.String() == "" {
		return nil, ErrZone
	}
	week, err := s.Week.normal()
	if err != nil {
		return nil, err
	}
	if week.empty() {
		return nil, ErrNoWork
	}
	c := &Calendar{zone: s.Zone, week: week, special: make(map[Day]time.Weekday, len(s.Holidays)+len(s.Workdays))}
	for _, d := range s.Holidays {
		c.special[d] = closed
	}
	for d, like := range s.Workdays {
		if like < time.Sunday || like > time.Saturday {
			return nil, ErrDay
		}
		c.special[d] = like
	}
	c.hash = c.sum()
	return c, nil
}

// Zone is the calendar's time zone.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Week is the calendar's week in its normal form. It must not be changed.
func (c *Calendar) Week() Week { return c.week }

// Hash names the calendar by its content: two calendars with the same hash
// work at the same instants, as long as the zone data is the same.
func (c *Calendar) Hash() string { return c.hash }

func (c *Calendar) sum() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n", c.zone, c.week)
	for _, d := range slices.Sorted(maps.Keys(c.special)) {
		fmt.Fprintf(h, "%s %d\n", d, c.special[d])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// blocks returns the blocks that are worked on d.
func (c *Calendar) blocks(d Day) []Block {
	like, ok := c.special[d]
	switch {
	case !ok:
		return c.week[d.Weekday()]
	case like == closed:
		return nil
	default:
		return c.week[like]
	}
}

// Working reports whether t is working time. Nobody works outside the years
// that calendars answer for.
func (c *Calendar) Working(t time.Time) bool {
	us := t.UnixMicro()
	if us < rangeFrom || us >= rangeUntil {
		return false
	}
	local := t.In(c.zone)
	_, offset := local.Zone()
	day, within := floorDiv(us+int64(offset)*second, dayMicros)
	for _, b := range c.blocks(Day(day)) {
		if within >= b.from() && within < b.until() {
			return true
		}
	}
	return false
}

// Add returns the first instant by which work has been done since t. The end
// of a block counts: eight hours from 09:00 in a day of 09:00 to 17:00 end that
// day at 17:00, not when the next one begins. Without work to do it returns t.
// It answers ErrRange where t or the end lies outside the years 2000 to 2100.
func (c *Calendar) Add(t time.Time, work time.Duration) (time.Time, error) {
	us, todo := t.UnixMicro(), work.Microseconds()
	if us < rangeFrom || us >= rangeUntil {
		return time.Time{}, ErrRange
	}
	if todo <= 0 {
		return t, nil
	}
	i := int((us - rangeFrom) / spanMicros)
	s := c.span(i)
	for todo += s.until(us); todo > s.total(); s = c.span(i) {
		todo -= s.total()
		if i++; i == spans {
			return time.Time{}, ErrRange
		}
	}
	return time.UnixMicro(s.at(todo)).UTC(), nil
}

// Between returns the working time from a to b; it is negative if b lies
// before a. Nobody works outside the years that calendars answer for.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	from, until := clamp(a.UnixMicro()), clamp(b.UnixMicro())
	if from > until {
		return -c.between(until, from)
	}
	return c.between(from, until)
}

func (c *Calendar) between(from, until int64) time.Duration {
	i, last := spanOf(from), spanOf(until)
	work := -c.span(i).until(from)
	for ; i < last; i++ {
		work += c.span(i).total()
	}
	return time.Duration(work+c.span(last).until(until)) * time.Microsecond
}
