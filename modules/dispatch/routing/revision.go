package routing

import (
	"maps"
	"slices"
)

// Leg is the way from one site to another; negative seconds or metres say that
// nobody can travel it.
type Leg struct{ Seconds, Metres int32 }

// Revision collects changes of a problem, which Seal makes all at once. The problem
// stays as it is, for whoever reads it, and shares with the new one what did not
// change. A Revision belongs to one goroutine and is sealed once.
type Revision struct {
	of          *Problem
	spec        Spec
	sites       []newSite
	room        int // for more sites
	ways        func(from, to int, l Leg) Leg
	speeds      bool         // changed
	jobs        map[int]bool // changed
	technicians map[int]bool // changed
	own         map[int]bool // technicians whose list of shifts is a copy
}

// newSite is a site to come: the legs to it and from it, by the other site.
type newSite struct{ to, from []Leg }

// lineage says which problem another was revised from, and what is different.
type lineage struct {
	self, of          *byte // only their addresses count
	jobs, technicians map[int]bool
	ways              bool
}

// Revise begins a revision.
func (p *Problem) Revise() *Revision {
	r := &Revision{of: p, spec: p.spec, jobs: map[int]bool{}, technicians: map[int]bool{}, own: map[int]bool{}}
	r.spec.Jobs, r.spec.Technicians = spared(p.spec.Jobs, 4), slices.Clone(p.spec.Technicians)
	return r
}

// Sites is how many sites there are, the new ones included.
func (r *Revision) Sites() int { return r.of.n + len(r.sites) }

// AddSite adds a site and returns its number: to[i] is the way there from site i,
// from[i] the way from there to site i, for all sites so far. Problems with Others or
// Tolls, and those whose travel is computed, take no new sites.
func (r *Revision) AddSite(to, from []Leg) int {
	r.sites = append(r.sites, newSite{to, from})
	return r.Sites() - 1
}

// SetWays, which is not for travel that is computed, replaces every leg of Spec.Travel, those of new sites aside, by what f makes of it.
func (r *Revision) SetWays(f func(from, to int, l Leg) Leg) { r.ways = f }

// SetSpeeds replaces the speeds of everybody who travels by a profile: 0 is Spec.Travel, k
// is Spec.Others[k-1]. The caller must not change the list afterwards.
func (r *Revision) SetSpeeds(profile int, speeds []Speed) {
	r.speeds = true
	r.spec.Others = slices.Clone(r.spec.Others)
	r.spec.travel(profile).Speeds = speeds
}

// Job is a job as revised so far.
func (r *Revision) Job(j int) Job { return r.spec.Jobs[j] }

// AddJob adds a job and returns its number.
func (r *Revision) AddJob(job Job) int {
	r.spec.Jobs = append(r.spec.Jobs, job)
	r.jobs[len(r.spec.Jobs)-1] = true
	return len(r.spec.Jobs) - 1
}

// SetJob replaces a job. The number of a retired one may be given to another.
func (r *Revision) SetJob(j int, job Job) { r.spec.Jobs[j], r.jobs[j] = job, true }

// Retire takes a job out of the problem, and out of what is frozen or a refill.
func (r *Revision) Retire(j int) {
	job := r.spec.Jobs[j]
	job.Retired = true
	r.SetJob(j, job)
	for t := range r.spec.Technicians {
		for k, s := range r.spec.Technicians[t].Shifts {
			if is := func(v Refill) bool { return v.Job == j }; slices.Contains(s.Frozen, j) || slices.ContainsFunc(s.Refills, is) {
				s.Frozen = slices.DeleteFunc(slices.Clone(s.Frozen), func(v int) bool { return v == j })
				s.Refills = slices.DeleteFunc(slices.Clone(s.Refills), is)
				r.SetShift(t, k, s)
			}
		}
	}
}

// Shifts are a technician's shifts as revised so far; the caller must not change the list.
func (r *Revision) Shifts(technician int) []Shift { return r.spec.Technicians[technician].Shifts }

// Way is how many seconds it takes who sets out at an instant from one site to another,
// both known before the revision, by the road and the speeds from before.
func (r *Revision) Way(from, to int, at int64) int64 {
	if from >= r.of.n || to >= r.of.n {
		return 0
	}
	rd := &r.of.road
	return rd.arrive(at, rd.leg(int32(from), int32(to)).seconds) - at
}

