package dispatchsvc

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/resident"
	"fettle.dev/fettle/modules/dispatch/routing"
)

const (
	// lookSteps is how long a look at a node goes on in all: some tenths of a second.
	lookSteps = 4000
	// lookSpots is around how many visits it looks: half of them those that cost most, for
	// there most can be saved, half drawn, so that no part of a large plan is never seen.
	lookSpots = 8
)

// gain is a better plan of promises that nobody has heard of.
type gain struct {
	moves         []handed
	before, after bill
}

// saved is the money that it saves, in minor units.
func (g *gain) saved() int64 { return g.before.Cost.Minor - g.after.Cost.Minor }

// unheard are the promises that may change hands without anybody having to be told:
// neither what hangs together with others nor what a day that does not fit together holds.
func (p *nodePlan) unheard(gs groups) (out []appointment) {
	for t := range p.lanes {
		l, z := &p.lanes[t], zone(p.crew[t].Zone)
		for _, a := range alive(l.mine) {
			day := calendar.DayAt(a.ServiceStartAt, z)
			if a.Node == p.node && unheard(&a) && movable(&a, p.asOf) && !l.broken[day] && !has(l.loose, a.ID) && dutyOn(p.base.duties[t], day) >= 0 {
				out = append(out, a)
			}
		}
	}
	return gs.without(out)
}

// better looks around some visits for a plan in which a few others of the free ones change
// hands, and ends at the first that is worth it and can be carried out. The plan in memory
// stays as it is.
func (p *nodePlan) better(ctx context.Context, free []appointment, of map[id.WorkOrder]job, beyond elsewhere, seed uint64) (gain, error) {
	board, err := p.loosened(free, of)
	if errors.Is(err, errAnew) || err == nil && len(free) == 0 {
		return gain{}, nil // the night plans on a sheet of its own
	} else if err != nil {
		return gain{}, err
	}
	rng := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // a search, not a secret
	hour := p.hour()
	visits := board.Problem().Jobs() - len(board.Problem().Unserved(board.Plan()))
	for _, key := range spotsOf(board, free, rng) {
		f := resident.Focus{Jobs: []string{key}, Hands: dispatch.HandsAtMost(visits), Hand: dispatch.MovePrice(hour)}
		better, err := board.Improve(ctx, f, routing.Budget{Iterations: lookSteps / lookSpots}, rng)
		if err != nil {
			return gain{}, internal("improve the plan", err)
		}
		if !better.Gain() {
			continue
		}
		next, _, err := board.Adopt(better)
		if err != nil {
			return gain{}, internal("improve the plan", err)
		}
		g := p.gained(board, next, free)
		if !dispatch.Worth(g.saved(), hour, len(g.moves)) {
			continue
		}
		if held, err := p.holds(&g, free, of, beyond); held || err != nil {
			return g, err
		}
	}
	return gain{}, nil
}

// holds rehearses the moves of a gain.
func (p *nodePlan) holds(g *gain, free []appointment, of map[id.WorkOrder]job, beyond elsewhere) (bool, error) {
	all := p.all()
	leaves := func(a *appointment) bool {
		return slices.ContainsFunc(g.moves, func(h handed) bool { return h.Appointment == a.ID })
	}
	r, wishes := rehearse(p.on, beyond, p.asOf, all, leaves), keepWishes(free, of, all)
	for _, h := range g.moves {
		i := slices.IndexFunc(free, func(a appointment) bool { return a.ID == h.Appointment })
		t := slices.IndexFunc(p.crew, func(t dispatch.Technician) bool { return t.ID == h.To })
		wishes[i].near, wishes[i].last = h.ServiceStartAt, id.Technician{}
		if rule, err := r.come(&p.crew[t], wishes[i], free[i]); rule != "" || err != nil {
			return false, err
		}
	}
	return true, nil
}

// hour is what an hour of work costs at most, in minor units.
func (p *nodePlan) hour() (most int64) {
	for i := range p.crew {
		most = max(most, p.crew[i].Hour.Minor)
	}
	return most
}

