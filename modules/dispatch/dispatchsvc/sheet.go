package dispatchsvc

import (
	"fmt"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
)

// wish is a visit that is looked for a place.
type wish struct {
	work     id.WorkOrder
	point    geo.Point
	minutes  int64  // as stated
	kind     string // of work
	takes    int64  // seconds, by who sees it; 0: as is learnt
	skills   []remedy.SkillNeed
	windows  []dispatch.Window
	due      time.Time // zero: never late
	parts    time.Time // they are there; zero: in time
	priority int64     // of the case
	passed   []id.Technician
	near     time.Time     // when a plan has it begin; zero: no plan
	last     id.Technician // who has it now and should keep it if possible; zero: nobody
	unheard  bool          // nobody has heard of who has it

	tie   *work.Tie       // to another wish of the same set; nil: to none
	set   int             // which attempt it belongs to, where one visit is wished for several times
	exact time.Time       // it begins at this very second; zero: anywhere in the windows
	only  id.Technician   // who is to have it; zero: anybody
	apart []id.Technician // who comes with it, and so cannot have it
	bound bool            // others leave it only these windows, be it none
}

func (j *job) wish(windows []dispatch.Window) wish {
	return wish{
		work: j.WorkOrder, point: j.Coarse, minutes: j.Minutes, kind: j.WorkType, takes: j.Takes, skills: j.Needs.Skills, windows: windows, due: j.due(), parts: j.PartsFrom, priority: j.Priority,
		passed: j.Passed, tie: j.Needs.Tie,
	}
}

// sheet is the plan of some technicians for some days, in the words of package
// routing: what they are promised already, in order, and what is wished for.
// Problem jobs are first the visits kept, then the wishes.
type sheet struct {
	on     ground
	now    time.Time
	crew   []dispatch.Technician
	duties [][]dispatch.Duty // of each technician, those that are shifts of the problem
	kept   []appointment
	wishes []wish
	loose  []appointment // promised, but on no duty any more
	broken map[int]bool  // routes whose visits do not fit together any more
	spec   routing.Spec
	p      *routing.Problem
	plan   routing.Plan

	sites  []geo.Point
	index  map[geo.Point]int
	haunts [][]int // by technician, the sites between which nobody else goes
	roam   []int   // the sites of wishes, to which anybody may go
	skills map[string]int

	cramped map[int]bool      // wishes whose groups need more technicians at once than there are
	turned  map[turned]string // by which rule a day would not have what a search had found
}

// newSheet plans the days from first on, each in the technician's zone, on the
// ground that the technicians' node stands on.
func newSheet(g ground, now, first time.Time, days int, crew []dispatch.Technician, all []appointment, wishes []wish) (*sheet, error) {
	s := &sheet{on: g, now: now, crew: crew, wishes: wishes, broken: map[int]bool{}, index: map[geo.Point]int{}, skills: map[string]int{}, cramped: map[int]bool{}, turned: map[turned]string{}}
	s.spec.Lateness = lateness(crew)
	routes := s.addCrew(first, days, all)
	s.addWishes()
	s.spec.Travel = s.travel(g)
	s.spec.Travel.Speeds = rush(crew, first, days, g.slow)
	return s, s.settleDays(routes)
}

// internal says what package routing refused: our mistake, never the caller's, so
// the fault goes no further.
func internal(doing string, err error) error {
	f := fault.Of(err)
	return fmt.Errorf("%s: %s at %v", doing, f.Code, f.Fields)
}

func (s *sheet) site(p geo.Point) int {
	if i, ok := s.index[p]; ok {
		return i
	}
	s.index[p] = len(s.sites)
	s.sites = append(s.sites, p)
	return s.index[p]
}

// haunt is a site to which one technician goes.
func (s *sheet) haunt(technician int, p geo.Point) int {
	i := s.site(p)
	s.haunts[technician] = append(s.haunts[technician], i)
	return i
}

