package resident

import (
	"fmt"
	"slices"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// draft is a board in the making.
type draft struct {
	*Board
	rev    *routing.Revision
	plan   routing.Plan
	holds  []int        // numbers of the jobs that must find a place without moving others
	named  map[int]bool // jobs that a disturbance speaks of
	closed []int        // numbers that are free from now on
	keyed  bool         // people and places are copies
}

func (b *Board) draft() *draft {
	d := &draft{Board: b.copied(), rev: b.Problem().Revise(), named: map[int]bool{}}
	d.plan = routing.Plan{Routes: slices.Clone(b.Plan().Routes)}
	return d
}

func (d *draft) job(key string) (int, error) {
	j, ok := d.number[key]
	if !ok {
		return 0, fmt.Errorf("job %q: %w", key, ErrUnknown)
	}
	d.named[j] = true
	return j, nil
}

func (d *draft) technician(key string) (int, error) {
	t, ok := d.people.number[key]
	if !ok {
		return 0, fmt.Errorf("technician %q: %w", key, ErrUnknown)
	}
	return t, nil
}

// shift finds a technician and one of their shifts.
func (d *draft) shift(key string, k int) (t int, s routing.Shift, err error) {
	if t, err = d.technician(key); err != nil {
		return 0, s, err
	}
	if k < 0 || k >= len(d.rev.Shifts(t)) {
		return 0, s, fmt.Errorf("shift %d of technician %q: %w", k, key, ErrUnknown)
	}
	return t, d.rev.Shift(t, k), nil
}

// edit changes a job.
func (d *draft) edit(key string, f func(job *routing.Job, e *entry)) error {
	j, err := d.job(key)
	if err != nil {
		return err
	}
	job := d.rev.Job(j)
	f(&job, &d.jobs[j])
	d.rev.SetJob(j, job)
	return nil
}

// site finds a place or adds it.
func (d *draft) site(p Place) int {
	if i, ok := d.places.number[p.Key]; ok {
		return i
	}
	if !d.keyed {
		d.keyed = true
		number := make(map[string]int, len(d.places.list)+1)
		for i, key := range d.places.list {
			number[key] = i
		}
		d.places = keys{slices.Clone(d.places.list), number}
	}
	i := d.rev.AddSite(p.Ways.To, p.Ways.From)
	d.places.list = append(d.places.list, p.Key)
	d.places.number[p.Key] = i
	return i
}

func (c Add) apply(d *draft) error {
	_, err := d.add(c)
	return err
}

// add gives a job the number of one that is over, or a new one.
func (d *draft) add(c Add) (int, error) {
	if _, ok := d.number[c.Key]; ok || c.Key == "" {
		return 0, fmt.Errorf("job %q: %w", c.Key, ErrKnown)
	}
	c.Job.Site = d.site(c.Place)
	e := entry{key: c.Key, free: c.Job.Windows, pin: c.Job.Pin, kept: c.Job.Promised}
	j := d.vacant()
	if j >= 0 {
		d.rev.SetJob(j, c.Job)
		d.jobs[j] = e
	} else {
		j = d.rev.AddJob(c.Job)
		d.jobs = append(d.jobs, e)
	}
	d.number[c.Key], d.named[j] = j, true
	return j, nil
}

// vacant is a number that no job has, or -1.
func (d *draft) vacant() int {
	for j := range d.jobs {
		if d.jobs[j].key == "" && !slices.Contains(d.closed, j) {
			return j
		}
	}
	return -1
}

func (c Cancel) apply(d *draft) error {
	j, err := d.job(c.Key)
	if err == nil {
		d.retire(j)
	}
	return err
}

// retire takes a job out. Its number is given to another only by a later draft, so that
// the answer to this one can tell them apart.
func (d *draft) retire(j int) {
	d.rev.Retire(j)
	delete(d.number, d.jobs[j].key)
	d.jobs[j] = entry{}
	d.closed = append(d.closed, j)
}

func (c Overrun) apply(d *draft) error {
	return d.edit(c.Key, func(job *routing.Job, _ *entry) { job.Service = c.Service })
}

func (c Part) apply(d *draft) error {
	return d.edit(c.Key, func(job *routing.Job, _ *entry) { job.PartsFrom = c.From })
}

func (c Promise) apply(d *draft) error {
	pin, err := d.pin(c.Technician)
	if err != nil {
		return err
	}
	return d.edit(c.Key, func(job *routing.Job, e *entry) {
		job.Windows, job.Promised, e.until = []routing.Window{c.Window}, true, 0
		if job.Pin = e.pin; pin != nil {
			job.Pin = pin
		}
	})
}

// pin is to a technician, or nil without one.
func (d *draft) pin(technician string) (*routing.Pin, error) {
	if technician == "" {
		return nil, nil //nolint:nilnil // no technician, no pin
	}
	t, err := d.technician(technician)
	return &routing.Pin{Technician: t, Start: routing.Any}, err
}

func (c Release) apply(d *draft) error {
	return d.edit(c.Key, func(job *routing.Job, e *entry) {
		job.Windows, job.Pin, job.Promised, e.until = e.free, e.pin, e.kept, 0
	})
}

func (c Hold) apply(d *draft) error {
	pin, err := d.pin(c.Technician)
	if err != nil {
		return err
	}
	if c.Until <= d.now {
		return fmt.Errorf("hold until %d: %w", c.Until, ErrPast)
	}
	j, err := d.add(c.Add)
	if err != nil {
		return err
	}
	d.holds = append(d.holds, j)
	return d.edit(c.Key, func(job *routing.Job, e *entry) {
		job.Windows, job.Promised, e.until = []routing.Window{c.Window}, true, c.Until
		if pin != nil {
			job.Pin = pin
		}
	})
}

func (c Ride) apply(d *draft) error {
	d.rev.SetWays(func(from, to int, l routing.Leg) routing.Leg {
		return c.Ways(d.places.list[from], d.places.list[to], l)
	})
	return nil
}
