package dispatchsvc

import (
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// urgency is the class of routing for the priority of a case: critical, high,
// and the rest, which all want to be done.
func urgency(priority int64) int {
	return int(min(routing.MaxPriority, max(1, 4-priority)))
}

// rates are what a technician costs. Core staff are paid for their shift, so a
// visit costs the hours on the road and what goes beyond the shift; part-timers
// are paid from leaving to coming home. Overtime is half as dear again.
func rates(t *dispatch.Technician) routing.Rates {
	r := routing.Rates{Kilometre: t.Kilometre.Minor}
	if t.Employment == dispatch.PartTime {
		r.WorkHour, r.OvertimeHour = t.Hour.Minor, t.Hour.Minor/2
	} else {
		r.TravelHour, r.OvertimeHour = t.Hour.Minor, t.Hour.Minor+t.Hour.Minor/2
	}
	return r
}

// repeatMinutes is the pay that coming again takes: the way there once more, and the visit.
const repeatMinutes = 90

// repeat is what coming again costs, as likely as it is with a technician: nobody's money,
// it decides between people. Nothing is learnt of strangers, so nothing is of a crew of them.
func (g ground) repeat(t *dispatch.Technician) int64 {
	return t.Hour.Minor * repeatMinutes / 60 * g.lore.Finish.Again(t.ID) / 1000
}

// pay is what an hour of a crew's work costs in the mean, in minor units.
func pay(crew []dispatch.Technician) (hour int64) {
	for i := range crew {
		hour += crew[i].Hour.Minor
	}
	return hour / max(1, int64(len(crew)))
}

// lateness prices an hour behind the promise like one, two or four hours of
// work, by urgency.
func lateness(crew []dispatch.Technician) (out [routing.MaxPriority + 1][]routing.Slope) {
	hour := pay(crew)
	if hour == 0 {
		return out
	}
	for class, times := range [...]int64{1, 1, 2, 4} {
		out[class] = []routing.Slope{{PerHour: hour * times}}
	}
	return out
}
