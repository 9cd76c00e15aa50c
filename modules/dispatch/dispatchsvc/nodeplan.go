package dispatchsvc

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/resident"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/platform/db"
)

// planDays is for how many days a plan is kept: the last one offered may be a day
// further where the technician lives.
const planDays = dispatch.Horizon + 1

// nodePlan is the plan of a node as it is kept in memory: what its technicians and its
// guests are promised on the days that are offered, as of one version of the rows and one instant.
// Nothing in it changes.
type nodePlan struct {
	node        id.Node
	stamp       stamp
	asOf        time.Time
	dawn        time.Time             // when the day ends somewhere, and all is stated anew
	from, until time.Time             // of the appointments that are known
	crew        []dispatch.Technician // the node's own first, then guests
	lanes       []laneDays            // by technician
	on          ground
	base        *sheet          // as the plan was stated: the numbers of skills and shifts
	board       *resident.Board // nil where nobody works
	points      []geo.Point     // of the places of the board
}

// laneDays are the days of one technician.
type laneDays struct {
	mine   []appointment
	loose  []appointment         // promised, but on no duty any more
	broken map[calendar.Day]bool // days whose visits do not fit together any more: they take nothing
	keys   map[int][]string      // of the board's jobs, by shift
}

// errAnew says that a plan cannot follow what has happened, and is to be stated anew.
var errAnew = errors.New("state the plan anew")

// at is the plan as of a stamp and an instant: itself, brought up to date, or another.
func (p *nodePlan) at(ctx context.Context, tx *db.Tx, node id.Node, now stamp, age time.Duration) (*nodePlan, error) {
	if p != nil && p.serves(tx.Now()) && p.stamp.ground >= now.ground {
		if p.stamp.version >= now.version && tx.Now().Sub(p.asOf) <= age {
			return p, nil
		}
		next, err := p.follow(ctx, tx, now)
		if !errors.Is(err, errAnew) {
			return next, err
		}
	}
	return readPlan(ctx, tx, node, now, tx.Now())
}

// serves reports whether the days of the plan are those of an instant.
func (p *nodePlan) serves(at time.Time) bool {
	return at.Before(p.dawn) && at.After(p.asOf.Add(-planAge)) // a little earlier where another reader began later
}

// readPlan reads and states the plan of a node as of an instant.
func readPlan(ctx context.Context, tx *db.Tx, node id.Node, now stamp, asOf time.Time) (*nodePlan, error) {
	p := &nodePlan{node: node, stamp: now, asOf: asOf, from: asOf, until: asOf.Add((planDays + 1) * 24 * time.Hour)}
	var err error
	if p.crew, err = teamOf(ctx, tx, node); err != nil {
		return nil, err
	}
	p.dawn = p.asOf.Add(24 * time.Hour)
	for i := range p.crew {
		begins, ends := dayOf(calendar.DayAt(p.asOf, zone(p.crew[i].Zone)), p.crew[i].Zone)
		p.from, p.dawn = sooner(p.from, begins), sooner(p.dawn, ends)
	}
	all, err := promisedTo(ctx, tx, node, p.crew, p.from, p.until)
	if err != nil {
		return nil, err
	}
	if p.on, err = groundOf(ctx, tx, node, p.crew, all); err != nil {
		return nil, err
	}
	return p, p.state(all)
}

// state makes the board of all days.
func (p *nodePlan) state(all []appointment) error {
	of := map[id.Technician][]appointment{}
	for _, a := range all {
		of[a.Technician] = append(of[a.Technician], a)
	}
	if len(p.crew) == 0 {
		return nil
	}
	on := p.on
	on.everywhere = true
	s, err := newSheet(on, p.asOf, p.asOf, planDays, p.crew, all, nil)
	if err != nil {
		return err
	}
	setup := resident.Setup{Spec: s.spec, Now: p.asOf.Unix()}
	for i := range s.kept {
		setup.Jobs = append(setup.Jobs, s.kept[i].ID.String())
	}
	for i := range p.crew {
		setup.Technicians = append(setup.Technicians, p.crew[i].ID.String())
		setup.Prices.Hand = max(setup.Prices.Hand, p.crew[i].Hour.Minor)
	}
	for _, at := range s.sites {
		setup.Places = append(setup.Places, placeKey(at))
	}
	if p.board, err = resident.Over(s.p, s.plan, setup); err != nil {
		return internal("keep the plan", err)
	}
	p.points = s.sites
	p.base = &sheet{on: p.on, now: p.asOf, crew: p.crew, duties: s.duties, skills: s.skills}
	p.lanes = s.lanes()
	for i := range p.lanes {
		p.lanes[i].mine = of[p.crew[i].ID]
	}
	return p.rest()
}

