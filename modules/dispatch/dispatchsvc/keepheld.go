package dispatchsvc

import (
	"context"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
)

// rescueRounds is how often somebody else is looked for where the one who was found could
// not be given a visit.
const rescueRounds = 3

// held works out who else can keep what its technician cannot, and rehearses it: whoever
// could not be given a visit is not asked for it again. After some rounds what is refused
// is kept by nobody.
func (w *watched) held(ctx context.Context, free []appointment, of map[id.WorkOrder]job) (rescue, error) {
	for round := 1; ; round++ {
		out, err := w.rescue(ctx, free, of)
		if err != nil {
			return out, err
		}
		refused, err := w.refused(out.hand, of)
		if err != nil || len(refused) == 0 {
			return out, err
		}
		if round == rescueRounds {
			out.hand = slices.DeleteFunc(out.hand, func(h handover) bool { return has(refused, h.visit.ID) })
			out.unkept = append(out.unkept, refused...)
			return out, nil
		}
		for _, h := range out.hand {
			if j := of[h.visit.WorkOrder]; has(refused, h.visit.ID) {
				j.Passed = append(slices.Clip(j.Passed), h.to)
				of[h.visit.WorkOrder] = j
			}
		}
	}
}

// refused are the visits that their new technicians' days would not take.
func (w *watched) refused(hand []handover, of map[id.WorkOrder]job) (refused []appointment, err error) {
	var going []appointment
	for _, h := range hand {
		going = append(going, h.visit)
	}
	r := rehearse(w.plan.on, w.beyond, w.now, w.all, func(a *appointment) bool { return has(going, a.ID) })
	wishes := keepWishes(going, of, w.all)
	for i, h := range hand {
		wishes[i].near, wishes[i].last = h.near, id.Technician{}
		t := slices.IndexFunc(w.plan.crew, func(t dispatch.Technician) bool { return t.ID == h.to })
		rule, err := r.come(&w.plan.crew[t], wishes[i], h.visit)
		if err != nil {
			return nil, err
		}
		if rule != "" {
			refused = append(refused, h.visit)
		}
	}
	return refused, nil
}
