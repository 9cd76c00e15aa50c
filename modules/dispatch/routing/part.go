package routing

import "slices"

// Part is the problem of some routes of a plan by themselves, with the jobs that are in
// them and some that are in none. All other routes stay as they are, so whatever plan
// the part gets is one of the whole.
type Part struct {
	Problem *Problem
	Plan    Plan // what the whole plan has in these routes

	whole       *Problem
	jobs        []int // of the part → of the whole
	routes      []int // the same
	job         map[int]int
	technicians map[int]int // of the whole → of the part
	sites       map[int]int // the same
	last        Last        // prices of change
	own         bool        // but those of the whole problem count
}

// Part states the problem of some routes of a plan that Check approves, and of more jobs
// that it does not serve. It costs hand minor units to give a job to another technician
// than the plan does, and day to put it into another shift of the same. Jobs that only
// others may do are left out of more, and so are routes with a job that is linked with one
// elsewhere. Faults: ErrSpec.
func (p *Problem) Part(plan Plan, routes, more []int, hand, day int64) (*Part, error) {
	return p.part(plan, routes, more, Part{last: Last{HandPrice: hand, DayPrice: day}})
}

// district is a Part in which everything costs what it does in the whole.
func (p *Problem) district(plan Plan, routes, more []int) (*Part, error) {
	return p.part(plan, routes, more, Part{own: true})
}

func (p *Problem) part(plan Plan, routes, more []int, blank Part) (*Part, error) {
	q := &blank
	q.whole, q.routes = p, p.whole(plan, routes)
	q.job, q.technicians, q.sites = map[int]int{}, map[int]int{}, map[int]int{}
	for _, r := range q.routes {
		t := int(p.shifts[r].technician)
		if _, ok := q.technicians[t]; !ok {
			q.technicians[t] = len(q.technicians)
		}
		for _, j := range plan.Routes[r] {
			q.take(j)
		}
		for _, f := range p.shifts[r].Refills {
			q.take(f.Job)
		}
	}
	for _, j := range more {
		if q.complete(j, more) {
			q.take(j)
		}
	}
	spec := Spec{Lateness: p.spec.Lateness, ByWorth: p.spec.ByWorth, Jobs: make([]Job, len(q.jobs))}
	q.state(&spec, plan)
	var err error
	if q.Problem, err = New(spec); err != nil {
		return nil, err
	}
	for _, r := range q.routes {
		q.Plan.Routes = append(q.Plan.Routes, q.numbers(plan.Routes[r], q.job))
	}
	for _, a := range plan.Appointed {
		if j, ok := q.job[a.Job]; ok {
			q.Plan.Appointed = append(q.Plan.Appointed, Appointed{j, a.Open, a.Close})
		}
	}
	return q, nil
}

// whole leaves of some routes, in order, those whose links do not lead out of them.
func (p *Problem) whole(plan Plan, routes []int) []int {
	routes = slices.Compact(slices.Sorted(slices.Values(routes)))
	for more := len(p.groups) > 0; more; {
		here := map[int32]bool{}
		for _, r := range routes {
			for _, j := range plan.Routes[r] {
				here[int32(j)] = true
			}
		}
		apart := func(j int) bool {
			g := p.group(int32(j))
			return g != nil && slices.ContainsFunc(g.jobs, func(k int32) bool { return !here[k] })
		}
		n := len(routes)
		routes = slices.DeleteFunc(routes, func(r int) bool { return slices.ContainsFunc(plan.Routes[r], apart) })
		more = len(routes) < n
	}
	return routes
}

func (q *Part) take(j int) {
	if _, ok := q.job[j]; !ok {
		q.job[j] = len(q.jobs)
		q.jobs = append(q.jobs, j)
	}
}

// complete reports whether a job outside of the plan, and all that it cannot be without,
// is among more and somebody here may do it.
func (q *Part) complete(j int, more []int) bool {
	all := []int32{int32(j)}
	if mate := q.whole.jobs[j].mate; mate != Any {
		all = append(all, mate)
	}
	if g := q.whole.group(int32(j)); g != nil {
		all = g.jobs
		if len(q.technicians) < len(all) { // too few for visits at the same second, perhaps
			return false
		}
	}
	return !slices.ContainsFunc(all, func(k int32) bool {
		return !slices.Contains(more, int(k)) || !slices.ContainsFunc(q.routes, func(r int) bool { return q.whole.may.has(int(k), r) })
	})
}

// state fills the spec of the part.
func (q *Part) state(s *Spec, plan Plan) {
	p := q.whole
	s.Technicians = make([]Technician, len(q.technicians))
	for _, r := range q.routes {
		t := int(p.shifts[r].technician)
		v := &s.Technicians[q.technicians[t]]
		shifts := v.Shifts
		*v = p.spec.Technicians[t]
		v.Shifts = shifts
		sh := p.shifts[r].Shift
		sh.Start, sh.End, sh.Frozen = q.site(sh.Start), q.site(sh.End), q.numbers(sh.Frozen, q.job)
		sh.Refills = slices.Clone(sh.Refills)
		for i := range sh.Refills {
			sh.Refills[i].Job = q.job[sh.Refills[i].Job]
		}
		for _, j := range plan.Routes[r] {
			if q.own || p.jobs[j].role == refill {
				continue // which nobody else may do
			}
			last := q.last
			last.Technician, last.Shift = q.technicians[t], len(v.Shifts)
			s.Jobs[q.job[j]].Last = &last
		}
		v.Shifts = append(v.Shifts, sh)
	}
	for i, j := range q.jobs {
		s.Jobs[i] = q.restate(j, s.Jobs[i].Last)
	}
	for _, l := range p.spec.Links {
		a, first := q.job[l.First]
		b, second := q.job[l.Second]
		if first && second {
			l.First, l.Second = a, b
			s.Links = append(s.Links, l)
		}
	}
	for _, v := range p.spec.Shipments {
		a, first := q.job[v.Pickup]
		b, second := q.job[v.Delivery]
		if first && second {
			s.Shipments = append(s.Shipments, Shipment{Pickup: a, Delivery: b, Load: v.Load})
		}
	}
	q.ways(s)
}

