package dispatchsvc

import (
	"cmp"
	"context"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// priced is what a visit adds to its technician's day by where that comes from, in
// minor units. Each part is rounded by itself, so they may differ from the whole by
// some units.
type priced struct {
	Travel   int64 `json:"travel" doc:"time on the road"`
	Distance int64 `json:"distance"`
	Work     int64 `json:"work" doc:"time on duty, of those who are paid by it"`
	Night    int64 `json:"night"`
	Overtime int64 `json:"overtime"`
	CallOut  int64 `json:"call_out"`
	Lateness int64 `json:"lateness"`
	Waiting  int64 `json:"waiting" doc:"that an urgent case waits until then; nobody's money"`
	Crossing int64 `json:"crossing" doc:"that this technician comes from another node"`
	Visit    int64 `json:"visit" doc:"price of a visit"`
	Repeat   int64 `json:"repeat" doc:"how likely somebody has to come again; nobody's money"`
	Balance  int64 `json:"balance" doc:"that this technician has much to do already; nobody's money"`
	Change   int64 `json:"change" doc:"that visits begin at another time than was told; nobody's money"`
}

// pricedBy is the difference of two bills.
func pricedBy(was, is *routing.Bill) priced {
	by := func(of func(*routing.Bill) routing.Grain) int64 { return (of(is) - of(was)).Minor() }
	return priced{
		Travel:   by(func(b *routing.Bill) routing.Grain { return b.Travel }),
		Distance: by(func(b *routing.Bill) routing.Grain { return b.Distance }),
		Work:     by(func(b *routing.Bill) routing.Grain { return b.Work }),
		Night:    by(func(b *routing.Bill) routing.Grain { return b.Night }),
		Overtime: by(func(b *routing.Bill) routing.Grain { return b.Overtime }),
		CallOut:  by(func(b *routing.Bill) routing.Grain { return b.CallOut }),
		Lateness: by(func(b *routing.Bill) routing.Grain { return b.Lateness }),
		Crossing: by(func(b *routing.Bill) routing.Grain { return b.Surcharge }),
		Visit:    by(func(b *routing.Bill) routing.Grain { return b.Visits }),
		Repeat:   by(func(b *routing.Bill) routing.Grain { return b.Repeat }),
		Balance:  by(func(b *routing.Bill) routing.Grain { return b.Balance }),
		Change:   by(func(b *routing.Bill) routing.Grain { return b.Change }),
	}
}

// assignment is why an appointment is where it is.
type assignment struct {
	Appointment id.Appointment `json:"appointment"`
	Technician  id.Technician  `json:"technician"`
	By          dispatch.By    `json:"by"`
	Fits        bool           `json:"fits" doc:"its day still has a place for it"`
	Rule        string         `json:"rule,omitempty" doc:"that keeps it from its place, where it does not fit any more"`
	Cost        *money.Amount  `json:"cost,omitempty" doc:"what it adds to the day"`
	Parts       *priced        `json:"parts,omitempty" doc:"minor units of cost's currency"`
	Rivals      []consequence  `json:"rivals" doc:"everybody else in the same window: who could, the cheapest first, with what more it would cost; then who could not, with the rule"`
}

// Why says what an assignment costs and who else could have it.
func (m *Module) Why(ctx context.Context, a id.Appointment) (assignment, error) {
	caller, _ := access.From(ctx)
	found, err := m.seenBy(ctx, caller.Tenant, a)
	if err != nil {
		return assignment{}, err
	}
	n, err := m.network.Node(ctx, caller.Tenant, found.Node)
	if err != nil {
		return assignment{}, err
	}
	t := trial{node: n}
	var cells []cell
	err = m.db.Read(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) error {
		t = trial{node: n, now: tx.Now()}
		if t.plan, err = m.plan(ctx, tx, n.ID, planAge); err != nil {
			return err
		}
		cells = nil
		for _, c := range t.plan.crew {
			cells = append(cells, cell{Technician: c.ID})
		}
		return t.read(ctx, tx, &probe{Appointment: a}, cells)
	})
	if err != nil {
		return assignment{}, err
	}
	return t.assignment(cells)
}

