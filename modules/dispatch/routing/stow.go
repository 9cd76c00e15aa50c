package routing

import "slices"

// stow brings fore, aft and open of a route up to date.
func (s *search) stow(r *route) {
	if r.stowed {
		return
	}
	r.stowed = true
	s.count(r)
	q, n := len(s.p.peaks), len(r.jobs)
	size := (n + 1) * q
	r.fore, r.aft = slices.Grow(r.fore[:0], size)[:size], slices.Grow(r.aft[:0], size)[:size]
	clear(r.fore[:q])
	clear(r.aft[n*q:])
	for k, j := range r.jobs {
		for d, h := range s.p.haulsOf(j) {
			r.fore[(k+1)*q+d] = r.fore[k*q+d].then(h)
		}
	}
	for k := n - 1; k >= 0; k-- {
		for d, h := range s.p.haulsOf(r.jobs[k]) {
			r.aft[k*q+d] = h.then(r.aft[(k+1)*q+d])
		}
	}
}

// count fills open.
func (s *search) count(r *route) {
	if !s.p.paired {
		return
	}
	r.open = append(r.open[:0], 0)
	for k, j := range r.jobs {
		now := r.open[k]
		switch s.p.jobs[j].role {
		case pickup:
			now++
		case delivery:
			now--
		case visit, refill:
		}
		r.open = append(r.open, now)
	}
}

// holds reports whether the van of a route has enough of all whose peak counts
// when j comes before position k.
func (s *search) holds(r *route, sh *shift, k int, j int32) bool {
	_, ok := s.tight(r, sh, k, j)
	return ok
}

// tight is holds and, where it does not, the measure of which there is too little.
func (s *search) tight(r *route, sh *shift, k int, j int32) (d int, ok bool) {
	q := len(s.p.peaks)
	for _, it := range s.p.items[j] {
		d = int(it.dim)
		if r.fore[k*q+d].then(it.haul).then(r.aft[k*q+d]).peak > sh.crest[d] {
			return d, false
		}
	}
	return 0, true
}

// haulOf is what a piece does to measure d whose peak counts. Heads and tails are
// at hand; the moves take few visits from the middle of a route.
func (s *search) haulOf(m piece, d int) haul {
	r, q := s.routes[m.route], len(s.p.peaks)
	switch {
	case m.from == 0 && !m.flipped:
		return r.fore[m.to*q+d]
	case m.to == len(r.jobs) && !m.flipped:
		return r.aft[m.from*q+d]
	}
	var h haul
	for i := range m.to - m.from {
		h = h.then(s.p.haulsOf(r.jobs[m.index(i)])[d])
	}
	return h
}

// bears reports whether the van of shift at has enough for some pieces in this
// order, of all whose peak counts.
func (s *search) bears(at int32, pieces []piece) bool {
	for _, m := range pieces {
		s.stow(s.routes[m.route])
	}
	for d := range s.p.peaks {
		var h haul
		for _, m := range pieces {
			h = h.then(s.haulOf(m, d))
		}
		if h.peak > s.p.shifts[at].crest[d] {
			return false
		}
	}
	return true
}

// reorders reports whether a route may become its first keep jobs, the pieces of
// its own, then its jobs from position from on.
func (s *search) reorders(at int32, keep int, mid []piece, from int) bool {
	if len(s.p.peaks) == 0 {
		return true
	}
	r, q := s.routes[at], len(s.p.peaks)
	s.stow(r)
	for d := range s.p.peaks {
		h := r.fore[keep*q+d]
		for _, m := range mid {
			h = h.then(s.haulOf(m, d))
		}
		if h.then(r.aft[from*q+d]).peak > s.p.shifts[at].crest[d] {
			return false
		}
	}
	return true
}

// bearsPair reports whether the van of a route has enough when pickup j comes before
// position a and its delivery before position b.
func (s *search) bearsPair(at, j int32, a, b int) bool {
	r, q, mate := s.routes[at], len(s.p.peaks), s.p.jobs[j].mate
	for d := range s.p.peaks {
		h := r.fore[a*q+d].then(s.p.haulsOf(j)[d])
		for _, v := range r.jobs[a:b] {
			h = h.then(s.p.haulsOf(v)[d])
		}
		if h.then(s.p.haulsOf(mate)[d]).then(r.aft[b*q+d]).peak > s.p.shifts[at].crest[d] {
			return false
		}
	}
	return true
}
