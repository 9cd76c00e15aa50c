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

// reasons are the rules that keep each of some jobs from the vehicles, each once; the
// first is that of the vehicle which is nearest to doing it.
func (p *Problem) reasons(plan routing.Plan, jobs []int) [][]string {
	out := make([][]string, len(jobs))
	for k, blocks := range routing.Whys(p.routing, plan, jobs) {
		if len(blocks) == 0 { // there are no vehicles
			out[k] = []string{string(routing.RuleNoShift)}
		}
		for n := len(nearness) - 1; n >= 0; n-- {
			if slices.ContainsFunc(blocks, func(b routing.Block) bool { return b.Rule == nearness[n] }) {
				out[k] = append(out[k], cmp.Or(string(nearness[n]), Ready))
			}
		}
	}
	return out
}
