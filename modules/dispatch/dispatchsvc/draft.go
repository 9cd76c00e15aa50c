package dispatchsvc

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/platform/db"
)

// draft is a plan of a node that has been worked out and not carried out. Its
// wishes are first the open visits, then those promised that may change hands.
type draft struct {
	s      *sheet
	open   []job
	shut   []job // open visits that the days are kept free from
	free   []appointment
	before bill          // as things are
	all    []appointment // what occupies everybody
	beyond elsewhere
	start  routing.Plan // what the search set out from: the free visits where they are
	plan   routing.Plan
	stats  routing.Stats

	turnedAway int          // places that the search found and no booking would have had
	closed     map[int]bool // routes that take no more because of it
}

// place is where a draft has an open visit come. It can be handed to adopt as it is.
type place struct {
	WorkOrder      id.WorkOrder  `json:"work_order"`
	Technician     id.Technician `json:"technician"`
	StartAt        time.Time     `json:"start_at" doc:"the beginning of the two-hour window"`
	EndAt          time.Time     `json:"end_at,omitzero"`
	ServiceStartAt time.Time     `json:"service_start_at,omitzero" doc:"as planned; keeps the order of the plan when it is adopted"`
	ServiceEndAt   time.Time     `json:"service_end_at,omitzero"`
	Cost           *money.Amount `json:"cost,omitempty" doc:"by how much it makes the plan dearer"`
}

// handed is an appointment that a draft gives to another technician. It can be
// handed to adopt as it is.
type handed struct {
	Appointment    id.Appointment `json:"appointment"`
	WorkOrder      id.WorkOrder   `json:"work_order,omitzero"`
	Version        int64          `json:"version" doc:"as seen"`
	From           id.Technician  `json:"from,omitzero"`
	To             id.Technician  `json:"to"`
	StartAt        time.Time      `json:"start_at,omitzero" doc:"the beginning of its window, which stays; another one gives it another window"`
	EndAt          time.Time      `json:"end_at,omitzero"`
	ServiceStartAt time.Time      `json:"service_start_at,omitzero"`
	ServiceEndAt   time.Time      `json:"service_end_at,omitzero"`
	Cost           *money.Amount  `json:"cost,omitempty" doc:"what it costs there"`
}

// draft reads a node and works out a plan. How long that takes is bounded by the
// iterations: seconds for a node's days, however many there are.
func (m *Module) draft(ctx context.Context, tenant id.Tenant, node id.Node, p planning) (*draft, error) {
	d := &draft{}
	err := m.db.Read(ctx, tenant, func(ctx context.Context, tx *db.Tx) error {
		plan, err := m.plan(ctx, tx, node, planAge)
		if err != nil {
			return err
		}
		*d = draft{closed: map[int]bool{}}
		return d.read(ctx, tx, plan, p)
	})
	if err != nil {
		return nil, err
	}
	d.plan = d.start
	if len(d.open)+len(d.free) == 0 || len(d.s.crew) == 0 {
		return d, nil
	}
	rng := rand.New(rand.NewPCG(uint64(p.Seed), 0)) //nolint:gosec // a search, not a secret
	d.plan, d.stats, err = routing.Solve(ctx, d.s.p, d.start, routing.Budget{Iterations: p.Iterations, Watch: p.report}, rng)
	if err != nil {
		return nil, internal("plan the node", err)
	}
	return d, d.hold(ctx, p.Iterations, rng)
}

