package dispatchsvc

import (
	"slices"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// mend finds other places in their days for promised visits that do not fit behind what is
// planned before them: a part that comes late, a visit that takes longer or slow roads ask
// for another order, and nobody was promised the order. What has no place leaves its day broken.
func (s *sheet) mend(routes [][]int) {
	for r := range routes {
		for _, j := range routes[r] {
			if !s.broken[r] || slices.Contains(s.plan.Routes[r], j) {
				continue
			}
			options := routing.Insert(s.p, s.plan, j)
			if i := slices.IndexFunc(options, func(o routing.Option) bool { return o.Route == r }); i >= 0 { // the cheapest
				s.plan.Routes[r] = slices.Insert(slices.Clone(s.plan.Routes[r]), options[i].Position, j)
			}
		}
		s.broken[r] = len(s.plan.Routes[r]) < len(routes[r])
	}
}
