package routing

import "slices"

// checkRefills wants jobs of their own for the refills of a shift, which ask for
// nothing, cost nothing to leave and are done by nobody else.
func checkRefills(r *report, s *Spec, frozen map[int]bool) {
	taken := map[int]bool{}
	for _, v := range s.Shipments {
		taken[v.Pickup], taken[v.Delivery] = true, true
	}
	for _, l := range s.Links {
		taken[l.First], taken[l.Second] = true, true
	}
	for i := range s.Technicians {
		for k := range s.Technicians[i].Shifts {
			sh := &s.Technicians[i].Shifts[k]
			checkAmounts(r, sh.Parts, "/technicians/%d/shifts/%d/parts", i, k)
			for n := range sh.Refills {
				v := &sh.Refills[n]
				checkAmounts(r, v.Parts, "/technicians/%d/shifts/%d/refills/%d/parts", i, k, n)
				switch {
				case v.Job < 0 || v.Job >= len(s.Jobs) || s.Jobs[v.Job].Retired:
					r.say("unknown_job", "/technicians/%d/shifts/%d/refills/%d", i, k, n)
				case taken[v.Job] || frozen[v.Job] && !slices.Contains(sh.Frozen, v.Job):
					r.say("named_twice", "/technicians/%d/shifts/%d/refills/%d", i, k, n)
				case !s.Jobs[v.Job].stopOnly():
					r.say("does_not_fit", "/jobs/%d", v.Job)
				default:
					taken[v.Job] = true
				}
			}
		}
	}
}

// stopOnly reports whether a job says nothing but where, when and how long.
func (j *Job) stopOnly() bool {
	return j.PartsFrom == 0 && j.Due == 0 && j.Priority == 0 && j.Price == 0 && j.Worth == 0 && j.Pin == nil && j.Last == nil && !j.Promised &&
		len(j.Needs)+len(j.Load)+len(j.Take)+len(j.Tools)+len(j.Parts)+len(j.Required)+len(j.Excluded)+len(j.Preferred)+len(j.Surcharges)+len(j.Lateness) == 0
}

// supply is a Refill as its job knows it.
type supply struct {
	*Refill
	shift int32
}

// buildRefills lets the jobs of refills know what they are, and shifts the refills
// they have.
func (p *Problem) buildRefills() {
	for at := range p.shifts {
		sh := &p.shifts[at]
		for n := range sh.Refills {
			v := &sh.Refills[n]
			if p.supplies == nil {
				p.supplies = map[int32]supply{}
			}
			p.supplies[int32(v.Job)] = supply{v, int32(at)}
			p.jobs[v.Job].role, p.jobs[v.Job].extra = refill, false
			sh.stops = append(sh.stops, int32(v.Job))
		}
	}
}

// refillsShift is the shift whose refill job j is, or Any.
func (p *Problem) refillsShift(j int) int {
	if v, ok := p.supplies[int32(j)]; ok {
		return int(v.shift)
	}
	return Any
}

// gives is how much of a measure a refill puts on the van.
func (p *Problem) gives(v *Refill, m measure) int64 {
	switch {
	case m.kind == tools:
		return int64(b2i(v.All || slices.Contains(v.Tools, m.index)))
	case v.All:
		return p.used[m.index]
	default:
		return at(v.Parts, m.index)
	}
}

// stockMeasures lists the tools and parts that limit what a van can do: parts
// always, tools where a refill may bring them. It tells whether their order counts.
func (p *Problem) stockMeasures() (sums, peaks []measure) {
	var kinds []int
	for i := range p.spec.Jobs {
		for d, n := range p.spec.Jobs[i].Parts {
			p.used = append(p.used, make([]int64, max(0, d+1-len(p.used)))...)
			p.used[d] += int64(n)
		}
		kinds = append(kinds, p.spec.Jobs[i].Tools...)
	}
	slices.Sort(kinds)
	for _, k := range slices.Compact(kinds) {
		if m := (measure{tools, k}); p.refillable(m) {
			peaks = append(peaks, m)
		}
	}
	for d, n := range p.used {
		switch m := (measure{parts, d}); {
		case n == 0:
		case p.refillable(m):
			peaks = append(peaks, m)
		default:
			sums = append(sums, m)
		}
	}
	return sums, peaks
}

// refillable reports whether some refill brings something of a measure.
func (p *Problem) refillable(m measure) bool {
	for _, v := range p.supplies {
		if p.gives(v.Refill, m) > 0 {
			return true
		}
	}
	return false
}

