package routing

import (
	"fmt"

	"fettle.dev/fettle/kernel/fault"
)

const (
	maxInstant = int64(1) << 48
	maxRate    = int64(1) << 40
	maxLeg     = int32(1) << 28
)

// report collects what is wrong with a spec, up to a readable number.
type report struct{ fault *fault.Fault }

func (r *report) say(code, pointer string, args ...any) {
	if r.fault == nil {
		r.fault = ErrSpec
	}
	if len(r.fault.Fields) < 20 {
		r.fault = r.fault.At(fmt.Sprintf(pointer, args...), code)
	}
}

// checkParts looks at all but the travel matrix.
func checkParts(r *report, s *Spec) {
	frozen := map[int]bool{}
	for i := range s.Technicians {
		checkTechnician(r, s, i, frozen)
	}
	for i := range s.Jobs {
		checkJob(r, s, i)
	}
	checkShipments(r, s, frozen)
	checkRefills(r, s, frozen)
	for c, slopes := range s.Lateness {
		checkSlopes(r, slopes, "/lateness/%d/%d", c)
	}
	checkLinks(r, s, frozen)
}

func checkTechnician(r *report, s *Spec, i int, frozen map[int]bool) {
	t := &s.Technicians[i]
	checkWay(r, s, i)
	for _, v := range []int64{t.Rates.TravelHour, t.Rates.Kilometre, t.Rates.WorkHour, t.Rates.OvertimeHour, t.Rates.TaskHour} {
		if !isPrice(v) {
			r.say("out_of_range", "/technicians/%d/rates", i)
		}
	}
	last := int64(0)
	for k := range t.Shifts {
		sh := &t.Shifts[k]
		if sh.Start < 0 || sh.Start >= s.Travel.Sites || sh.End < 0 || sh.End >= s.Travel.Sites {
			r.say("unknown_site", "/technicians/%d/shifts/%d", i, k)
		}
		if sh.Open < last || sh.Close < sh.Open || sh.Close > maxInstant || sh.Close-sh.Open >= int64(blocked) {
			r.say("out_of_order", "/technicians/%d/shifts/%d", i, k)
		}
		last = sh.Close
		checkShift(r, sh, i, k)
		checkBreaks(r, sh, i, k)
		for _, j := range sh.Frozen {
			if j < 0 || j >= len(s.Jobs) || frozen[j] || s.Jobs[j].Retired || sh.Off {
				r.say("unknown_job", "/technicians/%d/shifts/%d/frozen", i, k)
			}
			frozen[j] = true
		}
	}
}

func checkShift(r *report, sh *Shift, i, k int) {
	if sh.Regular < 0 || sh.MaxWork < 0 || sh.MaxTravel < 0 || sh.MaxMetres < 0 || sh.MaxJobs < 0 {
		r.say("out_of_range", "/technicians/%d/shifts/%d", i, k)
	}
	if !isPrice(sh.CallOut) || !isPrice(sh.PerJob) || !isPrice(sh.Repeat) || sh.Minimum < 0 || sh.Minimum > maxInstant {
		r.say("out_of_range", "/technicians/%d/shifts/%d", i, k)
	}
	if u := sh.Spent; !isPrice(u.Work) || !isPrice(u.Travel) || !isPrice(u.Metres) || !isPrice(int64(u.Jobs)) {
		r.say("out_of_range", "/technicians/%d/shifts/%d/spent", i, k)
	}
	last := int64(0)
	for n, v := range sh.Nights {
		if v.From < last || v.To <= v.From || v.To > maxInstant {
			r.say("out_of_order", "/technicians/%d/shifts/%d/nights/%d", i, k, n)
		}
		if !isPrice(v.PerHour) {
			r.say("out_of_range", "/technicians/%d/shifts/%d/nights/%d", i, k, n)
		}
		last = v.To
	}
	checkEven(r, sh, i, k)
}

func isPrice(v int64) bool { return v >= 0 && v <= maxRate }

func checkBreaks(r *report, sh *Shift, i, k int) {
	last := int64(0)
	for b := range sh.Breaks {
		v := &sh.Breaks[b]
		if v.Open < 0 || v.Close < v.Open || v.last() < last || v.Length < 0 || v.Length > maxInstant || v.Close > maxInstant {
			r.say("out_of_order", "/technicians/%d/shifts/%d/breaks/%d", i, k, b)
		}
		last = v.last()
		checkWindows(r, v.Later, v.Close, "/technicians/%d/shifts/%d/breaks/%d/later", i, k, b)
	}
	checkAmounts(r, sh.Capacity, "/technicians/%d/shifts/%d/capacity", i, k)
}

