package routing

// enter is the earliest start of a break at or after now and the end of the window
// in which it falls; until lies before start when all its windows are over.
func (b *Break) enter(now int64) (start, until int64) {
	if now <= b.Close {
		return max(now, b.Open), b.Close
	}
	return b.later(now)
}

func (b *Break) later(now int64) (start, until int64) {
	for i := range b.Later {
		if now <= b.Later[i].Close {
			return max(now, b.Later[i].Open), b.Later[i].Close
		}
	}
	return now, now - 1
}

// last is the latest start of a break.
func (b *Break) last() int64 {
	if n := len(b.Later); n > 0 {
		return b.Later[n-1].Close
	}
	return b.Close
}

// fits reports whether a break can be taken between two instants.
func (b *Break) fits(from, to int64) bool {
	start, until := b.enter(from)
	return start <= until && start+b.Length <= to
}

// restBefore takes the breaks that come before travelling to j: those in a window
// of which the technician is free, and those that the visit would outlast.
func (w *walk) restBefore(sh *shift, j *job, seconds int32, service int64) {
	for int(w.rest) < len(sh.Breaks) {
		b := &sh.Breaks[w.rest]
		arrive := sh.road.arrive(w.now, seconds)
		start := j.begins(sh, arrive)
		now, _ := b.enter(w.now)
		due := now == w.now || start+service > b.last()
		if !due || b.fits(arrive, start) {
			return
		}
		w.pause(b)
	}
}

// pause waits for a break and takes it.
func (w *walk) pause(b *Break) {
	start, until := b.enter(w.now)
	missed := start > until
	w.broken = w.broken || missed
	w.wait += start - w.now
	until = max(until, start)
	if w.log != nil {
		w.note(nil, start, until, b.Length, missed)
	}
	w.slack = min(w.slack, until-start+w.wait)
	w.now = start + b.Length
	w.rest++
}
