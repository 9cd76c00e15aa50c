package dispatchsvc

import (
	"time"

	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// partsFrom is when late parts are there, in the words of routing: 0 where nothing is late.
func partsFrom(at time.Time) int64 {
	switch {
	case at.IsZero():
		return 0
	case at.Before(dispatch.Undated):
		return at.Unix()
	default:
		return routing.Never
	}
}

// partsTooLate reports whether an appointment cannot begin any more as was promised,
// because its parts come after that.
func (a *appointment) partsTooLate(now time.Time) bool {
	return a.PartsFrom.After(dispatch.LatestBegin(&a.Appointment, a.Exact, now))
}

// awaits is before when a promised visit does not begin because its parts are late, 0
// where it does not wait. Where they come after what was promised nobody can keep that, and
// it is a person's to say what becomes of it: until then it takes its place as planned, so
// that the rest of the day stands.
func (s *sheet) awaits(a *appointment) int64 {
	if a.partsTooLate(s.now) {
		return 0
	}
	return partsFrom(a.PartsFrom)
}

// partless counts the promises that nobody can keep because their parts come too late.
func (p *nodePlan) partless() (n int64) {
	for t := range p.lanes {
		for _, a := range alive(p.lanes[t].mine) {
			if !a.State.Begun() && a.EndAt.After(p.asOf) && a.partsTooLate(p.asOf) {
				n++
			}
		}
	}
	return n
}
