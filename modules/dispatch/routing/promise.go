package routing

// promise is a start that the plan in force has told somebody.
type promise struct {
	Window
	price Grain // of starting outside
}

// promiseOf is the promised start of a job, or nil without one that has a price.
func promiseOf(s *Job, frozen bool) *promise {
	if s.Last == nil || s.Last.StartPrice == 0 || frozen {
		return nil
	}
	return &promise{s.Last.Start, Grain(s.Last.StartPrice) * perMinor}
}

// waits puts a start, which falls into a window that ends at last, off to the promised
// time: when the waiting, as time on duty, costs no more than coming early does. A
// promise that lies outside the windows of the job is not waited for.
func (j *job) waits(sh *shift, start, last int64) (int64, int64) {
	q := j.promise
	if start >= q.Open || start > last || sh.work > 0 && q.Open-start > int64(q.price/sh.work) {
		return start, last
	}
	for i := range j.windows {
		if w := &j.windows[i]; w.Open <= q.Open && q.Open <= w.Close {
			return q.Open, w.Close
		}
	}
	return start, last
}

// keep prices a start and narrows until when it may be put off: not out of the
// promised time, nor into it.
func (w *walk) keep(q *promise, start, last int64) int64 {
	w.late += q.moved(start)
	switch {
	case start < q.Open:
		return min(last, q.Open-1)
	case start <= q.Close:
		return min(last, q.Close)
	default:
		return last
	}
}

// moved is the price of a start.
func (q *promise) moved(start int64) Grain {
	if q == nil || q.Open <= start && start <= q.Close {
		return 0
	}
	return q.price
}

// begins is when a job that somebody reaches now starts, or Never.
func (j *job) begins(sh *shift, now int64) int64 {
	start := j.enter(now)
	if j.promise != nil {
		start, _ = j.waits(sh, start, Never-1)
	}
	return start
}

// told is another Last with the start that l says somebody has been told.
func (l *Last) told(other *Last) *Last {
	if l == nil || l.StartPrice == 0 {
		return other
	}
	var v Last
	if other != nil {
		v = *other
	}
	v.Start, v.StartPrice = l.Start, l.StartPrice
	return &v
}

// slopes prices what lies beyond the first slope, in seconds, piece by piece.
func slopes(list []Slope, seconds int64) Grain {
	var sum Grain
	for i := range list {
		if seconds <= list[i].After {
			break
		}
		upto := seconds
		if i+1 < len(list) {
			upto = min(upto, list[i+1].After)
		}
		sum += Grain(upto-list[i].After) * Grain(list[i].PerHour) * perSecond
	}
	return sum
}

// checkEven wants slopes that rise: who has more gets more only at a higher price.
func checkEven(r *report, sh *Shift, i, k int) {
	last := Slope{After: -1}
	for n, v := range sh.Even {
		if v.After <= last.After || v.After > maxInstant || v.PerHour < last.PerHour || v.PerHour > maxRate {
			r.say("out_of_order", "/technicians/%d/shifts/%d/even/%d", i, k, n)
		}
		last = v
	}
}

// steepest is the last slope of a shift's balance, in minor units per hour.
func steepest(list []Slope) int64 {
	if len(list) == 0 {
		return 0
	}
	return list[len(list)-1].PerHour
}