// loosened is the board on which the free visits may go to others and are where they are.
func (p *nodePlan) loosened(free []appointment, of map[id.WorkOrder]job) (*resident.Board, error) {
	jobs, ok := p.wishedAll(keepWishes(free, of, p.all()))
	if p.board == nil || !ok {
		return nil, errAnew
	}
	loose := make(map[string]routing.Job, len(free))
	for i := range free {
		loose[free[i].ID.String()] = jobs[i]
	}
	q := *p
	q.lanes = slices.Clone(p.lanes)
	r := restating{p: &q, spots: p.spots(p.on), said: map[string]bool{}}
	for t := range q.lanes {
		if !slices.ContainsFunc(free, func(a appointment) bool { return a.Technician == p.crew[t].ID }) {
			continue
		}
		q.lanes[t].keys = maps.Clone(q.lanes[t].keys)
		if err := r.days(t, planDays); err != nil {
			return nil, err
		}
	}
	for _, d := range r.list {
		if days, ok := d.(resident.Restate); ok {
			loosen(days.Shifts, loose)
		}
	}
	board, answer, err := p.board.Apply(append(r.cancels(), r.list...)...)
	if errors.Is(err, routing.ErrSpec) || err == nil && len(answer.Unkept) > 0 {
		return nil, errAnew
	}
	return board, err
}

// loosen takes the pins from the visits that are free; they take the time that was
// promised.
func loosen(shifts []resident.Stated, loose map[string]routing.Job) {
	for _, s := range shifts {
		for i := range s.Holds {
			w := &s.Holds[i]
			if job, ok := loose[w.Key]; ok {
				job.Site, job.Service, job.Promised = w.Job.Site, w.Job.Service, true
				w.Job = job
			}
		}
	}
}

// spotsOf are the visits around which is looked: those with the longest ways, then some that
// are drawn.
func spotsOf(b *resident.Board, free []appointment, rng *rand.Rand) (out []string) {
	ways := waysOf(b)
	keys := make([]string, len(free))
	for i := range free {
		keys[i] = free[i].ID.String()
	}
	rng.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	drawn, rest := keys[:min(len(keys), lookSpots/2)], keys[min(len(keys), lookSpots/2):]
	slices.SortFunc(rest, func(a, b string) int { return cmp.Or(cmp.Compare(ways[b], ways[a]), cmp.Compare(a, b)) })
	return append(slices.Clone(rest[:min(len(rest), lookSpots/2)]), drawn...)
}

// waysOf are the seconds on the road before and after each visit.
func waysOf(b *resident.Board) map[string]int64 {
	out := map[string]int64{}
	for _, day := range b.Timetable() {
		home := day.Travel
		for i, stop := range day.Stops {
			home -= stop.Way
			out[b.Job(stop.Job)] += stop.Way
			if i > 0 {
				out[b.Job(day.Stops[i-1].Job)] += stop.Way
			}
		}
		if n := len(day.Stops); n > 0 {
			out[b.Job(day.Stops[n-1].Job)] += home
		}
	}
	return out
}

// gained is what one board is better than another.
func (p *nodePlan) gained(was, is *resident.Board, free []appointment) gain {
	other := map[string]bool{}
	for _, a := range p.all() {
		other[a.ID.String()] = a.Node != p.node
	}
	added := func(b *resident.Board) bill {
		return billOf(b.Problem(), b.Plan(), p.crew, func(job int) bool { return other[b.Job(job)] })
	}
	g := gain{before: added(was), after: added(is)}
	for i := range free {
		a := &free[i]
		v, ok := is.Visit(a.ID.String())
		if !ok || v.Technician == a.Technician.String() {
			continue
		}
		t := slices.IndexFunc(p.crew, func(t dispatch.Technician) bool { return t.ID.String() == v.Technician })
		g.moves = append(g.moves, handed{a.ID, a.WorkOrder, a.Version, a.Technician, p.crew[t].ID, a.StartAt, a.EndAt, instant(v.Start), instant(v.Done), nil})
	}
	return g
}
