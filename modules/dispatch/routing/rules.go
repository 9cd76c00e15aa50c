package routing

import (
	"fmt"
	"slices"
)

// Rule is a code for what stands between a job and a technician. The order of
// the constants is the order in which they are asked.
type Rule string

// The rules, from those about the person to those about the present plan.
const (
	RuleNone        Rule = ""                    // nothing blocks
	RuleNoShift     Rule = "no_shift"            // the technician has none in the horizon
	RulePinned      Rule = "pinned_elsewhere"    // pinned or frozen to another technician or shift
	RuleExcluded    Rule = "excluded"            // excluded by name
	RuleRequired    Rule = "other_required"      // another technician is required
	RuleSkill       Rule = "skill_missing"       // has never had the skill
	RuleLevel       Rule = "skill_level"         // has it at a lower level
	RuleCertificate Rule = "certificate_expired" // has it, but not for the whole shift
	RuleLoad        Rule = "load"                // the van is too small for this job alone
	RuleTool        Rule = "tool_missing"        // a tool is not on the van, and no refill brings it
	RuleStock       Rule = "part_missing"        // there are too few parts on the van for this job alone, refills and all
	RulePart        Rule = "part_not_available"  // the part comes too late for the windows or the shift
	RuleWindow      Rule = "window"              // no window overlaps the shift
	RuleReach       Rule = "unreachable"         // no way there and home again
	RuleShift       Rule = "shift"               // even alone, the visit does not fit into shift, window and travel
	RuleWork        Rule = "max_work"            // even alone, it exceeds the working time
	RuleTravel      Rule = "max_travel"          // even alone, it is too long on the road
	RuleDistance    Rule = "max_distance"        // even alone, it is too far on the road
	RuleLoaded      Rule = "van_full"            // fits alone, the van is full of others' things
	RuleUsedUp      Rule = "parts_used_up"       // fits alone, others use the parts
	RuleJobs        Rule = "max_jobs"            // fits alone, the shift has as many visits as it may
	RuleFull        Rule = "plan_full"           // fits alone, not beside what is planned
	RuleLink        Rule = "linked_visit"        // fits, but not as the visits that it is linked with need it
	RulePrice       Rule = "price"               // fits, but costs more than leaving it
)

// rows is a set of (job, shift) pairs: one row of shifts for each job. Jobs that
// ask for the same share their row.
type rows [][]uint64

func (r rows) has(job, shift int) bool { return r[job][shift>>6]>>(shift&63)&1 == 1 }

// set and clear give the job a row of its own.
func (r rows) set(job, shift int) {
	r[job] = slices.Clone(r[job])
	r[job][shift>>6] |= 1 << (shift & 63)
}

func (r rows) clear(job, shift int) {
	r[job] = slices.Clone(r[job])
	r[job][shift>>6] &^= 1 << (shift & 63)
}

// buildRules works out who may do what.
func (p *Problem) buildRules() {
	home := p.frozenJobs()
	p.may = make(rows, len(p.jobs), len(p.jobs)+1)
	known := map[string][]uint64{}
	for j := range p.jobs {
		key := p.asks(j, home)
		row, ok := known[key]
		if !ok {
			row = p.row(j, home)
			known[key] = row
		}
		p.may[j] = row
	}
	p.findOpen()
}

// asks tells jobs apart by all that decides who may do them: whatever a job says
// counts, unless it is named here as saying nothing about that.
func (p *Problem) asks(j int, home map[int]int) string {
	s, pinned := p.spec.Jobs[j], Any
	if s.Pin != nil {
		pinned = s.Pin.Technician
	}
	at, frozen := home[j]
	s.Site, s.Service, s.Windows, s.PartsFrom, s.Due, s.Lateness, s.Pin, s.Last, s.Surcharges = 0, 0, nil, 0, 0, nil, nil, nil, nil
	s.Priority, s.Price, s.Worth, s.Promised, s.Preferred, s.PreferPrice = 0, 0, 0, false, nil, 0
	var carried []int32
	if p.paired {
		carried = p.carried[j]
	}
	return fmt.Sprint(s, pinned, at, frozen, len(p.jobs[j].windows) > 0, carried, p.jobs[j].role, p.refillsShift(j))
}

