package dispatchsvc

import (
	"context"
	"maps"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// stretch is a part of a day.
type stretch struct {
	StartAt time.Time `json:"start_at"`
	EndAt   time.Time `json:"end_at"`
}

// bar is an appointment on the board.
type bar struct {
	ID             id.Appointment `json:"id"`
	WorkOrder      id.WorkOrder   `json:"work_order"`
	Case           id.Case        `json:"case"`
	Reference      string         `json:"reference,omitempty" doc:"of the case, as it is said on the phone"`
	State          dispatch.State `json:"state"`
	StartAt        time.Time      `json:"start_at"`
	EndAt          time.Time      `json:"end_at"`
	ServiceStartAt time.Time      `json:"service_start_at"`
	ServiceEndAt   time.Time      `json:"service_end_at"`
	TravelSeconds  int64          `json:"travel_seconds"`
	Coarse         geo.Point      `json:"coarse"`
	Conflict       bool           `json:"conflict,omitempty" doc:"it does not fit into the day any more"`
	By             dispatch.By    `json:"by"`
	Version        int64          `json:"version"`
}

// lane is a technician's day on the board.
type lane struct {
	Technician     id.Technician     `json:"technician"`
	Name           string            `json:"name,omitempty" doc:"for those who may know it"`
	Employment     string            `json:"employment"`
	Standing       dispatch.Standing `json:"standing"`
	Skills         []dispatch.Skill  `json:"skills"`
	Shift          *stretch          `json:"shift,omitempty" doc:"absent: no duty that day"`
	Rests          []stretch         `json:"rests,omitempty"`
	Absent         bool              `json:"absent,omitempty"`
	MaxMinutes     int64             `json:"max_minutes"`
	PlannedMinutes int64             `json:"planned_minutes"` // work and travel
	TravelMinutes  int64             `json:"travel_minutes"`
	Appointments   []bar             `json:"appointments"`
}

// open is a visit that nobody is promised for yet.
type open struct {
	WorkOrder id.WorkOrder      `json:"work_order"`
	Case      id.Case           `json:"case"`
	Reference string            `json:"reference,omitempty" doc:"of the case, as it is said on the phone"`
	State     dispatch.JobState `json:"state"`
	Minutes   int64             `json:"minutes"`
	Needs     needs             `json:"needs"`
	Priority  int64             `json:"priority"`
	Coarse    geo.Point         `json:"coarse"`
	Zone      string            `json:"zone"`
	DueAt     time.Time         `json:"due_at,omitzero" doc:"the visit begins late after this"`
	ReadyAt   time.Time         `json:"ready_at"`
	Passed    []id.Technician   `json:"passed,omitempty" doc:"who said no, or nothing"`
	Why       []dispatch.Block  `json:"why,omitempty" doc:"what keeps whom from it, as last looked for"`
	WhyAt     time.Time         `json:"why_at,omitzero"`
	Version   int64             `json:"version"`
}

// boardView is the board of a node for one local day.
type boardView struct {
	Node        id.Node      `json:"node"`
	Zone        string       `json:"zone"`
	Day         calendar.Day `json:"day"`
	Now         time.Time    `json:"now"`
	Technicians []lane       `json:"technicians"`
	Unassigned  []open       `json:"unassigned"`
}

// board returns the node if the caller may do the action to its board.
func (m *Module) board(ctx context.Context, tenant id.Tenant, node id.Node, action string) (network.Node, error) {
	n, err := m.network.Node(ctx, tenant, node)
	if err != nil {
		return n, err
	}
	err = m.guard.Can(ctx, action, access.Resource{Kind: "board", ID: node.Raw(), Node: node, Partner: n.Partner, Country: string(n.Country)})
	return n, hidden(err, network.ErrNodeNotFound)
}

// Board shows a node's day: each technician with shift, ways and visits, and
// what is still open, with reasons.
func (m *Module) Board(ctx context.Context, node id.Node, day calendar.Day) (boardView, error) {
	caller, _ := access.From(ctx)
	n, err := m.board(ctx, caller.Tenant, node, "board.read")
	if err != nil {
		return boardView{}, err
	}
	view := boardView{Node: node, Zone: n.Zone, Unassigned: []open{}}
	var crew []dispatch.Technician
	err = m.db.Read(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) error {
		view.Now, view.Day, view.Unassigned = tx.Now(), day, []open{}
		if day == 0 {
			view.Day = calendar.DayAt(tx.Now(), zone(n.Zone))
		}
		if crew, err = crewOf(ctx, tx, node); err != nil {
			return err
		}
		from, until := dayOf(view.Day, n.Zone)
		all, err := occupying(ctx, tx, "node_id", node, from, until)
		if err != nil {
			return err
		}
		on, err := groundOf(ctx, tx, crew)
		if err != nil {
			return err
		}
		if view.Technicians, err = lanes(on, tx.Now(), from, view.Day, crew, all); err != nil {
			return err
		}
		jobs, err := openJobs(ctx, tx, node, atOnce, dispatch.Unplanned, dispatch.Offered, dispatch.Held)
		for i := range jobs {
			view.Unassigned = append(view.Unassigned, jobs[i].show())
		}
		return err
	})
	if err != nil {
		return boardView{}, err
	}
	names, err := m.names(ctx, caller.Tenant, crew)
	if err != nil {
		return boardView{}, err
	}
	for i := range view.Technicians {
		view.Technicians[i].Name = names[crew[i].Person]
	}
	return view, m.refer(ctx, caller.Tenant, &view)
}

