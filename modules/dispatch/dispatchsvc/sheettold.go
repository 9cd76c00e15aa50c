package dispatchsvc

import (
	"time"

	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// told says when a promised visit is to begin by what has been said of it, and what
// another beginning costs: a quarter of an hour's pay once a technician was told, who
// tells the customer; an hour's where two meet. Nil while nobody counts on more than the window.
func (s *sheet) told(a *appointment, technician, shift int) *routing.Last {
	pay := s.crew[technician].Hour.Minor
	switch {
	case !a.ServiceStartAt.After(s.now):
		return nil
	case a.Exact:
	case a.State == dispatch.Dispatched || a.State == dispatch.Accepted:
		pay /= 4
	default:
		return nil
	}
	at := a.ServiceStartAt.Unix() // to the second: with a tolerance it would creep, each time the day is planned
	return &routing.Last{Technician: technician, Shift: shift, Start: routing.Window{Open: at, Close: at}, StartPrice: pay}
}

// settleDays states the problem and what is promised in it. Where a day has no room for its
// visits with the beginnings that were told, they are let go: a window weighs more.
func (s *sheet) settleDays(routes [][]int) error {
	if err := s.state(routes); err != nil {
		return err
	}
	again := false
	for r := range routes {
		for _, j := range routes[r] {
			if l := s.spec.Jobs[j].Last; s.broken[r] && l != nil {
				s.spec.Jobs[j].Last, again = nil, true
			}
		}
	}
	if !again {
		return nil
	}
	return s.state(routes)
}

func (s *sheet) state(routes [][]int) (err error) {
	if s.p, err = routing.New(s.spec); err != nil {
		return internal("state the days as a problem", err)
	}
	if s.plan, err = routing.Repair(s.p, routing.Plan{Routes: routes}); err != nil {
		return internal("plan the days", err)
	}
	for r := range routes {
		s.broken[r] = len(s.plan.Routes[r]) < len(routes[r])
	}
	s.mend(routes)
	return nil
}

// even states by how much a technician's work gets dearer the more there is of it, of
// which so many seconds lie behind.
func (s *sheet) even(t *dispatch.Technician, spent int64) (out []routing.Slope) {
	for _, step := range s.on.balance.Steps(time.Duration(t.MaxMinutes) * time.Minute) {
		next := routing.Slope{After: max(0, int64(step.After/time.Second)-spent), PerHour: t.Hour.Minor * step.Permille / 1000}
		switch n := len(out); {
		case n > 0 && next.PerHour <= out[n-1].PerHour: // who costs next to nothing
		case n > 0 && next.After == out[n-1].After:
			out[n-1] = next
		case next.PerHour > 0:
			out = append(out, next)
		}
	}
	return out
}
