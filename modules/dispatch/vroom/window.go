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
			opens, closes = max(opens, b.windows[len(b.windows)-1].Open), min(closes, b.windows[0].Close)
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
	into := p.into()
	var sum, home, rests int64
	for i := range p.doc.Jobs {
		sum += p.doc.Jobs[i].longest() + into[p.places.jobs[i]]
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

// into is, by site, how long the longest way there takes anybody at any time.
func (p *Problem) into() []int64 {
	into := make([]int64, p.places.count)
	slow := int64(maxSpeed)
	for _, v := range p.speeds {
		slow = min(slow, v)
	}
	for k := range p.profiles {
		longest := make([]int32, p.places.count)
		for cells := p.profiles[k].travel.Seconds; len(cells) > 0; cells = cells[len(longest):] {
			for to, v := range cells[:len(longest)] {
				longest[to] = max(longest[to], v)
			}
		}
		least := p.profiles[k].slowest()
		for to, v := range longest {
			leg := (int64(v)*usual + slow/2) / slow
			into[to] = max(into[to], (leg*flowing+least-1)/least)
		}
	}
	return into
}
