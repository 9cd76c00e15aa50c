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
	RuleNoShift, RulePinned, RuleExcluded, RuleRequired, RuleSkill, RuleLevel, RuleCertificate, RuleLoad, RuleTool, RuleStock, RulePart,
	RuleWindow, RuleReach, RuleShift, RuleWork, RuleTravel, RuleDistance, RuleLoaded, RuleUsedUp, RuleJobs, RuleFull, RuleLink, RulePrice, RuleNone,
}

// Why gives for each technician the first rule that keeps a job out of a plan,
// for the shift in which it comes furthest. It answers nil for a job that the
// plan serves. RuleNone means that the job fits as the plan is: plan again.
func Why(p *Problem, plan Plan, job int) []Block { return Whys(p, plan, []int{job})[0] }

// Whys is Why of several jobs, for little more than it takes of one.
func Whys(p *Problem, plan Plan, jobs []int) [][]Block {
	out := make([][]Block, len(jobs))
	var s *search
	left := p.Unserved(plan)
	for k, job := range jobs {
		if _, unserved := slices.BinarySearch(left, job); !unserved {
			continue
		}
		if s == nil {
			s = newSearch(p, plan, nil)
		}
		out[k] = s.why(job)
	}
	return out
}

func (s *search) why(job int) (out []Block) {
	p := s.p
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
	if v.role == delivery {
		return s.blocks(v.mate, at)
	}
	if v.mate != Any {
		return s.blocksPair(j, v.mate, at)
	}
	if r := p.personal(int(j), int(at)); r != RuleNone {
		return r
	}
	if r := p.untimely(j, sh); r != RuleNone {
		return r
	}
	if r := p.supplied(sh, j); r != RuleNone && !s.besideOthers(at, j) {
		return p.unlessPart(sh, r, j)
	}
	if !s.admits(at, j) {
		return s.crowded(at, j)
	}
	r := s.crammed(at, j)
	if r != RuleNone && (v.linked || len(sh.stops) == 0) {
		return r
	}
	if v.linked {
		return s.tiedBlock(j, at)
	}
	if f := s.full(at, j); f != RuleFull || r == RuleNone {
		return f
	}
	return r
}

// blocksPair asks them about a shipment: each rule about the pickup, then about the
// delivery.
func (s *search) blocksPair(x, y, at int32) Rule {
	p, sh := s.p, &s.p.shifts[at]
	for _, j := range [...]int32{x, y} {
		if r := p.personal(int(j), int(at)); r != RuleNone {
			return r
		}
	}
	for _, j := range [...]int32{x, y} {
		if r := p.untimely(j, sh); r != RuleNone {
			return r
		}
	}
	if r := p.alone(sh, &p.jobs[x], &p.jobs[y]); r != RuleNone && !s.besideOthers(at, x) {
		return p.unlessPart(sh, r, x, y)
	}
	if !s.admits(at, x) {
		return s.crowded(at, x)
	}
	return s.full(at, x)
}

// untimely asks about windows and parts of a job, whatever else there is.
func (p *Problem) untimely(j int32, sh *shift) Rule {
	v := &p.jobs[j]
	if len(v.windows) == 0 || v.open > sh.Close && p.spec.Jobs[j].PartsFrom > sh.Close {
		return RulePart
	}
	overlap := func(w Window) bool { return w.Open <= sh.Close && w.Close >= sh.Open }
	if !slices.ContainsFunc(v.windows, overlap) {
		return p.unlessPart(sh, RuleWindow, j)
	}
	return RuleNone
}

// full asks whether there is a place in the route, and one that is worth its price.
func (s *search) full(at, j int32) Rule {
	v := &s.p.jobs[j]
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
	mate := s.p.jobs[j].mate
	for d, l := range s.p.load(j) {
		if mate != Any {
			l += s.p.load(mate)[d]
		}
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

// supplied is alone, with a refill before the job where the van needs one. What takes
// two refills is not called impossible.
func (p *Problem) supplied(sh *shift, j int32) Rule {
	if p.stocked(j, sh, Any) {
		return p.alone(sh, &p.jobs[j])
	}
	rule := RuleNone
	for _, f := range sh.stops {
		if !p.stocked(j, sh, f) {
			continue
		}
		if rule = p.alone(sh, &p.jobs[f], &p.jobs[j]); rule == RuleNone {
			break
		}
	}
	return rule
}

// alone asks whether a shift that has nothing else to do could do the jobs, in
// this order.
func (p *Problem) alone(sh *shift, jobs ...*job) Rule {
	w := p.outset(sh)
	for _, v := range jobs {
		p.step(&w, sh, v)
	}
	leave, ok := p.finish(&w, sh)
	switch {
	case ok:
		return RuleNone
	case sh.cutOff(jobs):
		return RuleReach
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

// cutOff reports whether there is no way straight from one of the jobs to the next, from
// leaving to coming home.
func (sh *shift) cutOff(jobs []*job) bool {
	from := int32(sh.Start)
	for _, v := range jobs {
		if sh.road.leg(from, v.site).seconds == blocked {
			return true
		}
		from = v.site
	}
	return sh.road.leg(from, int32(sh.End)).seconds == blocked
}

// besideOthers reports whether a route has a place for a job that would not fit
// alone: other visits may bring a break to where it can be taken, lie on a way round, or
// save a set-up.
func (s *search) besideOthers(at, j int32) bool {
	return len(s.routes[at].jobs) > 0 && s.slotFor(at, j).cost < none
}

// unlessPart names the part when the jobs would fit were their parts at hand.
func (p *Problem) unlessPart(sh *shift, r Rule, jobs ...int32) Rule {
	waits, all := false, make([]*job, len(jobs))
	for i, j := range jobs {
		spec, v := p.spec.Jobs[j], p.jobs[j]
		if spec.PartsFrom > 0 && (spec.Pin == nil || spec.Pin.Start == Any) {
			spec.PartsFrom, waits = 0, true
			v.windows = windowsOf(&spec, false)
		}
		all[i] = &v
	}
	if waits && p.alone(sh, all...) == RuleNone {
		return RulePart
	}
	return r
}
