package dispatch

import (
	"strconv"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
)

// Employment is how somebody is paid, and so what a visit costs.
type Employment string

// The sorts of employment.
const (
	Core     Employment = "core"      // paid for the shift: a visit costs the way and what goes beyond
	PartTime Employment = "part_time" // paid from leaving to coming home
)

// Standing is whether a technician is given work.
type Standing string

// Where a technician stands.
const (
	Active Standing = "active"
	Paused Standing = "paused" // is given nothing new
	Left   Standing = "left"
)

// Skill is what a technician can do. A certificate that ends counts for the days
// before ValidUntil.
type Skill struct {
	Skill      string `json:"skill" maxLength:"64"`
	Level      int64  `json:"level" minimum:"1" maximum:"5"`
	ValidUntil string `json:"valid_until,omitempty" doc:"day, exclusive; absent: without end"`
}

// Absence is a day on which a technician does not work.
type Absence struct {
	Day    calendar.Day `json:"day"`
	Reason string       `json:"reason" enum:"leave,sick,training,other"`
}

// Technician is somebody who visits. The name is a person's and lies sealed.
type Technician struct {
	ID         id.Technician  `json:"id"`
	Node       id.Node        `json:"node"`
	Partner    id.Partner     `json:"partner,omitzero"`
	Person     id.Person      `json:"person"`
	Country    locale.Country `json:"country"`
	Zone       string         `json:"zone"` // of the node; shifts are in it
	Start      geo.Point      `json:"-"`    // where the day begins and ends, coarse
	Employment Employment     `json:"employment"`
	Standing   Standing       `json:"standing"`
	Hour       money.Amount   `json:"hour"`      // what an hour costs
	Kilometre  money.Amount   `json:"kilometre"` // what a kilometre costs

	Visit money.Amount `json:"visit"` // what a visit costs on top, as a partner asks; nothing for most
	Night money.Amount `json:"night"` // what an hour on duty costs more at night

	MaxMinutes      int64 `json:"max_minutes"`      // a day, from leaving to coming home
	OvertimeMinutes int64 `json:"overtime_minutes"` // that the shift and the day may be exceeded by
	MaxVisits       int64 `json:"max_visits"`       // a day; 0 is without limit

	Skills   []Skill       `json:"skills"`
	Week     calendar.Week `json:"week"`
	Absences []Absence     `json:"absences,omitempty"`
	Lends    []Lend        `json:"-"` // where they may be sent beside their own node
	Version  int64         `json:"version"`
}

// Rest is a gap in a shift. It may be taken up to Slack earlier, and later when a
// visit is not over.
type Rest struct{ Start, End time.Time }

// Slack is by how much a rest may come earlier.
const Slack = time.Hour

// Duty is a technician's stretch of duty on one local day.
type Duty struct {
	Day         calendar.Day
	Open, Close time.Time // Close without overtime
	Rests       []Rest
}

// DutyOn returns the technician's duty on a day, false when there is none. The
// zone is the technician's.
func (t *Technician) DutyOn(day calendar.Day, zone *time.Location) (Duty, bool) {
	blocks := t.Week[day.Weekday()]
	if t.Standing == Left || len(blocks) == 0 || t.AbsentOn(day) {
		return Duty{}, false
	}
	at := func(m calendar.Minute) time.Time { return clockTime(day, m, zone) }
	last := len(blocks) - 1
	d := Duty{Day: day, Open: at(blocks[0].From), Close: at(blocks[last].Until)}
	for i := range last {
		d.Rests = append(d.Rests, Rest{at(blocks[i].Until), at(blocks[i+1].From)})
	}
	return d, d.Open.Before(d.Close)
}

// Hours between which an hour on duty costs more, on the clocks of the technician's zone.
const (
	nightFrom  = 22 * 60
	nightUntil = 6 * 60
)

