package routing

import (
	"cmp"
	"slices"
)

const (
	closeCount = 100 // candidates of a ruin
	nearCount  = 30  // granular neighbourhood of a move
)

// neighbours fills close and near. Sites are ranked first, so that many jobs at
// one place cost no more than a few.
func (s *search) neighbours() {
	p := s.p
	bySite := make([][]int32, p.n)
	for j := range p.jobs {
		if p.jobs[j].retired || p.jobs[j].role == refill { // which is nobody's neighbour but has some
			continue
		}
		bySite[p.jobs[j].site] = append(bySite[p.jobs[j].site], int32(j))
	}
	var busy []int32
	for site, jobs := range bySite {
		if len(jobs) > 0 {
			busy = append(busy, int32(site))
		}
	}
	s.close, s.near = make([][]int32, len(p.jobs)), make([][]int32, len(p.jobs))
	var nearest []rival
	for _, site := range busy {
		nearest = p.nearest(nearest[:0], site, busy)
		for _, j := range bySite[site] {
			if s.work += 16 * closeCount; s.tired() {
				return
			}
			s.close[j] = gather(j, nearest, bySite)
			s.near[j] = s.rank(j)
		}
	}
	for j := range p.supplies {
		s.close[j] = gather(j, p.nearest(nearest[:0], p.jobs[j].site, busy), bySite)
		s.near[j] = s.rank(j)
	}
}

// rival is a site and how far it is from another.
type rival struct {
	site  int32
	apart int64
}

func (a rival) compare(b rival) int {
	return cmp.Or(cmp.Compare(a.apart, b.apart), cmp.Compare(a.site, b.site))
}

// nearest appends the sites that are nearest to one, itself first: enough of them
// for closeCount jobs. What is far is not put in order, of which there are most.
func (p *Problem) nearest(to []rival, site int32, sites []int32) []rival {
	const most = closeCount + 1
	for _, other := range sites {
		v := rival{other, p.apart(site, other)}
		if len(to) == most {
			if v.compare(to[most-1]) > 0 {
				continue
			}
			to = to[:most-1]
		}
		i, _ := slices.BinarySearchFunc(to, v, rival.compare)
		to = slices.Insert(to, i, v)
	}
	return to
}

// distances fills remote: the way from the nearest start of a shift.
func (s *search) distances() {
	p := s.p
	s.remote = make([]int64, len(p.jobs))
	starts := map[int32]bool{}
	for k := range p.shifts {
		starts[int32(p.shifts[k].Start)] = true
	}
	for j := range p.jobs {
		s.remote[j] = Never
		for site := range starts {
			s.remote[j] = min(s.remote[j], p.apart(site, p.jobs[j].site))
		}
	}
}

// apart is how far two sites are from each other, there and back.
func (p *Problem) apart(a, b int32) int64 {
	if a == b {
		return -1
	}
	x, y := p.leg(a, b), p.leg(b, a)
	return int64(x.seconds) + int64(y.seconds) + int64(x.metres)/16 + int64(y.metres)/16
}

func gather(j int32, nearest []rival, bySite [][]int32) []int32 {
	out := make([]int32, 0, closeCount)
	for _, r := range nearest {
		for _, v := range bySite[r.site] {
			if len(out) == closeCount {
				return out
			}
			if v != j {
				out = append(out, v)
			}
		}
	}
	return out
}

// rank orders the close jobs by travel and by how badly the windows agree, in
// the better of the two orders (Vidal et al. 2013).
func (s *search) rank(j int32) []int32 {
	type ranked struct {
		job  int32
		cost int64
	}
	var all []ranked
	for _, v := range s.close[j] {
		all = append(all, ranked{v, min(s.p.proximity(j, v), s.p.proximity(v, j))})
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Compare(a.cost, b.cost) })
	out := make([]int32, 0, nearCount)
	for _, v := range all[:min(nearCount, len(all))] {
		out = append(out, v.job)
	}
	return out
}

// proximity is what it takes to do b right after a: travel, a fifth of the
// waiting that cannot be avoided, and the lateness that cannot.
func (p *Problem) proximity(a, b int32) int64 {
	x, y := &p.jobs[a], &p.jobs[b]
	ride := x.service + int64(p.leg(x.site, y.site).seconds)
	wait := max(0, y.open-ride-x.close)
	late := max(0, x.open+ride-y.close)
	return ride - x.service + wait/5 + late
}
