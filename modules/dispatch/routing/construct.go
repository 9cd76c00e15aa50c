package routing

const (
	regretDepth = 3       // routes compared
	regretCells = 4 << 20 // most job × route entries kept; beyond, jobs go in one by one
)

// construct inserts the missing jobs, always the one next that would lose most
// by waiting: the urgent class first, then by regret (Potvin and Rousseau 1993).
func (s *search) construct(halt func() bool) {
	n, m := len(s.missing), len(s.routes)
	if n*m > regretCells {
		s.recreate()
		return
	}
	t := regretTable{s: s, cost: make([]Grain, n*m), pos: make([]int, n*m)}
	s.candidates()
	for i := range s.missing {
		for at := range m {
			t.cost[i*m+at] = none
		}
		for _, at := range s.tries {
			t.fill(i, at)
		}
	}
	for !halt() {
		i, at := t.next()
		if i < 0 {
			break
		}
		opened := len(s.routes[at].jobs) == 0
		s.place(i, at, t.pos[i*m+int(at)])
		t.column(at)
		if opened {
			s.candidates()
			for _, r := range s.tries {
				if len(s.routes[r].jobs) == 0 {
					t.column(r)
				}
			}
		}
	}
	s.sweep()
}

// regretTable holds the cheapest insertion of each missing job into each route.
type regretTable struct {
	s    *search
	cost []Grain
	pos  []int
}

func (t *regretTable) fill(i int, at int32) {
	s, cell := t.s, i*len(t.s.routes)+int(at)
	j := s.missing[i]
	t.cost[cell] = none
	if s.admits(at, j) {
		t.pos[cell], t.cost[cell] = s.scan(at, j, none, false)
	}
}

func (t *regretTable) column(at int32) {
	for i, j := range t.s.missing {
		if j >= 0 {
			t.fill(i, at)
		}
	}
}

// next is the job to insert now and its cheapest route, or -1.
func (t *regretTable) next() (job int, at int32) {
	s, m := t.s, len(t.s.routes)
	job = -1
	var lost int64
	var most Grain
	for i, j := range s.missing {
		if j < 0 || job >= 0 && s.p.jobs[j].lost < lost {
			continue
		}
		regret, r := t.regret(t.cost[i*m : i*m+m])
		if r < 0 || s.p.jobs[j].lost == 0 && t.cost[i*m+int(r)] >= s.p.jobs[j].price {
			continue
		}
		if job < 0 || s.p.jobs[j].lost > lost || regret > most {
			job, at, lost, most = i, r, s.p.jobs[j].lost, regret
		}
	}
	return job, at
}

// regret is how much dearer the next best routes are than the best one; a route
// that does not take the job counts as ten times the best.
func (t *regretTable) regret(row []Grain) (Grain, int32) {
	best := [regretDepth]Grain{none, none, none}
	at := int32(-1)
	for _, r := range t.s.tries {
		c := row[r]
		for k := range best {
			if c < best[k] {
				if k == 0 {
					at = r
				}
				copy(best[k+1:], best[k:])
				best[k] = c
				break
			}
		}
	}
	var sum Grain
	for _, c := range best[1:] {
		if c == none {
			c = best[0] + max(best[0], perMinor)*10
		}
		sum += c - best[0]
	}
	return sum, at
}
