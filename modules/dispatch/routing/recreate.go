package routing

import (
	"math"
)

const (
	none      = Grain(math.MaxInt64 / 2)
	blinkOdds = 0.01 // of overlooking the best position of a route
)

// recreate puts missing jobs back where that costs least, one after another in an
// order drawn at random, now and then overlooking a route ("blinks", Christiaens
// and Vanden Berghe 2020).
func (s *search) recreate() {
	if len(s.missing) == 0 {
		return
	}
	s.order()
	s.refreshTries()
	for i, j := range s.missing {
		if s.tired() {
			break
		}
		if j < 0 { // gone with its group
			continue
		}
		if s.p.jobs[j].linked {
			if s.join(j) {
				s.refreshTries()
			}
			continue
		}
		at, best := s.cheapest(j)
		if best.cost == none || s.p.jobs[j].lost == 0 && !s.pays(best.cost, s.p.jobs[j].price) {
			continue
		}
		empty := len(s.routes[at].jobs) == 0
		s.place(i, at, best)
		if empty {
			s.refreshTries()
		}
	}
	s.sweep()
	if s.p.supplies != nil {
		for _, at := range s.touched {
			s.reposition(at)
		}
	}
}

// pays decides whether to serve a job that may be left for a price. It is as
// lenient as the temperature: two such jobs may be worth it where one is not.
func (s *search) pays(cost, price Grain) bool {
	if cost < price || s.heat == 0 {
		return cost < price
	}
	return float64(cost) < float64(price)-s.heat*math.Log(1-s.rng.Float64())
}

// refreshTries lists the routes to try where all are.
func (s *search) refreshTries() {
	if s.homes == nil {
		s.candidates()
	}
}

// candidates lists the routes worth trying: those with a visit, and of the
// interchangeable empty ones the first of each kind.
func (s *search) candidates() {
	if s.kinds == nil {
		s.kinds = make([]int64, len(s.routes))
	}
	s.lists++
	s.tries = s.tries[:0]
	for at, r := range s.routes {
		if s.barred[at] == s.tick {
			continue
		}
		if len(r.jobs) == 0 {
			kind := s.p.shifts[at].kind
			if s.kinds[kind] == s.lists {
				continue
			}
			s.kinds[kind] = s.lists
		}
		s.tries = append(s.tries, int32(at))
	}
}

// cheapest finds the best position for job j; its cost is none without one.
func (s *search) cheapest(j int32) (at int32, best slot) {
	at, best = s.cheapestOf(j, s.likely(j))
	if best.cost == none && s.homes != nil && (s.thorough || s.rng.IntN(allOdds) == 0) {
		s.candidates()
		return s.cheapestOf(j, s.tries)
	}
	return at, best
}

// cheapestOf finds it among some routes.
func (s *search) cheapestOf(j int32, among []int32) (at int32, best slot) {
	best.cost = none
	s.work += len(among)
	for _, r := range among {
		if c := s.lookup(r, j); c.cost < best.cost && !s.blinks() {
			at, best = r, c
		}
	}
	return at, best
}

// admits reports whether person and van of a route are right for j.
func (s *search) admits(at, j int32) bool {
	p := s.p
	if p.open {
		return true
	}
	if !p.may.has(int(j), int(at)) {
		return false
	}
	sh, r, mate := &p.shifts[at], s.routes[at], p.jobs[j].mate
	for d, l := range p.load(j) {
		if mate != Any {
			l += p.load(mate)[d]
		}
		if r.load[d]+l > sh.room[d] {
			return false
		}
	}
	return mate == Any || p.may.has(int(mate), int(at))
}

// blinks draws the gap to the next overlooked route at once, which costs one
// random number per hundred instead of one each.
func (s *search) blinks() bool {
	s.blink--
	if s.blink >= 0 {
		return false
	}
	s.blink = int(math.Log(1-s.rng.Float64()) / math.Log(1-blinkOdds))
	return true
}