// ways are all matrices between the sites of the part.
func (q *Part) ways(s *Spec) {
	p, list := q.whole, make([]int, len(q.sites))
	for site, i := range q.sites {
		list[i] = site
	}
	s.Travel = p.spec.Travel.among(list, func(from, to int) (int32, int32) {
		l := p.base.leg(int32(from), int32(to))
		if l.seconds == blocked {
			return Unreachable, 0
		}
		return l.seconds, l.metres
	})
	for k := range p.spec.Others {
		o := &p.spec.Others[k]
		s.Others = append(s.Others, o.among(list, func(from, to int) (int32, int32) {
			return o.Seconds[from*o.Sites+to], o.Metres[from*o.Sites+to]
		}))
	}
}

// among is the travel between some sites, whose legs are given by their old numbers.
func (t *Travel) among(sites []int, leg func(from, to int) (seconds, metres int32)) Travel {
	out := *t
	m := Matrix(len(sites), func(i, j int) (int32, int32) { return leg(sites[i], sites[j]) })
	out.Sites, out.Seconds, out.Metres, out.Tolls = m.Sites, m.Seconds, m.Metres, nil
	if t.Tolls == nil {
		return out
	}
	out.Tolls = make([]int32, 0, len(m.Seconds))
	for _, i := range sites {
		for _, j := range sites {
			out.Tolls = append(out.Tolls, t.Tolls[i*t.Sites+j])
		}
	}
	return out
}

// restate is a job as the part knows it; last is nil where the plan does not serve it.
func (q *Part) restate(j int, last *Last) Job {
	s := q.whole.spec.Jobs[j]
	s.Site = q.site(s.Site)
	s.Required, s.Excluded = q.numbers(s.Required, q.technicians), q.numbers(s.Excluded, q.technicians)
	fees := q.fees(&s)
	if q.own {
		last = q.asBefore(s.Last)
	} else {
		last = s.Last.told(last)
	}
	s.Surcharges, s.Last = fees, last
	s.Preferred = q.numbers(s.Preferred, q.technicians)
	if s.Pin != nil && s.Pin.Technician != Any {
		s.Pin = &Pin{q.technicians[s.Pin.Technician], s.Pin.Start}
	}
	return s
}

// fees are the surcharges of those who are here, and for all of them what it costs that
// none is preferred.
func (q *Part) fees(s *Job) (out []Surcharge) {
	stranger := int64(0)
	if len(s.Preferred) > 0 && len(q.numbers(s.Preferred, q.technicians)) == 0 {
		stranger = s.PreferPrice
	}
	if _, here := q.technicians[lastOf(s)]; q.own && s.Last != nil && !here {
		stranger += s.Last.HandPrice
	}
	for whole, t := range q.technicians {
		price := stranger
		for _, f := range s.Surcharges {
			if f.Technician == whole {
				price += f.Price
			}
		}
		if price > 0 {
			out = append(out, Surcharge{t, price})
		}
	}
	slices.SortFunc(out, func(a, b Surcharge) int { return a.Technician - b.Technician })
	return out
}

// lastOf is who had a job in the last plan, or Any.
func lastOf(s *Job) int {
	if s.Last == nil {
		return Any
	}
	return s.Last.Technician
}

// asBefore is where the last plan has a job, in the numbers of the part. Where whoever had
// it is not here, fees has the price; where only that shift is not, no shift has it.
func (q *Part) asBefore(l *Last) *Last {
	if l == nil || len(q.technicians) == 0 {
		return nil
	}
	v := *l
	t, here := q.technicians[l.Technician]
	if !here {
		v.Technician, v.HandPrice, v.DayPrice = 0, 0, 0
		return &v
	}
	v.Technician, v.Shift = t, Any
	place := 0
	for _, r := range q.routes {
		owner, shift := q.whole.Owner(r)
		if owner != l.Technician {
			continue
		}
		if shift == l.Shift {
			v.Shift = place
		}
		place++
	}
	return &v
}

func (q *Part) site(site int) int {
	i, ok := q.sites[site]
	if !ok {
		i = len(q.sites)
		q.sites[site] = i
	}
	return i
}

// numbers translates what is here of a list.
func (q *Part) numbers(list []int, here map[int]int) []int {
	var out []int
	for _, v := range list {
		if i, ok := here[v]; ok {
			out = append(out, i)
		}
	}
	return out
}

// Merge puts a plan of the part into the whole plan, of which everything else is kept.
func (q *Part) Merge(whole, part Plan) Plan {
	out := Plan{Routes: slices.Clone(whole.Routes)}
	for i, r := range q.routes {
		out.Routes[r] = nil
		for _, j := range part.Routes[i] {
			out.Routes[r] = append(out.Routes[r], q.jobs[j])
		}
	}
	for _, a := range whole.Appointed {
		if _, ok := q.job[a.Job]; !ok {
			out.Appointed = append(out.Appointed, a)
		}
	}
	for _, a := range part.Appointed {
		out.Appointed = append(out.Appointed, Appointed{q.jobs[a.Job], a.Open, a.Close})
	}
	slices.SortFunc(out.Appointed, func(a, b Appointed) int { return a.Job - b.Job })
	return out
}

// Routes are the routes of the whole that the part has.
func (q *Part) Routes() []int { return q.routes }
