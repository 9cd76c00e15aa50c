package resident

import (
	"fmt"
	"slices"

	"fettle.dev/fettle/modules/dispatch/routing"
)

func (c Depart) apply(d *draft) error { return d.begin(c.Key, c.Technician, c.Shift, c.At, false) }
func (c Arrive) apply(d *draft) error { return d.begin(c.Key, c.Technician, c.Shift, c.At, true) }

// begin puts a job under way: it is where it is, whatever the plan said.
func (d *draft) begin(key, technician string, k int, at int64, arrived bool) error {
	j, err := d.job(key)
	if err != nil {
		return err
	}
	t, s, err := d.shift(technician, k)
	if err != nil {
		return err
	}
	if at < s.Open && s.Begun {
		return fmt.Errorf("at %d: %w", at, ErrPast)
	}
	if len(s.Frozen) > 0 && !slices.Equal(s.Frozen, []int{j}) {
		return fmt.Errorf("technician %q has work under way: %w", technician, ErrKnown)
	}
	if s.Begun {
		s.Spent.Work += at - s.Open
	}
	s.Begun, s.Off, s.Open, s.Frozen = true, false, at, []int{j}
	s.Close = max(s.Close, at)
	if arrived {
		s.Start = d.rev.Job(j).Site
	}
	d.rev.SetShift(t, k, s)
	d.move(j, d.Problem().Route(t, k))
	return nil
}

// move puts a job in front of a route.
func (d *draft) move(j, route int) {
	for r, jobs := range d.plan.Routes {
		if slices.Contains(jobs, j) {
			d.plan.Routes[r] = slices.DeleteFunc(slices.Clone(jobs), func(v int) bool { return v == j })
		}
	}
	d.plan.Routes[route] = append([]int{j}, d.plan.Routes[route]...)
}

func (c Finish) apply(d *draft) error {
	t, s, err := d.shift(c.Technician, c.Shift)
	if err != nil {
		return err
	}
	if len(s.Frozen) == 0 {
		return fmt.Errorf("work of technician %q: %w", c.Technician, ErrUnknown)
	}
	if c.At < s.Open {
		return fmt.Errorf("at %d: %w", c.At, ErrPast)
	}
	j := s.Frozen[0]
	s.Spent.Work += c.At - s.Open
	s.Spent.Jobs++
	s.Start, s.Open, s.Close, s.Frozen = d.rev.Job(j).Site, c.At, max(s.Close, c.At), s.Frozen[1:]
	d.rev.SetShift(t, c.Shift, s)
	d.named[j] = true
	d.retire(j)
	return nil
}

func (c Rested) apply(d *draft) error {
	t, s, err := d.shift(c.Technician, c.Shift)
	if err != nil {
		return err
	}
	if len(s.Breaks) == 0 || !s.Begun || len(s.Frozen) > 0 || c.At < s.Open {
		return fmt.Errorf("break of technician %q: %w", c.Technician, ErrUnknown)
	}
	s.Spent.Work += c.At - s.Open
	s.Open, s.Close, s.Breaks = c.At, max(s.Close, c.At), s.Breaks[1:]
	d.rev.SetShift(t, c.Shift, s)
	return nil
}

func (c Away) apply(d *draft) error {
	t, err := d.technician(c.Technician)
	if err != nil {
		return err
	}
	for k, s := range d.rev.Shifts(t) {
		if s.Off || s.Close < c.From || s.Open >= c.Until {
			continue
		}
		if s.Open >= c.From || c.From <= d.now {
			s.Off, s.Frozen = true, nil
		} else {
			s.Close = c.From
			if d.ends(s) > s.Close {
				s.Frozen = nil
			}
		}
		d.rev.SetShift(t, k, s)
	}
	return nil
}

// ends is when the work under way of a shift is expected to be over.
func (d *draft) ends(s routing.Shift) int64 {
	at, now := s.Start, s.Open
	for _, j := range s.Frozen {
		job := d.rev.Job(j)
		now += d.rev.Way(at, job.Site, now) + job.Service
		at = job.Site
	}
	return now
}

func (c Duty) apply(d *draft) error {
	t, _, err := d.shift(c.Technician, c.Shift)
	if err == nil {
		d.rev.SetShift(t, c.Shift, c.As)
	}
	return err
}

func (c Tick) apply(d *draft) error {
	if c.Now < d.now {
		return fmt.Errorf("now %d: %w", c.Now, ErrPast)
	}
	d.now = c.Now
	for j := range d.jobs {
		if u := d.jobs[j].until; u > 0 && u <= c.Now {
			d.named[j] = true
			d.retire(j)
		}
	}
	for t := range d.people.list {
		for _, s := range d.rev.Shifts(t) {
			if late := c.Now - d.ends(s); s.Begun && len(s.Frozen) > 0 && late > 0 {
				job := d.rev.Job(s.Frozen[0])
				job.Service += late
				d.rev.SetJob(s.Frozen[0], job)
			}
		}
	}
	d.rev.Now(c.Now)
	return nil
}
