package routing

const (
	ruinMean   = 10   // jobs removed per step, on average
	ruinLength = 10   // longest string
	splitOdds  = 0.5  // of a string that keeps a middle part
	growOdds   = 0.01 // of stopping to grow that middle part
	barOdds    = 0.25 // of not using a route after closing one
	closeOdds  = 0.01 // of closing a route, where shifts differ
	emptyOdds  = 0.5  // of taking a refill out with the visits around it
)

// ruin takes strings of neighbouring visits out of neighbouring routes, around a
// job drawn at random (slack induction by string removals, Christiaens and
// Vanden Berghe 2020). Frozen visits stay.
func (s *search) ruin() {
	if len(s.at) == 0 {
		return
	}
	seed, first := int32(s.rng.IntN(len(s.at))), len(s.missing)
	served, used := 0, 0
	for _, r := range s.routes {
		served += len(r.jobs)
		used += b2i(len(r.jobs) > 0)
	}
	if used == 0 {
		return
	}
	if s.p.kinds > 1 && s.rng.Float64() < closeOdds {
		s.closeRoute(s.at[seed])
	}
	longest := min(float64(ruinLength), float64(served)/float64(used))
	most := 4*float64(ruinMean)/(1+longest) - 1
	strings := int(s.rng.Float64()*most + 1)
	s.string(seed, longest)
	for _, j := range s.close[seed] {
		if len(s.touched) >= strings {
			break
		}
		s.string(j, longest)
	}
	s.untie(first)
	for more := true; more; more = s.untie(first) {
		for _, at := range s.touched {
			s.compact(at)
		}
	}
}

// closeRoute takes everything out of a route and keeps recreate from using it and
// some others: so whole routes come to better placed technicians, which strings
// alone rarely do.
func (s *search) closeRoute(at int32) {
	if at < 0 || len(s.routes[at].jobs) == s.frozen[at] {
		return
	}
	for r := range s.barred {
		if r == int(at) || s.rng.Float64() < barOdds {
			s.barred[r] = s.tick
		}
	}
	for _, j := range s.touch(at).jobs[s.frozen[at]:] {
		s.drop(j)
	}
}

// string removes one string that contains j, from a route not yet ruined.
func (s *search) string(j int32, longest float64) {
	at := s.at[j]
	if at < 0 || s.mark[at] == s.tick || s.p.jobs[j].frozen {
		return
	}
	r, first := s.routes[at], s.frozen[at]
	free := len(r.jobs) - first
	length := int(s.rng.Float64()*min(longest, float64(free)) + 1)
	length = min(length, free)
	keep := 0
	if length > 1 && length < free && s.rng.Float64() < splitOdds {
		keep = 1
		for length+keep < free && s.rng.Float64() > growOdds {
			keep++
		}
	}
	span := length + keep
	k := int(s.pos[j])
	low, high := max(first, k-span+1), min(k, len(r.jobs)-span)
	from := low + s.rng.IntN(high-low+1)
	hole := span // where the kept middle begins
	if keep > 0 {
		hole = s.rng.IntN(length + 1)
	}
	s.touch(at)
	for i := range span {
		if j := r.jobs[from+i]; (i < hole || i >= hole+keep) && (s.p.jobs[j].role != refill || s.rng.Float64() < emptyOdds) {
			s.drop(j)
		}
	}
}

// compact closes the gaps of a ruined route. Where a detour was the quicker way,
// or a break comes elsewhere now, what is left may break a rule: then all of it
// goes out.
func (s *search) compact(at int32) {
	kept := s.tighten(at)
	if len(s.p.shifts[at].stops) > 0 {
		kept = s.restock(at, kept)
	}
	if kept {
		return
	}
	for _, j := range s.routes[at].jobs[s.frozen[at]:] {
		s.drop(j)
	}
	s.tighten(at)
}

// tighten takes the dropped jobs out of a route; see settle.
func (s *search) tighten(at int32) (kept bool) {
	r := s.routes[at]
	jobs := r.jobs[:0]
	for _, j := range r.jobs {
		if s.at[j] == at {
			jobs = append(jobs, j)
		}
	}
	r.jobs = jobs
	return s.settle(at)
}
