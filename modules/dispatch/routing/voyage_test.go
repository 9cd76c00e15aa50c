package routing_test

import "fettle.dev/fettle/modules/dispatch/routing"

// act is one thing that a technician does on a route: a way, a visit or a rest.
type act struct {
	to     int // site of a way, or -1
	job    int // of a visit, or -1
	from   int64
	until  int64 // of the window in which visit or rest start
	length int64
}

func way(to int) act { return act{to: to, job: -1} }

// ride is how long a way takes and how long it is.
func (o *oracle) ride(from, to int) (seconds, metres int64) {
	i := from*o.spec.Travel.Sites + to
	return int64(o.spec.Travel.Seconds[i]), int64(o.spec.Travel.Metres[i])
}

// restsIn looks for the first second from which a break may start, up to a limit.
func restsIn(b *routing.Break, from, limit int64) (w routing.Window, at int64, ok bool) {
	windows := append([]routing.Window{{Open: b.Open, Close: b.Close}}, b.Later...)
	for at = from; at <= min(limit, latest(*b)); at++ {
		for _, w := range windows {
			if w.Open <= at && at <= w.Close {
				return w, at, true
			}
		}
	}
	return w, 0, false
}

// acts is what a technician does who leaves at once, in order; false when that
// misses a window.
func (o *oracle) acts(s *oracleShift, jobs []int) (out []act, ok bool) {
	at, now, rests := s.Start, s.Open, s.Breaks
	rest := func() bool {
		b := rests[0]
		w, start, found := restsIn(&b, now, latest(b))
		out = append(out, act{to: -1, job: -1, from: w.Open, until: w.Close, length: b.Length})
		now, rests = start+b.Length, rests[1:]
		return found
	}
	for _, i := range jobs {
		j := &o.spec.Jobs[i]
		seconds, _ := o.ride(at, j.Site)
		for len(rests) > 0 {
			b := &rests[0]
			start, _, in := o.await(s, j, now+seconds)
			if !in {
				return nil, false
			}
			_, _, waiting := restsIn(b, now+seconds, start-b.Length)
			_, _, free := restsIn(b, now, now)
			if waiting || !free && start+j.Service <= latest(*b) {
				break
			}
			if !rest() {
				return nil, false
			}
		}
		out = append(out, way(j.Site))
		now += seconds
		for len(rests) > 0 {
			start, _, _ := o.await(s, j, now)
			if _, _, waiting := restsIn(&rests[0], now, start-rests[0].Length); !waiting {
				break
			}
			rest()
		}
		start, w, in := o.await(s, j, now)
		if !in {
			return nil, false
		}
		out = append(out, act{to: -1, job: i, from: w.Open, until: w.Close, length: j.Service})
		now, at = start+j.Service, j.Site
	}
	seconds, _ := o.ride(at, s.End)
	for len(rests) > 0 && now+seconds > latest(rests[0]) {
		if !rest() {
			return nil, false
		}
	}
	return append(out, way(s.End)), true
}

// voyage is how a route goes that leaves at a certain instant.
type voyage struct {
	end, travel, metres int64
	late                []int64
	off                 []int64
	missed              bool
}

// sail leaves at one instant and does one thing after the other, each in the window
// in which it is done by who leaves at once.
func (o *oracle) sail(s *oracleShift, acts []act, leave int64) voyage {
	v := voyage{end: leave}
	at := s.Start
	for _, a := range acts {
		if a.to >= 0 {
			seconds, metres := o.ride(at, a.to)
			at, v.end, v.travel, v.metres = a.to, v.end+seconds, v.travel+seconds, v.metres+metres
			continue
		}
		start := max(v.end, a.from)
		v.missed = v.missed || start > a.until
		if a.job >= 0 {
			j := &o.spec.Jobs[a.job]
			delay := int64(0)
			if j.Due != 0 && len(o.spec.Lateness[j.Priority]) > 0 {
				delay = max(0, start-j.Due)
			}
			v.late, v.off = append(v.late, delay), append(v.off, off(j, start))
		}
		v.end = start + a.length
	}
	return v
}
