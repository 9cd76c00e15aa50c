package dispatchsvc

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/travel"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/roads"
)

// surveyor is a road service.
type surveyor interface {
	Kind() string
	Table(ctx context.Context, from, to []geo.Point) ([]roads.Way, error)
}

// surveyKind asks a road service for the ways between a node's places, outside any
// step. Plans take what is known and the model for the rest, and wait for nothing.
const surveyKind = "dispatch.survey"

type survey struct {
	Node id.Node `json:"node"`
}

// surveyAgain is when a service that failed is asked for a node again.
const surveyAgain = 10 * time.Minute

// surveyAhead is how far visits ahead are looked at.
const surveyAhead = 15 * 24 * time.Hour

// mostPlaces bounds how many places of a node ways are asked between: the crew's
// first, then the most urgent work.
const mostPlaces = 400

// wantSurvey has a node's ways asked for, where there is somebody to ask.
func (m *Module) wantSurvey(ctx context.Context, tx *db.Tx, node id.Node) error {
	if m.roads == nil || node.IsZero() {
		return nil
	}
	return m.jobs.Enqueue(ctx, tx, surveyKind, node.String(), tx.Now(), survey{node})
}

// survey asks for what is not known of a node's ways, or not any more.
func (m *Module) survey(ctx context.Context, j jobs.Job, s survey) error {
	var said map[travel.Cell][]travel.To
	var trouble error
	if m.roads != nil {
		var asks []gap
		err := m.db.Read(ctx, j.Tenant, func(ctx context.Context, tx *db.Tx) (err error) {
			asks, err = unknownWays(ctx, tx, s.Node)
			return err
		})
		if err != nil {
			return err
		}
		if said, trouble = m.ask(ctx, asks); ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return m.db.InTx(ctx, j.Tenant, func(ctx context.Context, tx *db.Tx) error {
		if m.roads != nil {
			if err := saveWays(ctx, tx, said); err != nil {
				return err
			}
			if err := noteRoads(ctx, tx, s.Node, m.roads.Kind(), trouble); err != nil {
				return err
			}
		}
		if len(said) > 0 { // places are those of other nodes, too
			if err := stirAll(ctx, tx); err != nil {
				return err
			}
		}
		if trouble != nil {
			if err := m.jobs.Enqueue(ctx, tx, surveyKind, s.Node.String(), tx.Now().Add(surveyAgain), s); err != nil {
				return err
			}
		}
		if err := m.changed(ctx, tx, s.Node, s.Node.String(), 0); err != nil {
			return err
		}
		return j.Done(ctx, tx)
	})
}

// gap is a table of ways to be asked for.
type gap struct {
	from, to []travel.Cell
}

// unknownWays are the ways between a node's places that are not known, or were
// asked for too long ago, as few tables as there are different gaps.
func unknownWays(ctx context.Context, tx *db.Tx, node id.Node) ([]gap, error) {
	cells, err := placesOf(ctx, tx, node)
	if err != nil {
		return nil, err
	}
	known, err := reaches(ctx, tx, cells)
	if err != nil {
		return nil, err
	}
	return gaps(cells, known, tx.Now()), nil
}

// gaps puts together the places from which the same ways are missing. The way to
// itself counts like any other, so that all new places have the same gap.
func gaps(cells []travel.Cell, known map[travel.Cell]travel.Reach, now time.Time) (out []gap) {
	stale := today(now) - waysFresh
	at := map[string]int{}
	for _, from := range cells {
		var missing []travel.Cell
		for _, to := range cells {
			if t, ok := known[from].Find(to); !ok || t.On < stale {
				missing = append(missing, to)
			}
		}
		if len(missing) == 0 {
			continue
		}
		key := fmt.Sprint(missing)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, gap{to: missing})
		}
		out[i].from = append(out[i].from, from)
	}
	return out
}

// placesOf are the coarse places of a node: where its people start, and where they
// are wanted.
func placesOf(ctx context.Context, tx *db.Tx, node id.Node) ([]travel.Cell, error) {
	crew, err := teamOf(ctx, tx, node)
	if err != nil {
		return nil, err
	}
	all, err := promisedTo(ctx, tx, node, crew, tx.Now(), tx.Now().Add(surveyAhead))
	if err != nil {
		return nil, err
	}
	open, err := openJobs(ctx, tx, node, atOnce, dispatch.Unplanned, dispatch.Offered, dispatch.Held)
	if err != nil {
		return nil, err
	}
	var wished []geo.Point
	for i := range open {
		wished = append(wished, open[i].Coarse)
	}
	cells := cellsOf(crew, all, wished)
	return cells[:min(len(cells), mostPlaces)], nil
}

// ask asks table by table; what was answered before a failure is kept.
func (m *Module) ask(ctx context.Context, asks []gap) (map[travel.Cell][]travel.To, error) {
	said := map[travel.Cell][]travel.To{}
	on := today(m.db.Now()())
	for _, q := range asks {
		ways, err := m.roads.Table(ctx, points(q.from), points(q.to))
		if err != nil {
			return said, err
		}
		for i, from := range q.from {
			for j, to := range q.to {
				w := ways[i*len(q.to)+j]
				said[from] = append(said[from], travel.To{Cell: to, Way: travel.Way(w), On: on})
			}
		}
	}
	return said, nil
}

func points(cells []travel.Cell) []geo.Point {
	out := make([]geo.Point, len(cells))
	for i, c := range cells {
		out[i] = c.Point()
	}
	return out
}

// renewSurveys forgets what is too old and has the ways of every node with people
// asked for again.
func (m *Module) renewSurveys(ctx context.Context, tenant id.Tenant) error {
	return m.db.InTx(ctx, tenant, func(ctx context.Context, tx *db.Tx) error {
		if err := dropWays(ctx, tx); err != nil {
			return err
		}
		rows, err := tx.Rows(ctx, `SELECT DISTINCT node_id FROM dispatch_technician WHERE tenant_id = ? AND standing <> ?`, tx.Tenant(), dispatch.Left)
		nodes, err := db.Collect(rows, err, func(scan func(...any) error) (n id.Node, err error) { return n, scan(&n) })
		if err != nil {
			return fmt.Errorf("read nodes: %w", err)
		}
		for _, n := range slices.Compact(nodes) {
			if err := m.wantSurvey(ctx, tx, n); err != nil {
				return err
			}
		}
		return nil
	})
}
