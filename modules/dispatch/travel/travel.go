// Package travel estimates the way between two places where no road service is
// asked: the great circle, made longer by what roads of the country detour, at
// the speeds of the country.
//
// It promises that the way there is the way back, that longer ways take longer,
// and that an unknown place or country has a way all the same. It is a model of
// distance and speed, not a map: it knows no river. It is pure.
package travel

import (
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/locale"
)

// Way is what it takes to get from one place to another.
type Way struct{ Seconds, Metres int64 }

// Model says how long ways are and how fast they are driven. The first
// slowMetres of a way are streets, the rest roads.
type Model struct {
	Detour int64 // permille of the great circle, 1000 and more
	Street int64 // km/h
	Road   int64 // km/h
	Time   int64 // permille of the seconds that follow from that, as learnt; 0 is 1000
}

// slowMetres are driven on streets, at both ends of a way together.
const slowMetres = 5_000

// unknownMetres is reckoned with where one end of the way is not known.
const unknownMetres = 10_000

// Way is the way between two places.
func (m Model) Way(from, to geo.Point) Way {
	metres := int64(unknownMetres)
	if !from.IsZero() && !to.IsZero() {
		metres = from.Metres(to) * m.Detour / 1000
	}
	return Way{m.seconds(metres), metres}
}

// seconds is how long so many metres take.
func (m Model) seconds(metres int64) int64 {
	slow := min(metres, slowMetres)
	s := slow*18/(5*m.Street) + (metres-slow)*18/(5*m.Road)
	if m.Time == 0 {
		return s
	}
	return s * m.Time / 1000
}

// For is the model of a country; of one that the tables do not name, or of none,
// it is 1.3 times the great circle at 30 and 60 km/h.
func For(c locale.Country) Model {
	m := Model{Detour: usualDetour, Street: 30, Road: 60}
	if d, ok := detours[c]; ok {
		m.Detour = d
	}
	switch pace[c] {
	case fast:
		m.Road = 70
	case slow:
		m.Street, m.Road = 25, 45
	case usual:
	}
	return m
}