// Shift is a shift as revised so far.
func (r *Revision) Shift(technician, shift int) Shift {
	return r.spec.Technicians[technician].Shifts[shift]
}

// SetShift replaces a shift; the number of shifts stays, see Shift.Off.
func (r *Revision) SetShift(technician, shift int, s Shift) {
	t := &r.spec.Technicians[technician]
	if !r.own[technician] {
		t.Shifts = slices.Clone(t.Shifts)
		r.own[technician] = true
	}
	t.Shifts[shift] = s
	r.technicians[technician] = true
}

// SetSkills replaces what a technician can do.
func (r *Revision) SetSkills(technician int, skills []Grant) {
	r.spec.Technicians[technician].Skills = skills
	r.technicians[technician] = true
}

// Now lets nothing begin before an instant: who is not on duty yet leaves no earlier, who
// is on duty and idle goes on no earlier, and a break that can no longer begin is not
// asked for any more. A shift that is over is Off. Work under way begins when it did;
// whoever sees it outlast its time states a longer Service.
func (r *Revision) Now(now int64) {
	for t := range r.spec.Technicians {
		for k := range r.spec.Technicians[t].Shifts {
			s := &r.spec.Technicians[t].Shifts[k]
			if s.Open < now && !s.Off && (!s.Begun || len(s.Frozen) == 0) {
				r.SetShift(t, k, s.from(now))
			}
		}
	}
}

// from is a shift with an idle technician as it looks at an instant.
func (s Shift) from(now int64) Shift {
	s.Off = now >= s.Close && len(s.Frozen) == 0
	now = min(now, s.Close)
	if s.Begun {
		s.Spent.Work += now - s.Open
	}
	s.Open = now
	s.Breaks = slices.DeleteFunc(slices.Clone(s.Breaks), func(b Break) bool { return b.last() < now })
	return s
}

// Seal checks the changes and makes the new problem, which answers like one made of
// its Spec by New. Faults: ErrSpec.
func (r *Revision) Seal() (*Problem, error) {
	r.of.base.lent.Lock()
	defer r.of.base.lent.Unlock()
	return r.seal()
}

// try makes the new problem for as long as f runs; afterwards nobody may use it. New
// sites then leave no trace, so that one may ask about many places and choose none.
// Trials with new sites of one problem, and of those revised from it, wait for each other.
func (r *Revision) try(f func(p *Problem)) error {
	g := &r.of.base
	if len(r.sites) > 0 {
		g.lent.Lock()
		defer g.lent.Unlock()
	}
	p, err := r.seal()
	if err != nil {
		return err
	}
	f(p)
	if len(r.sites) > 0 && p.base.taken == g.taken {
		g.taken.CompareAndSwap(int32(p.n), int32(r.of.n))
	}
	return nil
}

// Reserve makes room for so many sites more, so that adding them copies nothing.
func (r *Revision) Reserve(sites int) { r.room = sites }

func (r *Revision) seal() (*Problem, error) {
	old, sites := r.of, r.Sites()
	for _, v := range r.spec.Shipments { // what becomes of one half changes the other
		if r.jobs[v.Pickup] || r.jobs[v.Delivery] {
			r.jobs[v.Pickup], r.jobs[v.Delivery] = true, true
		}
	}
	var bad report
	r.spec.Travel.Sites = sites
	_ = r.checkSites(&bad)
	checkAllSpeeds(&bad, &r.spec)
	if checkParts(&bad, &r.spec); bad.fault != nil {
		return nil, bad.fault
	}
	p := &Problem{spec: r.spec, n: sites, past: lineage{new(byte), old.past.self, r.jobs, r.technicians, r.ways != nil || r.speeds}}
	if p.base = r.reviseWays(&bad); bad.fault != nil {
		return nil, bad.fault
	}
	p.reviseRoads(old, r.ways != nil || len(r.sites) > 0, r.speeds)
	if cap(p.spec.Jobs) == len(p.spec.Jobs) {
		p.spec.Jobs = spared(p.spec.Jobs, 1)
	}
	if p.size = sizeOf(p); !p.size.fits(&bad, p) {
		return nil, bad.fault
	}
	if len(r.technicians) == 0 {
		p.takeShifts(old)
	} else {
		p.buildShifts(func(technician, place int) (uint64, bool) {
			return old.shifts[old.Route(technician, place)].print, !r.technicians[technician]
		})
	}
	p.buildJobs()
	p.reviseRules(old, r.jobs, r.technicians)
	p.buildGroups()
	p.buildKinds()
	return p, nil
}

