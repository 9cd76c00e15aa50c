package brood

import (
	"cmp"
	"slices"
)

// plan is one member of a herd; it never changes.
type plan struct {
	routes      [][]int32
	next, prev  []int32 // stop → neighbour, 0 for the depot
	cost        int64
	late, heavy int64
	kin         []kin // the other members of its herd, most alike first
	rank        float64
}

// kin is how far another plan lies.
type kin struct {
	other *plan
	apart int
}

func (p *plan) fits() bool { return p.late == 0 && p.heavy == 0 }

// apart counts the stops that have other neighbours (broken pairs).
func (p *plan) apart(q *plan) int {
	n := 0
	for v := 1; v < len(p.next); v++ {
		if p.next[v] != q.next[v] && p.next[v] != q.prev[v] {
			n++
		}
		if p.prev[v] == 0 && q.prev[v] != 0 && q.next[v] != 0 {
			n++
		}
	}
	return n
}

// novelty is the mean distance to the plans most alike.
func (p *plan) novelty() float64 {
	sum, n := 0, min(closest, len(p.kin))
	for _, k := range p.kin[:n] {
		sum += k.apart
	}
	return float64(sum) / float64(max(1, n))
}

// herd is half of a population.
type herd struct{ plans []*plan }

// add takes a plan in, and selects when the herd has grown enough.
func (h *herd) add(p *plan, l *local) {
	p.kin = make([]kin, 0, leastPlans+broodPlans)
	for _, q := range h.plans {
		d := p.apart(q)
		p.meet(q, d)
		q.meet(p, d)
	}
	h.plans = append(h.plans, p)
	if len(h.plans) > leastPlans+broodPlans {
		for len(h.plans) > leastPlans {
			h.cull(l)
		}
	}
	h.judge(l)
}

// meet files a relative by distance.
func (p *plan) meet(q *plan, apart int) {
	at, _ := slices.BinarySearchFunc(p.kin, apart, func(k kin, d int) int { return cmp.Compare(k.apart, d+1) })
	p.kin = slices.Insert(p.kin, at, kin{q, apart})
}

// judge ranks plans by cost and, less, by novelty.
func (h *herd) judge(l *local) {
	n := len(h.plans)
	slices.SortStableFunc(h.plans, func(a, b *plan) int { return cmp.Compare(l.charge(a), l.charge(b)) })
	novel := slices.Clone(h.plans)
	slices.SortStableFunc(novel, func(a, b *plan) int { return cmp.Compare(b.novelty(), a.novelty()) })
	for k, p := range h.plans {
		p.rank = float64(k)
	}
	weight := 1 - float64(min(elitePlans, n))/float64(n)
	for k, p := range novel {
		p.rank += weight * float64(k)
	}
}

// cull removes a plan that has a double, or else the worst.
func (h *herd) cull(l *local) {
	h.judge(l)
	worst, double := -1, false
	for k, p := range h.plans[1:] {
		twin := len(p.kin) > 0 && p.kin[0].apart == 0
		if worst < 0 || twin && !double || twin == double && p.rank > h.plans[worst].rank {
			worst, double = k+1, twin
		}
	}
	gone := h.plans[worst]
	h.plans = slices.Delete(h.plans, worst, worst+1)
	for _, p := range h.plans {
		p.kin = slices.DeleteFunc(p.kin, func(k kin) bool { return k.other == gone })
	}
}

// pick draws two plans of either herd and keeps the better one.
func (b *Brood) pick() *plan {
	p, q := b.draw(), b.draw()
	if q.rank < p.rank {
		return q
	}
	return p
}

func (b *Brood) draw() *plan {
	k := b.rng.IntN(len(b.fit.plans) + len(b.unfit.plans))
	if k < len(b.fit.plans) {
		return b.fit.plans[k]
	}
	return b.unfit.plans[k-len(b.fit.plans)]
}