// kit is what job j does to the tools and parts on the van.
func (p *Problem) kit(j int, m measure) haul {
	if p.jobs[j].role == refill {
		return haul{taken: -p.gives(p.supplies[int32(j)].Refill, m)}
	}
	if m.kind == tools {
		return haul{peak: int64(b2i(slices.Contains(p.spec.Jobs[j].Tools, m.index)))}
	}
	n := at(p.spec.Jobs[j].Parts, m.index)
	return haul{taken: n, peak: n}
}

// equips asks whether a shift can ever have the tools and parts that a job needs.
func (p *Problem) equips(j int, sh *shift) Rule {
	for _, k := range p.spec.Jobs[j].Tools {
		if m := (measure{tools, k}); sh.has(m)+p.refilled(sh, m) == 0 {
			return RuleTool
		}
	}
	for d, n := range p.spec.Jobs[j].Parts {
		if m := (measure{parts, d}); int64(n) > sh.has(m)+p.refilled(sh, m) {
			return RuleStock
		}
	}
	return RuleNone
}

// refilled is how much of a measure all refills of a shift bring.
func (p *Problem) refilled(sh *shift, m measure) (sum int64) {
	for i := range sh.Refills {
		sum += p.gives(&sh.Refills[i], m)
	}
	return sum
}

// stocked reports whether a shift has what job j needs after refill stop, if any,
// and nothing else.
func (p *Problem) stocked(j int32, sh *shift, stop int32) bool {
	for _, it := range p.items[j] {
		have := sh.crest[it.dim]
		if stop != Any {
			have -= p.haulsOf(stop)[it.dim].taken
		}
		if it.peak > have {
			return false
		}
	}
	return true
}

// opens finds the best positions for j behind a refill that the route has not made
// yet, and the refill that it opens, if that costs less than most.
func (s *search) opens(at, j int32, most Grain) (best slot, stop int32) {
	best = slot{stamp: s.routes[at].stamp, cost: none}
	for _, f := range s.p.shifts[at].stops {
		if s.at[f] >= 0 {
			continue
		}
		if c := s.scanTwo(at, f, j, min(most, best.cost)); c.cost < best.cost {
			best, stop = c, f
		}
	}
	return best, stop
}

// restock sees to it that a ruined route keeps to what is on its van: where a refill
// has gone, the visits that lived on it go too; where one is not needed any more, it
// goes. kept is what settle said before; restock reports what it says after.
func (s *search) restock(at int32, kept bool) bool {
	for short := s.lacking(at, Any); len(short) > 0; short = s.lacking(at, Any) {
		for _, j := range short {
			s.drop(j)
		}
		kept = s.tighten(at)
	}
	for _, f := range s.p.shifts[at].stops {
		if s.at[f] == at && !s.p.jobs[f].frozen && len(s.lacking(at, f)) == 0 {
			s.drop(f)
			kept = s.tighten(at)
		}
	}
	return kept
}

// lacking lists the jobs for which there is too little on the van of a route when
// refill skip is not made, and what lacks is not done.
func (s *search) lacking(at, skip int32) []int32 {
	p, r, crest := s.p, s.routes[at], s.p.shifts[at].crest
	s.levels, s.without = s.levels[:0], s.without[:0]
	for d := range p.peaks {
		sum := int64(0)
		for _, j := range r.jobs {
			sum += p.haulsOf(j)[d].brought
		}
		s.levels = append(s.levels, sum)
	}
	for k, j := range r.jobs {
		if j == skip {
			continue
		}
		hauls, enough := p.haulsOf(j), true
		for d, h := range hauls {
			enough = enough && s.levels[d]-h.brought+h.peak <= crest[d]
		}
		for d, h := range hauls {
			s.levels[d] -= h.brought
			if enough || k < s.frozen[at] {
				s.levels[d] += h.taken
			}
		}
		if !enough && k >= s.frozen[at] {
			s.without = append(s.without, j)
		}
	}
	return s.without
}

// reposition moves the refills of a route to where they cost least.
func (s *search) reposition(at int32) {
	for _, f := range s.p.shifts[at].stops {
		if s.at[f] != at || s.p.jobs[f].frozen {
			continue
		}
		best, cost := shiftMove{}, Grain(0)
		for q := s.frozen[at]; q <= len(s.routes[at].jobs); q++ {
			m := shiftMove{from: at, to: at, i: int(s.pos[f]), q: q, length: 1}
			if !m.possible(s) {
				continue
			}
			if c := m.evaluate(s); c < cost {
				best, cost = m, c
			}
		}
		if cost < 0 {
			best.apply(s)
		}
	}
}
