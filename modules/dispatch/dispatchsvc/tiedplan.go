package dispatchsvc

import (
	"context"
	"fmt"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/platform/db"
)

// groups are those of a node, by each of their work orders.
type groups map[id.WorkOrder]group

// groupsOf reads the groups of a node in which something is still to be done. Few
// cases have any.
func groupsOf(ctx context.Context, tx *db.Tx, node id.Node) (groups, error) {
	rows, err := tx.Rows(ctx, `SELECT DISTINCT case_id FROM dispatch_job WHERE tenant_id = ? AND node_id = ? AND tied_to IS NOT NULL AND state <> 'done'
		ORDER BY case_id`, tx.Tenant(), node)
	cases, err := db.Collect(rows, err, func(scan func(...any) error) (c id.Case, err error) { return c, scan(&c) })
	if err != nil {
		return nil, fmt.Errorf("read cases with ties: %w", err)
	}
	out := groups{}
	for _, c := range cases {
		jobs, err := jobsOfCase(ctx, tx, c, "")
		if err != nil {
			return nil, err
		}
		promised, err := appointmentsOfCase(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		for i := range jobs {
			if g := grouped(jobs, promised, jobs[i].WorkOrder); g != nil {
				out[jobs[i].WorkOrder] = g
			}
		}
	}
	return out, nil
}

// without leaves of promises those that hang together with no other visit.
func (gs groups) without(list []appointment) []appointment {
	return slices.DeleteFunc(list, func(a appointment) bool { return gs[a.WorkOrder] != nil })
}

// whole leaves of open visits those whose groups can be planned as a whole.
func (gs groups) whole(open []job) []job {
	there := map[id.WorkOrder]bool{}
	for i := range open {
		there[open[i].WorkOrder] = true
	}
	return slices.DeleteFunc(open, func(j job) bool {
		g := gs[j.WorkOrder]
		return g.waits() || slices.ContainsFunc(g.open(j.WorkOrder), func(m *member) bool { return !there[m.WorkOrder] })
	})
}

// narrow leaves a wish, of the windows that it is planned in, what the promised ones
// of its group leave it.
func (gs groups) narrow(w *wish, windows []dispatch.Window) {
	g := gs[w.work]
	if g == nil {
		return
	}
	w.windows = windows
	r, apart := g.room(w.work)
	w.narrow(&r, apart)
	w.windows = merged(w.windows)
}

// wishes are a job, first, and the open visits that are booked with it.
func (g group) wishes(j *job, windows []dispatch.Window) []wish {
	if g == nil {
		return []wish{j.wish(merged(windows))}
	}
	out := []wish{j.wish(windows)}
	for _, m := range g.open(j.WorkOrder) {
		if m.WorkOrder != j.WorkOrder {
			out = append(out, m.wish(windows))
		}
	}
	for i := range out {
		r, apart := g.room(out[i].work)
		out[i].narrow(&r, apart)
		out[i].windows = merged(out[i].windows)
	}
	return out
}

// meetingWith are those who come at the same moment as somebody to the same case.
func meetingWith(a *appointment, all []appointment) (out []id.Technician) {
	for i := range all {
		o := &all[i]
		if o.ID != a.ID && o.Case == a.Case && o.Exact && o.State.Live() && o.ServiceStartAt.Equal(a.ServiceStartAt) {
			out = append(out, o.Technician)
		}
	}
	return out
}

// seatings are the open visits that a plan has places for, route by route in its
// order, those together that hang together.
func (s *sheet) seatings(plan routing.Plan, open []job) (out [][]seat) {
	at := map[int]int{} // wish → which of out
	for r, day := range routing.Timetable(s.p, plan) {
		technician, _ := s.p.Owner(r)
		for _, stop := range day.Stops {
			w := stop.Job - len(s.kept)
			if w < 0 || w >= len(open) {
				continue
			}
			start := instant(stop.Start)
			place := seat{work: open[w].WorkOrder, technician: s.crew[technician].ID, window: dispatch.WindowOf(start, zone(open[w].Zone)), start: start, exact: s.meets(w)}
			if i, ok := at[w]; ok {
				out[i] = append(out[i], place)
				continue
			}
			for _, k := range s.tiedWith(w, false) {
				at[k] = len(out)
			}
			out = append(out, []seat{place})
		}
	}
	return out
}

// meets reports whether a wish begins with another one, or at a given moment.
func (s *sheet) meets(wish int) bool {
	return !s.wishes[wish].exact.IsZero() || slices.ContainsFunc(s.spec.Links, func(l routing.Link) bool {
		return l.Sequence == routing.Together && (l.First == s.number(wish) || l.Second == s.number(wish))
	})
}
