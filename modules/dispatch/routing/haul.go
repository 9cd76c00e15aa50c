package routing

import "slices"

// haul is what a stretch of a route does to one measure of a van. Two of them join
// in constant time, as stretches in time do (see seg), so that heads, tails and
// single visits are judged without walking.
type haul struct {
	brought int64 // on board when the stretch begins, for visits in it
	taken   int64 // on board when it ends, from visits in it
	peak    int64 // the most on board at any moment of it, of both
}

// then puts b behind a: what b brings is on board throughout a, and what a takes
// throughout b.
func (a haul) then(b haul) haul {
	return haul{a.brought + b.brought, a.taken + b.taken, max(a.peak+b.brought, b.peak+a.taken)}
}

// item is what one job does to one measure whose peak counts.
type item struct {
	dim int32 // in Problem.peaks
	haul
}

// measure is one thing of which a van has only so much.
type measure struct {
	kind  measureKind
	index int // in the lists of the Spec
}

type measureKind int8

const (
	goods  measureKind = iota // a dimension of Shift.Capacity
	visits                    // how many there may be
	parts                     // a kind that is used up
	tools                     // a kind that is not
)

// rule is what Why says when others leave too little of it.
func (m measure) rule() Rule {
	switch m.kind {
	case visits:
		return RuleJobs
	case parts:
		return RuleUsedUp
	case tools:
		return RuleTool
	default:
		return RuleLoaded
	}
}

// burden is what job j does to a measure.
func (p *Problem) burden(j int, m measure) haul {
	if m.kind == parts || m.kind == tools {
		return p.kit(j, m)
	}
	if m.kind == visits {
		n := int64(b2i(p.jobs[j].role != refill))
		return haul{n, 0, n}
	}
	v := &p.spec.Jobs[j]
	h := haul{brought: at(v.Load, m.index), taken: at(v.Take, m.index) + p.shipped(j, m.index)}
	h.peak = max(h.brought, h.taken)
	return h
}

// has is how much of a measure a shift has.
func (sh *shift) has(m measure) int64 {
	switch m.kind {
	case visits:
		return left(int64(sh.MaxJobs), int64(sh.Spent.Jobs))
	case parts:
		return at(sh.Shift.Parts, m.index)
	case tools:
		return int64(b2i(slices.Contains(sh.Shift.Tools, m.index)))
	default:
		return at(sh.Capacity, m.index)
	}
}

// at is an element of a list that may be short.
func at(list []int32, i int) int64 {
	if i < len(list) {
		return int64(list[i])
	}
	return 0
}

// buildMeasures tells measures that are a sum over the route from those of which
// the peak counts, because something leaves the van and something comes on board.
func (p *Problem) buildMeasures() {
	dims, counted := 0, false
	for i := range p.shifts {
		dims = max(dims, len(p.shifts[i].Capacity))
		counted = counted || p.shifts[i].MaxJobs > 0
	}
	for d := range dims {
		m := measure{goods, d}
		if p.mixed(d) {
			p.peaks = append(p.peaks, m)
		} else {
			p.sums = append(p.sums, m)
		}
	}
	sums, peaks := p.stockMeasures()
	p.sums, p.peaks = append(p.sums, sums...), append(p.peaks, peaks...)
	if counted {
		p.sums = append(p.sums, measure{kind: visits})
	}
	p.dims = len(p.sums)
	for i := range p.shifts {
		sh := &p.shifts[i]
		sh.room, sh.crest = make([]int64, len(p.sums)), make([]int64, len(p.peaks))
		for d, m := range p.sums {
			sh.room[d] = p.limit(sh, m)
		}
		for d, m := range p.peaks {
			sh.crest[d] = p.limit(sh, m)
		}
	}
}

// mixed reports whether in a dimension of load something goes and something comes.
func (p *Problem) mixed(d int) bool {
	brings, takes := false, false
	for i := range p.spec.Jobs {
		brings = brings || at(p.spec.Jobs[i].Load, d) > 0
		takes = takes || at(p.spec.Jobs[i].Take, d) > 0
	}
	shipped := func(v Shipment) bool { return at(v.Load, d) > 0 }
	return brings && takes || slices.ContainsFunc(p.spec.Shipments, shipped)
}

// buildBurdens fills what the jobs do to the measures.
func (p *Problem) buildBurdens() {
	n := len(p.jobs) + 1
	p.loads, p.hauls, p.items = make([]int64, 0, n*p.dims), make([]haul, 0, n*len(p.peaks)), make([][]item, 0, n)
	for j := range p.jobs {
		p.buildBurden(j)
	}
}

// buildBurden fills what the next job does to them.
func (p *Problem) buildBurden(j int) {
	for _, m := range p.sums {
		h := p.burden(j, m)
		p.loads = append(p.loads, h.brought+h.taken)
	}
	var items []item
	for d, m := range p.peaks {
		h := p.burden(j, m)
		p.hauls = append(p.hauls, h)
		if h != (haul{}) {
			items = append(items, item{int32(d), h})
		}
	}
	p.items = append(p.items, items)
}

// haulsOf is what job j does to each measure whose peak counts.
func (p *Problem) haulsOf(j int32) []haul { return p.hauls[int(j)*len(p.peaks):][:len(p.peaks)] }

// short is the first measure of which the van has too little for these jobs in
// this order.
func (p *Problem) short(r int, jobs []int) (measure, bool) {
	for _, list := range [][]measure{p.sums, p.peaks} {
		for _, m := range list {
			if p.most(jobs, m) > p.limit(&p.shifts[r], m) {
				return m, true
			}
		}
	}
	return measure{}, false
}

// limit is how much of a measure a shift has; what frozen work exceeds by itself
// has happened already.
func (p *Problem) limit(sh *shift, m measure) int64 { return max(sh.has(m), p.most(sh.Frozen, m)) }

// most is the most of a measure that is ever on board. It goes from visit to
// visit, as somebody would who counts.
func (p *Problem) most(jobs []int, m measure) int64 {
	aboard := int64(0)
	for _, j := range jobs {
		aboard += p.burden(j, m).brought
	}
	peak := aboard
	for _, j := range jobs {
		h := p.burden(j, m)
		aboard -= h.brought
		peak = max(peak, aboard+h.peak)
		aboard += h.taken
	}
	return peak
}
