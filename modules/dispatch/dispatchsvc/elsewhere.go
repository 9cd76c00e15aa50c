package dispatchsvc

import (
	"context"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/learn"
	"fettle.dev/fettle/platform/db"
)

// elsewhere are the grounds of other nodes in whose plans some technicians' days are, where
// these reckon with longer ways than the node that asks. Where visits take longer by what
// one of them knows, its plan must not find the day broken.
type elsewhere map[id.Node]ground

// groundsElsewhere reads them for those of a crew whose days hold visits of several nodes.
// Where nobody's do it costs nothing.
func groundsElsewhere(ctx context.Context, tx *db.Tx, on ground, crew []dispatch.Technician, all []appointment, wished ...geo.Point) (elsewhere, error) {
	out := elsewhere{}
	for _, node := range othersOf(on.node, crew, all) {
		other, err := on.seenFrom(ctx, tx, node, crew, all, wished)
		if err != nil {
			return nil, err
		}
		if other.longer(&on) {
			out[node] = other
		}
	}
	return out, nil
}

// othersOf are the nodes, beside one, in whose plans days of a crew are: the homes of its
// guests, and of those who roam the nodes that have visits among theirs.
func othersOf(node id.Node, crew []dispatch.Technician, all []appointment) (out []id.Node) {
	roams := map[id.Technician]bool{}
	add := func(n id.Node) {
		if n != node && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	for i := range crew {
		if crew[i].Roams() {
			roams[crew[i].ID] = true
			add(crew[i].Node)
		}
	}
	for i := range all {
		if len(roams) > 0 && roams[all[i].Technician] {
			add(all[i].Node)
		}
	}
	return out
}

// seenFrom is the same ground by what another node has learnt of ways, and with what slows
// these down there. What a road service said is known by place, whichever node has asked.
func (g ground) seenFrom(ctx context.Context, tx *db.Tx, node id.Node, crew []dispatch.Technician, all []appointment, wished []geo.Point) (ground, error) {
	was := g.roads.Service
	var err error
	if g.roads, err = roadState(ctx, tx, node); err != nil {
		return g, err
	}
	switch {
	case g.roads.Service == "":
		g.known = nil
	case was == "":
		if g.known, err = reaches(ctx, tx, cellsOf(crew, all, wished)); err != nil {
			return g, err
		}
	}
	l, err := loreOf(ctx, tx, node)
	if err != nil {
		return g, err
	}
	g.lore.Travel = learn.Factor{}
	if l.used() {
		g.lore.Travel = l.Travel
	}
	slow, err := slowdownsOf(ctx, tx, node, tx.Now().Add(-slowBefore))
	g.slow = nil
	for i := range slow {
		g.slow = append(g.slow, slow[i].Slowdown)
	}
	return g, err
}

// longer reports whether ways may take longer than on another ground.
func (g *ground) longer(than *ground) bool {
	return g.lore.Travel.Times(1000) > than.lore.Travel.Times(1000) || g.roads.Service != than.roads.Service || len(g.slow) > 0
}

// holds holds a place that was found for a visit in a technician's day against what the
// other nodes of that day know of ways. Faults: ErrSlotGone, ErrDayBroken.
func (e elsewhere) holds(on ground, now time.Time, t *dispatch.Technician, mine []appointment, w wish, f *fitted) error {
	if len(e) == 0 || !t.Roams() {
		return nil
	}
	w.near = f.slot.ServiceStartAt
	z := zone(t.Zone)
	day := onDay(mine, calendar.DayAt(w.windows[0].Start, z), z)
	for _, node := range placesOfWork(t) {
		other, longer := e[node]
		if !longer || node != t.Node && !slices.ContainsFunc(day, func(a appointment) bool { return a.Node == node }) {
			continue
		}
		if _, err := fit(other, now, *t, day, w, time.UTC); err != nil {
			return err
		}
	}
	return nil
}