// checkAmounts wants nothing to be less than nothing.
func checkAmounts(r *report, list []int32, pointer string, args ...any) {
	for _, v := range list {
		if v < 0 {
			r.say("out_of_range", pointer, args...)
		}
	}
}

// checkSlopes wants pieces in order, at prices that are none or more.
func checkSlopes(r *report, slopes []Slope, pointer string, of int) {
	last := int64(-1)
	for k, sl := range slopes {
		if sl.After <= last || sl.PerHour < 0 || sl.PerHour > maxRate || sl.After > maxInstant {
			r.say("out_of_order", pointer, of, k)
		}
		last = sl.After
	}
}

func checkJob(r *report, s *Spec, i int) {
	j := &s.Jobs[i]
	checkSlopes(r, j.Lateness, "/jobs/%d/lateness/%d", i)
	if j.Site < 0 || j.Site >= s.Travel.Sites {
		r.say("unknown_site", "/jobs/%d/site", i)
	}
	if j.Service < 0 || j.Service > maxInstant || j.Setup < 0 || j.Setup > maxInstant || j.PartsFrom < 0 || j.Due < 0 || j.Due > maxInstant {
		r.say("out_of_range", "/jobs/%d", i)
	}
	if j.Priority < 0 || j.Priority > MaxPriority {
		r.say("out_of_range", "/jobs/%d/priority", i)
	}
	if j.Worth < 0 {
		r.say("out_of_range", "/jobs/%d/worth", i)
	}
	if !isPrice(j.Price) || !isPrice(j.PreferPrice) {
		r.say("out_of_range", "/jobs/%d/price", i)
	}
	checkWindows(r, j.Windows, -1, "/jobs/%d/windows", i)
	checkAmounts(r, j.Load, "/jobs/%d/load", i)
	checkAmounts(r, j.Take, "/jobs/%d/take", i)
	checkPaces(r, s, i)
	checkAmounts(r, j.Parts, "/jobs/%d/parts", i)
	checkPeople(r, s, i)
	checkSurcharges(r, s, i)
}

// checkWindows wants windows in order, without overlap, after an instant.
func checkWindows(r *report, list []Window, last int64, pointer string, at ...any) {
	for k, w := range list {
		if w.Open <= last || w.Close < w.Open || w.Close > maxInstant {
			r.say("out_of_order", pointer+"/%d", append(at[:len(at):len(at)], k)...)
		}
		last = w.Close
	}
}

func checkSurcharges(r *report, s *Spec, i int) {
	named := map[int]bool{}
	for k, c := range s.Jobs[i].Surcharges {
		switch {
		case c.Technician < 0 || c.Technician >= len(s.Technicians):
			r.say("unknown_technician", "/jobs/%d/surcharges/%d", i, k)
		case named[c.Technician]:
			r.say("named_twice", "/jobs/%d/surcharges/%d", i, k)
		case !isPrice(c.Price):
			r.say("out_of_range", "/jobs/%d/surcharges/%d", i, k)
		}
		named[c.Technician] = true
	}
}

func checkPeople(r *report, s *Spec, i int) {
	j, known := &s.Jobs[i], func(t int) bool { return t >= 0 && t < len(s.Technicians) }
	for _, list := range [][]int{j.Required, j.Excluded, j.Preferred} {
		for _, t := range list {
			if !known(t) {
				r.say("unknown_technician", "/jobs/%d", i)
			}
		}
	}
	if p := j.Pin; p != nil {
		if p.Technician != Any && !known(p.Technician) || p.Technician == Any && p.Start == Any {
			r.say("unknown_technician", "/jobs/%d/pin", i)
		}
		if p.Start < Any || p.Start > maxInstant {
			r.say("out_of_range", "/jobs/%d/pin", i)
		}
	}
	if l := j.Last; l != nil {
		if !known(l.Technician) {
			r.say("unknown_technician", "/jobs/%d/last", i)
		}
		if !isPrice(l.HandPrice) || !isPrice(l.DayPrice) || !isPrice(l.StartPrice) ||
			l.StartPrice > 0 && (l.Start.Open < 0 || l.Start.Close < l.Start.Open || l.Start.Close > maxInstant) {
			r.say("out_of_range", "/jobs/%d/last", i)
		}
	}
}