// read states the node as it is and as it is to be planned.
func (d *draft) read(ctx context.Context, tx *db.Tx, plan *nodePlan, p planning) error {
	now, node, crew := tx.Now(), plan.node, plan.crew
	until := now.Add(time.Duration(p.Days+1) * 24 * time.Hour)
	there, err := without(crew, p.Without)
	if err != nil {
		return err
	}
	all, on, err := plan.around(ctx, tx, now, until)
	if err != nil {
		return err
	}
	if d.open, err = openJobs(ctx, tx, node, atOnce, dispatch.Unplanned, dispatch.Offered); err != nil {
		return err
	}
	if p.waited {
		d.open = slices.DeleteFunc(d.open, func(j job) bool { return !j.bookable(now) })
	}
	ahead, err := d.keepFree(ctx, tx, node, p.Days, crew, all)
	if err != nil {
		return err
	}
	groups, err := groupsOf(ctx, tx, node)
	if err != nil {
		return err
	}
	d.open = groups.whole(d.open)
	wishes := make([]wish, len(d.open))
	for i := range d.open {
		wishes[i] = d.open[i].wish(merged(ahead(&d.open[i])))
		groups.narrow(&wishes[i], ahead(&d.open[i]))
	}
	if on, err = on.wider(ctx, tx, placesWished(wishes)); err != nil {
		return err
	}
	if p.Move || len(p.Without) > 0 {
		behind, err := jobsBehind(ctx, tx, node, now, until)
		if err != nil {
			return err
		}
		d.free = p.free(now, node, crew, all)
		if p.alone {
			d.free = groups.without(d.free)
		}
		wishes = append(wishes, keepWishes(d.free, behind, all)...)
		for i := range d.free {
			wishes[len(d.open)+i].unheard = unheard(&d.free[i])
		}
	}
	d.all = all
	if d.beyond, err = groundsElsewhere(ctx, tx, on, there, all, placesWished(wishes)...); err != nil {
		return err
	}
	rest := slices.DeleteFunc(slices.Clone(all), func(a appointment) bool { return has(d.free, a.ID) })
	if d.s, err = newSheet(on, now, now, p.Days, there, rest, wishes); err != nil {
		return err
	}
	if d.start, err = d.asItIs(); err != nil || len(p.Without) == 0 {
		d.before = d.s.bill(d.start)
		return err
	}
	all = slices.DeleteFunc(all, func(a appointment) bool { return a.Node != node && slices.Contains(p.Without, a.Technician) }) // who stays away from there too is not asked
	was, err := newSheet(on, now, now, p.Days, crew, all, wishes[:len(d.open)])
	if err == nil {
		d.before = was.bill(was.plan)
	}
	return err
}

// without leaves out those who are as if away.
func without(crew []dispatch.Technician, away []id.Technician) ([]dispatch.Technician, error) {
	for i, t := range away {
		if !slices.ContainsFunc(crew, func(c dispatch.Technician) bool { return c.ID == t }) {
			return nil, dispatch.ErrInvalid.At("/without/"+strconv.Itoa(i), "unknown")
		}
	}
	return slices.DeleteFunc(slices.Clone(crew), func(c dispatch.Technician) bool { return slices.Contains(away, c.ID) }), nil
}

// free are the visits of the days that may change hands: those of who is away, and,
// where moves are asked for, those that nobody has heard of and no dispatcher chose.
func (p *planning) free(now time.Time, node id.Node, crew []dispatch.Technician, all []appointment) (out []appointment) {
	zones := map[id.Technician]*time.Location{}
	for i := range crew {
		zones[crew[i].ID] = zone(crew[i].Zone)
	}
	for _, a := range all {
		z := zones[a.Technician]
		if z == nil || a.Node != node || !movable(&a, now) || calendar.DayAt(a.ServiceStartAt, z) >= calendar.DayAt(now, z)+calendar.Day(p.Days) {
			continue
		}
		if slices.Contains(p.Without, a.Technician) || p.Move && unheard(&a) {
			out = append(out, a)
		}
	}
	return out
}

// unheard reports whether nobody counts on more of a promise than its window: its
// technician was not told, no dispatcher chose it, and nobody comes at the same moment.
func unheard(a *appointment) bool {
	return a.State == dispatch.Scheduled && a.Reasons.By != dispatch.ByHand && !a.Exact
}

// keepWishes are promises in the words of wishes: in their windows, before anything
// that is open, and rather with who has them. Where two meet, the other one is not asked.
func keepWishes(free []appointment, behind map[id.WorkOrder]job, all []appointment) []wish {
	out := make([]wish, len(free))
	for i, a := range free {
		j := behind[a.WorkOrder]
		out[i] = j.wish([]dispatch.Window{{Start: a.StartAt, End: a.EndAt}})
		out[i].last, out[i].priority, out[i].tie = a.Technician, 1, nil
		if a.Exact {
			out[i].exact, out[i].apart = a.ServiceStartAt, meetingWith(&a, all)
		}
	}
	return out
}

