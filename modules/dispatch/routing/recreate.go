package routing

import (
	"cmp"
	"math"
	"slices"
)

const (
	none      = Grain(math.MaxInt64 / 2)
	blinkOdds = 0.01 // of overlooking a position
)

// recreate puts missing jobs back where that costs least, one after another in an
// order drawn at random, now and then overlooking a position.
func (s *search) recreate() {
	if len(s.missing) == 0 {
		return
	}
	s.order()
	s.candidates()
	for i := range s.missing {
		j := s.missing[i]
		at, k, cost := s.cheapest(j)
		if cost == none || s.p.jobs[j].lost == 0 && !s.worth(cost, s.p.jobs[j].price) {
			continue
		}
		empty := len(s.routes[at].jobs) == 0
		s.place(i, at, k)
		if empty {
			s.candidates()
		}
	}
	s.sweep()
}

// worth decides whether to serve a job that may be left for a price. It is as
// lenient as the temperature: two such jobs may be worth it where one is not.
func (s *search) worth(cost, price Grain) bool {
	if cost < price || s.heat == 0 {
		return cost < price
	}
	return float64(cost) < float64(price)-s.heat*math.Log(1-s.rng.Float64())
}

// order sorts s.missing by a criterion drawn at random. Half the time, and
// always when something urgent is left out, the urgent goes first.
func (s *search) order() {
	m := s.missing
	s.rng.Shuffle(len(m), func(a, b int) { m[a], m[b] = m[b], m[a] })
	key := s.keys()
	slices.SortStableFunc(m, func(a, b int32) int { return cmp.Compare(key[a], key[b]) })
	if s.back.score.Lost > 0 || s.rng.IntN(2) == 0 {
		slices.SortStableFunc(m, func(a, b int32) int { return cmp.Compare(s.p.jobs[b].lost, s.p.jobs[a].lost) })
	}
}

// keys fills and returns a scratch of sort keys, by job.
func (s *search) keys() []int64 {
	if s.key == nil {
		s.key = make([]int64, len(s.at))
	}
	what := s.rng.IntN(11)
	for _, j := range s.missing {
		v := &s.p.jobs[j]
		switch {
		case what < 4: // as shuffled
			s.key[j] = 0
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
	for _, l := range s.p.spec.Jobs[j].Load {
		sum += int64(l)
	}
	return sum
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

// cheapest finds the best position for job j, or none.
func (s *search) cheapest(j int32) (at int32, k int, cost Grain) {
	cost = none
	for _, r := range s.tries {
		if s.barred[r] == s.tick || !s.admits(r, j) {
			continue
		}
		if i, c := s.scan(r, j, cost, true); c < cost {
			at, k, cost = r, i, c
		}
	}
	return at, k, cost
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
	load := p.spec.Jobs[j].Load
	r := s.routes[at]
	for d := range load {
		if d < p.dims && r.loads[len(r.jobs)*p.dims+d]+int64(load[d]) > int64(capacity(&p.shifts[at], d)) {
			return false
		}
	}
	return true
}

// scan finds the best position for j in a route among those that cost less than
// limit. It blinks only when asked to.
func (s *search) scan(at, j int32, limit Grain, blink bool) (best int, cost Grain) {
	p, r, sh, v := s.p, s.routes[at], &s.p.shifts[at], &s.p.jobs[j]
	best, cost = -1, limit
	var extra Grain
	if v.extra {
		preference, change := p.extra(j, at)
		extra = preference + change
	}
	quick := p.plain && !p.timed
	if len(r.jobs) == 0 && quick {
		extra += sh.callOut
	}
	earliest := v.open + v.service
	for k := s.frozen[at]; k <= len(r.jobs); k++ {
		if r.ready[k] > v.close {
			break
		}
		if r.until[k] < earliest {
			continue
		}
		in, out := p.leg(r.sites[k], v.site), p.leg(v.site, r.sites[k+1])
		c := extra
		if quick {
			hop := r.hops[k]
			c += sh.metre*Grain(in.metres+out.metres-hop.metres) +
				sh.travel*(Grain(in.seconds)+Grain(out.seconds)-Grain(hop.seconds))
			if c >= cost {
				continue
			}
		}
		start := v.enter(r.ready[k] + int64(in.seconds))
		if start+v.service+int64(out.seconds) > r.until[k] {
			continue
		}
		if blink && s.blinks() {
			continue
		}
		if !quick {
			whole, ok := s.judgeOne(at, k, j)
			c += whole - r.sched
			if !ok || c >= cost {
				continue
			}
		}
		best, cost = k, c
	}
	if best < 0 {
		return 0, none
	}
	return best, cost
}

// judgeOne prices a route with j before position k.
func (s *search) judgeOne(at int32, k int, j int32) (Grain, bool) {
	p, r, sh := s.p, s.routes[at], &s.p.shifts[at]
	s.deepen(r, sh)
	if !p.plain {
		w := r.walks[k]
		p.step(&w, sh, &p.jobs[j])
		return s.judgeWalk(sh, &w, nil, r.jobs[k:], len(r.jobs)+1)
	}
	g := p.join(&r.heads[k], &s.singles[j])
	if k < len(r.jobs) {
		g = p.join(&g, &r.tails[k])
	}
	end := endSeg(sh)
	g = p.join(&g, &end)
	return sh.priceSeg(&g)
}

// blinks draws the gap to the next overlooked position at once, which costs one
// random number per hundred positions instead of one each.
func (s *search) blinks() bool {
	s.blink--
	if s.blink >= 0 {
		return false
	}
	u := 1 - s.rng.Float64()
	s.blink = int(math.Log(u) / math.Log(1-blinkOdds))
	return true
}
