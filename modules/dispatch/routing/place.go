package routing

import "slices"

// Place puts a job that a plan leaves where that makes the plan the least dearer,
// without moving anything else, and with it whatever it does not go without: the
// other half of a shipment, or the group of a linked job, which is appointed. The cost
// leaves the prices of leaving them aside. The plan must be one that Check approves.
// It reports false when there is no place, or the plan serves the job.
func Place(p *Problem, plan Plan, job int) (Plan, Grain, bool) {
	if job < 0 || job >= len(p.jobs) || !slices.Contains(p.Unserved(plan), job) {
		return Plan{}, 0, false
	}
	s := newSearch(p, plan, nil)
	s.open()
	before, left := s.score.Cost, s.priceLeft()
	if j := p.booked(job); !s.put(j) {
		return Plan{}, 0, false
	}
	cost := s.score.Cost - before + left - s.priceLeft()
	var out Plan
	s.plan(&out)
	return out, cost, true
}

// put puts a missing job into the plan in hand, at its cheapest.
func (s *search) put(j int32) bool {
	if s.p.jobs[j].linked {
		t := &s.tied.t
		if !t.seek(s, j, Any, false) && !t.seek(s, j, Any, true) {
			return false
		}
		t.board()
		s.sweep()
		return true
	}
	best, to := slot{cost: none}, int32(Any)
	for at := range int32(len(s.routes)) {
		if c := s.slotFor(at, j); c.cost < best.cost {
			best, to = c, at
		}
	}
	if to == Any {
		return false
	}
	s.place(slices.Index(s.missing, j), to, best)
	s.sweep()
	return true
}

// priceLeft is what the prices of the missing jobs add up to.
func (s *search) priceLeft() (sum Grain) {
	for _, j := range s.missing {
		sum += s.p.jobs[j].price
	}
	return sum
}
