package routing

import "fettle.dev/fettle/modules/dispatch/brood"

const (
	ruinMost  = 0.45 // of the budget before breeding starts,
	ruinLeast = 0.2  // or less where that is
	ruinEach  = 500  // iterations a job
	bredSteps = 64   // iterations that one offspring counts as
	bredMost  = 1200 // jobs; beyond that nobody has measured that it helps

	bredLongest = 1 << 30 // seconds of a route of all jobs
	bredDearest = 1 << 24 // units of cost of a way
)

// uniform reports whether a brood can take the problem over: equal vans and
// persons from one place, nothing but the way costs anything, and all jobs are
// to be served.
func (p *Problem) uniform() bool {
	if len(p.jobs) < 2 || len(p.jobs) > bredMost || p.kinds != 1 || !p.plain || p.timed || p.dims > 1 || len(p.peaks) > 0 || p.paired || len(p.groups) > 0 {
		return false
	}
	sh := &p.shifts[0]
	if sh.Start != sh.End || sh.callOut != 0 || len(sh.Frozen) > 0 {
		return false
	}
	for j := range p.jobs {
		if q := &p.jobs[j]; q.lost == 0 || q.extra || !p.may.has(j, 0) {
			return false
		}
	}
	return true
}

// ruinShare is how much of the budget goes to ruin and recreate when so many
// iterations have taken the share done of it: a short budget is spent there best,
// a long one soon gains more by breeding.
func ruinShare(jobs, iterations int, done float64) float64 {
	return min(ruinMost, max(ruinLeast, done*ruinEach*float64(jobs)/float64(iterations)))
}

// stock is a problem in the terms of a brood. Costs are counted there in the
// largest unit that keeps them whole.
type stock struct {
	spec brood.Spec
	unit Grain
}

// stock states a uniform problem for a brood: stop 0 is the place where the vans
// stand, stop j+1 is job j. It is false when the numbers are too large for one.
func (p *Problem) stock() (*stock, bool) {
	sh := &p.shifts[0]
	n := len(p.jobs) + 1
	out := &stock{spec: brood.Spec{Stops: make([]brood.Stop, n), Arcs: make([]brood.Arc, n*n), Vehicles: len(p.shifts)}}
	length := sh.Close - sh.Open
	out.spec.Stops[0] = brood.Stop{Close: length}
	longest := length
	for j := range p.jobs {
		q := &p.jobs[j]
		if q.open > sh.Close || q.close < sh.Open {
			return nil, false
		}
		stop := brood.Stop{Open: max(0, q.open-sh.Open), Close: min(length, q.close-sh.Open), Service: q.service}
		if p.dims == 1 {
			stop.Load = p.load(int32(j))[0]
		}
		longest = max(longest, q.service)
		out.spec.Stops[j+1] = stop
	}
	if p.dims == 1 {
		out.spec.Capacity = sh.room[0]
	}
	return out, longest < bredLongest/int64(2*n) && out.arcs(p, length+1)
}

// arcs fills in the ways; what takes longer than a shift takes just that long.
func (k *stock) arcs(p *Problem, longest int64) bool {
	sh, n := &p.shifts[0], len(k.spec.Stops)
	site := func(stop int) int32 {
		if stop == 0 {
			return int32(sh.Start)
		}
		return p.jobs[stop-1].site
	}
	cost := make([]Grain, n*n)
	for i := range cost {
		if i == 0 {
			continue // from the depot to itself
		}
		l := p.leg(site(i/n), site(i%n))
		k.spec.Arcs[i].Seconds = int32(min(int64(l.seconds), longest))
		if int64(l.seconds) < longest {
			cost[i] = Grain(l.seconds)*sh.travel + Grain(l.metres)*sh.metre
		}
		k.unit = common(k.unit, cost[i])
	}
	k.unit = max(1, k.unit)
	for i, c := range cost {
		if c/k.unit > bredDearest {
			return false
		}
		k.spec.Arcs[i].Cost = int32(c / k.unit)
	}
	return true
}

// common is the greatest common divisor.
func common(a, b Grain) Grain {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// breed spends the rest of the budget on a brood that starts from the best plan.
func (d *driver) breed() {
	b := brood.New(&d.stock.spec, d.search.rng)
	b.Add(named(d.best.Routes))
	d.adopt(b)
	for ; !d.spent(); d.stats.Iterations += bredSteps {
		b.Step()
		d.adopt(b)
	}
	d.stats.Moves += b.Moves()
}

// adopt takes the best plan of a brood over when it is better.
func (d *driver) adopt(b *brood.Brood) {
	routes, cost := b.Best()
	if routes == nil || d.score.Lost == 0 && Grain(cost)*d.stock.unit >= d.score.Cost {
		return
	}
	d.take(routes)
}

// take makes the routes of a brood the best plan when they score better.
func (d *driver) take(routes [][]int) {
	plan := d.search.p.Empty()
	for k, r := range routes {
		for _, v := range r {
			plan.Routes[k] = append(plan.Routes[k], v-1)
		}
	}
	d.search.load(plan)
	if !d.search.score.Less(d.score) {
		return
	}
	d.keep()
	d.stats.Gains++
	d.stats.LastGain = d.stats.Iterations
}

// named gives jobs the numbers of their stops.
func named(routes [][]int) [][]int {
	out := make([][]int, len(routes))
	for k, r := range routes {
		for _, j := range r {
			out[k] = append(out[k], j+1)
		}
	}
	return out
}
