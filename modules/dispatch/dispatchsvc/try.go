package dispatchsvc

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// cell is a place on the board.
type cell struct {
	Technician id.Technician `json:"technician"`
	StartAt    time.Time     `json:"start_at,omitzero" doc:"the beginning of the two-hour window; absent: the cheapest of the day; without a day an appointment keeps its own"`
}

// probe asks what would happen if a visit were put somewhere.
type probe struct {
	WorkOrder   id.WorkOrder    `json:"work_order,omitzero" doc:"an open visit; or appointment"`
	Appointment id.Appointment  `json:"appointment,omitzero"`
	Technician  id.Technician   `json:"technician,omitzero" doc:"one candidate, at start_at"`
	Technicians []id.Technician `json:"technicians,omitempty" maxItems:"200" doc:"several candidates, each at start_at"`
	StartAt     time.Time       `json:"start_at,omitzero" doc:"the beginning of the two-hour window"`
	Cells       []cell          `json:"cells,omitempty" maxItems:"200" doc:"several candidates, each with a time of its own"`
	Day         calendar.Day    `json:"day,omitzero" doc:"on which the time is left open; absent: today at the node, or as an appointment is"`
}

// most candidates, and days over which they may lie, of one probe.
const (
	mostCells = 200
	mostDays  = 14
)

// cells are all candidates, in the order in which they are answered.
func (p *probe) cells() ([]cell, error) {
	bad := dispatch.ErrInvalid
	if p.WorkOrder.IsZero() == p.Appointment.IsZero() {
		return nil, bad.At("/work_order", "one_of")
	}
	var out []cell
	if !p.Technician.IsZero() {
		out = append(out, cell{p.Technician, p.StartAt})
	}
	for _, t := range p.Technicians {
		out = append(out, cell{t, p.StartAt})
	}
	out = append(out, p.Cells...)
	switch {
	case len(out) == 0:
		return nil, bad.At("/technician", "required")
	case len(out) > mostCells:
		return nil, bad.At("/cells", "too_many")
	}
	return out, nil
}

// pointer names the candidate of a number in the request.
func (p *probe) pointer(n int) string {
	if !p.Technician.IsZero() {
		if n == 0 {
			return "/technician"
		}
		n--
	}
	if n < len(p.Technicians) {
		return "/technicians/" + strconv.Itoa(n)
	}
	return "/cells/" + strconv.Itoa(n-len(p.Technicians)) + "/technician"
}

// placed is where a visit would come.
type placed struct {
	Technician     id.Technician `json:"technician"`
	StartAt        time.Time     `json:"start_at"`
	EndAt          time.Time     `json:"end_at"`
	ServiceStartAt time.Time     `json:"service_start_at"`
	ServiceEndAt   time.Time     `json:"service_end_at"`
}

// pushed is another visit whose planned time moves within its window.
type pushed struct {
	Appointment id.Appointment `json:"appointment"`
	From        time.Time      `json:"from"`
	To          time.Time      `json:"to"`
}

// consequence is what would happen if the visit were put into a cell. Figures
// are differences: of an appointment to leaving it where it is.
type consequence struct {
	Technician      id.Technician `json:"technician"`
	StartAt         time.Time     `json:"start_at,omitzero" doc:"as asked"`
	Fits            bool          `json:"fits"`
	Rule            string        `json:"rule,omitempty" doc:"the first rule that blocks"`
	Hard            bool          `json:"hard" doc:"nobody may overrule it; otherwise a dispatcher may put the visit there all the same"`
	Slot            *placed       `json:"slot,omitempty"`
	Cost            *money.Amount `json:"cost,omitempty"`
	TravelSeconds   int64         `json:"travel_seconds"`
	TravelMetres    int64         `json:"travel_metres"`
	OvertimeSeconds int64         `json:"overtime_seconds"`
	LateSeconds     int64         `json:"late_seconds"`
	Shifted         []pushed      `json:"shifted"`
	RewardLost      money.Amount  `json:"reward_lost,omitzero" doc:"of an appointment: what was promised for its slot, and is lost when the caller moves it there"`

	parts *priced
}