// travel states the ways that somebody may go. What is promised stays with its
// technician, so between the places of two of them nobody goes: to reckon those ways
// would be most of the work of a large day.
func (s *sheet) travel(g ground) routing.Travel {
	if g.everywhere {
		return g.matrix(s.sites)
	}
	n := len(s.sites)
	t := routing.Matrix(n, func(from, to int) (int32, int32) {
		if from == to {
			return 0, 0
		}
		return routing.Unreachable, routing.Unreachable
	})
	know := func(from, to int) {
		if at := from*n + to; t.Seconds[at] == routing.Unreachable {
			t.Seconds[at], t.Metres[at] = g.leg(s.sites[from], s.sites[to])
		}
	}
	for _, mine := range s.haunts {
		for _, a := range mine {
			for _, b := range mine {
				know(a, b)
			}
		}
	}
	for _, a := range s.roam {
		for b := range n {
			know(a, b)
			know(b, a)
		}
	}
	return t
}

func (s *sheet) skill(name string) int {
	if _, ok := s.skills[name]; !ok {
		s.skills[name] = len(s.skills)
	}
	return s.skills[name]
}

// addCrew states technicians, shifts and what they are promised; it returns the
// routes as promised.
func (s *sheet) addCrew(first time.Time, days int, all []appointment) (routes [][]int) {
	of := map[id.Technician][]appointment{}
	for _, a := range all {
		of[a.Technician] = append(of[a.Technician], a)
	}
	for i := range s.crew {
		t := &s.crew[i]
		z := zone(t.Zone)
		rt := routing.Technician{Rates: rates(t)}
		for _, k := range t.Skills {
			g := routing.Grant{Skill: s.skill(k.Skill), Level: int(k.Level)}
			if end := k.Ends(z); !end.IsZero() {
				g.Until = end.Unix()
			}
			rt.Skills = append(rt.Skills, g)
		}
		s.duties, s.haunts = append(s.duties, nil), append(s.haunts, nil)
		from := calendar.DayAt(first, z)
		for d := range days {
			day := from + calendar.Day(d)
			mine := onDay(of[t.ID], day, z)
			shift, duty, ok := s.shift(t, day, mine, &rt)
			if !ok {
				s.loose = append(s.loose, alive(mine)...)
				continue
			}
			route := s.promise(i, len(rt.Shifts), &shift, mine)
			rt.Shifts = append(rt.Shifts, shift)
			s.duties[i] = append(s.duties[i], duty)
			routes = append(routes, route)
		}
		s.spec.Technicians = append(s.spec.Technicians, rt)
	}
	return routes
}

func onDay(list []appointment, day calendar.Day, z *time.Location) (out []appointment) {
	for _, a := range list {
		if calendar.DayAt(a.ServiceStartAt, z) == day {
			out = append(out, a)
		}
	}
	return out
}

func alive(list []appointment) (out []appointment) {
	for _, a := range list {
		if a.State.Live() {
			out = append(out, a)
		}
	}
	return out
}

// promise states the live visits of a shift as jobs that stay with their
// technician and in their windows, and returns them in order. What has begun
// stands first and is frozen.
func (s *sheet) promise(technician, shift int, sh *routing.Shift, mine []appointment) (route []int) {
	mine = alive(mine)
	slices.SortStableFunc(mine, func(a, b appointment) int {
		if x, y := rank(a.State), rank(b.State); x != y {
			return x - y
		}
		return a.ServiceStartAt.Compare(b.ServiceStartAt)
	})
	for _, a := range mine {
		n := len(s.spec.Jobs)
		j := routing.Job{Site: s.haunt(technician, a.Coarse), Service: worked(&a), Priority: routing.MaxPriority}
		switch {
		case a.State.Begun():
			if a.State == dispatch.OnSite {
				j.Service = max(60, a.ServiceEndAt.Unix()-s.now.Unix())
			}
			sh.Frozen = append(sh.Frozen, n)
		case a.EndAt.After(s.now):
			j.Windows, j.Last, j.PartsFrom = []routing.Window{s.promised(&a)}, s.told(&a, technician, shift), s.awaits(&a)
			j.Pin = &routing.Pin{Technician: technician, Start: routing.Any}
		default: // late already: it still takes its time
			j.Pin = &routing.Pin{Technician: technician, Start: routing.Any}
			j.Windows = []routing.Window{{Open: sh.Open, Close: sh.Close}}
		}
		j.Surcharges = crossing(&s.crew[technician], technician, a.Node)
		s.spec.Jobs = append(s.spec.Jobs, j)
		s.kept = append(s.kept, a)
		route = append(route, n)
	}
	return route
}

