package calendar

import (
	"sort"
	"time"
)

// Calendars are compiled in spans of the same length, so that the span of an
// instant is found by one division.
const (
	second     = int64(time.Second / time.Microsecond)
	dayMicros  = 24 * 60 * 60 * second
	spanMicros = 366 * dayMicros
	spans      = 101
	rangeFrom  = 946_684_800 * second // 2000-01-01T00:00:00Z
	rangeUntil = rangeFrom + spans*spanMicros
)

// span holds the stretches of working time of 366 days, in order, in
// microseconds since 1970. Neighbours do not touch.
type span struct {
	starts []int64 // when a stretch begins
	before []int64 // work done in the span before it; one more at the end: the total
}

func (s *span) total() int64 { return s.before[len(s.before)-1] }

// until returns the work done in the span before the instant us.
func (s *span) until(us int64) int64 {
	i := sort.Search(len(s.starts), func(i int) bool { return s.starts[i] > us })
	if i == 0 {
		return 0
	}
	return min(s.before[i-1]+us-s.starts[i-1], s.before[i])
}

// at returns the first instant by which the work has been done; 0 < work <= total.
func (s *span) at(work int64) int64 {
	i := sort.Search(len(s.starts), func(i int) bool { return s.before[i+1] >= work })
	return s.starts[i] + work - s.before[i]
}

func (s *span) add(from, until int64) {
	if from >= until {
		return
	}
	n := len(s.starts)
	done := s.before[n]
	if n > 0 && s.starts[n-1]+done-s.before[n-1] == from {
		s.before[n] += until - from // touches the stretch before: one stretch
		return
	}
	s.starts = append(s.starts, from)
	s.before = append(s.before, done+until-from)
}

// span returns the compiled span i. Two goroutines may compile it at once; they
// compile the same.
func (c *Calendar) span(i int) *span {
	if s := c.compiled[i].Load(); s != nil {
		return s
	}
	from := rangeFrom + int64(i)*spanMicros
	s := c.compile(from, from+spanMicros)
	c.compiled[i].Store(s)
	return s
}

// compile walks the stretches of time in which the zone keeps one offset to
// UTC; inside each, local time is a plain shift, so gaps and repeated hours
// come out exactly.
func (c *Calendar) compile(from, until int64) *span {
	s := &span{before: []int64{0}}
	for from < until {
		offset, end := c.offset(from)
		end = min(end, until)
		first, _ := floorDiv(from+offset, dayMicros)
		last, _ := floorDiv(end-1+offset, dayMicros)
		for d := first; d <= last; d++ {
			midnight := d*dayMicros - offset
			for _, b := range c.blocks(Day(d)) {
				s.add(max(midnight+b.from(), from), min(midnight+b.until(), end))
			}
		}
		from = end
	}
	return s
}

// offset returns what the zone adds to UTC at the instant us, and until when
// that is known to hold.
func (c *Calendar) offset(us int64) (micros, until int64) {
	t := time.UnixMicro(us).In(c.zone)
	_, seconds := t.Zone()
	_, change := t.ZoneBounds()
	until = change.UnixMicro()
	switch {
	case change.IsZero():
		until = rangeUntil
	case until <= us:
		// Beyond its table of changes, package time ends every year after 365
		// days: on the last of a leap year the bound lies in the past. Zones
		// change on whole minutes.
		until = us + 60*second
	}
	return int64(seconds) * second, until
}

func spanOf(us int64) int { return min(int((us-rangeFrom)/spanMicros), spans-1) }

func clamp(us int64) int64 { return min(max(us, rangeFrom), rangeUntil) }

// floorDiv returns the quotient rounded down, and what is left (never negative).
func floorDiv(a, b int64) (quotient, rest int64) {
	quotient, rest = a/b, a%b
	if rest < 0 {
		quotient, rest = quotient-1, rest+b
	}
	return quotient, rest
}