// Nights are the nights that a day begins and ends in, and that of the next day, in
// order.
func Nights(day calendar.Day, zone *time.Location) []Window {
	var out []Window
	for d := day - 1; d <= day+1; d++ {
		out = append(out, Window{clockTime(d, nightFrom, zone), clockTime(d+1, nightUntil, zone)})
	}
	return out
}

// AbsentOn reports whether the technician does not work on a day.
func (t *Technician) AbsentOn(day calendar.Day) bool {
	for _, a := range t.Absences {
		if a.Day == day {
			return true
		}
	}
	return false
}

// clockTime is when the clocks of a zone show a time of a day.
func clockTime(day calendar.Day, m calendar.Minute, zone *time.Location) time.Time {
	date := time.Unix(int64(day)*24*60*60, 0).UTC()
	return time.Date(date.Year(), date.Month(), date.Day(), 0, int(m), 0, 0, zone).UTC()
}

// Ends returns when a skill ends in a zone; the zero time if it does not.
func (s Skill) Ends(zone *time.Location) time.Time {
	day, err := calendar.ParseDay(s.ValidUntil)
	if err != nil {
		return time.Time{}
	}
	return clockTime(day, 0, zone)
}

// Check returns t with its place made coarse, or says what is wrong with it.
func Check(t Technician) (Technician, error) {
	bad := ErrInvalid
	if t.Employment != Core && t.Employment != PartTime {
		bad = bad.At("/employment", "unknown")
	}
	switch t.Standing {
	case Active, Paused, Left:
	default:
		bad = bad.At("/standing", "unknown")
	}
	if !t.Start.Valid() {
		bad = bad.At("/start", "range")
	}
	bad = checkPrices(bad, t)
	if t.MaxMinutes < 1 || t.MaxMinutes > 24*60 {
		bad = bad.At("/max_minutes", "range")
	}
	if t.OvertimeMinutes < 0 || t.OvertimeMinutes > 8*60 {
		bad = bad.At("/overtime_minutes", "range")
	}
	if t.MaxVisits < 0 || t.MaxVisits > mostVisits {
		bad = bad.At("/max_visits", "range")
	}
	bad = checkSkills(bad, t.Skills)
	t.Start = t.Start.Coarse()
	t.Visit.Currency, t.Night.Currency = t.Hour.Currency, t.Hour.Currency
	return t, verdict(bad)
}

// mostMinor bounds prices, far above what anybody costs in any currency.
const mostMinor = 1_000_000_000

// mostVisits bounds how many visits a day can be agreed.
const mostVisits = 100

func checkPrices(bad *fault.Fault, t Technician) *fault.Fault {
	if t.Hour.Minor < 0 || t.Hour.Minor > mostMinor || !t.Hour.Currency.Valid() {
		bad = bad.At("/hour", "range")
	}
	if t.Kilometre.Minor < 0 || t.Kilometre.Minor > mostMinor || t.Kilometre.Currency != t.Hour.Currency {
		bad = bad.At("/kilometre", "range")
	}
	for at, price := range map[string]money.Amount{"/visit": t.Visit, "/night": t.Night} {
		if price.Minor != 0 && (price.Minor < 0 || price.Minor > mostMinor || price.Currency != t.Hour.Currency) {
			bad = bad.At(at, "range")
		}
	}
	return bad
}

func checkSkills(bad *fault.Fault, skills []Skill) *fault.Fault {
	seen := map[string]bool{}
	for i, s := range skills {
		at := "/skills/" + strconv.Itoa(i)
		_, err := calendar.ParseDay(s.ValidUntil)
		switch {
		case strings.TrimSpace(s.Skill) != s.Skill || s.Skill == "" || len(s.Skill) > 64:
			bad = bad.At(at+"/skill", "shape")
		case seen[s.Skill]:
			bad = bad.At(at+"/skill", "twice")
		case s.Level < 1 || s.Level > 5:
			bad = bad.At(at+"/level", "range")
		case s.ValidUntil != "" && err != nil:
			bad = bad.At(at+"/valid_until", "shape")
		}
		seen[s.Skill] = true
	}
	return bad
}
