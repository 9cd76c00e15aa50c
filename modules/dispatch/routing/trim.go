package routing

import "slices"

// trim leaves out of a route what breaks its rules: one after another, each job that
// does not fit behind what comes before it. What keeps the rules as a whole stays, even
// where a part of it alone would not.
func (p *Problem) trim(r int, routes [][]int) {
	t := trimmer{p: p, route: r, stated: routes[r]}
	if t.keeps(routes[r]) {
		return
	}
	f := len(p.shifts[r].Frozen)
	t.kept = slices.Clone(routes[r][:f])
	var firsts []int // a delivery comes with its pickup
	for _, j := range routes[r][f:] {
		if p.jobs[j].role != delivery {
			firsts = append(firsts, j)
		}
	}
	t.add(firsts)
	routes[r] = t.kept
}

// trimmer cuts one route down.
type trimmer struct {
	p      *Problem
	route  int
	stated []int // in the order in which the jobs are to stay
	kept   []int
}

// add keeps as much of some jobs as fits behind what is kept: all at once where that
// is possible, or else the first half and then the second. So a route of which little
// is wrong, or little is right, is not walked once for every job.
func (t *trimmer) add(jobs []int) {
	if len(jobs) == 0 {
		return
	}
	if next := t.with(jobs); t.keeps(next) {
		t.kept = next
		return
	}
	if half := len(jobs) / 2; half > 0 {
		t.add(jobs[:half])
		t.add(jobs[half:])
	}
}

// with is what is kept and some more jobs, deliveries where they are stated.
func (t *trimmer) with(jobs []int) []int {
	next := append(slices.Clone(t.kept), jobs...)
	if !t.p.paired {
		return next
	}
	in := make(map[int]bool, 2*len(next))
	for _, j := range next {
		in[j] = true
	}
	for _, j := range jobs {
		if mate := t.p.jobs[j].mate; mate != Any {
			in[int(mate)] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(t.stated), func(j int) bool { return !in[j] })
}

func (t *trimmer) keeps(jobs []int) bool { return len(t.p.checkRoute(t.route, jobs)) == 0 }
