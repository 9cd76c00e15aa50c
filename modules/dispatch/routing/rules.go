package routing

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
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
	RulePart        Rule = "part_not_available"  // the part comes too late for the windows or the shift
	RuleWindow      Rule = "window"              // no window overlaps the shift
	RuleReach       Rule = "unreachable"         // no way there and home again
	RuleShift       Rule = "shift"               // even alone, the visit does not fit into shift, window and travel
	RuleWork        Rule = "max_work"            // even alone, it exceeds the working time
	RuleTravel      Rule = "max_travel"          // even alone, it is too long on the road
	RuleDistance    Rule = "max_distance"        // even alone, it is too far on the road
	RuleLoaded      Rule = "van_full"            // fits alone, the van is full of others' things
	RuleJobs        Rule = "max_jobs"            // fits alone, the shift has as many visits as it may
	RuleFull        Rule = "plan_full"           // fits alone, not beside what is planned
	RuleLink        Rule = "linked_visit"        // fits, but not as the visits that it is linked with need it
	RulePrice       Rule = "price"               // fits, but costs more than leaving it
)

// bits is a set of (job, shift) pairs.
type bits struct {
	words  []uint64
	stride int
}

func newBits(rows, columns int) bits {
	stride := (columns + 63) / 64
	return bits{make([]uint64, rows*stride), stride}
}

func (b *bits) set(row, column int)      { b.words[row*b.stride+column/64] |= 1 << (column % 64) }
func (b *bits) clear(row, column int)    { b.words[row*b.stride+column/64] &^= 1 << (column % 64) }
func (b *bits) has(row, column int) bool { return b.words[row*b.stride+column/64]>>(column%64)&1 == 1 }

// buildRules works out who may do what, and which shifts are alike.
func (p *Problem) buildRules() {
	home := make(map[int]int) // frozen job → its shift
	for s := range p.shifts {
		for _, j := range p.shifts[s].Frozen {
			home[j] = s
		}
	}
	p.may = newBits(len(p.jobs), len(p.shifts))
	p.open = p.dims+len(p.peaks) == 0
	for j := range p.jobs {
		p.open = p.open && !p.jobs[j].extra
		at, frozen := home[j]
		for s := range p.shifts {
			switch {
			case frozen && at == s, !frozen && len(p.jobs[j].windows) > 0 && p.personal(j, s) == RuleNone:
				p.may.set(j, s)
			default:
				p.open = false
			}
		}
	}
	p.buildKinds()
}

// personal returns the first rule about person and van that keeps job j from
// shift s. Frozen jobs are not asked about.
func (p *Problem) personal(j, s int) Rule {
	if p.jobs[j].frozen {
		return RulePinned
	}
	return p.person(j, &p.spec.Jobs[j], &p.shifts[s])
}

// person is personal for a job as somebody states it.
func (p *Problem) person(j int, spec *Job, sh *shift) Rule {
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

// overLoad asks whether the van is too small for job j alone.
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
	return RuleNone
}

func contains(list []int, x int32) bool {
	for _, v := range list {
		if v == int(x) {
			return true
		}
	}
	return false
}

// buildKinds numbers the shifts so that two of one kind are interchangeable
// while both are empty: the search then tries one of them only.
func (p *Problem) buildKinds() {
	named := make([]bool, len(p.spec.Technicians)) // some price speaks of them
	for j := range p.spec.Jobs {
		s := &p.spec.Jobs[j]
		for _, t := range s.Preferred {
			named[t] = true
		}
		for _, c := range s.Surcharges {
			named[c.Technician] = true
		}
		if s.Last != nil {
			named[s.Last.Technician] = true
		}
	}
	kinds := map[string]int32{}
	for s := range p.shifts {
		sh := &p.shifts[s]
		key := fmt.Sprint(sh.Shift, sh.travel, sh.metre, sh.work, sh.overtime, p.column(s))
		if named[sh.technician] {
			key = fmt.Sprint(key, "#", sh.technician, sh.place)
		}
		if _, ok := kinds[key]; !ok {
			kinds[key] = int32(len(kinds))
		}
		sh.kind = kinds[key]
	}
	p.kinds = len(kinds)
}

// column digests which jobs a shift may do.
func (p *Problem) column(s int) uint64 {
	h := fnv.New64a()
	var word [8]byte
	for j := range p.jobs {
		if p.may.has(j, s) {
			binary.LittleEndian.PutUint64(word[:], uint64(j))
			_, _ = h.Write(word[:]) // a hash never fails
		}
	}
	return h.Sum64()
}
