package resident

import (
	"slices"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// Cause is a code for why a job's visit is another than before.
type Cause string

// Causes.
const (
	Named    Cause = "named"     // the disturbance is about this job
	Lost     Cause = "lost"      // its place cannot be kept: the shift is gone or too full
	MadeRoom Cause = "made_room" // it moved, or left, so that another fits
	Found    Cause = "found"     // there is a place now where there was none
	Shifted  Cause = "shifted"   // same technician and shift, another time
	Improved Cause = "improved"  // the plan is better this way
)

// Change is a job whose visit is another than before.
type Change struct {
	Job      string
	From, To *Visit // nil: no place
	Why      Cause
}

// Hands reports whether another technician comes than before.
func (c *Change) Hands() bool {
	return c.From != nil && c.To != nil && c.From.Technician != c.To.Technician
}

// Unkept is a job that has no place though it is promised or pinned, had one before, or
// has just come.
type Unkept struct {
	Job      string
	Promised bool            // promised, pinned or frozen
	Why      []routing.Block // by technician, what stands between
}

// Answer says what a disturbance has changed.
type Answer struct {
	Changes       []Change
	Unkept        []Unkept // what is promised and has no place, be it old or new; what has lost its place or found none
	Before, After routing.Bill
}

// Cost is by how much the plan is dearer than before.
func (a *Answer) Cost() routing.Grain { return a.After.Total() - a.Before.Total() }

// answer compares two boards; named are the jobs that the disturbance speaks of, cut
// those whose place could not be kept.
func (b *Board) answer(next *Board, named map[int]bool, cut []int) Answer {
	a := Answer{Before: b.bill, After: next.bill}
	lost := make(map[int]bool, len(cut))
	for _, j := range cut {
		lost[j] = true
	}
	before, after := b.moved(next)
	for _, j := range jobsOf(before, after) {
		c := Change{Job: next.jobs[j].key}
		if v, ok := before[j]; ok {
			c.From = &v
		}
		if v, ok := after[j]; ok {
			c.To = &v
		}
		if c.Job == "" {
			c.Job = b.jobs[j].key
		}
		if c.From != nil && c.To != nil && *c.From == *c.To {
			continue
		}
		c.Why = c.cause(named[j], lost[j])
		a.Changes = append(a.Changes, c)
	}
	a.Unkept = b.unkept(next, lost)
	return a
}

func (c *Change) cause(named, lost bool) Cause {
	switch {
	case named:
		return Named
	case c.From == nil:
		return Found
	case lost:
		return Lost
	case c.To == nil || c.From.Technician != c.To.Technician || c.From.Shift != c.To.Shift:
		return MadeRoom
	default:
		return Shifted
	}
}

// moved are the visits of the routes that differ, before and after, by job.
func (b *Board) moved(next *Board) (before, after map[int]Visit) {
	before, after = map[int]Visit{}, map[int]Visit{}
	for r := range next.Plan().Routes {
		if b.view.Same(next.view, r) {
			continue
		}
		for j, v := range b.visits(r) {
			before[j] = v
		}
		for j, v := range next.visits(r) {
			after[j] = v
		}
	}
	return before, after
}

// jobsOf are the jobs of both, in order.
func jobsOf(a, b map[int]Visit) []int {
	var out []int
	for j := range a {
		out = append(out, j)
	}
	for j := range b {
		if _, both := a[j]; !both {
			out = append(out, j)
		}
	}
	slices.Sort(out)
	return out
}

// unkept names what the next board does not serve: the promised, and what had or needed
// a place.
func (b *Board) unkept(next *Board, lost map[int]bool) (out []Unkept) {
	p := next.Problem()
	for _, j := range p.Unserved(next.Plan()) {
		firm := p.Firm(j)
		key := next.jobs[j].key
		old, known := b.number[key]
		if _, had := b.view.Served(old); firm || lost[j] || known && had {
			out = append(out, Unkept{key, firm, next.view.Why(j)})
		}
	}
	return out
}
