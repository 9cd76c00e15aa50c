package routing

import (
	"cmp"
	"slices"
)

// RulePromise is said by Relax alone: the pin of another visit is let go.
const RulePromise Rule = "promise"

// Relaxation is one rule that keeps a job out of a plan, by how much it would have
// to give way, and the plan that then serves the job. What By counts depends on the
// rule:
//
//	RuleNone                          nothing: the job fits as the plan is
//	RulePrice                         minor units by which Job.Price is too low
//	RuleWindow                        seconds from Start to the nearest window
//	RulePart                          seconds by which the part has to come earlier, at Start
//	RuleShift                         seconds by which the shift has to end later
//	RuleWork, RuleTravel              seconds beyond the limit of the shift
//	RuleDistance, RuleJobs            metres, visits beyond it
//	RulePromise                       seconds by which Moved starts earlier or later
//	RulePinned                        nothing: the job's own pin is let go, who or when
//	RuleExcluded, RuleRequired,
//	RuleSkill, RuleLevel, RuleCertificate   nothing: for this technician
type Relaxation struct {
	Rule              Rule
	Technician, Shift int // who would do the job; Shift counts within the technician
	By                int64
	Start             int64 // of the job
	Moved             int   // the job whose pin is let go, of RulePromise; Any otherwise
	Cost              Grain // by how much the plan gets dearer, the price of leaving the job aside
	Plan              Plan  // serves the job; Check approves it once this rule, and only this, gives way
}

// Relax lists which single rule would have to give way so that a plan serves a job
// that it leaves: of each rule the cheapest way and the one that asks least of it
// (of another window the earliest start), each carried out and checked, cheapest
// first. Nothing else of the plan moves, but for RulePromise the promised visit. For
// a job that fits as the plan is, RuleNone or RulePrice stands alone.
// The plan must be one that Check approves. Relax answers nil for a job that the
// plan serves, for linked ones and shipments, and when no single rule is enough.
func Relax(p *Problem, plan Plan, job int) []Relaxation {
	if job < 0 || job >= len(p.jobs) || p.jobs[job].linked || p.jobs[job].mate != Any || !slices.Contains(p.Unserved(plan), job) {
		return nil
	}
	x := newRelaxer(p, plan, job)
	for at := range x.q.shifts {
		x.try(at)
	}
	for _, list := range x.byRule() {
		x.settle(list)
	}
	if fits := slices.IndexFunc(x.out, func(r Relaxation) bool { return r.Rule == RuleNone || r.Rule == RulePrice }); fits >= 0 {
		return x.out[fits:][:1]
	}
	x.promises()
	slices.SortStableFunc(x.out, func(a, b Relaxation) int { return cmp.Compare(a.Cost, b.Cost) })
	return x.out
}

// loose is a job and a shift of which one rule has given way, wholly.
type loose struct {
	rule Rule
	job  job
	sh   shift
}

// chance is a place in a route for the job when a rule is loose.
type chance struct {
	*loose
	at, k          int
	cost           Grain // of the route with it, preferences and change aside
	ask            int64 // what it asks of the rule, or the start where that counts
	end, duty      int64
	travel, metres int64
}

// relaxer looks for relaxations on a copy of a problem, in which a rule gives way
// while it is tried.
type relaxer struct {
	base  *Problem
	q     *Problem
	s     *search
	plan  Plan
	job   int
	spec  *Job
	found []chance
	log   []turn // scratch
	out   []Relaxation
}

func newRelaxer(p *Problem, plan Plan, job int) *relaxer {
	base := p.appointed(plan)
	q := base.own()
	q.shifts = slices.Clone(q.shifts)
	q.may = slices.Clone(q.may)
	return &relaxer{base: base, q: q, s: newSearch(q, plan, nil), plan: plan, job: job, spec: &q.spec.Jobs[job]}
}

// try looks for chances in one shift: those of the one rule about the person, or,
// when the person is right, those of each rule about time and way.
func (x *relaxer) try(at int) {
	sh := &x.q.shifts[at]
	if r := x.q.person(x.job, x.spec, sh); r != RuleNone {
		if spec, ok := x.forgive(r, sh); ok && x.q.person(x.job, spec, sh) == RuleNone {
			x.look(at, &loose{r, x.q.jobs[x.job], *sh})
		}
		return
	}
	x.look(at, &loose{RuleNone, x.q.jobs[x.job], *sh})
	x.loosenJob(at)
	x.loosenShift(at)
}

// forgive is the job without what a rule about persons says of a technician.
func (x *relaxer) forgive(r Rule, sh *shift) (*Job, bool) {
	v := *x.spec
	switch r {
	case RulePinned:
		v.Pin = nil
	case RuleExcluded:
		v.Excluded = nil
	case RuleRequired:
		v.Required = nil
	case RuleSkill, RuleLevel, RuleCertificate:
		v.Needs = slices.DeleteFunc(slices.Clone(v.Needs), func(n Need) bool { return x.q.skill(n, sh) == r })
	default:
		return nil, false
	}
	return &v, true
}

func (x *relaxer) loosenJob(at int) {
	sh := x.q.shifts[at]
	again := func(r Rule, change func(v *Job)) {
		v, j := *x.spec, x.q.jobs[x.job]
		change(&v)
		j.windows = windowsOf(&v, false)
		if len(j.windows) > 0 {
			j.open, j.close = j.windows[0].Open, j.windows[len(j.windows)-1].Close
			x.look(at, &loose{r, j, sh})
		}
	}
	if x.spec.Pin != nil && x.spec.Pin.Start != Any {
		again(RulePinned, func(v *Job) { v.Pin = nil })
		return
	}
	if len(x.spec.Windows) > 0 {
		again(RuleWindow, func(v *Job) { v.Windows = nil })
	}
	if x.spec.PartsFrom > 0 {
		again(RulePart, func(v *Job) { v.PartsFrom = 0 })
	}
}

func (x *relaxer) loosenShift(at int) {
	j := x.q.jobs[x.job]
	again := func(r Rule, change func(sh *shift)) {
		l := loose{r, j, x.q.shifts[at]}
		change(&l.sh)
		x.look(at, &l)
	}
	sh := &x.q.shifts[at]
	again(RuleShift, func(v *shift) { v.Close = x.latest(at) })
	if sh.maxWork < Never {
		again(RuleWork, func(v *shift) { v.maxWork = Never })
	}
	if sh.maxTravel < Never {
		again(RuleTravel, func(v *shift) { v.maxTravel = Never })
	}
	if sh.maxMetres < Never {
		again(RuleDistance, func(v *shift) { v.maxMetres = Never })
	}
	if sh.MaxJobs > 0 {
		again(RuleJobs, func(v *shift) { v.MaxJobs = 0 })
	}
}

// latest is until when a shift could go on: until the technician's next one.
func (x *relaxer) latest(at int) int64 {
	sh := &x.q.shifts[at]
	last := min(maxInstant, sh.Open+int64(blocked)-1)
	if next := at + 1; next < len(x.q.shifts) && x.q.shifts[next].technician == sh.technician {
		last = min(last, x.q.shifts[next].Open)
	}
	return max(sh.Close, last)
}
