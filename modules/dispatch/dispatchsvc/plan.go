package dispatchsvc

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// planning says how a node's open visits are planned.
type planning struct {
	Days       int             `json:"days,omitempty" minimum:"1" maximum:"14" doc:"how many days ahead, today included; 3 if absent"`
	Iterations int             `json:"iterations,omitempty" minimum:"1" maximum:"20000" doc:"how long the search goes on; 2,000 if absent"`
	Seed       int64           `json:"seed,omitempty" minimum:"0" doc:"the same seed plans the same"`
	Try        bool            `json:"try,omitempty" doc:"nothing is booked: the reply says what would be, for adopt"`
	Move       bool            `json:"move,omitempty" doc:"what is promised and not yet told may go to another technician in its window, unless a dispatcher chose it; only with try"`
	Without    []id.Technician `json:"without,omitempty" maxItems:"200" doc:"as if they were away: their visits go to others; only with try"`

	Watch string `json:"watch,omitempty" minLength:"8" maxLength:"64" pattern:"^[A-Za-z0-9_-]+$" doc:"a name, chosen for this search, under which its progress can be asked meanwhile"`

	report func(share float64, iterations int) // told how much of the search is done; nil: nobody watches
	waited bool                                // only what has waited long enough for somebody to choose a slot
	alone  bool                                // what hangs together with other visits stays where it is
}

// check refuses what only a trial may ask.
func (p *planning) check() error {
	switch {
	case !p.Try && p.Move:
		return dispatch.ErrInvalid.At("/move", "needs_try")
	case !p.Try && len(p.Without) > 0:
		return dispatch.ErrInvalid.At("/without", "needs_try")
	}
	p.Days, p.Iterations = cmp.Or(p.Days, 3), cmp.Or(p.Iterations, 2000)
	return nil
}

// atOnce is how many open visits are planned together.
const atOnce = 200

// bill is what a plan of the node comes to.
type bill struct {
	Cost            money.Amount `json:"cost"` // what is left undone aside
	Visits          int          `json:"visits"`
	Unserved        int          `json:"unserved"`
	TravelSeconds   int64        `json:"travel_seconds"`
	TravelMetres    int64        `json:"travel_metres"`
	OvertimeSeconds int64        `json:"overtime_seconds"`
	LateSeconds     int64        `json:"late_seconds"`
	Waiting         money.Amount `json:"waiting,omitzero" doc:"what it is held against the plan that urgent cases wait; nobody's money, and not in the cost"`
}

// booked is a visit that the plan has found a place for.
type booked struct {
	WorkOrder   id.WorkOrder   `json:"work_order"`
	Appointment id.Appointment `json:"appointment"`
	Technician  id.Technician  `json:"technician"`
	StartAt     time.Time      `json:"start_at"`
	EndAt       time.Time      `json:"end_at"`
}

// unserved is a visit that the plan has no place for, and why.
type unserved struct {
	WorkOrder   id.WorkOrder     `json:"work_order"`
	Appointment id.Appointment   `json:"appointment,omitzero" doc:"a promise that nobody could keep"`
	Code        string           `json:"code,omitempty" doc:"of the refusal, where the plan had a place that was gone when it was to be booked"`
	Why         []dispatch.Block `json:"why"`
}

// outcome is what planning a node came to.
type outcome struct {
	Before     bill       `json:"before"`
	After      bill       `json:"after"`
	Iterations int        `json:"iterations"`
	Gains      int        `json:"gains"` // better plans found on the way
	TurnedAway int        `json:"turned_away,omitempty" doc:"places that the search had found and that bookings would have been refused; it looked for others"`
	Booked     []booked   `json:"booked"`
	Unserved   []unserved `json:"unserved"`
	Places     []place    `json:"places,omitempty" doc:"of a trial: where visits would come"`
	Moves      []handed   `json:"moves,omitempty" doc:"of a trial: which appointments would change hands"`
}

// Plan finds places for the open visits of a node and books them through the
// same saga as anybody; what is promised already keeps its technician and its
// window. For each visit that stays open it writes down what keeps whom from it.
// A trial is worked out in the same way, and changes nothing.
func (m *Module) Plan(ctx context.Context, node id.Node, p planning) (outcome, error) {
	caller, _ := access.From(ctx)
	if _, err := m.board(ctx, caller.Tenant, node, "board.write"); err != nil {
		return outcome{}, err
	}
	if err := p.check(); err != nil {
		return outcome{}, err
	}
	report, done := m.heed(caller.Tenant, node, p.Watch)
	defer done()
	p.report = report
	d, err := m.draft(ctx, caller.Tenant, node, p)
	if err != nil {
		return outcome{}, err
	}
	out := outcome{Before: d.before, After: d.s.bill(d.plan), Iterations: d.stats.Iterations, Gains: d.stats.Gains, TurnedAway: d.turnedAway, Booked: []booked{}, Unserved: []unserved{}}
	out.Before.Unserved, out.After.Unserved = out.Before.Unserved+len(d.shut), out.After.Unserved+len(d.shut)
	if p.Try {
		out.Places, out.Moves, out.Unserved = d.places(), d.moves(), append(d.unserved(), d.keptFree()...)
		return out, nil
	}
	if len(d.s.crew) == 0 {
		return out, nil
	}
	return out, m.carryOut(ctx, caller, d, &out)
}

