package routing_test

import (
	"math"

	"fettle.dev/fettle/modules/dispatch/routing"
)

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
func (o *oracle) ride(s *oracleShift, now int64, from, to int) (seconds, metres int64) {
	t := &o.spec.Technicians[s.technician]
	travel := append([]routing.Travel{o.spec.Travel}, o.spec.Others...)[t.Profile]
	i := from*travel.Sites + to
	if travel.Seconds[i] < 0 || travel.Metres[i] < 0 {
		return routing.Never, 0
	}
	speed := 1.0
	if t.Speed != 0 {
		speed = float64(t.Speed) / 1000
	}
	left := int64(math.Round(float64(travel.Seconds[i])/speed)) * 1000
	next, rate := 0, int64(1000) // second by second, as fast as everybody is then
	for ; left > 0; seconds++ {
		for next < len(travel.Speeds) && now+seconds >= travel.Speeds[next].From {
			rate, next = int64(travel.Speeds[next].Permille), next+1
		}
		left -= rate
	}
	return seconds, int64(travel.Metres[i])
}

// toll is what a way costs by itself.
func (o *oracle) toll(s *oracleShift, from, to int) int64 {
	travel := append([]routing.Travel{o.spec.Travel}, o.spec.Others...)[o.spec.Technicians[s.technician].Profile]
	if travel.Tolls == nil {
		return 0
	}
	return int64(travel.Tolls[from*travel.Sites+to])
}

// service is how long a visit takes that follows a stop at some site.
func (o *oracle) service(s *oracleShift, j *routing.Job, from int) int64 {
	service, setup := j.Service, j.Setup
	for _, v := range j.Paces {
		if v.Type == o.spec.Technicians[s.technician].Type {
			service, setup = v.Service, v.Setup
		}
	}
	if from == j.Site {
		return service
	}
	return setup + service
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
		service := o.service(s, j, at)
		for len(rests) > 0 {
			b := &rests[0]
			seconds, _ := o.ride(s, now, at, j.Site)
			start, _, in := o.await(s, j, now+seconds)
			if !in {
				return nil, false
			}
			_, _, waiting := restsIn(b, now+seconds, start-b.Length)
			_, _, free := restsIn(b, now, now)
			if waiting || !free && start+service <= latest(*b) {
				break
			}
			if !rest() {
				return nil, false
			}
		}
		out = append(out, way(j.Site))
		seconds, _ := o.ride(s, now, at, j.Site)
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
		out = append(out, act{to: -1, job: i, from: w.Open, until: w.Close, length: service})
		now, at = start+service, j.Site
	}
	home := func() int64 {
		seconds, _ := o.ride(s, now, at, s.End)
		return now + seconds
	}
	for len(rests) > 0 && home() > latest(rests[0]) {
		if !rest() {
			return nil, false
		}
	}
	return append(out, way(s.End)), true
}

// voyage is how a route goes that leaves at a certain instant.
type voyage struct {
	end, travel, metres int64
	tolls, tasks        int64 // minor units, seconds
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
			seconds, metres := o.ride(s, v.end, at, a.to)
			v.tolls += o.toll(s, at, a.to)
			at, v.end, v.travel, v.metres = a.to, v.end+seconds, v.travel+seconds, v.metres+metres
			continue
		}
		start := max(v.end, a.from)
		v.missed = v.missed || start > a.until
		if a.job >= 0 {
			v.tasks += a.length * int64(b2i(!o.refills(a.job)))
			j := &o.spec.Jobs[a.job]
			delay := int64(0)
			if j.Due != 0 && len(delayOf(&o.spec, a.job)) > 0 {
				delay = max(0, start-j.Due)
			}
			v.late, v.off = append(v.late, delay), append(v.off, off(j, start))
		}
		v.end = start + a.length
	}
	return v
}
