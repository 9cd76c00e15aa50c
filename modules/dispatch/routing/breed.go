package routing

import "fettle.dev/fettle/modules/dispatch/brood"

const (
	ruinMost  = 0.45 // of the budget before breeding starts,
	ruinLeast = 0.2  // or less where that is
	ruinEach  = 500  // iterations a job
	bredSteps = 64   // iterations that one offspring counts as
	bredMost  = 120  // jobs; beyond that nobody has measured that it helps
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

// broodSpec states a uniform problem for a brood: stop 0 is the place where the
// vans stand, stop j+1 is job j.
func (p *Problem) broodSpec() *brood.Spec {
	sh := &p.shifts[0]
	n := len(p.jobs) + 1
	spec := &brood.Spec{Stops: make([]brood.Stop, n), Arcs: make([]brood.Arc, 0, n*n), Vehicles: len(p.shifts)}
	sites := []int32{int32(sh.Start)}
	spec.Stops[0] = brood.Stop{Open: sh.Open, Close: sh.Close}
	for j := range p.jobs {
		q := &p.jobs[j]
		sites = append(sites, q.site)
		spec.Stops[j+1] = brood.Stop{Open: q.open, Close: q.close, Service: q.service}
		if p.dims == 1 {
			spec.Stops[j+1].Load = p.load(int32(j))[0]
		}
	}
	if p.dims == 1 {
		spec.Capacity = sh.room[0]
	}
	for _, a := range sites {
		for _, b := range sites {
			l := p.leg(a, b)
			cost := int64(Grain(l.seconds)*sh.travel + Grain(l.metres)*sh.metre)
			spec.Arcs = append(spec.Arcs, brood.Arc{Seconds: int64(l.seconds), Cost: cost})
		}
	}
	return spec
}

// breed spends the rest of the budget on a brood that starts from the best plan.
func (d *driver) breed() {
	p := d.search.p
	b := brood.New(p.broodSpec(), d.search.rng)
	b.Add(named(d.best.Routes))
	d.adopt(b)
	for ; !d.spent(); d.stats.Iterations += bredSteps {
		b.Step()
		d.adopt(b)
	}
}

// adopt takes the best plan of a brood over when it is better.
func (d *driver) adopt(b *brood.Brood) {
	routes, cost := b.Best()
	if routes == nil || d.score.Lost == 0 && Grain(cost) >= d.score.Cost {
		return
	}
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