// seenBy returns an appointment if the caller sees the board that it is on.
func (m *Module) seenBy(ctx context.Context, tenant id.Tenant, a id.Appointment) (appointment, error) {
	found, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (appointment, error) { return appointmentOf(ctx, tx, a, "") })
	if err != nil {
		return found, err
	}
	r := found.resource()
	r.Kind = "board"
	return found, hidden(m.guard.Can(ctx, "board.read", r), dispatch.ErrNotFound)
}

// assignment compares where the visit is with everybody else.
func (t *trial) assignment(cells []cell) (assignment, error) {
	out := assignment{Appointment: t.moving.ID, Technician: t.moving.Technician, By: t.moving.Reasons.By, Rivals: []consequence{}}
	q, err := t.ask(cells)
	if err == nil {
		err = t.seatTied(cells)
	}
	if err != nil {
		return out, err
	}
	stays, err := q.stay(t)
	if err != nil {
		return out, err
	}
	out.Fits, out.Rule, out.Cost, out.Parts = stays.Cost != nil, stays.Rule, stays.Cost, stays.parts
	for _, c := range cells {
		if c.Technician == t.moving.Technician {
			continue
		}
		r, err := q.consequence(t, c)
		if err != nil {
			return out, err
		}
		if r.Cost != nil && stays.Cost != nil {
			r.less(stays)
		}
		out.Rivals = append(out.Rivals, r)
	}
	slices.SortStableFunc(out.Rivals, func(a, b consequence) int {
		if x, y := a.rank(), b.rank(); x != y || a.Cost == nil {
			return x - y
		}
		return cmp.Compare(a.Cost.Minor, b.Cost.Minor)
	})
	return out, nil
}

// rank puts those who could first, then those whom a dispatcher may ask all the same.
func (c *consequence) rank() int {
	switch {
	case c.Fits:
		return 0
	case !c.Hard:
		return 1
	default:
		return 2
	}
}

// relaxation is one rule that would have to give way so that an open visit is
// served; it was carried out and checked.
type relaxation struct {
	Rule       string         `json:"rule"`
	Technician id.Technician  `json:"technician"`
	By         int64          `json:"by" doc:"by how much the rule would have to give way"`
	Unit       string         `json:"unit" enum:"seconds,metres,visits,minor,none"`
	StartAt    time.Time      `json:"start_at" doc:"when the visit would begin"`
	Moved      id.Appointment `json:"moved,omitzero" doc:"the promise that would have to move"`
	Cost       money.Amount   `json:"cost"`
}

// openReasons is why nobody has an open visit.
type openReasons struct {
	WorkOrder   id.WorkOrder     `json:"work_order"`
	Days        int              `json:"days" doc:"that were looked at, today included"`
	Fits        bool             `json:"fits" doc:"somebody could take it as things are"`
	Why         []dispatch.Block `json:"why" doc:"per technician the first rule that blocks; none where it fits"`
	Relaxations []relaxation     `json:"relaxations" doc:"the cheapest first; empty where it fits, and where no single rule is enough"`
}

// WhyOpen says what keeps whom from an open visit, and which single rule would have
// to give way.
func (m *Module) WhyOpen(ctx context.Context, node id.Node, wo id.WorkOrder, days int) (openReasons, error) {
	caller, _ := access.From(ctx)
	if _, err := m.board(ctx, caller.Tenant, node, "board.read"); err != nil {
		return openReasons{}, err
	}
	var s *sheet
	err := m.db.Read(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err := m.plan(ctx, tx, node, planAge)
		if err == nil {
			s, days, err = p.openSheet(ctx, tx, wo, days)
		}
		return err
	})
	if err != nil {
		return openReasons{}, err
	}
	out := openReasons{WorkOrder: wo, Days: days, Why: s.blocks(s.plan, 0), Relaxations: []relaxation{}}
	out.Fits = slices.ContainsFunc(out.Why, func(b dispatch.Block) bool { return b.Rule == "" })
	if out.Why == nil {
		out.Why = []dispatch.Block{}
	}
	if !out.Fits {
		out.Relaxations = s.relaxations(0)
	}
	return out, nil
}

