package vroom

import (
	"cmp"
	"slices"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// mostOrders is how many ways to go on are tried for the breaks of one vehicle
// before its breaks are refused: more than eight breaks have.
const mostOrders = 120_000

// rest is a break of a vehicle, with the windows in which it may start.
type rest struct {
	of      int // in vehicle.Breaks
	length  int64
	windows []routing.Window // in order, without overlap
}

// enter is the earliest start at or after an instant.
func enter(windows []routing.Window, at int64) (start int64, ok bool) {
	for _, w := range windows {
		if at <= w.Close {
			return max(at, w.Open), true
		}
	}
	return 0, false
}

func (r *rest) last() int64 { return r.windows[len(r.windows)-1].Close }

// findRests puts the breaks of each vehicle in the order in which they are taken:
// by their latest starts, unless only another order lets all of them be taken in
// working hours. A vehicle for which there is none stays at home.
func findRests(r *report, p *Problem) {
	for i := range p.doc.Vehicles {
		v := &p.doc.Vehicles[i]
		duty := v.duty()
		rests := make([]rest, len(v.Breaks))
		for k := range v.Breaks {
			rests[k] = rest{k, v.Breaks[k].Service, usable(v.Breaks[k].Windows, duty)}
		}
		slices.SortStableFunc(rests, func(a, b rest) int {
			return cmp.Or(cmp.Compare(a.last(), b.last()), cmp.Compare(a.windows[0].Open, b.windows[0].Open))
		})
		o := arrangement{rests: rests, until: duty.Close}
		possible := o.arrange(duty.Open, 0)
		if o.tries > mostOrders {
			r.unsupported("/vehicles/%d/breaks", i)
		}
		p.rests = append(p.rests, rests)
		p.restless = append(p.restless, !possible)
	}
}

// arrangement looks for an order of breaks.
type arrangement struct {
	rests []rest
	until int64
	tries int
}

// arrange orders the breaks from the k-th on so that each can be taken after the
// one before, from an instant on; it leaves them as they are when nothing does.
func (o *arrangement) arrange(from int64, k int) bool {
	o.tries++
	if k == len(o.rests) {
		return from <= o.until
	}
	late := func(r rest) bool { return r.last() < from }
	if from > o.until || o.tries > mostOrders || slices.ContainsFunc(o.rests[k:], late) {
		return false
	}
	for i := k; i < len(o.rests); i++ {
		move(o.rests, i, k)
		start, _ := enter(o.rests[k].windows, from)
		if o.arrange(start+o.rests[k].length, k+1) {
			return true
		}
		move(o.rests, k, i)
	}
	return false
}

// move takes one rest out of a list and puts it in elsewhere.
func move(rests []rest, from, to int) {
	r := rests[from]
	copy(rests[from:], rests[from+1:])
	copy(rests[to+1:], rests[to:len(rests)-1])
	rests[to] = r
}

// usable are the windows of a break that working hours leave; the first of those
// stated when they leave none, which nobody can keep.
func usable(list *[]span, duty routing.Window) []routing.Window {
	if list == nil {
		return []routing.Window{duty}
	}
	ws := joined(*list)
	var out []routing.Window
	for _, w := range ws {
		if w.Open <= duty.Close && w.Close >= duty.Open {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		return ws[:1]
	}
	return out
}

// breaks states the breaks of a vehicle so that those which routing leaves out,
// because the technician is home before they are due, still fit behind the route
// one after the other: VROOM wants every break taken. It is false when nobody could.
func (p *Problem) breaks(i int) ([]routing.Break, bool) {
	rests, last := p.rests[i], p.horizons[i].Close
	out := make([]routing.Break, len(rests))
	for k := len(rests) - 1; k >= 0; k-- {
		ws := until(rests[k].windows, last-rests[k].length)
		if len(ws) == 0 {
			return nil, false
		}
		last = ws[len(ws)-1].Close
		out[k] = routing.Break{Open: ws[0].Open, Close: ws[0].Close, Length: rests[k].length, Later: ws[1:]}
	}
	return out, !p.restless[i]
}

// until cuts windows off behind an instant.
func until(windows []routing.Window, last int64) (out []routing.Window) {
	for _, w := range windows {
		if w.Open <= last {
			out = append(out, routing.Window{Open: w.Open, Close: min(w.Close, last)})
		}
	}
	return out
}
