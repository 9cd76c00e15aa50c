package calendar

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Minute is a time of day: minutes since midnight, up to 1440 for 24:00.
type Minute int16

// Midnight is the end of a day.
const Midnight Minute = 24 * 60

// String is the time of day, such as 08:30.
func (m Minute) String() string {
	two := func(n Minute) string { return strconv.Itoa(int(n/10)) + strconv.Itoa(int(n%10)) }
	return two(m/60) + ":" + two(m%60)
}

// Block is a stretch of a day in which people work. Until is exclusive.
type Block struct{ From, Until Minute }

func (b Block) from() int64  { return int64(b.From) * 60 * second }
func (b Block) until() int64 { return int64(b.Until) * 60 * second }

// Week holds the blocks of each weekday, by time.Weekday. Work over midnight
// is two blocks; ParseWeek and Over split it. Its text is that of opening
// hours: "Mo-Fr 08:30-12:00,13:30-18:00; Sa 09:00-12:00", or "24/7".
type Week [7][]Block

// AllWeek is the week of those who never close.
func AllWeek() (w Week) {
	for d := range w {
		w[d] = []Block{{0, Midnight}}
	}
	return w
}

// Over returns w with one more block on weekday d. A block that ends no later
// than it begins runs over midnight and is split.
func (w Week) Over(d time.Weekday, from, until Minute) Week {
	if until > from {
		w[d] = append(slices.Clip(w[d]), Block{from, until})
		return w
	}
	w[d] = append(slices.Clip(w[d]), Block{from, Midnight})
	if next := (d + 1) % 7; until > 0 {
		w[next] = append(slices.Clip(w[next]), Block{0, until})
	}
	return w
}

func (w Week) empty() bool {
	return !slices.ContainsFunc(w[:], func(day []Block) bool { return len(day) > 0 })
}

// normal returns w with the blocks of each day in order and those that touch
// made one, or ErrWeek.
func (w Week) normal() (out Week, err error) {
	for d, day := range w {
		day = slices.SortedFunc(slices.Values(day), func(a, b Block) int { return int(a.From - b.From) })
		for _, b := range day {
			last := len(out[d]) - 1
			switch {
			case b.From < 0 || b.From >= b.Until || b.Until > Midnight:
				return Week{}, ErrWeek
			case last < 0 || out[d][last].Until < b.From:
				out[d] = append(out[d], b)
			case out[d][last].Until == b.From:
				out[d][last].Until = b.Until
			default:
				return Week{}, ErrWeek
			}
		}
	}
	return out, nil
}

var weekdays = [7]string{"Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"}

// String is the week's text, Monday first.
func (w Week) String() string {
	var clauses []string
	for i := 1; i <= 7; {
		first, hours := i, hoursText(w[i%7])
		for i++; i <= 7 && hoursText(w[i%7]) == hours; i++ {
		}
		switch days := weekdays[first%7]; {
		case hours == "":
		case i-1 > first:
			clauses = append(clauses, days+"-"+weekdays[(i-1)%7]+" "+hours)
		default:
			clauses = append(clauses, days+" "+hours)
		}
	}
	text := strings.Join(clauses, "; ")
	if text == "Mo-Su 00:00-24:00" {
		return "24/7"
	}
	return text
}

func hoursText(day []Block) string {
	parts := make([]string, len(day))
	for i, b := range day {
		parts[i] = b.From.String() + "-" + b.Until.String()
	}
	return strings.Join(parts, ",")
}

// MarshalText implements encoding.TextMarshaler.
func (w Week) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (w *Week) UnmarshalText(b []byte) (err error) {
	*w, err = ParseWeek(string(b))
	return err
}

// maxWeekText is far above any week that people work.
const maxWeekText = 2000

// ParseWeek reads a week's text and returns it in its normal form. Hours such
// as 22:00-06:00 run over midnight. What it cannot read is ErrWeek.
func ParseWeek(s string) (w Week, err error) {
	if s == "24/7" {
		return AllWeek(), nil
	}
	if len(s) > maxWeekText {
		return Week{}, ErrWeek
	}
	for clause := range strings.SplitSeq(s, ";") {
		days, hours, ok := strings.Cut(strings.TrimSpace(clause), " ")
		if !ok {
			return Week{}, ErrWeek
		}
		on, err := parseDays(days)
		if err != nil {
			return Week{}, err
		}
		for h := range strings.SplitSeq(hours, ",") {
			from, until, err := parseHours(strings.TrimSpace(h))
			if err != nil {
				return Week{}, err
			}
			for _, d := range on {
				w = w.Over(d, from, until)
			}
		}
	}
	return w.normal()
}

func parseDays(s string) (days []time.Weekday, err error) {
	for part := range strings.SplitSeq(s, ",") {
		first, last, ranged := strings.Cut(part, "-")
		from := slices.Index(weekdays[:], first)
		until := from
		if ranged {
			until = slices.Index(weekdays[:], last)
		}
		if from < 0 || until < 0 {
			return nil, ErrWeek
		}
		for d := from; ; d = (d + 1) % 7 {
			days = append(days, time.Weekday(d))
			if d == until {
				break
			}
		}
	}
	return days, nil
}

func parseHours(s string) (from, until Minute, err error) {
	a, b, ok := strings.Cut(s, "-")
	from, okFrom := parseMinute(a)
	until, okUntil := parseMinute(b)
	if !ok || !okFrom || !okUntil || from == Midnight || from == until {
		return 0, 0, ErrWeek
	}
	return from, until, nil
}

func parseMinute(s string) (Minute, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	for _, i := range [...]int{0, 1, 3, 4} {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	hour, minute := Minute(s[0]-'0')*10+Minute(s[1]-'0'), Minute(s[3]-'0')*10+Minute(s[4]-'0')
	m := hour*60 + minute
	return m, minute < 60 && m <= Midnight
}