// takeShifts copies the shifts of a problem with the same technicians.
func (p *Problem) takeShifts(old *Problem) {
	p.shifts, p.first = slices.Clone(old.shifts), old.first
	p.timed, p.perJob, p.tasked = old.timed, old.perJob, old.tasked
	for i := range p.shifts {
		p.shifts[i].road = p.roads[p.spec.Technicians[p.shifts[i].technician].way()]
	}
}

// checkSites reports whether something is wrong with the new sites.
func (r *Revision) checkSites(bad *report) bool {
	if len(r.sites) > 0 && (len(r.spec.Others) > 0 || r.spec.Travel.Tolls != nil) {
		bad.say("not_supported", "/travel") // a new site has legs of one matrix only, and no tolls
	}
	if r.of.base.way != nil && (len(r.sites) > 0 || r.ways != nil) {
		bad.say("not_supported", "/travel/way") // a matrix of so many sites is what was to be spared
	}
	for i, s := range r.sites {
		if n := r.of.n + i; len(s.to) != n || len(s.from) != n {
			bad.say("wrong_size", "/travel/%d", n)
		}
		for _, l := range slices.Concat(s.to, s.from) {
			if l.Seconds > maxLeg || l.Metres > maxLeg {
				bad.say("too_large", "/travel/%d", r.of.n+i)
			}
		}
	}
	return bad.fault != nil
}

// reviseWays is the old grid, with more sites or with other ways.
func (r *Revision) reviseWays(bad *report) grid {
	g := r.of.base
	if r.ways != nil {
		g = g.copied(r.of.n, g.stride-r.of.n)
		g.furthest = 0
		for i := range r.of.n {
			for j := range r.of.n {
				l := g.leg(int32(i), int32(j))
				if l.seconds == blocked {
					l = leg{Unreachable, Unreachable}
				}
				v := r.ways(i, j, Leg{l.seconds, l.metres})
				if v.Seconds > maxLeg || v.Metres > maxLeg {
					bad.say("too_large", "/travel/%d/%d", i, j)
				}
				g.set(i, j, legOf(v.Seconds, v.Metres))
			}
		}
	}
	if g.way == nil && r.room > g.stride-r.of.n {
		g = g.copied(r.of.n, r.room)
	}
	if len(r.sites) == 0 {
		return g
	}
	g = g.grown(r.of.n, len(r.sites))
	for i, s := range r.sites {
		n := r.of.n + i
		g.set(n, n, leg{})
		for j := range n {
			g.set(j, n, legOf(s.to[j].Seconds, s.to[j].Metres))
			g.set(n, j, legOf(s.from[j].Seconds, s.from[j].Metres))
		}
	}
	return g
}

// reviseRules takes over who may do what from an older problem, other jobs and
// technicians aside.
func (p *Problem) reviseRules(old *Problem, jobs, technicians map[int]bool) {
	home, before := p.frozenJobs(), old.frozenJobs()
	jobs = maps.Clone(jobs)
	for j, at := range home {
		if was, ok := before[j]; !ok || was != at {
			jobs[j] = true
		}
	}
	for j := range before {
		if _, ok := home[j]; !ok {
			jobs[j] = true
		}
	}
	for _, q := range []*Problem{old, p} {
		for j := range q.supplies {
			jobs[int(j)] = true
		}
	}
	p.may = make(rows, len(p.jobs), len(p.jobs)+1)
	copied := map[*uint64][]uint64{} // a row of the old problem → the same with other technicians
	for j := range p.may {
		switch {
		case jobs[j]:
			p.may[j] = p.row(j, home)
		case len(technicians) == 0 || len(p.shifts) == 0:
			p.may[j] = old.may[j]
		default:
			key := &old.may[j][0]
			if copied[key] == nil {
				copied[key] = p.reviseRow(slices.Clone(old.may[j]), j, home, technicians)
			}
			p.may[j] = copied[key]
		}
	}
	p.findOpen()
}

func (p *Problem) reviseRow(row []uint64, j int, home map[int]int, technicians map[int]bool) []uint64 {
	for t := range technicians {
		from := p.Route(t, 0)
		p.fillRow(row, j, home, from, from+len(p.spec.Technicians[t].Shifts))
	}
	return row
}
