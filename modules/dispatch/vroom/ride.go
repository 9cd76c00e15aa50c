package vroom

import "fettle.dev/fettle/modules/dispatch/routing"

// ride follows one vehicle along its route and writes the steps. The starts of
// visits and breaks are those of the timetable; the rest follows from them, as
// the format has it: who waits for a break drives on meanwhile, and who works on
// at the same place sets up once. In traffic a way takes what it takes when the timetable
// has it, so nobody drives on while waiting for a break there.
type ride struct {
	p        *Problem
	v        *vehicle
	road     *profile
	duty     int64 // seconds from leaving to coming home
	now      int64 // free since
	from, to int   // sites of the last place and the next
	owed     int64 // seconds of travel left to the next place
	leg      int64 // seconds of that way
	ahead    int64 // metres of that way
	figures  figures
	metres   int64 // so far, to the last place
	charged  int64 // costs of a cost matrix
	tasks    int64 // seconds of set-up and service
	load     []int64
	steps    []stop
	distance bool // distances are known
}

// drive sets out for a place, which takes so many seconds.
func (d *ride) drive(to int, seconds int64) {
	d.from, d.to = d.to, to
	cell := d.from*d.p.places.count + to
	d.leg = seconds
	d.owed, d.ahead = d.leg, 0
	d.figures.Duration += d.leg
	if d.distance {
		d.ahead = d.road.distance(d.from, d.to)
	}
	if d.road.costs != nil {
		d.charged += int64(d.road.costs[cell])
	}
}

// arrive drives what is left and writes when that is.
func (d *ride) arrive(s *stop) {
	d.now, d.owed, d.metres, d.ahead = d.now+d.owed, 0, d.metres+d.ahead, 0
	s.Arrival = d.now
	d.put(s)
}

// put fills in what every step has and appends it.
func (d *ride) put(s *stop) {
	s.Duration = d.figures.Duration - d.owed
	s.Violations = []violation{}
	if d.load != nil {
		s.Load = append([]int64(nil), d.load...)
	}
	if d.distance {
		so := d.metres
		if d.leg > 0 {
			so += d.ahead * (d.leg - d.owed) / d.leg
		}
		s.Distance = &so
	}
	d.figures.Setup += s.Setup
	d.figures.Service += s.Service
	d.figures.Waiting += s.Waiting
	d.steps = append(d.steps, *s)
}

// begin writes where and when a vehicle starts: at its first stop where it starts
// anywhere.
func (d *ride) begin(leave int64, first *job) {
	d.now = leave
	s := stop{Type: "start", Location: d.v.Start, Index: d.v.StartIndex, Arrival: leave}
	if !d.p.startsSomewhere(d.v) {
		s.Location, s.Index = first.Location, first.Index
	}
	d.put(&s)
}

// rest takes a break that starts at an instant, and drives until then.
func (d *ride) rest(b *pause, start int64) {
	driven := max(0, min(d.owed, start-d.now))
	d.owed -= driven
	d.now += driven
	s := stop{Type: "break", ID: b.ID, Description: b.Description, Service: b.Service, Arrival: d.now, Waiting: start - d.now}
	d.now = start + b.Service
	d.put(&s)
}

// visit does a job that starts at an instant.
func (d *ride) visit(i int, start int64) {
	j := &d.p.doc.Jobs[i]
	setup, service := j.times(d.v.kind())
	if d.from == d.to {
		setup = 0
	}
	s := stop{
		Type: j.step(), ID: j.ID, Description: j.Description, Location: j.Location, Index: j.Index,
		Setup: setup, Service: service, Waiting: start - d.now - d.owed,
	}
	if j.kind == kindJob {
		s.Job = j.ID
	}
	d.carry(j)
	d.figures.Priority += j.Priority
	d.arrive(&s)
	d.now = start + setup + service
	if j.step() != kindRefill {
		d.tasks += setup + service
	}
}

// carry hands over what is delivered and takes on board what is picked up.
func (d *ride) carry(j *job) {
	for k, v := range j.delivery() {
		d.load[k] -= v
		d.figures.Delivery[k] += v
	}
	for k, v := range j.Pickup {
		d.load[k] += v
		d.figures.Pickup[k] += v
	}
}

// home ends the route, at its last stop where the vehicle ends anywhere. Breaks that
// were not due on the way are taken before.
func (d *ride) home(rests []rest, breaks []routing.Break, last *job) {
	for k, r := range rests {
		b := &breaks[k]
		start := max(d.now+d.owed, b.Open)
		if start > b.Close {
			start, _ = enter(b.Later, start)
		}
		d.rest(&d.v.Breaks[r.of], start)
	}
	s := stop{Type: "end", Location: d.v.End, Index: d.v.EndIndex}
	if !d.p.endsSomewhere(d.v) {
		s.Location, s.Index = last.Location, last.Index
	}
	d.arrive(&s)
}

// cost is what the route costs, to the nearest whole unit.
func (d *ride) cost() int64 {
	c := &d.v.Costs
	const unit = 18_000 // grains of routing: 5 to a second at a price per hour, 18 to a metre at a price per kilometre
	sum := c.Fixed*unit + c.PerTaskHour*d.tasks*5 + c.PerWorkHour*d.duty*5
	if d.road.costs != nil {
		return routing.Grain(sum + d.charged*unit).Minor()
	}
	return routing.Grain(sum + c.perHour()*d.figures.Duration*5 + c.PerKM*d.metres*18).Minor()
}
