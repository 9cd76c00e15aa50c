package vroom

import (
	"cmp"
	"slices"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// whenever is later than everything that may be stated.
const whenever = maxInstant << 1

// longest bounds the time that one vehicle can spend on all there is to do: eight
// years. It keeps shifts within what routing takes.
const longest = int64(1) << 28

// joined are windows in order of time, those that overlap made one.
func joined(list []span) []routing.Window {
	ws := make([]routing.Window, len(list))
	for i, w := range list {
		ws[i] = routing.Window{Open: w[0], Close: min(w[1], whenever)}
	}
	slices.SortFunc(ws, func(a, b routing.Window) int { return cmp.Compare(a.Open, b.Open) })
	var out []routing.Window
	for _, w := range ws {
		if n := len(out); n > 0 && w.Open <= out[n-1].Close {
			out[n-1].Close = max(out[n-1].Close, w.Close)
			continue
		}
		out = append(out, w)
	}
	return out
}

// duty is the working hours of a vehicle as they are stated.
func (v *vehicle) duty() routing.Window {
	if v.Window == nil {
		return routing.Window{Open: 0, Close: whenever}
	}
	return routing.Window{Open: v.Window[0], Close: min(v.Window[1], whenever)}
}

// findRests gives each break the window in which it may start. It must be one, and
// no two breaks of a vehicle may wait for the same moment: their order is their
// order in time.
func findRests(r *report, p *Problem) {
	for i := range p.doc.Vehicles {
		v := &p.doc.Vehicles[i]
		duty := v.duty()
		var rests []rest
		for k := range v.Breaks {
			ws := usable(v.Breaks[k].Windows, duty)
			if len(ws) > 1 {
				r.unsupported("/vehicles/%d/breaks/%d/time_windows", i, k)
				continue
			}
			rests = append(rests, rest{k, ws[0]})
		}
		slices.SortStableFunc(rests, func(a, b rest) int {
			return cmp.Or(cmp.Compare(a.window.Open, b.window.Open), cmp.Compare(a.window.Close, b.window.Close))
		})
		for k := 1; k < len(rests); k++ {
			if rests[k].window.Open < rests[k-1].window.Close {
				r.unsupported("/vehicles/%d/breaks/%d/time_windows", i, rests[k].of)
			}
		}
		p.rests = append(p.rests, rests)
	}
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

// findHorizons narrows working hours down to when something can happen, because
// routing wants shifts that end. Everything can be done by the last moment at which
// any window opens and the time it takes to do everything; and who leaves that
// long before the first moment at which any window closes, or the day, misses
// nothing.
func findHorizons(r *report, p *Problem) {
	opens, closes := int64(0), whenever
	for i := range p.doc.Jobs {
		for _, w := range joined(p.doc.Jobs[i].windows()) {
			opens, closes = max(opens, w.Open), min(closes, w.Close)
		}
	}
	for i := range p.doc.Vehicles {
		opens = max(opens, p.doc.Vehicles[i].duty().Open)
		for _, b := range p.rests[i] {
			opens, closes = max(opens, b.window.Open), min(closes, b.window.Close)
		}
	}
	work := p.work()
	for i := range p.doc.Vehicles {
		d := p.doc.Vehicles[i].duty()
		h := routing.Window{Open: d.Open, Close: min(d.Close, opens+work)}
		h.Open = max(h.Open, min(closes, h.Close)-work)
		if h.Close-h.Open > 3*longest {
			r.wrong("too_large", "/vehicles/%d/time_window", i)
		}
		p.horizons = append(p.horizons, h)
	}
}

// work is the seconds within which a single vehicle could do everything there is,
// did it never have to wait.
func (p *Problem) work() int64 {
	t := &p.places.travel
	into := make([]int64, t.Sites) // site → the longest leg there
	for i, v := range t.Seconds {
		into[i%t.Sites] = max(into[i%t.Sites], int64(v))
	}
	var sum, home, rests int64
	for i := range p.doc.Jobs {
		sum += p.doc.Jobs[i].Setup + p.doc.Jobs[i].Service + into[p.places.jobs[i]]
	}
	for i := range p.doc.Vehicles {
		home = max(home, into[p.places.end[i]])
		var own int64
		for k := range p.doc.Vehicles[i].Breaks {
			own += p.doc.Vehicles[i].Breaks[k].Service
		}
		rests = max(rests, own)
	}
	return min(longest, sum+home+rests)
}
