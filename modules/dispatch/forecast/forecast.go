// Package forecast says how much work is to be expected on a day, from what came
// in before, and how sure that is.
//
// It promises that the expectation follows the weekday, the season where there is
// a year to learn it from, the holidays and the weeks just past; that what little
// is known leans on the ordinary; that quantiles grow with the share asked for; and
// that it is the same for the same history. It is pure.
package forecast

import (
	"math"
	"time"

	"fettle.dev/fettle/kernel/calendar"
)

// Holiday is how a day on which a country does not work is like no weekday.
const Holiday = 7

// kinds are the weekdays and the holiday.
const kinds = 8

// Like says which weekday's pattern holds on a day, or Holiday.
type Like func(calendar.Day) int

// Weekdays is the Like of a country without holidays.
func Weekdays(d calendar.Day) int { return int(d.Weekday()) }

// How what is known leans on the ordinary, in pieces of work: so many must agree
// before a factor counts half.
const (
	leanWeekday = 12
	leanMonth   = 40
	leanHoliday = 6
)

// halfLife is after how many days what came in counts half for the level.
const halfLife = 42

// seasonDays is how much history the season is learnt from at the least.
const seasonDays = 400

// Model is what was learnt from a history of days.
type Model struct {
	like    Like
	level   float64 // pieces on an ordinary day, as of late
	kind    [kinds]float64
	month   [13]float64 // by time.Month
	spread  float64     // variance beyond Poisson, per square of the mean
	unsure  float64     // of the level, likewise
	history int
}

// Fit learns from the counts of the days from first on, without a gap.
func Fit(first calendar.Day, counts []int64, like Like) Model {
	m := Model{like: like, history: len(counts)}
	for i := range m.month {
		m.month[i] = 1
	}
	for i := range m.kind {
		m.kind[i] = 1
	}
	total := 0.0
	for _, n := range counts {
		total += float64(n)
	}
	if len(counts) == 0 || total == 0 {
		return m
	}
	m.level = total / float64(len(counts))
	for range 3 { // each factor is measured against the others: they settle at once
		m.fitKinds(first, counts)
		if len(counts) >= seasonDays {
			m.fitMonths(first, counts)
		}
	}
	m.fitLevel(first, counts)
	m.fitSpread(first, counts)
	return m
}

func monthOf(d calendar.Day) time.Month { return time.Unix(int64(d)*86_400, 0).UTC().Month() }

func (m *Model) fitKinds(first calendar.Day, counts []int64) {
	var came, due [kinds]float64
	for i, n := range counts {
		d := first + calendar.Day(i)
		k := m.like(d)
		came[k] += float64(n)
		due[k] += m.level * m.month[monthOf(d)]
	}
	for k := range m.kind {
		m.kind[k] = (leanWeekday + came[k]) / (leanWeekday + due[k])
	}
	sunday := m.kind[time.Sunday] // what a holiday is like as long as none was seen
	m.kind[Holiday] = (leanHoliday*sunday + came[Holiday]) / (leanHoliday + due[Holiday])
}

func (m *Model) fitMonths(first calendar.Day, counts []int64) {
	var came, due [13]float64
	for i, n := range counts {
		d := first + calendar.Day(i)
		came[monthOf(d)] += float64(n)
		due[monthOf(d)] += m.level * m.kind[m.like(d)]
	}
	for month := range m.month {
		m.month[month] = (leanMonth + came[month]) / (leanMonth + due[month])
	}
}

// shape is how a day compares to an ordinary one.
func (m *Model) shape(d calendar.Day) float64 { return m.kind[m.like(d)] * m.month[monthOf(d)] }

// fitLevel weighs days by their age.
func (m *Model) fitLevel(first calendar.Day, counts []int64) {
	came, due, weighed := m.level, 1.0, 0.0 // a day as the whole history has it
	for i, n := range counts {
		w := math.Exp2(-float64(len(counts)-1-i) / halfLife)
		came += w * float64(n)
		due += w * m.shape(first+calendar.Day(i))
		weighed += w * w * float64(n)
	}
	m.level = came / due
	m.unsure = (weighed + m.level) / (came * came)
}

// fitSpread measures by how much more days differ from what is expected than chance
// alone would have it.
func (m *Model) fitSpread(first calendar.Day, counts []int64) {
	more, squares := 0.0, 0.0
	from := max(0, len(counts)-365)
	for i, n := range counts[from:] {
		mean := m.level * m.shape(first+calendar.Day(from+i))
		more += (float64(n)-mean)*(float64(n)-mean) - mean
		squares += mean * mean
	}
	if squares > 0 {
		m.spread = max(0, more/squares)
	}
}

// History is from how many days the model was learnt.
func (m *Model) History() int { return m.history }

// On is what is to be expected on a day.
func (m *Model) On(d calendar.Day) Expected {
	mean := m.level * m.shape(d)
	return Expected{Mean: mean, Variance: mean + mean*mean*(m.spread+m.unsure)}
}
