package dispatchsvc

import (
	"context"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/resident"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/platform/db"
)

// CountOpen is the question behind the list of boards.
const CountOpen = countOpen

// HoldSolvers occupies the searches of the API, until they are released.
func (m *Module) HoldSolvers() (release func()) {
	for range solveAtOnce {
		m.solving <- struct{}{}
	}
	return func() {
		for range solveAtOnce {
			<-m.solving
		}
	}
}

// SolveAtOnce is how many searches of the API there may be.
const SolveAtOnce = solveAtOnce

// Solving is how many there are.
func (m *Module) Solving() int { return len(m.solving) }

// Kept is what the plan in memory offers for a visit, or one that is read anew as of the
// same instant.
type Kept struct {
	Technician, Second string
	Day                calendar.Day
	Window             int
	Start              int64
	Earliest, Latest   int64
	Late               int64
	Cost, SecondCost   routing.Grain
}

// Remember asks the plan in memory about a visit, and one that is made of the rows. how
// says how the first came about since the plan before: "kept", "followed" or "stated".
func (m *Module) Remember(ctx context.Context, tenant id.Tenant, wo id.WorkOrder) (remembered, read []Kept, upset [2][]id.Appointment, how string, err error) {
	err = m.db.Read(ctx, tenant, func(ctx context.Context, tx *db.Tx) error {
		j, err := jobOf(ctx, tx, wo, "")
		if err != nil {
			return err
		}
		was := m.memory.shelf(nodeKey{tenant, j.Node}).plan
		p, err := m.plan(ctx, tx, j.Node, planAge)
		if err != nil {
			return err
		}
		switch {
		case p == was:
			how = "kept"
		case was != nil && p.base == was.base:
			how = "followed"
		default:
			how = "stated"
		}
		fresh, err := readPlan(ctx, tx, j.Node, p.stamp, p.asOf)
		if err != nil {
			return err
		}
		for i, p := range []*nodePlan{p, fresh} {
			for _, a := range p.upset() {
				upset[i] = append(upset[i], a.ID)
			}
		}
		if remembered, err = p.kept(&j); err != nil {
			return err
		}
		read, err = fresh.kept(&j)
		return err
	})
	return remembered, read, upset, how, err
}

func (p *nodePlan) kept(j *job) (out []Kept, err error) {
	windows := dispatch.WindowsFrom(p.asOf, dispatch.Horizon, zone(j.Zone))
	job, _ := p.wished(j.wish(windows))
	spots := p.spots(p.on)
	offers, err := p.board.Offers(resident.Ask{Job: job, Place: spots.place(j.Coarse), Windows: windowsOf(windows)})
	for _, o := range offers {
		t := slices.IndexFunc(p.crew, func(t dispatch.Technician) bool { return t.ID.String() == o.Technician })
		out = append(out, Kept{o.Technician, o.Second, p.base.duties[t][o.Shift].Day, o.Window, o.Start, o.Earliest, o.Latest, o.Late, o.Cost, o.SecondCost})
	}
	return out, err
}

// Memory is where plans are kept.
type Memory = memory

// NewMemory keeps plans that weigh so many legs together at most.
func NewMemory(most int) *Memory { return newMemory(most) }

// Keep asks for a node's plan, which then weighs so much.
func (k *memory) Keep(node id.Node, legs int) {
	key := nodeKey{node: node}
	s := k.shelf(key)
	s.plan = &nodePlan{node: node}
	k.weigh(key, s, legs)
}

// Kept reports whether the plan of a node is kept, and what all weigh.
func (k *memory) Kept(node id.Node) (kept bool, legs int) {
	s := k.nodes[nodeKey{node: node}]
	return s != nil && s.plan != nil, k.legs
}

// Heed notes how far a search comes, as a plan with a name does.
func (m *Module) Heed(tenant id.Tenant, node id.Node, name string) (report func(share float64, iterations int), done func()) {
	return m.heed(tenant, node, name)
}

// Rush is how fast a crew drives.
func Rush(crew []dispatch.Technician, first time.Time, days int, slow []dispatch.Slowdown) []routing.Speed {
	return rush(crew, first, days, slow)
}

// Improve looks at a node as the background does, lets something happen between the search
// and the step, and says how many visits went to others and how many could not.
func (m *Module) Improve(ctx context.Context, tenant id.Tenant, node id.Node, between func()) (moved, refused int, err error) {
	n, err := m.network.Node(ctx, tenant, node)
	if err != nil {
		return 0, 0, err
	}
	s, err := m.see(ctx, tenant, n)
	if err != nil {
		return 0, 0, err
	}
	g, err := m.search(ctx, tenant, &s)
	if err != nil {
		return 0, 0, err
	}
	between()
	return m.moveAll(ctx, tenant, &s, g.moves)
}

// Turns are what happened to an appointment.
func (m *Module) Turns(ctx context.Context, tenant id.Tenant, a id.Appointment) (list []turn, err error) {
	return list, m.db.Read(ctx, tenant, func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = historyOf(ctx, tx, a)
		return err
	})
}

// Shorter is since when changes are told where no more than so many appointments are looked at.
func (m *Module) Shorter(ctx context.Context, tenant id.Tenant, node id.Node, since time.Time, most int) (time.Time, error) {
	return db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (time.Time, error) { return shorter(ctx, tx, node, since, most) })
}
