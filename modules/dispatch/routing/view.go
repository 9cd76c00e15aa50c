package routing

import "slices"

// View is a plan together with all that is derived of its routes. Nothing in it
// changes, so many may ask it at once; the view of a changed plan shares with it the
// routes that stayed as they were.
type View struct {
	s    *search
	plan Plan
}

// NewView looks at a plan, which must be one that Check approves. The caller must not
// change its routes afterwards.
func NewView(p *Problem, plan Plan) *View {
	s := bareSearch(p, nil)
	if s.tied != nil {
		s.loadTied(plan)
	}
	for k := range s.routes {
		s.lay32(int32(k), plan.Routes[k])
	}
	return s.view(plan)
}

// Problem is the problem whose plan this is.
func (v *View) Problem() *Problem { return v.s.p }

// Plan is the plan; the caller must not change it.
func (v *View) Plan() Plan { return v.plan }

// Served reports whether a route serves the job, and which.
func (v *View) Served(job int) (route int, ok bool) {
	if job < 0 || job >= len(v.s.at) || v.s.at[job] < 0 {
		return Any, false
	}
	return int(v.s.at[job]), true
}

// Same reports whether a route of another view is the same one: same visits at the
// same times.
func (v *View) Same(other *View, route int) bool {
	return route < len(v.s.routes) && v.s.routes[route] == other.s.routes[route]
}

// Why is what Why says of the plan.
func (v *View) Why(job int) []Block {
	p := v.s.p
	if job < 0 || job >= len(p.jobs) || v.s.at[job] >= 0 || p.jobs[job].retired || p.jobs[job].role == refill {
		return nil
	}
	if v.s.tied != nil || p.paired { // the search takes notes about those
		return Why(p, v.plan, job)
	}
	return v.s.reader().why(job)
}

// reader is a search that asks the same routes, with a scratch of its own.
func (s *search) reader() *search {
	r := *s
	r.mid, r.two, r.notes, r.levels, r.without, r.buf = nil, pairing{}, nil, nil, nil, [2][]int32{}
	return &r
}

// Fits reports whether a job that the plan does not serve has a place in it, nothing else
// moving. p is the view's problem or one revised from it.
func (v *View) Fits(p *Problem, job int) bool {
	s, _ := v.follow(p, p.cleared(v.plan))
	m := mender{s: s}
	_, where := m.best(int32(job))
	return where.cost < none
}

// Follow looks at another plan, of the same problem or of one revised from it, which
// Check approves.
func (v *View) Follow(p *Problem, plan Plan) *View {
	s, _ := v.follow(p, plan)
	return s.view(plan)
}

// follow makes a search with another plan, and lists the routes that are different.
func (v *View) follow(p *Problem, plan Plan) (s *search, changed []int32) {
	s = bareSearch(p, nil)
	s.clock = v.s.clock
	if s.tied != nil {
		s.loadTied(plan)
	}
	same := p.sameRoutes(v.s.p)
	for k, jobs := range plan.Routes {
		if k < len(v.s.routes) && same(int32(k), v.s.routes[k].jobs) && equalJobs(v.s.routes[k].jobs, jobs) {
			s.routes[k] = v.s.routes[k]
			s.seat(int32(k))
			continue
		}
		s.lay32(int32(k), jobs)
		changed = append(changed, int32(k))
	}
	return s, changed
}

// sameRoutes reports of a route of an older problem whether what is derived of it
// holds in this one.
func (p *Problem) sameRoutes(old *Problem) func(at int32, jobs []int32) bool {
	if p.past.self == old.past.self {
		return func(_ int32, jobs []int32) bool { return !p.links(jobs) }
	}
	if p.past.of != old.past.self || p.past.ways || !p.judgesLike(old) {
		return func(int32, []int32) bool { return false }
	}
	return func(at int32, jobs []int32) bool {
		sh, was := &p.shifts[at], &old.shifts[at]
		return !p.links(jobs) && !old.links(jobs) && !p.past.technicians[int(sh.technician)] && !slices.ContainsFunc(jobs, func(j int32) bool {
			// a new job at the same site may save this one its set-up
			return p.past.jobs[int(j)] || p.least(sh, &p.jobs[j]) != old.least(was, &old.jobs[j])
		})
	}
}

// links reports whether one of the jobs is linked: then appointments, too, decide what
// is derived of their route.
func (p *Problem) links(jobs []int32) bool {
	return len(p.groups) > 0 && slices.ContainsFunc(jobs, func(j int32) bool { return p.jobs[j].linked })
}

// judgesLike reports whether two problems derive the same of a route.
func (p *Problem) judgesLike(q *Problem) bool {
	return p.plain == q.plain && p.timed == q.timed && p.open == q.open && p.perJob == q.perJob && p.paired == q.paired &&
		slices.Equal(p.sums, q.sums) && slices.Equal(p.peaks, q.peaks) && slices.Equal(p.used, q.used)
}

func equalJobs(a []int32, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if int(a[i]) != b[i] {
			return false
		}
	}
	return true
}

// lay32 makes a new route of the jobs and reports whether it keeps the rules of time
// and way.
func (s *search) lay32(at int32, jobs []int) (kept bool) {
	r := &route{jobs: make([]int32, len(jobs))}
	for i, j := range jobs {
		r.jobs[i] = int32(j)
	}
	s.routes[at] = r
	return s.refresh(at)
}

// seat notes where the jobs of a route are.
func (s *search) seat(at int32) {
	for k, j := range s.routes[at].jobs {
		s.at[j], s.pos[j] = at, int32(k)
	}
}

// view derives what is left to derive, so that nothing is when it is read.
func (s *search) view(plan Plan) *View {
	for k, r := range s.routes {
		s.deepen(r, &s.p.shifts[k])
		s.stow(r)
	}
	return &View{s, plan}
}
