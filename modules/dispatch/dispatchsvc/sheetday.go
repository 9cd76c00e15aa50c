package dispatchsvc

import (
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// shift states one day of a technician, as far as it still lies ahead: who is
// out already starts from where he was last and has that much less time.
func (s *sheet) shift(t *dispatch.Technician, day calendar.Day, mine []appointment, rt *routing.Technician) (routing.Shift, dispatch.Duty, bool) {
	duty, ok := t.DutyOn(day, zone(t.Zone))
	if !ok {
		return routing.Shift{}, duty, false
	}
	home := s.haunt(len(s.haunts)-1, t.Start)
	over := t.OvertimeMinutes * 60
	sh := routing.Shift{
		Start: home, End: home, Open: duty.Open.Unix(), Close: duty.Close.Unix() + over, Regular: duty.Close.Unix(),
		MaxWork: t.MaxMinutes*60 + over, PerJob: t.Visit.Minor, Repeat: s.on.repeat(t), MaxJobs: room(t, mine),
	}
	if !t.Serves(s.on.node, day) { // what was promised before stays
		sh.MaxJobs = len(alive(mine))
		sh.Off = sh.MaxJobs == 0
	}
	behindUs := int64(0) // seconds of work
	if s.now.After(duty.Open) {
		sh.Open = s.now.Unix()
		last, spent := behind(mine)
		if last != nil {
			sh.Start = s.haunt(len(s.haunts)-1, last.Coarse)
		}
		sh.MaxWork, behindUs = max(1, sh.MaxWork-spent), spent
	}
	if n := len(rt.Shifts); n > 0 { // overtime of a night shift ends where the next shift begins
		before := &rt.Shifts[n-1]
		before.Close = max(before.Open, min(before.Close, sh.Open))
	}
	sh.Breaks, sh.Even = breaks(duty, sh.Open), s.even(t, behindUs)
	sh.Nights = nights(t, day, &sh)
	return sh, duty, sh.Open < sh.Close && (t.MaxVisits == 0 || sh.MaxJobs > 0 || sh.Off)
}

// room is how many visits a technician takes on a day from now on, 0 without a limit.
// What is promised is kept, whatever has been agreed since.
func room(t *dispatch.Technician, mine []appointment) int {
	if t.MaxVisits == 0 {
		return 0
	}
	live := len(alive(mine))
	return max(int(t.MaxVisits)-(len(mine)-live), live)
}

// crossing is what a visit of a node costs more by a technician of another.
func crossing(t *dispatch.Technician, number int, node id.Node) []routing.Surcharge {
	if price := t.Crossing(node); price > 0 {
		return []routing.Surcharge{{Technician: number, Price: price}}
	}
	return nil
}

// nights are the stretches of a shift in which an hour costs more.
func nights(t *dispatch.Technician, day calendar.Day, sh *routing.Shift) (out []routing.Surplus) {
	if t.Night.Minor == 0 {
		return nil
	}
	for _, w := range dispatch.Nights(day, zone(t.Zone)) {
		if from, to := max(sh.Open, w.Start.Unix()), min(sh.Close, w.End.Unix()); from < to {
			out = append(out, routing.Surplus{From: from, To: to, PerHour: t.Night.Minor})
		}
	}
	return out
}

// behind finds where the technician was last on this day, and how many seconds
// of work and travel lie behind.
func behind(mine []appointment) (last *appointment, spent int64) {
	for i := range mine {
		a := &mine[i]
		if a.State.Live() && a.State != dispatch.OnSite {
			continue
		}
		spent += a.TravelSeconds
		if !a.State.Live() {
			spent += int64(a.ServiceEndAt.Sub(a.ServiceStartAt) / time.Second)
		}
		if last == nil || a.State == dispatch.OnSite || last.State != dispatch.OnSite && a.ServiceEndAt.After(last.ServiceEndAt) {
			last = a
		}
	}
	return last, spent
}

// breaks states the rests of a duty that still lie ahead of an instant. A long
// visit puts a rest off until it is over, at the most to the next rest.
func breaks(duty dispatch.Duty, open int64) (out []routing.Break) {
	slack := int64(dispatch.Slack / time.Second)
	last := int64(0)
	for i, r := range duty.Rests {
		until := duty.Close.Unix()
		if i+1 < len(duty.Rests) {
			until = max(r.Start.Unix(), duty.Rests[i+1].Start.Unix()-slack)
		}
		b := routing.Break{Open: max(r.Start.Unix()-slack, last, open), Close: until, Length: int64(r.End.Sub(r.Start) / time.Second)}
		if r.End.Unix() <= open || b.Open > b.Close {
			continue
		}
		last = b.Close
		out = append(out, b)
	}
	return out
}
