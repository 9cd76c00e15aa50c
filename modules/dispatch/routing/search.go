package routing

import "math/rand/v2"

// search is a plan under change. It belongs to one goroutine.
type search struct {
	p      *Problem
	rng    *rand.Rand
	routes []*route
	shadow []*route // the routes as they were before the present step
	at     []int32  // job → route, or -1
	pos    []int32  // job → position
	frozen []int    // route → jobs that stay in front

	missing []int32 // unserved jobs
	score   Score
	strain  int64   // how much urgent work is missing, on a scale that heat can bridge
	strains []int32 // job → what leaving it counts there; see insist

	singles []seg
	close   [][]int32 // job → others by the way there, nearest first
	near    [][]int32 // job → others that may well follow or precede it

	clock   int64   // counts changes of routes
	tick    int64   // counts steps
	touched []int32 // routes changed in the present step
	mark    []int64 // route → step of its last change
	back    undo

	slots  []slot  // job × route → best position as last found
	tries  []int32 // routes that recreate tries
	barred []int64 // route → step in which recreate must not use it
	kinds  []int64 // kind of shift → list that has one
	lists  int64

	homes    [][]int32 // job → kinds of shifts that start near it; nil where all routes are tried
	byKind   [][]int32 // kind → shifts
	spares   []int     // kind → where its last empty shift was found in byKind
	listed   []int64   // route → list that has it
	chosen   []int32
	thorough bool    // jobs that are not placed near are tried everywhere
	key      []int64 // job → sort key
	remote   []int64 // job → how far it lies from where technicians start
	blink    int     // positions until the next is overlooked
	heat     float64 // temperature, in Grains

	ops     []operator
	sight   bool    // the problem's bySight
	sighted bool    // moves that are dull are passed over: descend is under way
	seen    []int64 // job → change up to which descend has looked at it

	tied *tied // nil where no jobs are linked

	stop    func() bool // the caller's; nil never stops
	work    int         // positions judged since stop was asked
	judged  int64       // places and moves in all
	stopped bool

	mid     []piece // scratch of the operators
	two     pairing // scratch of scanTwo
	notes   []turn  // scratch of walks where travel depends on the time
	levels  []int64 // scratch of lacking
	without []int32
	buf     [2][]int32
}

// undo is what touch cannot restore by itself.
type undo struct {
	missing []int32
	score   Score
	strain  int64
}

// newSearch makes a search that starts with plan, which must break no rule. Whoever
// wants to ruin or descend calls prepare first; rng may be nil otherwise.
func newSearch(p *Problem, plan Plan, rng *rand.Rand) *search {
	s := bareSearch(p, rng)
	for k := range s.routes {
		s.routes[k] = &route{}
		s.shadow = append(s.shadow, &route{})
	}
	s.load(plan)
	return s
}

// bareSearch makes a search that has no routes yet.
func bareSearch(p *Problem, rng *rand.Rand) *search {
	n, m := len(p.jobs), len(p.shifts)
	s := &search{p: p, rng: rng, barred: make([]int64, m), at: make([]int32, n), pos: make([]int32, n), frozen: make([]int, m), mark: make([]int64, m), routes: make([]*route, m)}
	if len(p.groups) > 0 {
		s.tied, s.p = newTied(p), p.own()
	}
	if p.plain {
		s.singles = make([]seg, n)
		for j := range p.jobs {
			if len(p.jobs[j].windows) > 0 {
				s.singles[j] = single(&p.jobs[j])
			}
		}
	}
	for k := range m {
		s.frozen[k] = len(p.shifts[k].Frozen)
	}
	s.strains = make([]int32, n)
	for j := range s.at {
		s.at[j], s.strains[j] = -1, p.jobs[j].strain
	}
	return s
}

// load makes plan the plan in hand.
func (s *search) load(plan Plan) {
	s.score, s.strain, s.missing = Score{}, 0, s.missing[:0]
	for j := range s.at {
		s.at[j] = -1
	}
	if s.tied != nil {
		s.loadTied(plan)
	}
	for k, r := range s.routes {
		r.jobs = r.jobs[:0]
		for _, j := range plan.Routes[k] {
			r.jobs = append(r.jobs, int32(j))
		}
		s.refresh(int32(k))
		s.score.Cost += r.cost()
	}
	for j := range s.at {
		if s.at[j] < 0 && !s.p.jobs[j].retired {
			s.book(int32(j))
		}
	}
}

