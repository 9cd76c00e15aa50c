package routing

// walk is a technician part of the way along a route, at the earliest that the
// windows allow. It is all the state that the rest of the route depends on, so a
// route that changes at one place is re-walked from there only.
type walk struct {
	site   int32
	rest   int32 // breaks taken
	turns  int32 // how many of log are of this walk
	broken bool  // a hard rule of time is broken
	now    int64
	wait   int64 // sum of waiting so far
	slack  int64 // by how much the start can be put off without breaking or delaying anything
	travel int64 // seconds
	metres int64
	late   Grain
	tolls  Grain   // prices of legs, less what saved set-ups would have cost
	log    *[]turn // what has been done: wanted, or needed where travel depends on the time; or nil
}

func (p *Problem) begin(sh *shift) walk {
	w := walk{site: int32(sh.Start), now: sh.Open, slack: sh.Close - sh.Open}
	if sh.Begun {
		w.slack = 0
	}
	return w
}

// step travels to a job and does it. A break is taken as soon as the technician
// is free inside a window of it, or in the waiting before a visit, or, when the visit
// would last beyond the break's latest start, by waiting for its next window.
func (p *Problem) step(w *walk, sh *shift, j *job) {
	l, service := sh.road.leg(w.site, j.site), p.service(sh, j, w.site)
	if len(sh.Breaks) > 0 {
		w.restBefore(sh, j, l.seconds, service)
	}
	if p.tolled || j.varied {
		w.tolls += sh.road.toll(w.site, j.site) - p.spared(sh, j, w.site)
	}
	if w.log == nil {
		w.drive(l, j.site)
	} else {
		w.ride(sh.road, l, j.site)
	}
	for int(w.rest) < len(sh.Breaks) {
		b := &sh.Breaks[w.rest]
		if !b.fits(w.now, j.begins(sh, w.now)) {
			break
		}
		w.pause(b)
	}
	w.serve(p, sh, j, service)
}

// drive travels one leg, which takes as long at any time.
func (w *walk) drive(l leg, to int32) {
	w.now += int64(l.seconds)
	w.travel += int64(l.seconds)
	w.metres += int64(l.metres)
	w.site = to
}

// serve waits for the job's window, or its promised time, and does it.
func (w *walk) serve(p *Problem, sh *shift, j *job, service int64) {
	start, last := w.now, int64(-1)
	for i := range j.windows {
		if w.now <= j.windows[i].Close {
			start, last = max(w.now, j.windows[i].Open), j.windows[i].Close
			break
		}
	}
	if j.promise != nil {
		start, last = j.waits(sh, start, last)
	}
	missed := start > last
	if missed {
		w.broken = true
		last = start
	}
	w.wait += start - w.now
	if start > j.due {
		w.late += p.lateness(j, start-j.due)
		last = start
	} else {
		last = min(last, j.due)
	}
	if j.promise != nil {
		last = w.keep(j.promise, start, last)
	}
	w.slack = min(w.slack, last-start+w.wait)
	if w.log != nil {
		w.note(j, start, last, service, missed)
	}
	w.now = start + service
}

// enter is the earliest start at or after now, or Never.
func (j *job) enter(now int64) int64 {
	for i := range j.windows {
		if now <= j.windows[i].Close {
			return max(now, j.windows[i].Open)
		}
	}
	return Never
}

// finish goes home and reports when the technician left and came home, and
// whether every rule of time is kept.
func (p *Problem) finish(w *walk, sh *shift) (leave int64, ok bool) {
	l := sh.road.leg(w.site, int32(sh.End))
	for int(w.rest) < len(sh.Breaks) && sh.road.arrive(w.now, l.seconds) > sh.Breaks[w.rest].last() {
		w.pause(&sh.Breaks[w.rest])
	}
	if p.tolled {
		w.tolls += sh.road.toll(w.site, int32(sh.End))
	}
	if w.log == nil {
		w.drive(l, int32(sh.End))
	} else {
		w.ride(sh.road, l, int32(sh.End))
	}
	w.slack = min(w.slack, max(0, sh.Close-w.now)+w.wait)
	leave = sh.Open + max(0, min(w.wait, w.slack))
	if w.log != nil && sh.road.tide != nil {
		leave = w.putOff(sh)
	}
	return leave, !w.broken && w.now <= sh.Close && sh.allows(w.now-leave, w.travel, w.metres)
}

// price is what a finished, non-empty route costs, preferences aside.
func (sh *shift) price(w *walk, leave int64) Grain {
	return sh.callOut + Grain(w.travel)*sh.travel + Grain(w.metres)*sh.metre + sh.duty(leave, w.now) + w.late + w.tolls
}

// lateness prices a delay of so many seconds.
func (p *Problem) lateness(j *job, seconds int64) Grain {
	return slopes(p.delays[j.delay], seconds)
}
