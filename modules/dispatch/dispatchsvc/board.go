package dispatchsvc

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
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
	ExpectedAt     time.Time      `json:"expected_at,omitzero" doc:"when it is reckoned to begin as things stand, where that is not service_start_at"`
	LateSeconds    int64          `json:"late_seconds" doc:"by how much it is expected to begin after its window, or after what the clocks of the case ask"`
	Pinned         bool           `json:"pinned" doc:"a dispatcher chose technician and time"`
	Parts          partsStanding  `json:"parts" enum:"none,held,awaited,late"`
	PartsLate      string         `json:"parts_late,omitempty" doc:"why its parts are late, as a code"`
	PartsFrom      time.Time      `json:"parts_from,omitzero" doc:"they are there then, and the visit begins no earlier; absent where they are late: nobody knows when"`
	By             dispatch.By    `json:"by"`
	Tied           []tiedView     `json:"tied,omitempty" doc:"visits that hang together with it"`
	Version        int64          `json:"version"`
	HeldUntil      time.Time      `json:"held_until,omitzero" doc:"its customer decides until then"`
	Reward         money.Amount   `json:"reward,omitzero" doc:"promised to its customer for the slot"`
}

// partsStanding says how far the parts of a visit are, as far as dispatch knows.
type partsStanding string

const (
	partsNone    partsStanding = "none" // it needs none
	partsHeld    partsStanding = "held"
	partsAwaited partsStanding = "awaited" // their store has not answered yet
	partsBehind  partsStanding = "late"    // they come later than was reckoned
)

// turnout is one stretch of duty on the board.
type turnout struct {
	Day     calendar.Day `json:"day"`
	StartAt time.Time    `json:"start_at"`
	EndAt   time.Time    `json:"end_at"`
	Rests   []stretch    `json:"rests"`
}

// lane is a technician's days on the board.
type lane struct {
	Technician     id.Technician     `json:"technician"`
	Name           string            `json:"name,omitempty" doc:"for those who may know it"`
	Employment     string            `json:"employment"`
	Standing       dispatch.Standing `json:"standing"`
	Skills         []dispatch.Skill  `json:"skills"`
	Start          *geo.Point        `json:"start,omitempty" doc:"where the day begins, coarse; for those who may know the name of one of the node's own"`
	Home           id.Node           `json:"home,omitzero" doc:"of a guest: the node that they belong to"`
	Crossing       *money.Amount     `json:"crossing,omitempty" doc:"of a guest: what each visit here costs on top; absent: they are not lent any more"`
	Until          string            `json:"until,omitempty" doc:"of a guest: the day from which they are not lent any more"`
	Busy           []busy            `json:"busy,omitempty" doc:"when they are under way for other nodes"`
	Shifts         []turnout         `json:"shifts"`
	Absences       []calendar.Day    `json:"absences"`
	MaxMinutes     int64             `json:"max_minutes"`
	MaxVisits      int64             `json:"max_visits,omitempty" doc:"a day; absent: without limit"`
	PlannedMinutes int64             `json:"planned_minutes"` // work and travel
	TravelMinutes  int64             `json:"travel_minutes"`
	Appointments   []bar             `json:"appointments"`
}

// busy is a visit of another node as a board shows it.
type busy struct {
	StartAt time.Time `json:"start_at"` // of the way there
	EndAt   time.Time `json:"end_at"`
	Node    id.Node   `json:"node,omitzero" doc:"for those who see its board"`
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
	Tied      []tiedView        `json:"tied,omitempty" doc:"visits that hang together with it"`
	Version   int64             `json:"version"`
}

// boardView is the board of a node for some local days.
type boardView struct {
	Node        id.Node            `json:"node"`
	Zone        string             `json:"zone"`
	Day         calendar.Day       `json:"day"`
	Days        int                `json:"days"`
	Now         time.Time          `json:"now"`
	Technicians []lane             `json:"technicians"`
	Unassigned  []open             `json:"unassigned"`
	Attention   []dispatch.Concern `json:"attention" doc:"what needs a person, the most pressing first"`
	Slowdowns   []slowdownView     `json:"slowdowns" doc:"while which ways take longer, of those days and not over"`
	Roads       roadsView          `json:"roads" doc:"where the ways of the days come from"`
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

// Board shows days of a node: each technician with shifts, ways and visits, what
// is still open, with reasons, and what of all that needs a person.
func (m *Module) Board(ctx context.Context, node id.Node, day calendar.Day, days int) (boardView, error) {
	caller, _ := access.From(ctx)
	n, err := m.board(ctx, caller.Tenant, node, "board.read")
	if err != nil {
		return boardView{}, err
	}
	var p spread
	if err := m.db.Read(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) error {
		p, err = readSpread(ctx, tx, n, day, max(1, days))
		return err
	}); err != nil {
		return boardView{}, err
	}
	view, err := p.view()
	if err != nil {
		return boardView{}, err
	}
	names, err := m.names(ctx, caller.Tenant, p.crew, knownAt(node))
	if err != nil {
		return boardView{}, err
	}
	for i := range view.Technicians {
		l := &view.Technicians[i]
		if name, ok := names[p.crew[i].Person]; ok {
			if l.Name = name; l.Home.IsZero() {
				l.Start = &p.crew[i].Start
			}
		}
	}
	if err := m.veil(ctx, caller.Tenant, &view); err != nil {
		return boardView{}, err
	}
	return view, m.refer(ctx, caller.Tenant, &view)
}

// veil hides for whom people are under way from those who do not see that board.
func (m *Module) veil(ctx context.Context, tenant id.Tenant, view *boardView) error {
	sees := map[id.Node]bool{}
	for i := range view.Technicians {
		for j := range view.Technicians[i].Busy {
			b := &view.Technicians[i].Busy[j]
			if _, asked := sees[b.Node]; !asked {
				_, err := m.board(ctx, tenant, b.Node, "board.read")
				if err != nil && !errors.Is(err, network.ErrNodeNotFound) {
					return err
				}
				sees[b.Node] = err == nil
			}
			if !sees[b.Node] {
				b.Node = id.Node{}
			}
		}
	}
	return nil
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
