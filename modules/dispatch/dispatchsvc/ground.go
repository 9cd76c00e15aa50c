package dispatchsvc

import (
	"context"
	"maps"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/learn"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/modules/dispatch/travel"
	"fettle.dev/fettle/platform/db"
)

// ground is what a plan stands on beside promises and wishes: what ways and work take. Ways
// that a road service was asked for are as it said, the others as the model of the
// country has them.
type ground struct {
	node  id.Node // whose plan it is
	model travel.Model
	known map[travel.Cell]travel.Reach
	roads roadsView
	lore  learn.Lore // zero: nothing was learnt, or it is not to be used
	slow  []dispatch.Slowdown

	everywhere bool             // anybody may be sent anywhere, so all ways are stated
	balance    dispatch.Balance // of work between people
	haste      dispatch.Haste   // with urgent cases
}

// roadsView says where the ways of a board come from.
type roadsView struct {
	Service     string    `json:"service,omitempty" enum:"osrm,valhalla" doc:"absent: no road service is asked, all ways are of the model"`
	Measured    int       `json:"measured" doc:"ways between the places of the day that the service has answered for"`
	Modelled    int       `json:"modelled" doc:"ways that are reckoned from the great circle"`
	FailedSince time.Time `json:"failed_since,omitzero" doc:"since when the service does not answer"`
	Code        string    `json:"code,omitempty" doc:"how it failed"`
}

// groundOf reads the ground of a node for a crew, what occupies it and what is wished
// for. Nobody stands on the model of no country.
func groundOf(ctx context.Context, tx *db.Tx, node id.Node, crew []dispatch.Technician, all []appointment, wished ...geo.Point) (ground, error) {
	if len(crew) == 0 {
		return ground{node: node, model: travel.For("")}, nil
	}
	g := ground{node: node, model: travel.For(crew[0].Country)}
	var err error
	if g.roads, err = roadState(ctx, tx, node); err != nil {
		return g, err
	}
	cells := cellsOf(crew, all, wished)
	if g.roads.Service != "" {
		if g.known, err = reaches(ctx, tx, cells); err != nil {
			return g, err
		}
	}
	g.count(cells)
	l, err := loreOf(ctx, tx, node)
	if err != nil {
		return g, err
	}
	if l.used() {
		g.lore = l.Lore
	}
	slow, err := slowdownsOf(ctx, tx, node, tx.Now().Add(-slowBefore))
	if err != nil {
		return g, err
	}
	for i := range slow {
		g.slow = append(g.slow, slow[i].Slowdown)
	}
	e, err := engineOf(ctx, tx, node, "")
	g.balance, g.haste = e.Balance, e.Haste
	return g, err
}

// wider is the ground with the ways of more places, where a road service knows them.
func (g ground) wider(ctx context.Context, tx *db.Tx, points []geo.Point) (ground, error) {
	if g.roads.Service == "" {
		return g, nil
	}
	cells := slices.DeleteFunc(cellsOf(nil, nil, points), func(c travel.Cell) bool { _, known := g.known[c]; return known })
	if len(cells) == 0 {
		return g, nil
	}
	more, err := reaches(ctx, tx, cells)
	if err != nil {
		return g, err
	}
	g.known = maps.Clone(g.known)
	for _, c := range cells {
		g.known[c] = more[c]
	}
	return g, nil
}

// matrix states all ways between places.
func (g ground) matrix(at []geo.Point) routing.Travel {
	n := len(at)
	t := routing.Travel{Sites: n, Seconds: make([]int32, n*n), Metres: make([]int32, n*n)}
	for i := range n {
		for j := range i {
			t.Seconds[i*n+j], t.Metres[i*n+j] = g.leg(at[i], at[j])
			if len(g.known) == 0 { // the model's way there is the way back
				t.Seconds[j*n+i], t.Metres[j*n+i] = t.Seconds[i*n+j], t.Metres[i*n+j]
			} else {
				t.Seconds[j*n+i], t.Metres[j*n+i] = g.leg(at[j], at[i])
			}
		}
	}
	return t
}

// cellsOf are the places that ways are asked between, each once.
func cellsOf(crew []dispatch.Technician, all []appointment, wished []geo.Point) (cells []travel.Cell) {
	seen := map[travel.Cell]bool{}
	add := func(p geo.Point) {
		if c := travel.CellOf(p); !p.IsZero() && !seen[c] {
			seen[c] = true
			cells = append(cells, c)
		}
	}
	for i := range crew {
		add(crew[i].Start)
	}
	for _, p := range wished {
		add(p)
	}
	for i := range all {
		add(all[i].Coarse)
	}
	return cells
}

// count says how many of the ways between the places are measured.
func (g *ground) count(cells []travel.Cell) {
	if len(g.known) == 0 {
		g.roads.Modelled = len(cells) * (len(cells) - 1)
		return
	}
	for _, from := range cells {
		for _, to := range cells {
			if from == to {
				continue
			}
			if _, ok := g.known[from].Find(to); ok {
				g.roads.Measured++
			} else {
				g.roads.Modelled++
			}
		}
	}
}

// farLeg is far beyond any shift, and within the limits of routing.
const farLeg = 1 << 27

// leg is the way between two sites in the words of routing.
func (g ground) leg(from, to geo.Point) (seconds, metres int32) {
	w := g.way(from, to)
	if w.Seconds == travel.Unreachable {
		return routing.Unreachable, routing.Unreachable
	}
	return int32(min(g.lore.Travel.Times(w.Seconds), farLeg)), int32(min(w.Metres, farLeg))
}

func (g ground) way(from, to geo.Point) travel.Way {
	if len(g.known) > 0 {
		if t, ok := g.known[travel.CellOf(from)].Find(travel.CellOf(to)); ok {
			return t.Way
		}
	}
	return g.model.Way(from, to)
}

// learnt says how long work takes that is stated with so many minutes, and why: of
// the technician where one is alone in question, of the node otherwise.
func (g ground) learnt(w *wish, crew []dispatch.Technician) dispatch.Learnt {
	var who id.Technician
	if len(crew) == 1 {
		who = crew[0].ID
	}
	f, of := g.lore.Service(w.kind, who)
	return dispatch.Learnt{
		StatedMinutes: w.minutes, Minutes: max(1, f.Times(w.minutes)), ServicePermille: f.Permille, ServiceOf: string(of), ServiceVisits: f.Visits,
		TravelPermille: g.lore.Travel.Permille,
	}
}

// worked is for how many seconds of work a visit was promised: what is learnt
// later does not move it.
func worked(a *appointment) int64 {
	if s := int64(a.ServiceEndAt.Sub(a.ServiceStartAt) / time.Second); s > 0 {
		return s
	}
	return a.Minutes * 60
}