// asItIs is the plan with the free visits where they are, as far as that still fits.
func (d *draft) asItIs() (routing.Plan, error) {
	s, plan := d.s, d.s.plan.Clone()
	for w := range d.free {
		if l := s.spec.Jobs[s.number(len(d.open)+w)].Last; l != nil {
			r := s.p.Route(l.Technician, l.Shift)
			plan.Routes[r] = append(plan.Routes[r], s.number(len(d.open)+w))
		}
	}
	at := func(j int) (begun int, start time.Time) {
		if w := j - s.number(len(d.open)); w >= 0 {
			return 2, d.free[w].ServiceStartAt
		}
		return rank(s.kept[j].State), s.kept[j].ServiceStartAt
	}
	for _, r := range plan.Routes {
		slices.SortStableFunc(r, func(a, b int) int {
			x, from := at(a)
			y, to := at(b)
			return cmp.Or(x-y, from.Compare(to))
		})
	}
	plan, err := routing.Repair(s.p, plan)
	if err != nil {
		return plan, internal("plan the days", err)
	}
	return plan, nil
}

// visit is one stop of a draft, of an open visit or a free one.
type visit struct {
	wish       int
	technician id.Technician
	start, end time.Time
	cost       money.Amount
}

// visits are the stops of the wishes, route by route in their order.
func (d *draft) visits() (out []visit) {
	s := d.s
	for r, day := range routing.Timetable(s.p, d.plan) {
		technician, _ := s.p.Owner(r)
		jobs := d.plan.Routes[r]
		for i, stop := range day.Stops {
			if w := stop.Job - len(s.kept); w >= 0 {
				rest := slices.Delete(slices.Clone(jobs), i, i+1)
				minor := s.money(d.only(r, jobs)) - s.money(d.only(r, rest))
				out = append(out, visit{w, s.crew[technician].ID, instant(stop.Start), instant(stop.Done), money.Of(minor, s.crew[technician].Hour.Currency)})
			}
		}
	}
	return out
}

// only is one route of the draft, with its visits when they are appointed.
func (d *draft) only(r int, jobs []int) routing.Plan {
	out := d.s.only(r, jobs)
	out.Appointed = d.plan.Appointed
	return out
}

// places are where the open visits come.
func (d *draft) places() []place {
	out := []place{}
	for _, v := range d.visits() {
		if v.wish < len(d.open) {
			w := dispatch.WindowOf(v.start, zone(d.open[v.wish].Zone))
			out = append(out, place{d.open[v.wish].WorkOrder, v.technician, w.Start, w.End, v.start, v.end, &v.cost})
		}
	}
	return out
}

// moves are the free visits that change hands.
func (d *draft) moves() []handed {
	out := []handed{}
	for _, v := range d.visits() {
		if v.wish < len(d.open) || d.free[v.wish-len(d.open)].Technician == v.technician {
			continue
		}
		a := &d.free[v.wish-len(d.open)]
		out = append(out, handed{a.ID, a.WorkOrder, a.Version, a.Technician, v.technician, a.StartAt, a.EndAt, v.start, v.end, &v.cost})
	}
	return out
}

// unserved are the wishes that have no place, and why.
func (d *draft) unserved() []unserved {
	out := []unserved{}
	for _, number := range d.s.p.Unserved(d.plan) {
		w := number - len(d.s.kept)
		switch {
		case w < 0: // a promise that cannot be kept: the board shows it
		case w < len(d.open):
			out = append(out, unserved{WorkOrder: d.open[w].WorkOrder, Why: d.s.blocks(d.plan, w)})
		default:
			a := &d.free[w-len(d.open)]
			out = append(out, unserved{WorkOrder: a.WorkOrder, Appointment: a.ID, Why: d.s.blocks(d.plan, w)})
		}
	}
	return out
}
