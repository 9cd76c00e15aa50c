package vroom

import (
	"cmp"
	"slices"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// mostReasons is for how many jobs reasons are given: each takes a look at every
// vehicle.
const mostReasons = 100

// Ready is the reason of a job that fits where the plan is: the search ended
// before it was tried.
const Ready = "ready"

// nearness lists the rules from those about the vehicle to those about the plan:
// the later the rule, the nearer the vehicle is to doing the job.
var nearness = []routing.Rule{
	routing.RuleNoShift, routing.RulePinned, routing.RuleExcluded, routing.RuleRequired, routing.RuleSkill, routing.RuleLevel,
	routing.RuleCertificate, routing.RuleLoad, routing.RuleTool, routing.RuleStock, routing.RulePart, routing.RuleWindow, routing.RuleReach, routing.RuleShift,
	routing.RuleWork, routing.RuleTravel, routing.RuleDistance, routing.RuleLoaded, routing.RuleUsedUp, routing.RuleJobs, routing.RuleFull, routing.RuleLink, routing.RulePrice, routing.RuleNone,
}

// reasons are the rules that keep a job from the vehicles, each once; the first
// is that of the vehicle which is nearest to doing it.
func (p *Problem) reasons(plan routing.Plan, job int) []string {
	var rules []routing.Rule
	for _, b := range routing.Why(p.routing, plan, job) {
		rules = append(rules, b.Rule)
	}
	if len(rules) == 0 {
		return []string{string(routing.RuleNoShift)}
	}
	slices.SortFunc(rules, func(a, b routing.Rule) int {
		return cmp.Compare(slices.Index(nearness, b), slices.Index(nearness, a))
	})
	var out []string
	for _, r := range slices.Compact(rules) {
		out = append(out, cmp.Or(string(r), Ready))
	}
	return out
}
