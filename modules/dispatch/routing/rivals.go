package routing

import (
	"cmp"
	"slices"
)

// Assignment says why a job is done by the technician who does it: what it costs
// there, and what it would cost with any other, everything else being as it is.
type Assignment struct {
	Technician, Shift int
	Start             int64
	Cost              Grain   // by how much the plan is dearer than without the job, its price aside
	Rivals            []Rival // all other technicians: who could, cheapest first, then who could not
}

// Rival is another technician for a job.
type Rival struct {
	Technician      int
	Shift           int   // where the job would be cheapest, or else comes furthest; Any without a shift
	Rule            Rule  // the first rule that blocks there; RuleNone when nothing does
	Route, Position int   // where in the plan, when nothing blocks
	More            Grain // by how much the plan would be dearer, when nothing blocks
}

// Rivals explains the assignment of a job that the plan serves. The plan must be one
// that Check approves. It reports false for a job that is frozen, not served, or a refill.
func Rivals(p *Problem, plan Plan, job int) (Assignment, bool) {
	route := p.routeOf(plan, job)
	if route == Any || p.jobs[job].frozen || p.jobs[job].role == refill {
		return Assignment{}, false
	}
	q, rest := p.appointed(plan), p.withoutAll(plan, job)
	a := Assignment{
		Start: q.startOf(route, plan.Routes[route], job),
		Cost:  q.routeCost(route, plan.Routes[route]) - q.routeCost(route, rest.Routes[route]),
	}
	a.Technician, a.Shift = p.Owner(route)
	s, j := newSearch(p, rest, nil), p.booked(job)
	possible := !p.jobs[job].linked || s.besides(j)
	for t := range p.spec.Technicians {
		if t != a.Technician && possible {
			v := s.rival(j, t)
			v.More -= a.Cost
			a.Rivals = append(a.Rivals, v)
		}
	}
	slices.SortStableFunc(a.Rivals, func(x, y Rival) int {
		return cmp.Or(-cmp.Compare(slices.Index(order, x.Rule), slices.Index(order, y.Rule)), cmp.Compare(x.More, y.More))
	})
	return a, true
}

// booked is the job under which a job is counted: of a shipment the pickup.
func (p *Problem) booked(job int) int32 {
	if p.jobs[job].role == delivery {
		return p.jobs[job].mate
	}
	return int32(job)
}

// withoutAll is a plan less one job, or less one shipment.
func (p *Problem) withoutAll(plan Plan, job int) Plan {
	plan = without(plan, job)
	if mate := p.jobs[job].mate; mate != Any {
		plan = without(plan, int(mate))
	}
	return plan
}

// routeOf is the route that serves a job, or Any.
func (p *Problem) routeOf(plan Plan, job int) int {
	if job < 0 || job >= len(p.jobs) {
		return Any
	}
	return slices.IndexFunc(plan.Routes, func(r []int) bool { return slices.Contains(r, job) })
}

// rival looks for the cheapest place of a missing job with one technician; More is
// then what it costs.
func (s *search) rival(j int32, technician int) Rival {
	best := Rival{Technician: technician, Shift: Any, Rule: RuleNoShift}
	for k := range s.p.spec.Technicians[technician].Shifts {
		at := int32(s.p.Route(technician, k))
		where, rule := s.cheapestIn(at, j)
		switch {
		case rule == RuleNone && (best.Rule != RuleNone || where.cost < best.More):
			best = Rival{technician, k, RuleNone, int(at), int(where.k), where.cost}
		case slices.Index(order, rule) > slices.Index(order, best.Rule):
			best.Shift, best.Rule = k, rule
		}
	}
	return best
}

// cheapestIn is the cheapest position for a missing job in a route, with its cost, or
// the first rule that blocks. The partners of a linked job are in the plan.
func (s *search) cheapestIn(at, j int32) (best slot, rule Rule) {
	linked := s.p.jobs[j].linked
	if s.p.jobs[j].mate != Any {
		if best = s.slotFor(at, j); best.cost < none {
			return best, RuleNone
		}
		return best, s.blocks(j, at)
	}
	if s.p.may.has(int(j), int(at)) && s.admits(at, j) && s.crewed(at, j) {
		best.cost = none
		s.positions(at, j, func(k int, cost Grain) {
			if cost < best.cost {
				best.cost, best.k = cost, int32(k)
			}
		})
		if best.cost < none {
			return best, RuleNone
		}
	}
	if !linked {
		if best = s.slotFor(at, j); best.cost < none { // behind a refill that the route does not make yet
			best.k = max(best.k, best.also-1)
			return best, RuleNone
		}
		return best, s.blocks(j, at)
	}
	if r := s.p.personal(int(j), int(at)); r != RuleNone {
		return best, r
	}
	return best, RuleLink
}

// slotFor is the place that scan finds where a job is admitted.
func (s *search) slotFor(at, j int32) slot {
	if !s.p.may.has(int(j), int(at)) || !s.admits(at, j) {
		return slot{cost: none}
	}
	return s.scan(at, j)
}

// positions goes through all positions of a route in which a missing job keeps the
// rules; cost is by how much they make the route dearer.
func (s *search) positions(at, j int32, yield func(k int, cost Grain)) {
	r, v, sh := s.routes[at], &s.p.jobs[j], &s.p.shifts[at]
	s.stow(r)
	for k := s.frozen[at]; k <= len(r.jobs); k++ {
		if r.spots[k].ready > v.close || r.spots[k].until < v.open+s.p.least(sh, v) || !s.holds(r, sh, k, j) {
			continue
		}
		if cost, ok := s.judgeOne(at, k, j); ok {
			yield(k, cost-r.sched+s.p.extra(j, at))
		}
	}
}
