package resident

import (
	"fmt"
	"slices"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// Restate says anew what some shifts of a technician are and what they hold, as whoever
// keeps the facts has written it down. It wishes for nothing: what a shift holds stands in
// the order that is given, as far as that can be carried out. What it held before and holds
// no more is planned anew, unless it is cancelled or restated elsewhere.
type Restate struct {
	Technician string
	Places     []Place // of the sites below, which count in it
	Shifts     []Stated
}

// Stated is a shift as it is now.
type Stated struct {
	Shift int           // within the technician
	As    routing.Shift // Start and End count in Restate.Places, Frozen in Holds
	Holds []Work        // in order, what is frozen first
}

// Work is a job of a shift, new or known.
type Work struct {
	Key string
	Job routing.Job // Site counts in Restate.Places; technicians in it are numbers
}

// check refuses what counts beyond the lists.
func (c *Restate) check(d *draft) error {
	for _, s := range c.Shifts {
		if _, _, err := d.shift(c.Technician, s.Shift); err != nil {
			return err
		}
		sites := []int{s.As.Start, s.As.End}
		for _, w := range s.Holds {
			sites = append(sites, w.Job.Site)
			if w.Key == "" {
				return fmt.Errorf("job %q: %w", w.Key, ErrUnknown)
			}
		}
		within := func(i, n int) bool { return i >= 0 && i < n }
		if slices.ContainsFunc(sites, func(i int) bool { return !within(i, len(c.Places)) }) ||
			slices.ContainsFunc(s.As.Frozen, func(i int) bool { return !within(i, len(s.Holds)) }) {
			return fmt.Errorf("shift %d of technician %q: %w", s.Shift, c.Technician, ErrSetup)
		}
	}
	return nil
}

func (c Restate) apply(d *draft) error {
	t, err := d.technician(c.Technician)
	if err != nil {
		return err
	}
	if err := c.check(d); err != nil {
		return err
	}
	sites := make([]int, len(c.Places))
	for i, p := range c.Places {
		sites[i] = d.site(p)
	}
	for _, s := range c.Shifts {
		jobs := make([]int, len(s.Holds))
		for i, w := range s.Holds {
			w.Job.Site = sites[w.Job.Site]
			jobs[i] = d.put(w)
		}
		s.As.Start, s.As.End, s.As.Frozen = sites[s.As.Start], sites[s.As.End], slices.Clone(s.As.Frozen)
		for i, at := range s.As.Frozen {
			s.As.Frozen[i] = jobs[at]
		}
		d.rev.SetShift(t, s.Shift, s.As)
		d.fill(d.Problem().Route(t, s.Shift), jobs)
	}
	return nil
}

// put says what a job is, be it new or known, and returns its number.
func (d *draft) put(w Work) int {
	e := entry{key: w.Key, free: w.Job.Windows, pin: w.Job.Pin, kept: w.Job.Promised}
	j, known := d.number[w.Key]
	if !known {
		if j = d.vacant(); j < 0 {
			j = d.rev.AddJob(w.Job)
			d.jobs = append(d.jobs, e)
		}
	}
	d.rev.SetJob(j, w.Job)
	d.jobs[j], d.number[w.Key], d.named[j] = e, j, true
	return j
}

// fill gives a route its jobs, and takes them out of others.
func (d *draft) fill(route int, jobs []int) {
	for r, list := range d.plan.Routes {
		if slices.ContainsFunc(list, func(j int) bool { return slices.Contains(jobs, j) }) {
			d.plan.Routes[r] = slices.DeleteFunc(slices.Clone(list), func(j int) bool { return slices.Contains(jobs, j) })
		}
	}
	d.plan.Routes[route] = jobs
}

// Over begins with the problem that was made of the setup's Spec, and a plan of it that
// Check approves. Errors: ErrSetup.
func Over(p *routing.Problem, plan routing.Plan, s Setup) (*Board, error) {
	if p.Jobs() != len(s.Spec.Jobs) || len(routing.Check(p, plan)) > 0 {
		return nil, fmt.Errorf("plan: %w", ErrSetup)
	}
	return begin(p, plan, s)
}
