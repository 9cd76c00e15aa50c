package routing

import (
	"cmp"
	"slices"
)

// Of few jobs, one order in strayEach is free although something urgent is left out: there
// may be room for all of it only when something else is in already. Of many, there are
// other ways, and no time to spare for that.
const (
	strayEach = 8
	strayMost = 50 // jobs
)

// order sorts s.missing by a criterion drawn at random. Half the time, and nearly
// always when something urgent is left out, what counts most goes first.
func (s *search) order() {
	m := s.missing
	s.rng.Shuffle(len(m), func(a, b int) { m[a], m[b] = m[b], m[a] })
	key := s.keys()
	if key != nil {
		slices.SortStableFunc(m, func(a, b int32) int { return cmp.Compare(key[a], key[b]) })
	}
	if s.back.score.Lost > 0 && !s.strays() || s.p.ranked && s.rng.IntN(2) == 0 {
		slices.SortStableFunc(m, func(a, b int32) int { return cmp.Compare(s.strains[b], s.strains[a]) })
	}
}

func (s *search) strays() bool {
	return len(s.at) <= strayMost && s.rng.IntN(strayEach) == 0
}

// keys fills and returns a scratch of sort keys by job, or nil for no order.
func (s *search) keys() []int64 {
	if s.key == nil {
		s.key = make([]int64, len(s.at))
	}
	what := s.rng.IntN(11)
	if what < 4 {
		return nil
	}
	for _, j := range s.missing {
		v := &s.p.jobs[j]
		switch {
		case what < 6: // much work or load first
			s.key[j] = -s.weigh(j)
		case what < 8: // narrow windows first
			s.key[j] = v.close - v.open
		case what < 9: // early ones first
			s.key[j] = v.open
		case what < 10: // far ones first
			s.key[j] = -s.remote[j]
		default: // close ones first
			s.key[j] = s.remote[j]
		}
	}
	return s.key
}

func (s *search) weigh(j int32) int64 {
	sum := s.p.jobs[j].service
	for _, l := range s.p.load(j) {
		sum += l
	}
	for _, it := range s.p.items[j] {
		sum += it.peak
	}
	return sum
}