// frozenJobs maps what is under way or done to its route.
func (p *Problem) frozenJobs() map[int]int {
	home := make(map[int]int)
	for s := range p.shifts {
		for _, j := range p.shifts[s].Frozen {
			home[j] = s
		}
	}
	return home
}

// row lists the shifts that may do job j.
func (p *Problem) row(j int, home map[int]int) []uint64 {
	row := make([]uint64, (len(p.shifts)+63)/64)
	p.fillRow(row, j, home, 0, len(p.shifts))
	return row
}

// fillRow decides about the shifts from one to another.
func (p *Problem) fillRow(row []uint64, j int, home map[int]int, from, to int) {
	at, frozen := home[j]
	for s := from; s < to; s++ {
		row[s>>6] &^= 1 << (s & 63)
		if frozen && at == s || !frozen && len(p.jobs[j].windows) > 0 && p.personal(j, s) == RuleNone {
			row[s>>6] |= 1 << (s & 63)
		}
	}
}

// eachRow calls f once for each different row, with a job that has it.
func (p *Problem) eachRow(f func(job int, row []uint64)) {
	if len(p.shifts) == 0 {
		return
	}
	seen := make(map[*uint64]bool)
	for j, row := range p.may {
		if !seen[&row[0]] {
			seen[&row[0]] = true
			f(j, row)
		}
	}
}

// findOpen finds out whether anybody may do anything at the same price.
func (p *Problem) findOpen() {
	p.open = p.dims+len(p.peaks) == 0
	for j := range p.jobs {
		p.open = p.open && !p.jobs[j].extra
	}
	if !p.open {
		return
	}
	p.eachRow(func(_ int, row []uint64) {
		for s := range p.shifts {
			p.open = p.open && row[s>>6]>>(s&63)&1 == 1
		}
	})
}

// personal returns the first rule about person and van that keeps job j from
// shift s. Frozen jobs are not asked about.
func (p *Problem) personal(j, s int) Rule {
	if v, ok := p.supplies[int32(j)]; ok {
		if int(v.shift) != s {
			return RuleRequired
		}
		if p.shifts[s].Off {
			return RuleNoShift
		}
		return RuleNone
	}
	if p.jobs[j].frozen {
		return RulePinned
	}
	return p.person(j, &p.spec.Jobs[j], &p.shifts[s])
}

// person is personal for a job as somebody states it.
func (p *Problem) person(j int, spec *Job, sh *shift) Rule {
	if spec.Retired {
		return RuleUnknown
	}
	if sh.Off {
		return RuleNoShift
	}
	if spec.Pin != nil && spec.Pin.Technician != Any {
		if spec.Pin.Technician != int(sh.technician) {
			return RulePinned
		}
		return p.overLoad(j, sh)
	}
	if contains(spec.Excluded, sh.technician) {
		return RuleExcluded
	}
	if len(spec.Required) > 0 && !contains(spec.Required, sh.technician) {
		return RuleRequired
	}
	for _, need := range spec.Needs {
		if r := p.skill(need, sh); r != RuleNone {
			return r
		}
	}
	return p.overLoad(j, sh)
}

// skill judges the best grant that the technician holds for a need.
func (p *Problem) skill(need Need, sh *shift) Rule {
	worst := RuleSkill
	for _, g := range p.spec.Technicians[sh.technician].Skills {
		switch {
		case g.Skill != need.Skill:
		case g.Level < need.Level:
			if worst == RuleSkill {
				worst = RuleLevel
			}
		case g.Until != 0 && g.Until < sh.Close:
			worst = RuleCertificate
		default:
			return RuleNone
		}
	}
	return worst
}

// overLoad asks whether the van is too small for job j alone, or lacks what it needs.
func (p *Problem) overLoad(j int, sh *shift) Rule {
	spec := &p.spec.Jobs[j]
	dims := max(len(spec.Load), len(spec.Take))
	if p.paired {
		dims = max(dims, len(p.carried[j]))
	}
	for d := range dims {
		if m := (measure{goods, d}); p.burden(j, m).peak > sh.has(m) {
			return RuleLoad
		}
	}
	return p.equips(j, sh)
}

func contains(list []int, x int32) bool {
	for _, v := range list {
		if v == int(x) {
			return true
		}
	}
	return false
}
