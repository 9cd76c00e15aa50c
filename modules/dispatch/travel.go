package dispatch

import "fettle.dev/fettle/kernel/geo"

// The model of the roads: streets are three tenths longer than the line through
// the air; the first five kilometres are driven at 30 km/h, the rest at 60.
const (
	detourTenths = 13
	slowMetres   = 5_000
	slowSeconds  = 600 // for slowMetres
	fastMetres   = 50  // in three seconds at 60 km/h
	fastSeconds  = 3
)

// What is reckoned with where one end of the way is not known.
const (
	unknownMetres  = 10_000
	unknownSeconds = slowSeconds + (unknownMetres-slowMetres)*fastSeconds/fastMetres
)

// Leg is the way between two places. It is a model of distance and speed, not a
// map: it knows no river and no rush hour. It is symmetric, and longer ways take
// longer.
func Leg(from, to geo.Point) (seconds, metres int64) {
	if from.IsZero() || to.IsZero() {
		return unknownSeconds, unknownMetres
	}
	metres = from.Metres(to) * detourTenths / 10
	if metres <= slowMetres {
		return metres * slowSeconds / slowMetres, metres
	}
	return slowSeconds + (metres-slowMetres)*fastSeconds/fastMetres, metres
}