// refer writes on every visit of the board what its case is called.
func (m *Module) refer(ctx context.Context, tenant id.Tenant, view *boardView) error {
	places := map[id.Case][]*string{}
	for i := range view.Unassigned {
		o := &view.Unassigned[i]
		places[o.Case] = append(places[o.Case], &o.Reference)
	}
	for i := range view.Technicians {
		for j := range view.Technicians[i].Appointments {
			b := &view.Technicians[i].Appointments[j]
			places[b.Case] = append(places[b.Case], &b.Reference)
		}
	}
	references, err := m.desk.References(ctx, tenant, slices.Collect(maps.Keys(places)))
	for c, reference := range references {
		for _, at := range places[c] {
			*at = reference
		}
	}
	return err
}

// dayOf is when a local day begins and ends.
func dayOf(day calendar.Day, name string) (from, until time.Time) {
	at := func(d calendar.Day) time.Time {
		t := time.Unix(int64(d)*24*60*60, 0).UTC()
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone(name)).UTC()
	}
	return at(day), at(day + 1)
}

func (j *job) show() open {
	return open{
		WorkOrder: j.WorkOrder, Case: j.Case, State: j.State, Minutes: j.Minutes, Needs: j.Needs, Priority: j.Priority, Coarse: j.Coarse, Zone: j.Zone,
		DueAt: j.due(), ReadyAt: j.ReadyAt, Passed: j.Passed, Why: j.Why, WhyAt: j.WhyAt, Version: j.Version,
	}
}

// lanes lays the day out, technician by technician.
func lanes(on ground, now, noon time.Time, day calendar.Day, crew []dispatch.Technician, all []appointment) ([]lane, error) {
	s, err := newSheet(on, now, noon, 1, crew, all, nil)
	if err != nil {
		return nil, err
	}
	out := []lane{}
	for i := range crew {
		t := &crew[i]
		l := lane{
			Technician: t.ID, Employment: string(t.Employment), Standing: t.Standing, Skills: t.Skills, Absent: t.AbsentOn(day),
			MaxMinutes: t.MaxMinutes, Appointments: []bar{},
		}
		if duty, ok := t.DutyOn(day, zone(t.Zone)); ok {
			l.Shift = &stretch{duty.Open, duty.Close}
			for _, r := range duty.Rests {
				l.Rests = append(l.Rests, stretch{r.Start, r.End})
			}
		}
		for _, a := range all {
			if a.Technician != t.ID || calendar.DayAt(a.ServiceStartAt, zone(t.Zone)) != day {
				continue
			}
			l.add(&a, s.conflicts(a.ID))
		}
		out = append(out, l)
	}
	return out, nil
}

// add lays a visit on the lane.
func (l *lane) add(a *appointment, conflict bool) {
	l.TravelMinutes += (a.TravelSeconds + 59) / 60
	l.PlannedMinutes += (a.TravelSeconds+59)/60 + int64(a.ServiceEndAt.Sub(a.ServiceStartAt)/time.Minute)
	l.Appointments = append(l.Appointments, bar{
		ID: a.ID, WorkOrder: a.WorkOrder, Case: a.Case, State: a.State, StartAt: a.StartAt, EndAt: a.EndAt, ServiceStartAt: a.ServiceStartAt,
		ServiceEndAt: a.ServiceEndAt, TravelSeconds: a.TravelSeconds, Coarse: a.Coarse, Conflict: conflict, By: a.Reasons.By, Version: a.Version,
	})
}

// conflicts reports whether a promise cannot be kept as the day stands.
func (s *sheet) conflicts(a id.Appointment) bool {
	if slices.ContainsFunc(s.loose, func(l appointment) bool { return l.ID == a }) {
		return true
	}
	i := slices.IndexFunc(s.kept, func(k appointment) bool { return k.ID == a })
	return i >= 0 && slices.Contains(s.p.Unserved(s.plan), i)
}