// rest takes the days out of the board whose visits do not fit together any more.
func (p *nodePlan) rest() error {
	var list []resident.Disturbance
	for t := range p.lanes {
		for k, d := range p.base.duties[t] {
			if !p.lanes[t].broken[d.Day] {
				continue
			}
			for _, key := range p.lanes[t].keys[k] {
				list = append(list, resident.Cancel{Key: key})
			}
			delete(p.lanes[t].keys, k)
			list = append(list, p.off(t, k))
		}
	}
	if len(list) == 0 {
		return nil
	}
	next, _, err := p.board.Apply(list...)
	if err != nil {
		return internal("rest the days", err)
	}
	p.board = next
	return nil
}

// off is a shift in which nothing can be done.
func (p *nodePlan) off(t, shift int) resident.Duty {
	s := p.board.Shift(t, shift)
	s.Off, s.Frozen = true, nil
	return resident.Duty{Technician: p.crew[t].ID.String(), Shift: shift, As: s}
}

// lanes reads what a sheet says of the days of its technicians.
func (s *sheet) lanes() []laneDays {
	out := make([]laneDays, len(s.crew))
	number := make(map[id.Technician]int, len(s.crew))
	for i := range s.crew {
		out[i] = laneDays{broken: map[calendar.Day]bool{}, keys: map[int][]string{}}
		number[s.crew[i].ID] = i
	}
	for _, a := range s.loose {
		l := &out[number[a.Technician]]
		l.loose = append(l.loose, a)
	}
	for i := range s.kept {
		a := &s.kept[i]
		t := number[a.Technician]
		day := calendar.DayAt(a.ServiceStartAt, zone(s.crew[t].Zone))
		k := slices.IndexFunc(s.duties[t], func(d dispatch.Duty) bool { return d.Day == day })
		out[t].keys[k] = append(out[t].keys[k], a.ID.String())
	}
	for r, broken := range s.broken {
		if broken {
			t, k := s.p.Owner(r)
			out[t].broken[s.duties[t][k].Day] = true
		}
	}
	return out
}

func placeKey(p geo.Point) string {
	return strconv.Itoa(int(p.LatMicro)) + "/" + strconv.Itoa(int(p.LonMicro))
}

// all are the appointments of everybody.
func (p *nodePlan) all() (out []appointment) {
	n := 0
	for i := range p.lanes {
		n += len(p.lanes[i].mine)
	}
	out = make([]appointment, 0, n)
	for i := range p.lanes {
		out = append(out, p.lanes[i].mine...)
	}
	return out
}

// follow reads whose days have changed since, and states them anew, and with them the
// days that have begun. It is errAnew when that is not enough.
func (p *nodePlan) follow(ctx context.Context, tx *db.Tx, now stamp) (*nodePlan, error) {
	next := *p
	if tx.Now().After(p.asOf) {
		next.asOf = tx.Now()
	}
	next.crew, next.lanes = slices.Clone(p.crew), slices.Clone(p.lanes)
	changed := map[int]bool{}
	if now.version > p.stamp.version {
		next.stamp = now
		who, err := changedSince(ctx, tx, p.node, p.stamp.version)
		if err != nil {
			return nil, err
		}
		for _, t := range who {
			i := slices.IndexFunc(p.crew, func(c dispatch.Technician) bool { return c.ID == t.ID })
			if i < 0 || !onlyDuty(&p.crew[i], &t) {
				return nil, errAnew
			}
			next.crew[i], changed[i] = t, true
			if next.lanes[i].mine, err = occupying(ctx, tx, "technician_id", t.ID, p.from, p.until); err != nil {
				return nil, err
			}
		}
		if err := next.widen(ctx, tx, changed); err != nil {
			return nil, err
		}
	}
	return next.restate(p, changed)
}

// onlyDuty reports whether a technician differs in nothing but when they work.
func onlyDuty(was, is *dispatch.Technician) bool {
	a, b := *was, *is
	a.Week, a.Absences, a.Version = b.Week, b.Absences, b.Version
	return reflect.DeepEqual(a, b)
}

// widen reads the ways of places that have come.
func (p *nodePlan) widen(ctx context.Context, tx *db.Tx, changed map[int]bool) (err error) {
	var fresh []geo.Point
	for i := range changed {
		for _, a := range p.lanes[i].mine {
			fresh = append(fresh, a.Coarse)
		}
	}
	p.on, err = p.on.wider(ctx, tx, fresh)
	return err
}

// windowsOf are the windows in the words of routing.
func windowsOf(list []dispatch.Window) []routing.Window {
	out := make([]routing.Window, len(list))
	for i, w := range list {
		out[i] = routing.Window{Open: w.Start.Unix(), Close: w.End.Unix() - 1}
	}
	return out
}