// consequences are what a probe is answered with.
type consequences struct {
	Results []consequence `json:"results" doc:"in the order of technician, technicians, cells"`
}

// Rules that bookings by hand know beside those of package routing.
const (
	rulePassed = "passed"  // said no to this visit, or nothing; a dispatcher may ask again
	rulePast   = "past"    // the window is over
	ruleTooFar = "too_far" // nobody promises so far ahead
	ruleMinute = "minute"  // windows begin at a whole minute
)

// Try says what would happen if a visit were put somewhere, for every candidate.
// It changes nothing, and booking there at once comes to the same.
func (m *Module) Try(ctx context.Context, node id.Node, p probe) (consequences, error) {
	caller, _ := access.From(ctx)
	n, err := m.board(ctx, caller.Tenant, node, "board.read")
	if err != nil {
		return consequences{}, err
	}
	cells, err := p.cells()
	if err != nil {
		return consequences{}, err
	}
	var t trial
	err = m.db.Read(ctx, caller.Tenant, func(ctx context.Context, tx *db.Tx) error {
		t = trial{node: n, now: tx.Now(), day: p.Day}
		if t.plan, err = m.plan(ctx, tx, node, planAge); err != nil {
			return err
		}
		return t.read(ctx, tx, &p, cells)
	})
	if err != nil {
		return consequences{}, err
	}
	if t.lost, err = m.atStake(ctx, t.moving); err != nil {
		return consequences{}, err
	}
	results, err := t.results(cells)
	return consequences{results}, err
}

// atStake is what the customer of an appointment loses when the caller moves it to
// another window: nothing where the caller writes the board.
func (m *Module) atStake(ctx context.Context, moving *appointment) (money.Amount, error) {
	if moving == nil || moving.owed().IsZero() {
		return money.Amount{}, nil
	}
	free, err := m.mayChoose(ctx, moving)
	if free || err != nil {
		return money.Amount{}, err
	}
	return moving.owed(), nil
}

// trial is what a probe is answered from: one snapshot.
type trial struct {
	node   network.Node
	now    time.Time
	day    calendar.Day
	plan   *nodePlan
	job    job
	moving *appointment // nil: an open visit
	lost   money.Amount // when it is moved to another window
	crew   map[id.Technician]dispatch.Technician
	all    []appointment // but for the one that moves
	on     ground
	beyond elsewhere
	tied   *tiedTrial // nil: the visit stands alone
}

// read reads the snapshot as far as the cells reach.
func (t *trial) read(ctx context.Context, tx *db.Tx, p *probe, cells []cell) error {
	if err := t.readVisit(ctx, tx, p); err != nil {
		return err
	}
	t.crew = make(map[id.Technician]dispatch.Technician, len(t.plan.crew))
	for _, c := range t.plan.crew {
		t.crew[c.ID] = c
	}
	for i, c := range cells {
		if _, ok := t.crew[c.Technician]; !ok {
			return dispatch.ErrInvalid.At(p.pointer(i), "unknown")
		}
	}
	from, until, err := t.reach(cells)
	if err != nil {
		return err
	}
	if t.all, t.on, err = t.plan.around(ctx, tx, from, until, t.job.Coarse); err != nil {
		return err
	}
	if t.moving != nil {
		t.all = slices.DeleteFunc(t.all, func(a appointment) bool { return a.ID == t.moving.ID })
	}
	if t.beyond, err = groundsElsewhere(ctx, tx, t.on, t.plan.crew, t.all, t.job.Coarse); err != nil {
		return err
	}
	t.tied, err = t.readTied(ctx, tx)
	return err
}

// readVisit reads what is to be put somewhere. What belongs to another node is
// not there.
func (t *trial) readVisit(ctx context.Context, tx *db.Tx, p *probe) (err error) {
	missing, wo := dispatch.ErrNoJob, p.WorkOrder
	if !p.Appointment.IsZero() {
		a, err := appointmentOf(ctx, tx, p.Appointment, "")
		if err == nil && a.Node != t.node.ID {
			err = dispatch.ErrNotFound
		}
		if err == nil {
			_, err = dispatch.Next(a.State, dispatch.Reschedule)
		}
		if err != nil {
			return err
		}
		t.moving, missing, wo = &a, dispatch.ErrNotFound, a.WorkOrder
	}
	t.job, err = jobOf(ctx, tx, wo, "")
	switch {
	case err == nil && t.moving == nil && t.job.Node != t.node.ID:
		return missing
	case err == nil && t.moving == nil && !t.job.State.Open():
		return dispatch.ErrJobClosed.With("state", t.job.State)
	}
	return err
}

