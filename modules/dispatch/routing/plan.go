package routing

import "slices"

// Plan says which jobs each route serves, in order; the routes are numbered as
// Problem.Route says. What is in no route is unserved.
type Plan struct {
	Routes    [][]int     `json:"routes"`
	Appointed []Appointed `json:"appointed,omitempty"` // by job; linked visits only
}

// Empty is the plan that serves only what is frozen.
func (p *Problem) Empty() Plan {
	plan := Plan{Routes: make([][]int, len(p.shifts))}
	for s := range p.shifts {
		plan.Routes[s] = slices.Clone(p.shifts[s].Frozen)
	}
	return plan
}

// Clone returns a copy that shares nothing.
func (l Plan) Clone() Plan {
	c := Plan{Routes: make([][]int, len(l.Routes))}
	for i, r := range l.Routes {
		c.Routes[i] = slices.Clone(r)
	}
	c.Appointed = slices.Clone(l.Appointed)
	return c
}

// Unserved lists the jobs that no route of the plan serves, in ascending order.
// Retired ones and refills are not missed.
func (p *Problem) Unserved(plan Plan) []int {
	served := make([]bool, len(p.jobs))
	for _, r := range plan.Routes {
		for _, j := range r {
			served[j] = true
		}
	}
	var out []int
	for j, ok := range served {
		if !ok && !p.jobs[j].retired && p.jobs[j].role != refill {
			out = append(out, j)
		}
	}
	return out
}

// Firm reports whether a job is pinned, promised or frozen: of those that no other outweighs.
func (p *Problem) Firm(job int) bool { return p.jobs[job].class == classes-1 }

// Breach is one rule that a plan does not keep.
type Breach struct {
	Route, Job int // Job is Any when the route as a whole is meant
	Rule       Rule
}

// Rules that only a plan can break.
const (
	RuleUnknown Rule = "unknown_job"    // no such job or route
	RuleTwice   Rule = "served_twice"   // by two routes, or twice by one
	RuleFrozen  Rule = "frozen_moved"   // a route does not begin with what is frozen
	RuleGroup   Rule = "group_apart"    // served without all of the visits that it is linked with
	RuleApart   Rule = "link_broken"    // not when, or not by whom, a link asks
	RuleSplit   Rule = "shipment_split" // one half of a shipment without the other, or in the wrong order
)

// Check lists the hard rules that a plan breaks; none means that it may be
// carried out. Routes that nothing but frozen work makes late are no breach: that
// has happened already.
func Check(p *Problem, plan Plan) []Breach {
	var out []Breach
	if len(plan.Routes) != len(p.shifts) {
		return []Breach{{Any, Any, RuleUnknown}}
	}
	p = p.appointed(plan)
	seen := make([]bool, len(p.jobs))
	for r, jobs := range plan.Routes {
		known := true
		for _, j := range jobs {
			switch {
			case j < 0 || j >= len(p.jobs):
				out, known = append(out, Breach{r, j, RuleUnknown}), false
			case seen[j]:
				out = append(out, Breach{r, j, RuleTwice})
			default:
				seen[j] = true
			}
		}
		if known {
			out = append(out, p.checkRoute(r, jobs)...)
		}
	}
	if out == nil {
		out = p.checkGroups(plan)
	}
	return out
}

func (p *Problem) checkRoute(r int, jobs []int) []Breach {
	var out []Breach
	sh := &p.shifts[r]
	f := len(sh.Frozen)
	if len(jobs) < f || !slices.Equal(jobs[:f], sh.Frozen) {
		return []Breach{{r, Any, RuleFrozen}}
	}
	for _, j := range jobs {
		if p.may.has(j, r) {
			continue
		}
		rule := p.personal(j, r)
		if rule == RuleNone {
			rule = RulePart
		}
		out = append(out, Breach{r, j, rule})
	}
	out = append(out, p.halves(r, jobs)...)
	if out != nil || len(jobs) == f {
		return out
	}
	if m, ok := p.short(r, jobs); ok && m.kind != visits { // of those, beyond speaks
		out = append(out, Breach{r, Any, m.rule()})
	}
	s := p.schedule(r, jobs)
	if s.missed != Any {
		out = append(out, Breach{r, s.missed, RuleWindow})
	}
	if s.End > sh.Close || s.restless {
		out = append(out, Breach{r, Any, RuleShift})
	}
	return append(out, sh.beyond(r, p.visits(jobs), &s)...)
}

// visits is how many of the jobs are visits.
func (p *Problem) visits(jobs []int) (n int) {
	for _, j := range jobs {
		n += b2i(p.jobs[j].role != refill)
	}
	return n
}

// beyond lists the limits that a route exceeds.
func (sh *shift) beyond(r, visits int, s *Schedule) (out []Breach) {
	for _, v := range []struct {
		rule         Rule
		value, limit int64
	}{
		{RuleWork, s.End - s.Leave, sh.maxWork},
		{RuleTravel, s.Travel, sh.maxTravel},
		{RuleDistance, s.Metres, sh.maxMetres},
		{RuleJobs, int64(visits), left(int64(sh.MaxJobs), int64(sh.Spent.Jobs))},
	} {
		if v.value > v.limit {
			out = append(out, Breach{r, Any, v.rule})
		}
	}
	return out
}
