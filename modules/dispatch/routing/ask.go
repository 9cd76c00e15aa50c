package routing

import "slices"

// Question is about a job that somebody would like to have done, and is not in the
// problem yet.
type Question struct {
	Job     Job
	Windows []Window // asked about one by one; those of the job itself do not count

	// Of a job at a site that the problem does not know, whatever its Site says: the
	// legs there from each site, and from there to each.
	To, From []Leg
}

// Ask is Offers for a job that is not in the problem. It leaves no trace there. Faults:
// ErrSpec.
func (v *View) Ask(q Question) (out []Offer, err error) {
	q.Job.Windows = nil
	if out, ok, err := v.askBeside(&q); ok || err != nil {
		return out, err
	}
	rev := v.s.p.Revise()
	if q.To != nil {
		q.Job.Site = rev.AddSite(q.To, q.From)
	}
	j := rev.AddJob(q.Job)
	err = rev.try(func(p *Problem) { out = v.Offers(p, j, q.Windows) })
	return out, err
}

// askBeside is Ask in the room that each problem has behind its jobs for one that is only
// asked about: nothing is copied, and who asks at the same time waits. It is not ok
// where the job would change what is derived of others.
func (v *View) askBeside(q *Question) (out []Offer, ok bool, err error) {
	p, g := v.s.p, v.s.p.base
	g.lent.Lock()
	defer g.lent.Unlock()
	if q.To != nil {
		var bad report
		if rev := (&Revision{of: p, sites: []newSite{{q.To, q.From}}}); rev.checkSites(&bad) {
			return nil, false, bad.fault
		}
		if !p.shareRoad() || p.n == g.stride || !g.taken.CompareAndSwap(int32(p.n), int32(p.n+1)) {
			return nil, false, nil
		}
		defer g.taken.Store(int32(p.n))
	}
	next, err := p.beside(q)
	if next == nil {
		return nil, false, err
	}
	s := &search{p: next, routes: v.s.routes, frozen: v.s.frozen, at: v.s.at}
	return s.offers(int32(len(p.jobs)), q.Windows), true, nil
}

// shareRoad reports whether everybody travels as the base says, so that a new site has legs
// for all of them.
func (p *Problem) shareRoad() bool {
	return len(p.roads) == 1 && len(p.base.legs) > 0 && &p.road.legs[0] == &p.base.legs[0]
}

// beside is the problem with one job more in the room behind the others, or nil where
// that would change more. Who uses it holds base.lent.
func (p *Problem) beside(q *Question) (*Problem, error) {
	var bad report
	n, next, others := len(p.jobs), *p, int32(0)
	if q.To != nil {
		q.Job.Site = next.lodge(q)
	} else if q.Job.Site >= 0 && q.Job.Site < p.n {
		others = p.stops[q.Job.Site]
	}
	if others == 1 && p.setups {
		return nil, nil // it may save that one its set-up
	}
	next.spec.Jobs = append(next.spec.Jobs, q.Job)
	if checkJob(&bad, &next.spec, n); bad.fault != nil {
		return nil, bad.fault
	}
	if next.size.addJob(&next.spec, n, false); !next.size.fits(&bad, &next) {
		return nil, bad.fault
	}
	if !next.measures(&q.Job) {
		return nil, nil
	}
	next.jobs, next.fees, next.open = append(next.jobs, job{mate: Any}), append(next.fees, nil), false
	next.delays = slices.Clip(p.delays)
	next.buildJob(n)
	next.paces = slices.Clip(p.paces)
	next.buildPace(n, others > 0)
	if p.paired {
		next.carried = append(next.carried, nil)
	}
	next.buildBurden(n)
	next.may = append(next.may, next.row(n, nil))
	return &next, nil
}

// lodge gives a site that is only asked about the number behind the others.
func (p *Problem) lodge(q *Question) (site int) {
	site = p.n
	p.base.set(site, site, leg{})
	for i := range site {
		p.base.set(i, site, legOf(q.To[i].Seconds, q.To[i].Metres))
		p.base.set(site, i, legOf(q.From[i].Seconds, q.From[i].Metres))
	}
	p.n++
	p.spec.Travel.Sites = p.n
	p.size.far = max(p.size.far, float64(p.base.furthest))
	return site
}

// measures reports whether whatever a job brings, takes or needs is measured already, in the
// way in which it would be with the job.
func (p *Problem) measures(v *Job) bool {
	sums := func(m measure) bool { return slices.Contains(p.sums, m) }
	peaks := func(m measure) bool { return slices.Contains(p.peaks, m) }
	for d := range max(len(v.Load), len(v.Take)) {
		if m := (measure{goods, d}); at(v.Load, d)+at(v.Take, d) > 0 && sums(m) && p.mixed(d) {
			return false
		}
	}
	for d, n := range v.Parts {
		if m := (measure{parts, d}); n > 0 && !sums(m) && !peaks(m) {
			return false
		}
	}
	return !slices.ContainsFunc(v.Tools, func(k int) bool {
		m := measure{tools, k}
		return p.refillable(m) && !peaks(m)
	})
}

// spared is a copy of a list with room for more.
func spared[T any](list []T, room int) []T { return append(make([]T, 0, len(list)+room), list...) }