// prepare makes what only ruin, recreate and descend need.
func (s *search) prepare() {
	s.neighbours()
	s.distances()
	s.settleIn()
	if cells := len(s.at) * len(s.routes); cells <= slotCells {
		s.slots = make([]slot, cells)
	}
}

// open starts a step: everything until the next one can be taken back.
func (s *search) open() {
	s.tick++
	s.touched = s.touched[:0]
	s.back.missing = append(s.back.missing[:0], s.missing...)
	s.back.score, s.back.strain = s.score, s.strain
	if s.tied != nil {
		s.tied.back = s.tied.back[:0]
	}
}

// touch announces a change of a route within a step.
func (s *search) touch(at int32) *route {
	if s.mark[at] != s.tick {
		s.mark[at] = s.tick
		s.touched = append(s.touched, at)
		s.routes[at], s.shadow[at] = s.shadow[at], s.routes[at]
		old, now := s.shadow[at], s.routes[at]
		now.jobs = append(now.jobs[:0], old.jobs...)
		now.spots = append(now.spots[:0], old.spots...)
		now.load = append(now.load[:0], old.load...)
		now.sched, now.extra, now.deep, now.stowed = old.sched, old.extra, false, false
	}
	return s.routes[at]
}

// settle derives a touched route anew, brings the score along, and reports what
// refresh does.
func (s *search) settle(at int32) (kept bool) {
	r := s.routes[at]
	s.score.Cost -= r.cost()
	kept = s.refresh(at)
	s.score.Cost += r.cost()
	return kept
}

// revert takes the present step back.
func (s *search) revert() {
	for _, at := range s.touched {
		for _, j := range s.routes[at].jobs {
			s.at[j] = -1
		}
	}
	for _, at := range s.touched {
		s.routes[at], s.shadow[at] = s.shadow[at], s.routes[at]
		for k, j := range s.routes[at].jobs {
			s.at[j], s.pos[j] = at, int32(k)
		}
	}
	s.missing = append(s.missing[:0], s.back.missing...)
	s.score, s.strain = s.back.score, s.back.strain
	if s.tied != nil {
		s.revertTied()
	}
}

// drop takes a job out of its route, which the caller settles, and books it as
// unserved; of a shipment both halves. What has been dropped is passed over.
func (s *search) drop(j int32) {
	if s.at[j] < 0 {
		return
	}
	if s.p.jobs[j].linked {
		s.remember(j)
	}
	s.at[j] = -1
	if mate := s.p.jobs[j].mate; mate != Any {
		s.at[mate] = -1
		s.book(mate)
	}
	s.book(j)
}

// book counts a job as unserved; a shipment is counted by its pickup, a refill never.
func (s *search) book(j int32) {
	if r := s.p.jobs[j].role; r == delivery || r == refill {
		return
	}
	s.missing = append(s.missing, j)
	s.score.Lost += s.p.jobs[j].lost
	s.score.Cost += s.p.jobs[j].price
	s.strain += int64(s.strains[j])
}

// place puts missing job j, the i-th of s.missing, where scan found it.
func (s *search) place(i int, at int32, where slot) {
	j := s.missing[i]
	r := s.touch(at)
	before := r.cost()
	rise := where.cost - s.p.extra(j, at)
	switch mate := s.p.jobs[j].mate; {
	case where.also == 0:
		s.insert(at, int(where.k), j, rise)
	case mate != Any:
		s.insert(at, int(where.k), j, rise-s.p.extra(mate, at))
		s.insert(at, int(where.also), mate, 0)
	default:
		_, stop := s.opens(at, j, none)
		s.insert(at, int(where.k), stop, rise)
		s.insert(at, int(where.also), j, 0)
	}
	s.score.Cost += r.cost() - before - s.p.jobs[j].price
	s.score.Lost -= s.p.jobs[j].lost
	s.strain -= int64(s.strains[j])
	s.missing[i] = -1
}

// sweep forgets the jobs that place has taken out of s.missing.
func (s *search) sweep() {
	kept := s.missing[:0]
	for _, j := range s.missing {
		if j >= 0 {
			kept = append(kept, j)
		}
	}
	s.missing = kept
}

// plan copies the routes out.
func (s *search) plan(into *Plan) {
	if into.Routes == nil {
		into.Routes = make([][]int, len(s.routes))
	}
	for k, r := range s.routes {
		out := into.Routes[k][:0]
		for _, j := range r.jobs {
			out = append(out, int(j))
		}
		into.Routes[k] = out
	}
	if s.tied != nil {
		s.planTied(into)
	}
}
