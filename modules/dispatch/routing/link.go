package routing

// Sequence says how two linked visits lie in time.
type Sequence int8

// The sequences of a Link.
const (
	Unordered Sequence = iota // free of each other
	Follows                   // Second starts Least to Most seconds after First is done, which has neither Setup nor Paces
	Together                  // both start at the same second
)

// Crew says who does two linked visits.
type Crew int8

// The crews of a Link.
const (
	AnyCrew   Crew = iota
	SameCrew       // one technician, in any of his shifts
	OtherCrew      // two technicians
)

// Link ties two visits to each other. What links connect is a group: a plan serves
// all of it or nothing.
type Link struct {
	First, Second int // jobs, neither of them frozen
	Sequence      Sequence
	Least, Most   int64 // seconds, when Second follows First; Most 0 is without limit
	Crew          Crew
}

// mostLinked is the largest group: links are judged between every two of its members.
const mostLinked = 32

// group is a set of jobs that links connect. Matrices hold the pair i, j at i*n+j.
type group struct {
	link  int     // the first of its links
	jobs  []int32 // in ascending order
	gap   []int64 // by at most how many seconds j starts after i, whatever links imply it; Never is no limit
	crew  []Crew
	first []int64 // by member, the earliest start that the links allow
	last  []int64 // and the latest
	lost  int64
	price Grain
}

// groupsOf finds the groups of a spec whose links name known jobs.
func groupsOf(s *Spec) []*group {
	at := make([]int, len(s.Jobs)) // job → group, counted from 1
	var found [][]int
	for k, l := range s.Links {
		if s.Jobs[l.First].Retired || s.Jobs[l.Second].Retired {
			continue // nobody waits for what is over
		}
		a, b := at[l.First], at[l.Second]
		switch {
		case a == 0 && b == 0:
			found = append(found, []int{k})
			at[l.First], at[l.Second] = len(found), len(found)
		case a == 0 || b == 0 || a == b:
			at[l.First], at[l.Second] = max(a, b), max(a, b)
			found[max(a, b)-1] = append(found[max(a, b)-1], k)
		default:
			found[a-1] = append(append(found[a-1], found[b-1]...), k)
			found[b-1] = nil
			for j := range at {
				if at[j] == b {
					at[j] = a
				}
			}
		}
	}
	members := make([][]int32, len(found))
	for j, g := range at {
		if g > 0 {
			members[g-1] = append(members[g-1], int32(j))
		}
	}
	var out []*group
	for i, links := range found {
		if len(links) > 0 {
			out = append(out, newGroup(s, members[i], links))
		}
	}
	return out
}

// newGroup works out what the links of some jobs imply for every two of them.
// Groups that are too large are refused before anybody asks for it.
func newGroup(s *Spec, jobs []int32, links []int) *group {
	n := len(jobs)
	g := &group{link: links[0], jobs: jobs}
	if n > mostLinked {
		return g
	}
	g.gap, g.crew = make([]int64, n*n), make([]Crew, n*n)
	for i := range g.gap {
		if i%(n+1) != 0 {
			g.gap[i] = Never
		}
	}
	for _, k := range links {
		g.add(s, &s.Links[k])
	}
	for k := range n {
		for i := range n {
			for j := range n {
				if v := g.gap[i*n+k] + g.gap[k*n+j]; g.gap[i*n+k] < Never && g.gap[k*n+j] < Never && v < g.gap[i*n+j] {
					g.gap[i*n+j] = v
				}
			}
		}
	}
	g.spread()
	return g
}

func (g *group) add(s *Spec, l *Link) {
	n, a, b := len(g.jobs), g.member(int32(l.First)), g.member(int32(l.Second))
	ahead, back := &g.gap[a*n+b], &g.gap[b*n+a]
	switch l.Sequence {
	case Unordered:
	case Together:
		*ahead, *back = min(*ahead, 0), min(*back, 0)
	case Follows:
		*back = min(*back, -s.Jobs[l.First].Service-l.Least)
		if l.Most > 0 {
			*ahead = min(*ahead, s.Jobs[l.First].Service+l.Most)
		}
	}
	if l.Crew != AnyCrew {
		g.crew[a*n+b] |= l.Crew // both at once is a contradiction, which New refuses
		g.crew[b*n+a] |= l.Crew
	}
}

// spread works out crews that other links imply: the same as the same, other than
// the same.
func (g *group) spread() {
	n := len(g.jobs)
	for range n {
		for i := range n {
			for j := range n {
				for k := range n {
					if g.crew[i*n+j]&SameCrew != 0 && k != i {
						g.crew[i*n+k] |= g.crew[j*n+k]
						g.crew[k*n+i] |= g.crew[j*n+k]
					}
				}
			}
		}
	}
}

// member is the position of a job in its group.
func (g *group) member(j int32) int {
	for i, v := range g.jobs {
		if v == j {
			return i
		}
	}
	return Any
}

// agree narrows the earliest and latest starts of all members to what the links
// leave of them, and reports whether everybody has one.
func (g *group) agree(first, last []int64) bool {
	n := len(g.jobs)
	for i := range n {
		for j := range n {
			if v := g.gap[i*n+j]; v < Never {
				first[i], last[j] = max(first[i], first[j]-v), min(last[j], last[i]+v)
			}
		}
	}
	for i := range n {
		if first[i] > last[i] {
			return false
		}
	}
	return true
}

// implies reports whether the links hold whenever each member starts in its window.
func (g *group) implies(windows []Window) bool {
	n := len(g.jobs)
	for i := range n {
		for j := range n {
			if windows[j].Close-windows[i].Open > g.gap[i*n+j] && i != j {
				return false
			}
		}
	}
	return true
}

// widen gives each member as wide a window around its start as the links allow
// whenever the others start: what room two members leave each other is shared.
func (g *group) widen(starts []int64, out []Window) {
	n := len(g.jobs)
	for i := range n {
		out[i] = Window{0, Never}
		for j := range n {
			if i == j {
				continue
			}
			if v := g.gap[j*n+i]; v < Never {
				out[i].Close = min(out[i].Close, starts[i]+(v-(starts[i]-starts[j]))/2)
			}
			if v := g.gap[i*n+j]; v < Never {
				out[i].Open = max(out[i].Open, starts[i]-(v-(starts[j]-starts[i]))/2)
			}
		}
	}
}

// buildGroups makes the groups of a problem and the bounds of their starts.
func (p *Problem) buildGroups() {
	if len(p.spec.Links) == 0 {
		return
	}
	p.groups, p.grouped = groupsOf(&p.spec), make([]int32, len(p.jobs))
	p.open = false
	for k, g := range p.groups {
		var rank int8
		var strain int32
		for _, j := range g.jobs {
			v := &p.jobs[j]
			v.linked, p.grouped[j] = true, int32(k)
			g.first, g.last = append(g.first, v.open), append(g.last, v.close)
			g.lost, g.price, rank = g.lost+v.lost, g.price+v.price, max(rank, v.rank)
			strain += v.strain / int32(len(g.jobs))
		}
		for _, j := range g.jobs { // alike, so that each comes up first now and then
			p.jobs[j].rank, p.jobs[j].strain = rank, strain
		}
		g.agree(g.first, g.last)
	}
}

// group is what job j is linked with, itself included, or nil.
func (p *Problem) group(j int32) *group {
	if !p.jobs[j].linked {
		return nil
	}
	return p.groups[p.grouped[j]]
}
