package dispatchsvc

import (
	"slices"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// daylight is one local day of a zone, which is stated as one sheet.
type daylight struct {
	day  calendar.Day
	zone string
}

// answers are the sheets of a trial, each asked about every window of its day.
type answers map[daylight]*daysAnswer

// daysAnswer is what one day says.
type daysAnswer struct {
	crew    []dispatch.Technician
	windows []dispatch.Window
	asked   []*answer // by window
}

// dayFor is the day on which a technician would begin in a window.
func dayFor(t *dispatch.Technician, w dispatch.Window) daylight {
	return daylight{calendar.DayAt(w.Start, zone(t.Zone)), t.Zone}
}

// ask states each day once, with those technicians who are asked about.
func (t *trial) ask(cells []cell) (answers, error) {
	out := answers{}
	if t.tied != nil {
		return out, nil // asked by itself
	}
	add := func(c cell, windows []dispatch.Window) {
		tech := t.crew[c.Technician]
		for _, w := range windows {
			at := dayFor(&tech, w)
			if out[at] == nil {
				out[at] = &daysAnswer{}
			}
			out[at].include(tech, w)
		}
	}
	for _, c := range cells {
		add(c, t.windows(c))
	}
	if t.moving != nil {
		if _, ok := t.crew[t.moving.Technician]; ok {
			add(t.home(), t.windows(t.home()))
		}
	}
	for at, d := range out {
		if err := d.state(t, at); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// home is where the visit is now.
func (t *trial) home() cell { return cell{Technician: t.moving.Technician, StartAt: t.moving.StartAt} }

// include adds a technician and a window to the day, once.
func (d *daysAnswer) include(t dispatch.Technician, w dispatch.Window) {
	if d.technician(&t) < 0 {
		d.crew = append(d.crew, t)
	}
	if !slices.Contains(d.windows, w) {
		d.windows = append(d.windows, w)
	}
}

func (d *daysAnswer) technician(t *dispatch.Technician) int {
	return slices.IndexFunc(d.crew, func(c dispatch.Technician) bool { return c.ID == t.ID })
}

// state states the day and asks it about every window. Whoever said no before may
// be asked again, as a dispatcher may.
func (d *daysAnswer) state(t *trial, at daylight) error {
	wishes := make([]wish, len(d.windows))
	for i, w := range d.windows {
		wishes[i] = t.job.wish([]dispatch.Window{w})
		wishes[i].passed = nil
	}
	s, err := newSheet(t.on, t.now, d.windows[0].Start, 1, d.crew, t.all, wishes)
	if err != nil {
		return err
	}
	d.asked = make([]*answer, len(wishes))
	for i := range wishes {
		d.asked[i] = s.ask(i)
	}
	return nil
}

// stay is what the visit costs where it is; without a cost when its day has no place
// for it any more.
func (q answers) stay(t *trial) (*consequence, error) {
	if _, ok := t.crew[t.moving.Technician]; !ok { // who has left the node
		return &consequence{Rule: string(routing.RuleNoShift), Hard: true}, nil
	}
	here := *t
	here.beyond = nil // it is there, whatever another node has learnt since
	c, err := q.at(&here, t.home(), t.windows(t.home())[0])
	return &c, err
}

// consequence is the cheapest that a cell allows.
func (q answers) consequence(t *trial, c cell) (consequence, error) {
	var best consequence
	for i, w := range t.windows(c) {
		next, err := q.at(t, c, w)
		if err != nil {
			return next, err
		}
		if i == 0 || next.Cost != nil && (best.Cost == nil || next.Cost.Minor < best.Cost.Minor) {
			best = next
		}
	}
	return best, nil
}

// at is what one window of a cell comes to.
func (q answers) at(t *trial, c cell, w dispatch.Window) (consequence, error) {
	out := consequence{Technician: c.Technician, StartAt: c.StartAt, Shifted: []pushed{}}
	if rule := t.forbids(c, w); rule != "" {
		out.Rule, out.Hard = rule, true
		return out, nil
	}
	if t.tied != nil {
		return t.tiedAt(c, w, out)
	}
	tech := t.crew[c.Technician]
	d := q[dayFor(&tech, w)]
	f, err := d.asked[slices.Index(d.windows, w)].fit(d.technician(&tech), zone(t.job.Zone))
	if err == nil && tech.Roams() {
		wish := t.job.wish([]dispatch.Window{w})
		wish.passed = nil
		err = t.beyond.holds(t.on, t.now, &tech, t.mine(&tech), wish, &f)
	}
	if err != nil {
		return out, out.hindered(err)
	}
	out.settle(f)
	if slices.Contains(t.job.Passed, c.Technician) && (t.moving == nil || t.moving.Technician != c.Technician) {
		out.Fits, out.Rule = false, rulePassed
	}
	return out, nil
}

// mine is what occupies a technician, some appointments left out of account.
func (t *trial) mine(who *dispatch.Technician, leave ...id.Appointment) []appointment {
	return slices.DeleteFunc(slices.Clone(t.all), func(a appointment) bool { return a.Technician != who.ID || slices.Contains(leave, a.ID) })
}

// forbids says why nobody may promise a window, "" for one that may be. The
// window that an appointment has may be kept to its end.
func (t *trial) forbids(c cell, w dispatch.Window) string {
	switch {
	case w.Start.After(t.now.Add(farthest)):
		return ruleTooFar
	case !w.End.After(t.now):
		return rulePast
	case !c.StartAt.IsZero() && !c.StartAt.Equal(c.StartAt.Truncate(time.Minute)):
		return ruleMinute
	default:
		return ""
	}
}

// settle says what a place that was found comes to.
func (c *consequence) settle(f fitted) {
	r := &f.slot.Reasons
	c.Fits = true
	c.Slot = &placed{f.slot.Technician, f.slot.StartAt, f.slot.EndAt, f.slot.ServiceStartAt, f.end}
	c.Cost, c.parts = &r.Cost, &f.parts
	c.TravelSeconds, c.TravelMetres, c.OvertimeSeconds, c.LateSeconds = r.TravelSeconds, r.TravelMetres, r.OvertimeSeconds, r.LateSeconds
	for _, o := range f.others {
		if !o.start.Equal(o.of.ServiceStartAt) && o.of.Node == f.node {
			c.Shifted = append(c.Shifted, pushed{o.of.ID, o.of.ServiceStartAt, o.start})
		}
	}
}
