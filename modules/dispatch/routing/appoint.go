package routing

import (
	"cmp"
	"slices"
)

// Appointed is when a linked visit starts in a plan. Whatever starts the visits of
// a group have in their appointed windows, their links hold; so a route is judged
// by itself, as if its visits were not linked.
type Appointed struct {
	Job   int   `json:"job"`
	Open  int64 `json:"open"`
	Close int64 `json:"close"`
}

// Appoint returns a copy of the plan in which a linked job starts within a window.
func (l Plan) Appoint(job int, w Window) Plan {
	c := l.Clone()
	i, found := slices.BinarySearchFunc(c.Appointed, job, func(a Appointed, j int) int { return cmp.Compare(a.Job, j) })
	if !found {
		c.Appointed = slices.Insert(c.Appointed, i, Appointed{})
	}
	c.Appointed[i] = Appointed{job, w.Open, w.Close}
	return c
}

// own is a copy of a problem whose jobs may be given other windows.
func (p *Problem) own() *Problem {
	q := *p
	q.jobs = spared(p.jobs, 1)
	return &q
}

// appointed is the problem with the windows that a plan appoints to linked jobs.
// What a plan appoints to other jobs is not heard.
func (p *Problem) appointed(plan Plan) *Problem {
	if len(p.groups) == 0 || len(plan.Appointed) == 0 {
		return p
	}
	q := p.own()
	for _, a := range plan.Appointed {
		if a.Job >= 0 && a.Job < len(q.jobs) && q.jobs[a.Job].linked {
			q.jobs[a.Job].within(Window{a.Open, a.Close})
		}
	}
	return q
}

// within leaves of the windows of a job what lies in w.
func (v *job) within(w Window) {
	var left []Window
	for _, o := range v.windows {
		if o = (Window{max(o.Open, w.Open), min(o.Close, w.Close)}); o.Open <= o.Close {
			left = append(left, o)
		}
	}
	v.windows, v.open, v.close = left, Never, -1
	if len(left) > 0 {
		v.open, v.close = left[0].Open, left[len(left)-1].Close
	}
}

// checkGroups looks at the timetable, not at what is appointed: groups are whole,
// starts and technicians are as the links ask.
func (p *Problem) checkGroups(plan Plan) (out []Breach) {
	if len(p.groups) == 0 {
		return nil
	}
	at, start := p.starts(plan)
	for _, g := range p.groups {
		for _, j := range g.jobs {
			if at[j] >= 0 && slices.ContainsFunc(g.jobs, func(k int32) bool { return at[k] < 0 }) {
				out = append(out, Breach{int(at[j]), int(j), RuleGroup})
			}
		}
	}
	for i := range p.spec.Links {
		l := &p.spec.Links[i]
		a, b := at[l.First], at[l.Second]
		if a < 0 || b < 0 {
			continue
		}
		gap := start[l.Second] - start[l.First]
		alike := p.shifts[a].technician == p.shifts[b].technician
		if l.Crew == SameCrew && !alike || l.Crew == OtherCrew && alike || l.Sequence == Together && gap != 0 || l.Sequence == Follows && !l.keeps(gap-p.spec.Jobs[l.First].Service) {
			out = append(out, Breach{int(b), l.Second, RuleApart})
		}
	}
	return out
}

func (l *Link) keeps(gap int64) bool { return gap >= l.Least && (l.Most == 0 || gap <= l.Most) }

// starts tells of each job its route, or -1, and when the timetable starts it. What
// the plan appoints has spoken.
func (p *Problem) starts(plan Plan) (at []int32, start []int64) {
	at, start = make([]int32, len(p.jobs)), make([]int64, len(p.jobs))
	for j := range at {
		at[j] = -1
	}
	for r, jobs := range plan.Routes {
		if !slices.ContainsFunc(jobs, func(j int) bool { return p.jobs[j].linked }) {
			continue
		}
		for _, s := range p.schedule(r, jobs).Stops {
			at[s.Job], start[s.Job] = int32(r), s.Start
		}
	}
	return at, start
}

// appoint completes what a plan appoints: a group that it serves as the links ask,
// but without windows that ensure it, gets some around the starts of the timetable.
// What it appoints to jobs that it does not serve, or that are not linked, goes.
func (p *Problem) appoint(plan Plan) Plan {
	if len(p.groups) == 0 {
		plan.Appointed = nil
		return plan
	}
	q := p.appointed(plan)
	at, start := q.starts(plan)
	out := Plan{Routes: plan.Routes}
	for _, g := range p.groups {
		windows, starts := make([]Window, len(g.jobs)), make([]int64, len(g.jobs))
		served := 0
		for i, j := range g.jobs {
			served += b2i(at[j] >= 0)
			windows[i], starts[i] = Window{q.jobs[j].open, q.jobs[j].close}, start[j]
		}
		if served == len(g.jobs) && !g.implies(windows) {
			g.widen(starts, windows)
		}
		for i, j := range g.jobs {
			if at[j] >= 0 {
				w := p.jobs[j].around(starts[i], windows[i])
				out.Appointed = append(out.Appointed, Appointed{int(j), w.Open, w.Close})
			}
		}
	}
	slices.SortFunc(out.Appointed, func(a, b Appointed) int { return cmp.Compare(a.Job, b.Job) })
	return out
}

// around is what a window leaves of that window of a job in which it starts.
func (v *job) around(start int64, w Window) Window {
	for _, o := range v.windows {
		if o.Open <= start && start <= o.Close {
			return Window{max(o.Open, w.Open), min(o.Close, w.Close)}
		}
	}
	return Window{start, start}
}

// regroup takes groups that are not whole, or not together as their links ask, out
// of a plan whose routes keep the rules, and with them what then breaks one. What goes may
// have been the way to a member of another group, so it goes on as long as anything does.
func (p *Problem) regroup(plan Plan) Plan {
	plan = p.appoint(plan)
	for range p.jobs {
		breaches := Check(p, plan)
		if breaches == nil {
			break
		}
		q := p.appointed(plan)
		for r, jobs := range plan.Routes {
			plan.Routes[r] = slices.DeleteFunc(jobs, func(j int) bool { return p.hit(breaches, r, j) })
			q.trim(r, plan.Routes)
		}
		plan = p.appoint(plan)
	}
	return plan
}

// hit reports whether job j of route r has to go for a breach: with its group, or
// as the linked job of a route that breaks a rule as a whole.
func (p *Problem) hit(breaches []Breach, r, j int) bool {
	g := p.group(int32(j))
	return g != nil && slices.ContainsFunc(breaches, func(b Breach) bool {
		return b.Job != Any && slices.Contains(g.jobs, int32(b.Job)) || b.Job == Any && b.Route == r
	})
}