// rank puts what has begun before what has not.
func rank(s dispatch.State) int {
	switch s {
	case dispatch.OnSite:
		return 0
	case dispatch.Travelling:
		return 1
	case dispatch.Pending, dispatch.Scheduled, dispatch.Dispatched, dispatch.Accepted, dispatch.Declined, dispatch.TimedOut,
		dispatch.Completed, dispatch.Unable, dispatch.Absent, dispatch.Missed, dispatch.Cancelled:
		return 2
	default:
		return 2
	}
}

// addWishes states what is wished for behind what is kept.
func (s *sheet) addWishes() {
	for _, w := range s.wishes {
		j := routing.Job{Site: s.site(w.point), Service: s.service(&w), Priority: urgency(w.priority)}
		s.roam = append(s.roam, j.Site)
		for _, n := range w.skills {
			j.Needs = append(j.Needs, routing.Need{Skill: s.skill(n.Skill), Level: int(n.Level)})
		}
		j.Windows = w.starts()
		j.PartsFrom = partsFrom(w.parts)
		j.Due, j.Lateness = s.delay(&w)
		for i := range s.crew {
			if w.refuses(&s.crew[i]) {
				j.Excluded = append(j.Excluded, i)
			}
			j.Surcharges = append(j.Surcharges, crossing(&s.crew[i], i, s.on.node)...)
		}
		j.Last = s.last(&w)
		s.spec.Jobs = append(s.spec.Jobs, j)
	}
	s.addTies()
}

// service is how many seconds a wish takes: as somebody has said who sees it, or as is learnt.
func (s *sheet) service(w *wish) int64 {
	if w.takes > 0 {
		return w.takes
	}
	return s.on.learnt(w, s.crew).Minutes * 60
}

// last says whose a wish is now, and that it costs an hour of work to give it to
// somebody else, so that few people have to hear of a change; less where nobody has
// heard of it.
func (s *sheet) last(w *wish) *routing.Last {
	i := slices.IndexFunc(s.crew, func(t dispatch.Technician) bool { return t.ID == w.last })
	if i < 0 || len(w.windows) == 0 {
		return nil
	}
	day := calendar.DayAt(w.windows[0].Start, zone(s.crew[i].Zone))
	k := slices.IndexFunc(s.duties[i], func(d dispatch.Duty) bool { return d.Day == day })
	if k < 0 {
		return nil
	}
	price := s.crew[i].Hour.Minor
	if w.unheard {
		price = dispatch.MovePrice(price)
	}
	return &routing.Last{Technician: i, Shift: k, HandPrice: price}
}

// number is the problem's job of a wish.
func (s *sheet) number(wish int) int { return len(s.kept) + wish }

// money is what a plan costs in minor units, what is left undone aside.
func (s *sheet) money(plan routing.Plan) int64 {
	b := routing.Cost(s.p, plan)
	return s.minor(&b)
}

func (s *sheet) minor(b *routing.Bill) int64 { return (b.Total() - b.Left).Minor() }

// blocks says why a wish has no place in the plan.
func (s *sheet) blocks(plan routing.Plan, wish int) []dispatch.Block {
	var out []dispatch.Block
	for _, b := range routing.Why(s.p, plan, s.number(wish)) {
		rule := b.Rule
		if s.cramped[wish] {
			rule = routing.RuleLink
		}
		if t := &s.crew[b.Technician]; !t.Serves(s.on.node, calendar.DayAt(s.now, zone(t.Zone))) {
			rule = ruleLendOver
		}
		if met := s.turned[turned{wish, s.crew[b.Technician].ID}]; met != "" && (rule == routing.RuleNone || rule == routing.RuleJobs || rule == routing.RuleFull) {
			rule = routing.Rule(met)
		}
		if b.Shift >= 0 && rule == routing.RuleNone && s.broken[s.p.Route(b.Technician, b.Shift)] {
			rule = ruleBroken
		}
		out = append(out, dispatch.Block{Technician: s.crew[b.Technician].ID, Rule: string(rule)})
	}
	return out
}

// ruleLendOver: the guest is not lent any more.
const ruleLendOver routing.Rule = "lend_over"

// ruleBroken: the day's own visits do not fit together any more, so nothing is added.
const ruleBroken routing.Rule = "day_broken"