// windows are those that a cell may mean: one where a time is given.
func (t *trial) windows(c cell) []dispatch.Window {
	switch {
	case !c.StartAt.IsZero():
		return []dispatch.Window{{Start: c.StartAt.UTC(), End: c.StartAt.UTC().Add(dispatch.WindowLength)}}
	case t.moving != nil && t.day == 0:
		return []dispatch.Window{{Start: t.moving.StartAt, End: t.moving.EndAt}}
	}
	day := t.day
	if day == 0 {
		day = calendar.DayAt(t.now, zone(t.node.Zone))
	}
	all := dispatch.Windows(day, zone(t.job.Zone))
	ahead := slices.DeleteFunc(slices.Clone(all), func(w dispatch.Window) bool { return !w.End.After(t.now) })
	if len(ahead) == 0 {
		return all[len(all)-1:] // which is over
	}
	return ahead
}

// reach is the stretch of time in which the cells lie.
func (t *trial) reach(cells []cell) (from, until time.Time, err error) {
	days := map[calendar.Day]bool{}
	for _, c := range cells {
		for _, w := range t.windows(c) {
			if w.Start.After(t.now.Add(farthest)) {
				continue
			}
			days[calendar.DayAt(w.Start, zone(t.node.Zone))] = true
			if from.IsZero() || w.Start.Before(from) {
				from = w.Start
			}
			if w.End.After(until) {
				until = w.End
			}
		}
	}
	if len(days) > mostDays {
		return from, until, dispatch.ErrInvalid.At("/cells", "too_many_days")
	}
	if t.moving != nil {
		from = sooner(from, t.moving.StartAt)
		if t.moving.EndAt.After(until) {
			until = t.moving.EndAt
		}
	}
	return from, until, nil
}

// results answers cell by cell.
func (t *trial) results(cells []cell) ([]consequence, error) {
	q, err := t.ask(cells)
	if err != nil {
		return nil, err
	}
	if err := t.seatTied(cells); err != nil {
		return nil, err
	}
	var stay *consequence
	if t.moving != nil {
		if stay, err = q.stay(t); err != nil {
			return nil, err
		}
	}
	out := make([]consequence, len(cells))
	for i, c := range cells {
		if out[i], err = q.consequence(t, c); err != nil {
			return nil, err
		}
		if out[i].Cost != nil && stay != nil && stay.Cost != nil {
			out[i].less(stay)
		}
		if s := out[i].Slot; s != nil && t.moving != nil && !s.StartAt.Equal(t.moving.StartAt) {
			out[i].RewardLost = t.lost
		}
	}
	return out, nil
}

// less takes off what the visit costs where it is.
func (c *consequence) less(stay *consequence) {
	c.Cost.Minor -= stay.Cost.Minor
	c.TravelSeconds -= stay.TravelSeconds
	c.TravelMetres -= stay.TravelMetres
	c.OvertimeSeconds -= stay.OvertimeSeconds
	c.LateSeconds -= stay.LateSeconds
}

// hindered answers a cell that has no place.
func (c *consequence) hindered(err error) error {
	rule, ok := refusal(err)
	if !ok {
		return err
	}
	c.Hard, c.Rule = true, rule
	return nil
}

// refusal is the rule by which a day takes no visit; false for an error of another kind.
func refusal(err error) (rule string, ok bool) {
	switch {
	case errors.Is(err, dispatch.ErrDayBroken):
		return string(ruleBroken), true
	case errors.Is(err, dispatch.ErrSlotGone), errors.Is(err, dispatch.ErrTied):
		rule, _ = fault.Of(err).Args["rule"].(string)
		return rule, true
	default:
		return "", false
	}
}
