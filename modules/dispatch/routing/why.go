package routing

import "slices"

// Block says what keeps one technician from a job that a plan does not serve.
type Block struct {
	Technician int
	Shift      int  // within the technician: where the job comes furthest; Any without a shift
	Rule       Rule // the first rule that blocks there; RuleNone when nothing does
}

// order is the sequence in which rules are asked.
var order = []Rule{
	RuleNoShift, RulePinned, RuleExcluded, RuleRequired, RuleSkill, RuleLevel, RuleCertificate, RuleLoad, RulePart,
	RuleWindow, RuleReach, RuleShift, RuleWork, RuleTravel, RuleDistance, RuleLoaded, RuleJobs, RuleFull, RuleLink, RulePrice, RuleNone,
}

// Why gives for each technician the first rule that keeps a job out of a plan,
// for the shift in which it comes furthest. It answers nil for a job that the
// plan serves. RuleNone means that the job fits as the plan is: plan again.
func Why(p *Problem, plan Plan, job int) []Block {
	if job < 0 || job >= len(p.jobs) || !slices.Contains(p.Unserved(plan), job) {
		return nil
	}
	s := newSearch(p, plan, nil)
	var out []Block
	for t := range p.spec.Technicians {
		b := Block{Technician: t, Shift: Any, Rule: RuleNoShift}
		for k := range p.spec.Technicians[t].Shifts {
			rule := s.blocks(int32(job), int32(p.Route(t, k)))
			if slices.Index(order, rule) > slices.Index(order, b.Rule) {
				b.Shift, b.Rule = k, rule
			}
		}
		out = append(out, b)
	}
	return out
}

// blocks asks the rules in their order about one job and one shift.
func (s *search) blocks(j, at int32) Rule {
	p, sh, v := s.p, &s.p.shifts[at], &s.p.jobs[j]
	if r := p.personal(int(j), int(at)); r != RuleNone {
		return r
	}
	if len(v.windows) == 0 || v.open > sh.Close && p.spec.Jobs[j].PartsFrom > sh.Close {
		return RulePart
	}
	overlap := func(w Window) bool { return w.Open <= sh.Close && w.Close >= sh.Open }
	if !slices.ContainsFunc(v.windows, overlap) {
		return p.unlessPart(j, sh, RuleWindow)
	}
	if p.leg(int32(sh.Start), v.site).seconds == blocked || p.leg(v.site, int32(sh.End)).seconds == blocked {
		return RuleReach
	}
	if r := p.alone(v, sh); r != RuleNone {
		return p.unlessPart(j, sh, r)
	}
	if !s.admits(at, j) {
		return s.crowded(at, j)
	}
	if r := s.crammed(at, j); r != RuleNone {
		return r
	}
	if v.linked {
		return s.tiedBlock(j, at)
	}
	cost := s.scan(at, j).cost
	switch {
	case cost == none:
		return RuleFull
	case v.lost == 0 && cost >= v.price:
		return RulePrice
	default:
		return RuleNone
	}
}

// crowded says of what a van has too much to take j along.
func (s *search) crowded(at, j int32) Rule {
	for d, l := range s.p.load(j) {
		if s.routes[at].load[d]+l > s.p.shifts[at].room[d] {
			return s.p.sums[d].rule()
		}
	}
	return RuleNone
}

// crammed says of what the van has too little for j in every place of a route, of
// all whose peak counts.
func (s *search) crammed(at, j int32) Rule {
	r, sh, rule := s.routes[at], &s.p.shifts[at], RuleNone
	s.stow(r)
	for k := s.frozen[at]; k <= len(r.jobs); k++ {
		d, ok := s.tight(r, sh, k, j)
		if ok {
			return RuleNone
		}
		rule = s.p.peaks[d].rule()
	}
	return rule
}

// alone asks whether a shift that has nothing else to do could do the job.
func (p *Problem) alone(v *job, sh *shift) Rule {
	w := p.begin(sh)
	p.step(&w, sh, v)
	leave, ok := p.finish(&w, sh)
	switch {
	case ok:
		return RuleNone
	case w.broken || w.now > sh.Close:
		return RuleShift
	case w.now-leave > sh.maxWork:
		return RuleWork
	case w.travel > sh.maxTravel:
		return RuleTravel
	default:
		return RuleDistance
	}
}

// unlessPart names the part when the job would fit were the part at hand.
func (p *Problem) unlessPart(j int32, sh *shift, r Rule) Rule {
	spec := p.spec.Jobs[j]
	if spec.PartsFrom == 0 || spec.Pin != nil && spec.Pin.Start != Any {
		return r
	}
	spec.PartsFrom = 0
	v := p.jobs[j]
	v.windows = windowsOf(&spec, false)
	if p.alone(&v, sh) == RuleNone {
		return RulePart
	}
	return r
}
