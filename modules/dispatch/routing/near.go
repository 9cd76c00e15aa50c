package routing

import (
	"cmp"
	"slices"
)

// Shift is a shift of a technician; the caller must not change its lists.
func (p *Problem) Shift(technician, shift int) Shift {
	return p.shifts[p.Route(technician, shift)].Shift
}

// ShiftsOf is how many shifts a technician has.
func (p *Problem) ShiftsOf(technician int) int { return len(p.spec.Technicians[technician].Shifts) }

// Apart is how far a job is from the nearest of others, in seconds there and back and
// some for the metres.
func (p *Problem) Apart(job int, others []int) int64 {
	least := Never
	for _, o := range others {
		least = min(least, p.apart(p.jobs[job].site, p.jobs[o].site))
	}
	return least
}

// Near lists the routes nearest to some jobs: those that serve them first, then those of
// shifts at the time of these, or in the windows of what has no place, by their nearest
// visit. At most so many.
func (v *View) Near(jobs []int, most int) []int {
	p, s := v.s.p, v.s
	var times []Window
	serves := map[int32]bool{}
	for _, j := range jobs {
		if at := s.at[j]; at >= 0 {
			serves[at] = true
			times = append(times, Window{p.shifts[at].Open, p.shifts[at].Close})
		} else {
			times = append(times, p.jobs[j].windows...)
		}
	}
	type near struct {
		route int
		apart int64
	}
	var list []near
	for k := range s.routes {
		sh := &p.shifts[k]
		if serves[int32(k)] {
			list = append(list, near{k, -1})
			continue
		}
		if sh.Off || !slices.ContainsFunc(times, func(w Window) bool { return w.Open <= sh.Close && w.Close >= sh.Open }) {
			continue
		}
		list = append(list, near{k, s.reach(int32(k), jobs)})
	}
	slices.SortStableFunc(list, func(a, b near) int { return cmp.Compare(a.apart, b.apart) })
	var out []int
	for _, n := range list[:min(len(list), most)] {
		out = append(out, n.route)
	}
	return out
}

// reach is how far a route is from some jobs.
func (s *search) reach(at int32, jobs []int) int64 {
	least := Never
	for _, j := range jobs {
		site := s.p.jobs[j].site
		least = min(least, s.p.apart(int32(s.p.shifts[at].Start), site))
		for _, k := range s.routes[at].jobs {
			least = min(least, s.p.apart(s.p.jobs[k].site, site))
		}
	}
	return least
}

// Job is a job as the problem states it; the caller must not change its lists.
func (p *Problem) Job(job int) Job { return p.spec.Jobs[job] }
