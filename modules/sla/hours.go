package sla

import (
	"strconv"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
)

// Hours are the business hours of a node, of all sites of a country, or, without
// either, of everywhere else.
type Hours struct {
	ID      id.SlaCalendar `json:"id,omitzero"`
	Node    id.Node        `json:"node,omitzero"`
	Country locale.Country `json:"country,omitempty"`
	Week    calendar.Week  `json:"week" doc:"such as Mo-Fr 08:30-12:00,13:30-18:00; Sa 09:00-12:00, or 24/7, in the site's local time"`
}

// SpecialDay is a day on which a country does not work as its weekday says: a
// public holiday, or a day that is worked to make up for one.
type SpecialDay struct {
	On        calendar.Day `json:"on"`
	Name      string       `json:"name" maxLength:"120"`
	WorksLike string       `json:"works_like,omitempty" enum:"mo,tu,we,th,fr,sa,su" doc:"the weekday whose hours hold; absent: closed"`
}

var weekdays = map[string]time.Weekday{
	"mo": time.Monday, "tu": time.Tuesday, "we": time.Wednesday, "th": time.Thursday, "fr": time.Friday, "sa": time.Saturday, "su": time.Sunday,
}

// Like returns the weekday that the day is worked like, false for a day that is not
// worked at all.
func (d SpecialDay) Like() (time.Weekday, bool) {
	w, ok := weekdays[d.WorksLike]
	return w, ok
}

// PickHours returns the hours that hold at a site: the node's before the
// country's before everybody's. It reports false if there are none: then the
// site is served around the clock.
func PickHours(hours []Hours, node id.Node, country locale.Country) (best Hours, found bool) {
	rank := 0
	for _, h := range hours {
		mine := 0
		switch {
		case !h.Node.IsZero() && h.Node == node:
			mine = 3
		case h.Node.IsZero() && h.Country != "" && h.Country == country:
			mine = 2
		case h.Node.IsZero() && h.Country == "":
			mine = 1
		}
		if mine > rank {
			best, rank = h, mine
		}
	}
	return best, rank > 0
}

// Calendar returns the calendar of the hours in a zone with a country's special
// days. It fails as calendar.New does.
func (h Hours) Calendar(zone *time.Location, days []SpecialDay) (*calendar.Calendar, error) {
	spec := calendar.Spec{Zone: zone, Week: h.Week, Workdays: map[calendar.Day]time.Weekday{}}
	for _, d := range days {
		if like, works := weekdays[d.WorksLike]; works {
			spec.Workdays[d.On] = like
		} else {
			spec.Holidays = append(spec.Holidays, d.On)
		}
	}
	return calendar.New(spec)
}

// limits of what a tenant keeps.
const (
	maxHours = 1000
	maxDays  = 5000 // of one country
	maxName  = 120  // bytes
)

// CheckHours says what is wrong with a tenant's set of hours: weeks without
// working time, two for the same place.
func CheckHours(hours []Hours) error {
	bad := ErrInvalid
	if len(hours) > maxHours {
		return bad.At("/calendars", "too_many")
	}
	type place struct {
		node    id.Node
		country locale.Country
	}
	seen := map[place]bool{}
	for i, h := range hours {
		at := "/calendars/" + strconv.Itoa(i)
		if _, err := h.Calendar(time.UTC, nil); err != nil {
			bad = bad.At(at+"/week", "no_working_time")
		}
		if h.Country != "" && !h.Country.Valid() {
			bad = bad.At(at+"/country", "shape")
		}
		if !h.Node.IsZero() && h.Country != "" {
			bad = bad.At(at+"/country", "node_or_country")
		}
		p := place{h.Node, h.Country}
		if seen[p] {
			bad = bad.At(at, "twice")
		}
		seen[p] = true
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// CheckDays says what is wrong with a country's special days.
func CheckDays(country locale.Country, days []SpecialDay) error {
	bad := ErrInvalid
	if !country.Valid() {
		bad = bad.At("path/country", "shape")
	}
	if len(days) > maxDays {
		return bad.At("/days", "too_many")
	}
	seen := make(map[calendar.Day]bool, len(days))
	for i, d := range days {
		at := "/days/" + strconv.Itoa(i)
		if _, known := weekdays[d.WorksLike]; !known && d.WorksLike != "" {
			bad = bad.At(at+"/works_like", "unknown")
		}
		if len(d.Name) > maxName {
			bad = bad.At(at+"/name", "too_long")
		}
		if seen[d.On] {
			bad = bad.At(at+"/on", "twice")
		}
		seen[d.On] = true
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}