// openSheet states the days of a node with one open visit, and says how many: more
// than were asked for where those that it hangs together with are promised later.
func (p *nodePlan) openSheet(ctx context.Context, tx *db.Tx, wo id.WorkOrder, days int) (*sheet, int, error) {
	j, err := jobOf(ctx, tx, wo, "")
	switch {
	case err == nil && j.Node != p.node:
		return nil, 0, dispatch.ErrNoJob
	case err == nil && !j.State.Open() && j.State != dispatch.Held:
		return nil, 0, dispatch.ErrJobClosed.With("state", j.State)
	case err != nil:
		return nil, 0, err
	}
	g, err := groupOf(ctx, tx, &j)
	if err != nil {
		return nil, 0, err
	}
	now := tx.Now()
	days = g.reach(wo, now, days)
	all, on, err := p.around(ctx, tx, now, now.Add(time.Duration(days+1)*24*time.Hour), j.Coarse)
	if err != nil {
		return nil, 0, err
	}
	windows := dispatch.WindowsFrom(now, days, zone(j.Zone))
	if len(windows) == 0 { // the last one of today has begun
		windows = dispatch.WindowsFrom(now, days+1, zone(j.Zone))
	}
	s, err := newSheet(on, now, now, days, p.crew, all, g.wishes(&j, windows))
	return s, days, err
}

// reach is for how many days to look at a visit so that the first moment which the
// others leave it is among them; at least as many as are asked for.
func (g group) reach(wo id.WorkOrder, now time.Time, days int) int {
	r, _ := g.room(wo)
	first := r.From
	if !r.At.IsZero() {
		first = r.At
	}
	if first.Before(now) {
		return days
	}
	return max(days, min(int(first.Sub(now)/(24*time.Hour))+2, mostDays)) // by the calendar it may be one day more
}

// relaxations are the rules that might give way for a wish, each done and checked.
func (s *sheet) relaxations(wish int) []relaxation {
	out := []relaxation{}
	for _, r := range routing.Relax(s.p, s.plan, s.number(wish)) {
		t := &s.crew[r.Technician]
		if s.broken[s.p.Route(r.Technician, r.Shift)] || !t.Serves(s.on.node, s.duties[r.Technician][r.Shift].Day) {
			continue // more than one rule would have to give way there
		}
		if r.Moved >= 0 && r.Moved < len(s.kept) && s.kept[r.Moved].Node != s.on.node {
			continue // another node's promise
		}
		if s.wishes[wish].bound && (r.Rule == routing.RuleWindow || r.Rule == routing.RulePinned) {
			continue // it would be out of order with those that it hangs together with
		}
		v := relaxation{
			Rule: string(r.Rule), Technician: t.ID, By: r.By, Unit: unitOf(r.Rule), StartAt: instant(r.Start),
			Cost: money.Of(r.Cost.Minor(), t.Hour.Currency),
		}
		if r.Moved >= 0 && r.Moved < len(s.kept) {
			v.Moved = s.kept[r.Moved].ID
		}
		out = append(out, v)
	}
	return out
}

// unitOf is what a rule that gives way is counted in.
func unitOf(r routing.Rule) string {
	switch r {
	case routing.RuleWindow, routing.RulePart, routing.RuleShift, routing.RuleWork, routing.RuleTravel, routing.RulePromise:
		return "seconds"
	case routing.RuleDistance:
		return "metres"
	case routing.RuleJobs:
		return "visits"
	case routing.RulePrice:
		return "minor"
	default:
		return "none"
	}
}
