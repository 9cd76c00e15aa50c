package routing

import (
	"cmp"
	"slices"
)

// pinTries is how many promised visits are really moved.
const pinTries = 24

// swapOut is a place for the job in a route that gives up a promised visit.
type swapOut struct {
	at, moved int
	jobs      []int // of the route then
	cost      Grain // of it
}

// promises looks for the promised visit that moves most cheaply to make room.
func (x *relaxer) promises() {
	var list []swapOut
	for at, jobs := range x.plan.Routes {
		if !x.q.may.has(x.job, at) {
			continue
		}
		for k := x.s.frozen[at]; k < len(jobs); k++ {
			if j := jobs[k]; x.q.spec.Jobs[j].Pin != nil && !x.q.jobs[j].linked && x.q.jobs[j].mate == Any {
				list = x.without(list, at, k)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b swapOut) int { return cmp.Compare(a.cost, b.cost) })
	best := Relaxation{Cost: none}
	for i := range list[:min(len(list), pinTries)] {
		if r, ok := x.move(&list[i]); ok && r.Cost < best.Cost {
			best = r
		}
	}
	if best.Cost < none {
		x.out = append(x.out, best)
	}
}

// without finds the cheapest place for the job in a route without its k-th visit.
func (x *relaxer) without(list []swapOut, at, k int) []swapOut {
	old := x.plan.Routes[at]
	rest := slices.Delete(slices.Clone(old), k, k+1)
	best := swapOut{at: at, moved: old[k], cost: none}
	for i := x.s.frozen[at]; i <= len(rest); i++ {
		if cost, ok := x.q.afoot(at, rest, i, &x.q.jobs[x.job]); ok && cost < best.cost {
			best.cost, best.jobs = cost, slices.Insert(slices.Clone(rest), i, x.job)
		}
	}
	if best.jobs == nil {
		return list
	}
	best.cost += x.q.extra(int32(x.job), int32(at)) - x.s.routes[at].sched - x.q.extra(int32(best.moved), int32(at))
	return append(list, best)
}

// afoot walks a route with one more job in it.
func (p *Problem) afoot(at int, jobs []int, k int, v *job) (Grain, bool) {
	sh := &p.shifts[at]
	w := p.outset(sh)
	for _, j := range jobs[:k] {
		p.step(&w, sh, &p.jobs[j])
	}
	p.step(&w, sh, v)
	for _, j := range jobs[k:] {
		p.step(&w, sh, &p.jobs[j])
	}
	leave, ok := p.finish(&w, sh)
	return sh.price(&w, leave), ok
}

// berthOf is a place for a promised visit whose pin is let go.
type berthOf struct {
	at, k int
	cost  Grain
}

// move lets the pin of a visit go and puts it where that is cheapest now.
func (x *relaxer) move(o *swapOut) (Relaxation, bool) {
	q, m := x.q, o.moved
	was, spec := q.jobs[m], q.spec.Jobs[m]
	spec.Pin = nil
	old := x.base.startOf(o.at, x.plan.Routes[o.at], m)
	defer func() { q.jobs[m] = was }()
	v := &q.jobs[m]
	v.windows, v.open, v.close = windowsOf(&spec, false), Never, -1
	if len(v.windows) == 0 {
		return Relaxation{}, false
	}
	v.open, v.close = v.windows[0].Open, v.windows[len(v.windows)-1].Close
	for _, b := range x.berths(o, &spec) {
		if r, ok := x.moveTo(o, b, &spec); ok {
			r.By = max(r.By-old, old-r.By)
			return r, true
		}
	}
	return Relaxation{}, false
}

// berths lists where a visit could go, cheapest first.
func (x *relaxer) berths(o *swapOut, spec *Job) (out []berthOf) {
	q := x.q
	for at := range q.shifts {
		if q.person(o.moved, spec, &q.shifts[at]) != RuleNone {
			continue
		}
		jobs, cost := x.plan.Routes[at], x.s.routes[at].sched
		if at == o.at {
			jobs, cost = o.jobs, q.onFoot(at, o.jobs)
		}
		for k := x.s.frozen[at]; k <= len(jobs); k++ {
			if c, ok := q.afoot(at, jobs, k, &q.jobs[o.moved]); ok {
				out = append(out, berthOf{at, k, c - cost + q.extra(int32(o.moved), int32(at))})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b berthOf) int { return cmp.Compare(a.cost, b.cost) })
	return out[:min(len(out), pinTries)]
}

// onFoot is what time and way of a route cost.
func (p *Problem) onFoot(at int, jobs []int) Grain {
	sh := &p.shifts[at]
	w := p.outset(sh)
	for _, j := range jobs {
		p.step(&w, sh, &p.jobs[j])
	}
	leave, _ := p.finish(&w, sh)
	return sh.price(&w, leave)
}

// moveTo carries a move out and checks the routes that it changes; By is then the
// new start of the visit.
func (x *relaxer) moveTo(o *swapOut, b berthOf, spec *Job) (Relaxation, bool) {
	q, m := x.q, o.moved
	next := x.plan.Clone()
	next.Routes[o.at] = o.jobs
	next.Routes[b.at] = slices.Insert(slices.Clone(next.Routes[b.at]), b.k, m)
	changed := []int{o.at}
	if b.at != o.at {
		changed = append(changed, b.at)
	}
	had := q.may.has(m, b.at)
	q.may.set(m, b.at)
	defer func() {
		if !had {
			q.may.clear(m, b.at)
		}
	}()
	r := Relaxation{Rule: RulePromise, Moved: m, Plan: next, Start: q.startOf(o.at, next.Routes[o.at], x.job), By: q.startOf(b.at, next.Routes[b.at], m)}
	r.Technician, r.Shift = q.Owner(o.at)
	kept := true // the pin, too
	for _, at := range changed {
		kept = kept && len(x.base.checkRoute(at, next.Routes[at])) == 0
		if len(q.checkRoute(at, next.Routes[at])) > 0 {
			return Relaxation{}, false
		}
		r.Cost += q.routeCost(at, next.Routes[at]) - x.base.routeCost(at, x.plan.Routes[at])
	}
	return r, !kept
}
