package routing

import "slices"

const (
	wideRoutes = 128 // routes up to which recreate tries them all
	nearKinds  = 16  // kinds of shifts that start near a job, beyond that
	someClose  = 10  // closest jobs whose routes are tried, whatever their windows
	strayTries = 2   // routes drawn at random
	allOdds    = 8   // one in so many jobs without a place is tried everywhere
)

// likely lists the routes that are worth trying for a job. Where there are many,
// these are the routes of jobs near it, the shifts that start near it and may do
// it, and a few at random.
func (s *search) likely(j int32) []int32 {
	if s.homes == nil {
		return s.tries
	}
	s.lists++
	s.chosen = s.chosen[:0]
	for _, v := range s.near[j] {
		s.choose(s.at[v])
	}
	for _, v := range s.close[j][:min(someClose, len(s.close[j]))] {
		s.choose(s.at[v])
	}
	for _, k := range s.homes[j] {
		s.choose(s.spare(k))
	}
	for range strayTries {
		s.choose(int32(s.rng.IntN(len(s.routes))))
	}
	return s.chosen
}

// choose takes a route into the list, once.
func (s *search) choose(at int32) {
	if at >= 0 && s.listed[at] != s.lists && s.barred[at] != s.tick {
		s.listed[at] = s.lists
		s.chosen = append(s.chosen, at)
	}
}

// spare is the only shift of a kind, or else an empty one, or -1.
func (s *search) spare(kind int32) int32 {
	all := s.byKind[kind]
	if len(all) == 1 {
		return all[0]
	}
	for i := range all {
		k := (s.spares[kind] + i) % len(all)
		if len(s.routes[all[k]].jobs) == 0 {
			s.spares[kind] = k
			return all[k]
		}
	}
	return -1
}

// settleIn prepares likely where there are many routes.
func (s *search) settleIn() {
	p := s.p
	if len(s.routes) <= wideRoutes {
		return
	}
	s.listed = make([]int64, len(s.routes))
	s.byKind, s.spares = make([][]int32, p.kinds), make([]int, p.kinds)
	for at := range p.shifts {
		k := p.shifts[at].kind
		s.byKind[k] = append(s.byKind[k], int32(at))
	}
	s.homes = make([][]int32, len(p.jobs))
	var nearest []rival
	for j := range p.jobs {
		nearest = s.nearestKinds(nearest[:0], int32(j))
		for _, v := range nearest {
			s.homes[j] = append(s.homes[j], v.site)
		}
	}
}

// nearestKinds appends the kinds of shifts that may do j and lie in its windows,
// those first that start nearest. A rival's site is a kind here.
func (s *search) nearestKinds(to []rival, j int32) []rival {
	p, q := s.p, &s.p.jobs[j]
	for k, all := range s.byKind {
		sh := &p.shifts[all[0]]
		if q.open > sh.Close || q.close < sh.Open || !p.may.has(int(j), int(all[0])) {
			continue
		}
		v := rival{int32(k), p.apart(int32(sh.Start), q.site)}
		if len(to) == nearKinds {
			if v.compare(to[nearKinds-1]) > 0 {
				continue
			}
			to = to[:nearKinds-1]
		}
		i, _ := slices.BinarySearchFunc(to, v, rival.compare)
		to = slices.Insert(to, i, v)
	}
	return to
}
