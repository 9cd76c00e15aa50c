package routing

const (
	regretDepth = 3       // routes compared
	regretCells = 1 << 21 // most job × route entries kept; beyond, jobs go in one by one
)

// construct inserts the missing jobs, always the one next that would lose most
// by waiting: the urgent class first, then by regret (Potvin and Rousseau 1993).
func (s *search) construct(halt func() bool) {
	if s.laborious() {
		s.thorough = true
		s.recreate()
		s.thorough = false
		return
	}
	s.candidates()
	t := newRegretTable(s)
	for !halt() {
		i, at := t.next()
		if t.joins(i) {
			continue
		}
		if i < 0 {
			break
		}
		opened := len(s.routes[at].jobs) == 0
		s.place(i, at, t.row(i)[at])
		t.update(at)
		if opened {
			t.opened()
		}
	}
	s.sweep()
}

// opened lists the routes anew when one is no longer empty: another of its kind
// may now stand for those that are.
func (t *regretTable) opened() {
	t.s.candidates()
	for _, r := range t.s.tries {
		if !t.listed[r] {
			t.listed[r] = true
			t.update(r)
		}
	}
}

// regretTable holds the cheapest insertion of each missing job into each route,
// and for each job what it would lose by waiting.
type regretTable struct {
	s       *search
	cells   []slot
	regrets []regret
	listed  []bool   // route → its cells are filled
	groups  []*group // that are still to be tried, the urgent first
}

// regret sums up a row: the best routes, and how much dearer the others are.
type regret struct {
	routes [regretDepth]int32
	costs  [regretDepth]Grain
	loss   Grain
}

func newRegretTable(s *search) *regretTable {
	n, m := len(s.missing), len(s.routes)
	t := &regretTable{s: s, cells: make([]slot, n*m), regrets: make([]regret, n), listed: make([]bool, m), groups: s.apart()}
	for _, at := range s.tries {
		t.listed[at] = true
	}
	for i := range s.missing {
		for at := range m {
			t.row(i)[at].cost = none
		}
		for _, at := range s.tries {
			t.fill(i, at)
		}
		t.regrets[i] = t.weigh(i)
	}
	return t
}

func (t *regretTable) row(i int) []slot {
	m := len(t.s.routes)
	return t.cells[i*m:][:m]
}

func (t *regretTable) fill(i int, at int32) {
	c := &t.row(i)[at]
	c.cost = none
	if j := t.s.missing[i]; !t.s.p.jobs[j].linked && t.s.admits(at, j) {
		*c = t.s.scan(at, j)
	}
}

// update judges a route anew for every job that is still missing.
func (t *regretTable) update(at int32) {
	for i, j := range t.s.missing {
		if j < 0 {
			continue
		}
		t.fill(i, at)
		g := &t.regrets[i]
		known := false
		for _, r := range g.routes {
			known = known || r == at
		}
		if known || t.row(i)[at].cost < g.costs[regretDepth-1] {
			*g = t.weigh(i)
		}
	}
}

// next is the job to insert now and its cheapest route, or -1.
func (t *regretTable) next() (job int, at int32) {
	job = -1
	var rank int8
	var most Grain
	for i, j := range t.s.missing {
		if j < 0 {
			continue
		}
		v, g := &t.s.p.jobs[j], &t.regrets[i]
		if g.costs[0] == none || v.rank < rank || v.lost == 0 && g.costs[0] >= v.price {
			continue
		}
		if job < 0 || v.rank > rank || g.loss > most {
			job, at, rank, most = i, g.routes[0], v.rank, g.loss
		}
	}
	return job, at
}

// weigh sums up a row. A route that does not take the job counts as ten times
// the best one.
func (t *regretTable) weigh(i int) regret {
	g := regret{costs: [regretDepth]Grain{none, none, none}, routes: [regretDepth]int32{-1, -1, -1}}
	row := t.row(i)
	for _, r := range t.s.tries {
		c := row[r].cost
		for k := range g.costs {
			if c < g.costs[k] {
				copy(g.costs[k+1:], g.costs[k:])
				copy(g.routes[k+1:], g.routes[k:])
				g.costs[k], g.routes[k] = c, r
				break
			}
		}
	}
	for _, c := range g.costs[1:] {
		if c == none {
			c = g.costs[0] + max(g.costs[0], perMinor)*10
		}
		g.loss += c - g.costs[0]
	}
	return g
}