func placesWished(wishes []wish) (out []geo.Point) {
	for i := range wishes {
		out = append(out, wishes[i].point)
	}
	return out
}

// merged joins windows that touch: while a day is planned, any of them will do.
func merged(windows []dispatch.Window) (out []dispatch.Window) {
	for _, w := range windows {
		if n := len(out); n > 0 && out[n-1].End.Equal(w.Start) {
			out[n-1].End = w.End
			continue
		}
		out = append(out, w)
	}
	return out
}

// bill adds a plan up.
func (s *sheet) bill(plan routing.Plan) bill {
	out := billOf(s.p, plan, s.crew, func(job int) bool { return job < len(s.kept) && s.kept[job].Node != s.on.node })
	out.LateSeconds = 0
	for _, r := range routing.Timetable(s.p, plan) {
		for _, stop := range r.Stops {
			if w := stop.Job - len(s.kept); w >= 0 {
				patience, start := s.patience(&s.wishes[w]), instant(stop.Start)
				out.LateSeconds += patience.IsLate(start)
				out.Waiting.Minor += patience.Waits(start)
			}
		}
	}
	if out.Waiting.Minor > 0 {
		out.Cost.Minor, out.Waiting.Currency = out.Cost.Minor-out.Waiting.Minor, out.Cost.Currency
	}
	return out
}

// billOf adds a plan of some people up, without the visits of guests at home. What only
// decides between people and times is nobody's money, and what is left undone costs
// nothing here.
func billOf(p *routing.Problem, plan routing.Plan, crew []dispatch.Technician, elsewhere func(job int) bool) bill {
	b := routing.Cost(p, plan)
	out := bill{Unserved: len(p.Unserved(plan))}
	out.Cost.Minor = (b.Total() - b.Left - b.Change - b.Balance - b.Repeat).Minor()
	if len(crew) > 0 {
		out.Cost.Currency = crew[0].Hour.Currency
	}
	for _, r := range routing.Timetable(p, plan) {
		out.TravelSeconds += r.Travel
		out.TravelMetres += r.Metres
		out.OvertimeSeconds += r.Overtime
		for _, stop := range r.Stops {
			if elsewhere(stop.Job) {
				continue
			}
			out.Visits++
			out.LateSeconds += stop.Late
		}
	}
	return out
}

// carryOut books what the plan has a place for, route by route in its order, and
// writes down why the rest has none.
func (m *Module) carryOut(ctx context.Context, caller access.Caller, d *draft, out *outcome) error {
	s, plan, open := d.s, d.plan, d.open
	for _, seats := range s.seatings(plan, open) {
		b := booking{work: seats[0].work, technician: seats[0].technician, by: dispatch.ByPlan, user: caller.User, window: seats[0].window, near: seats[0].start, bounded: true}
		if err := m.tryBook(ctx, caller.Tenant, b, seats, out); err != nil {
			return err
		}
	}
	for _, number := range s.p.Unserved(plan) {
		w := number - len(s.kept)
		if w < 0 || w >= len(open) {
			continue // a promise that cannot be kept: the board shows it
		}
		u := unserved{WorkOrder: open[w].WorkOrder, Why: s.blocks(plan, w)}
		if err := m.noteWhy(ctx, caller.Tenant, u); err != nil {
			return err
		}
		out.Unserved = append(out.Unserved, u)
	}
	for _, u := range d.keptFree() {
		if err := m.noteWhy(ctx, caller.Tenant, u); err != nil {
			return err
		}
		out.Unserved = append(out.Unserved, u)
	}
	return nil
}

// tryBook books one visit, and what is booked with it, in a step of its own; what is
// refused stays open.
func (m *Module) tryBook(ctx context.Context, tenant id.Tenant, b booking, seats []seat, out *outcome) error {
	all, err := db.Do(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]appointment, error) {
		return m.bookEach(ctx, tx, b, seats, func(*job) error { return nil })
	})
	f := fault.Of(err)
	switch {
	case err == nil:
		for _, a := range all {
			out.Booked = append(out.Booked, booked{a.WorkOrder, a.ID, a.Technician, a.StartAt, a.EndAt})
		}
		return nil
	case errors.Is(err, dispatch.ErrJobClosed):
		return nil // somebody else was faster
	case f.Kind != fault.Conflict && f.Kind != fault.Invalid:
		return err
	}
	for _, s := range seats {
		u := unserved{WorkOrder: s.work, Code: f.Code, Why: []dispatch.Block{}}
		if rule, ok := f.Args["rule"].(string); ok {
			u.Why = append(u.Why, dispatch.Block{Technician: s.technician, Rule: rule})
		}
		out.Unserved = append(out.Unserved, u)
		if err := m.noteWhy(ctx, tenant, u); err != nil {
			return err
		}
	}
	return nil
}

// noteWhy keeps on the job what was found out, for the board.
func (m *Module) noteWhy(ctx context.Context, tenant id.Tenant, u unserved) error {
	return m.db.InTx(ctx, tenant, func(ctx context.Context, tx *db.Tx) error {
		j, err := jobOf(ctx, tx, u.WorkOrder, tx.ForUpdate())
		if err != nil || !j.State.Open() || !j.WhyAt.IsZero() && slices.Equal(j.Why, u.Why) {
			return err // nothing new, so that nobody looks again because of it
		}
		j.Why, j.WhyAt = u.Why, tx.Now()
		return m.saveJob(ctx, tx, j)
	})
}
