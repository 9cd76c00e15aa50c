package dispatchsvc

import (
	"context"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/travel"
	"fettle.dev/fettle/platform/db"
)

// ground is what a plan stands on beside promises and wishes: what ways take.
type ground struct {
	model travel.Model
}

// groundOf reads the ground of the technicians' node. Nobody stands on the model
// of no country.
func groundOf(_ context.Context, _ *db.Tx, crew []dispatch.Technician) (ground, error) {
	if len(crew) == 0 {
		return ground{model: travel.For("")}, nil
	}
	return ground{model: travel.For(crew[0].Country)}, nil
}

// farLeg is far beyond any shift, and within the limits of routing.
const farLeg = 1 << 27

// leg is the way between two sites in the words of routing.
func (g ground) leg(from, to geo.Point) (seconds, metres int32) {
	w := g.model.Way(from, to)
	return int32(min(w.Seconds, farLeg)), int32(min(w.Metres, farLeg))
}
