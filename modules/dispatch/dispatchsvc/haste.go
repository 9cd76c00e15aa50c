package dispatchsvc

import (
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// patience is what it costs when a wish begins, by its urgency and its node. What is promised
// waits for its window.
func (s *sheet) patience(w *wish) dispatch.Patience {
	p := dispatch.Patience{Now: s.now, Due: w.due}
	if w.last.IsZero() {
		p.Waiting = pay(s.crew) * s.on.haste.Waiting(w.priority) / 1000
	}
	if late := lateness(s.crew)[urgency(w.priority)]; len(late) > 0 {
		p.Late = late[0].PerHour
	}
	return p
}

// delay states that in a problem. Without slopes of its own what the urgency of a wish
// costs counts.
func (s *sheet) delay(w *wish) (from int64, own []routing.Slope) {
	from, pieces := s.patience(w).Pieces()
	for _, one := range pieces {
		own = append(own, routing.Slope(one))
	}
	return from, own
}
