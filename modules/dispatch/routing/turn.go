package routing

// turn is a leg of a walk, and the visit or the break that comes after it.
type turn struct {
	job     *job  // nil for a break
	seconds int32 // of the leg, as the matrix says
	stop    bool  // there is a visit or a break
	broken  bool  // that breaks a rule
	start   int64 // of the earliest walk
	until   int64 // nor may it start later, without becoming late or falling into another window
	length  int64
}

// add writes a turn down, for a walk that has a log. The list is a stack: walks that go
// on from the same one may use it after each other, and each cuts off what is not its own.
func (w *walk) add(v turn) {
	*w.log = append((*w.log)[:w.turns], v)
	w.turns++
}

// note adds a visit or a break to the leg that has led there, if any. Most walks have no
// log: it stays out of their way.
//
//go:noinline
func (w *walk) note(j *job, start, until, length int64, broken bool) {
	v := turn{job: j, stop: true, broken: broken, start: start, until: until, length: length}
	if n := w.turns - 1; n >= 0 && !(*w.log)[n].stop {
		v.seconds = (*w.log)[n].seconds
		w.turns = n
	}
	w.add(v)
}

// ride travels one leg, however long that takes at this time, and writes it down.
func (w *walk) ride(rd *road, l leg, to int32) {
	w.add(turn{seconds: l.seconds})
	arrive := rd.arrive(w.now, l.seconds)
	w.travel += arrive - w.now
	w.now = arrive
	w.metres += int64(l.metres)
	w.site = to
}

// outset begins a walk by itself.
func (p *Problem) outset(sh *shift) walk {
	w := p.begin(sh)
	if sh.road.tide != nil {
		w.log = new([]turn)
	}
	return w
}

// resume goes on from a walk that a route remembers. Others may read that at the same
// time, so what comes is written down among the notes of this search.
func (s *search) resume(sh *shift, r *route, from *walk) walk {
	w := *from
	if sh.road.tide != nil {
		s.recall(r, &w)
	}
	return w
}

// recall notes what has led a route's walk to where it is.
//
//go:noinline
func (s *search) recall(r *route, w *walk) {
	s.notes = append(s.notes[:0], r.turns[:w.turns]...)
	w.log = &s.notes
}

// putOff leaves home as late as that permits, where travel depends on the time: back from
// the earliest return, each turn as late as what comes after it allows; then forward again,
// because the legs take another time now.
func (w *walk) putOff(sh *shift) (leave int64) {
	list, late := (*w.log)[:w.turns], w.now
	for i := len(list) - 1; i >= 0; i-- {
		t := &list[i]
		if t.stop {
			late = min(late-t.length, t.until)
		}
		late = sh.road.depart(late, t.seconds)
	}
	if leave = max(sh.Open, late); sh.Begun || leave == sh.Open {
		return sh.Open // as walked
	}
	w.travel = 0
	for i, now := 0, leave; i < len(list); i++ {
		at, _, done := list[i].from(sh.road, now)
		w.travel += at - now
		now = done
	}
	return leave
}

// from is when a turn arrives, starts and is done for whoever sets out at an instant.
func (t *turn) from(rd *road, now int64) (at, start, done int64) {
	at = rd.arrive(now, t.seconds)
	if !t.stop {
		return at, at, at
	}
	start = max(at, t.start)
	return at, start, start + t.length
}
