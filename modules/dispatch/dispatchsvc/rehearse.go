package dispatchsvc

import (
	"cmp"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// rehearsal carries a plan out on paper: visit by visit, each held against its day by what
// bookings are held against. A search reckons with the ways of the node that asks and with
// how long work takes anybody there; a day is also judged by the ways of the other nodes
// that it is part of, and by its technician.
type rehearsal struct {
	on     ground
	beyond elsewhere
	now    time.Time
	days   map[id.Technician][]appointment // as far as they have been carried out
}

// rehearse begins with what occupies everybody, but for what is to go elsewhere.
func rehearse(on ground, beyond elsewhere, now time.Time, all []appointment, leave func(*appointment) bool) *rehearsal {
	r := &rehearsal{on: on, beyond: beyond, now: now, days: map[id.Technician][]appointment{}}
	for i := range all {
		if !leave(&all[i]) {
			r.days[all[i].Technician] = append(r.days[all[i].Technician], all[i])
		}
	}
	return r
}

// come has a visit come to a technician in the one window of its wish. It returns the rule
// by which the day does not take it, "" where it does.
func (r *rehearsal) come(t *dispatch.Technician, w wish, a appointment) (string, error) {
	mine := r.days[t.ID]
	f, err := fit(r.on, r.now, *t, mine, w, zone(t.Zone))
	if err == nil {
		err = r.beyond.holds(r.on, r.now, t, mine, w, &f)
	}
	if rule, ok := refusal(err); ok {
		return cmp.Or(rule, string(routing.RuleFull)), nil
	} else if err != nil {
		return "", err
	}
	for _, p := range f.others { // as replan would write it
		i := slices.IndexFunc(mine, func(o appointment) bool { return o.WorkOrder == p.of.WorkOrder && o.State.Live() })
		if i >= 0 && !mine[i].Exact {
			mine[i].ServiceStartAt, mine[i].ServiceEndAt = p.start, p.end
		}
	}
	a.take(f, &booking{by: dispatch.ByPlan, exact: w.exact})
	r.days[t.ID] = append(mine, a)
	return "", nil
}
