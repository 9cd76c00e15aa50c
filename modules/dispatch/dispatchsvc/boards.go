package dispatchsvc

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// demand is how many visits of a node wait for somebody.
type demand struct {
	Node    id.Node `json:"node"`
	Waiting int64   `json:"waiting" doc:"visits that nobody is promised for yet, but for those whose work waits itself, for a part say"`
}

// boardScope are the columns of a job by which access narrows what boards show.
var boardScope = access.Columns{"node": "node_id", "partner": "partner_id", "country": "country"}

// countOpen counts the jobs of one state by node. That it is one of those of the
// index dispatch_job_open is said in the index's own words, else SQLite does not
// take it and reads all that ever was.
const countOpen = `SELECT node_id, count(*) FROM dispatch_job
	WHERE tenant_id = ? AND state IN ('unplanned', 'offered') AND state = ? AND node_id IS NOT NULL AND `

// Boards lists the nodes for whose visits somebody is still to be found, as far
// as the caller may see their boards; the one with the most comes first.
func (m *Module) Boards(ctx context.Context) ([]demand, error) {
	caller, _ := access.From(ctx)
	where, args, err := m.guard.Filter(ctx, "board.read", "board", boardScope)
	if err != nil {
		return nil, err
	}
	return db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]demand, error) {
		waiting := map[id.Node]int64{}
		for _, state := range []dispatch.JobState{dispatch.Unplanned, dispatch.Offered} {
			rows, err := tx.Rows(ctx, countOpen+where+` GROUP BY node_id`, append([]any{tx.Tenant(), state}, args...)...)
			some, err := db.Collect(rows, err, func(scan func(...any) error) (d demand, err error) { return d, scan(&d.Node, &d.Waiting) })
			if err != nil {
				return nil, err
			}
			for _, d := range some {
				waiting[d.Node] += d.Waiting
			}
		}
		return mostFirst(waiting), nil
	})
}

// mostFirst orders the nodes; of those with as many the older one comes first.
func mostFirst(waiting map[id.Node]int64) []demand {
	out := make([]demand, 0, len(waiting))
	for node, n := range waiting {
		out = append(out, demand{node, n})
	}
	slices.SortFunc(out, func(a, b demand) int {
		return cmp.Or(cmp.Compare(b.Waiting, a.Waiting), bytes.Compare(a.Node[:], b.Node[:]))
	})
	return out
}
