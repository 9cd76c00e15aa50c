package dispatchsvc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch/travel"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/roads"
)

// How long what a road service said is believed, in days, after how many it is
// asked again, and of how many places it is kept for one.
const (
	waysKeep  = 60
	waysFresh = 30
	mostReach = 1000
)

// today is the day by which ways grow old.
func today(at time.Time) calendar.Day { return calendar.DayAt(at, time.UTC) }

// reaches reads what is known of the ways from each cell and not too old.
func reaches(ctx context.Context, tx *db.Tx, cells []travel.Cell) (map[travel.Cell]travel.Reach, error) {
	sets := make([][]any, len(cells))
	for i, c := range cells {
		sets[i] = []any{tx.Tenant(), int64(c)}
	}
	out := make(map[travel.Cell]travel.Reach, len(cells))
	err := tx.Each(ctx, `SELECT ways FROM dispatch_way WHERE tenant_id = ? AND from_cell = ?`, sets, func(i int, rows *db.Rows) error {
		list, err := db.Collect(rows, nil, func(scan func(...any) error) (b []byte, err error) { return b, scan(&b) })
		if err != nil || len(list) == 0 {
			return err
		}
		r, err := travel.Unpack(list[0])
		out[cells[i]] = r.Since(today(tx.Now()) - waysKeep)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read ways: %w", err)
	}
	return out, nil
}

// saveWays keeps what was said of the ways from some cells.
func saveWays(ctx context.Context, tx *db.Tx, said map[travel.Cell][]travel.To) error {
	for from, fresh := range said {
		var old []byte
		err := tx.Row(ctx, `SELECT ways FROM dispatch_way WHERE tenant_id = ? AND from_cell = ?`+tx.ForUpdate(), tx.Tenant(), int64(from)).Scan(&old)
		if err := db.NotFound(err, nil); err != nil {
			return fmt.Errorf("read ways: %w", err)
		}
		r, err := travel.Unpack(old)
		if err != nil {
			return err
		}
		r = r.Since(today(tx.Now())-waysKeep).Merge(fresh, mostReach)
		err = tx.Put(ctx, `INSERT INTO dispatch_way (tenant_id, from_cell, ways, asked_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (tenant_id, from_cell) DO UPDATE SET ways = excluded.ways, asked_at = excluded.asked_at`, tx.Tenant(), int64(from), r.Pack(), tx.Now())
		if err != nil {
			return fmt.Errorf("save ways: %w", err)
		}
	}
	return nil
}

// dropWays forgets the places that nobody has asked from for too long.
func dropWays(ctx context.Context, tx *db.Tx) error {
	err := tx.Put(ctx, `DELETE FROM dispatch_way WHERE tenant_id = ? AND asked_at < ?`, tx.Tenant(), tx.Now().Add(-waysKeep*24*time.Hour))
	if err != nil {
		return fmt.Errorf("drop ways: %w", err)
	}
	return nil
}

// roadState says how asking for a node's ways went; zero: nobody was asked.
func roadState(ctx context.Context, tx *db.Tx, node id.Node) (v roadsView, err error) {
	err = tx.Row(ctx, `SELECT service, failed_since, code FROM dispatch_road WHERE tenant_id = ? AND node_id = ?`, tx.Tenant(), node).
		Scan(&v.Service, db.At(&v.FailedSince), &v.Code)
	if err := db.NotFound(err, nil); err != nil {
		return v, fmt.Errorf("read roads: %w", err)
	}
	return v, nil
}

// noteRoads writes down how asking went.
func noteRoads(ctx context.Context, tx *db.Tx, node id.Node, service string, trouble error) error {
	code, since := roadCode(trouble), time.Time{}
	if code != "" {
		since = tx.Now()
	}
	err := tx.Put(ctx, `INSERT INTO dispatch_road (tenant_id, node_id, service, asked_at, failed_since, code) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant_id, node_id) DO UPDATE SET service = excluded.service, asked_at = excluded.asked_at, code = excluded.code,
		failed_since = CASE WHEN excluded.failed_since IS NULL THEN NULL ELSE COALESCE(dispatch_road.failed_since, excluded.failed_since) END`,
		tx.Tenant(), node, service, tx.Now(), since, code)
	if err != nil {
		return fmt.Errorf("save roads: %w", err)
	}
	return nil
}

// roadCode is a code for how a road service failed, "" for not at all.
func roadCode(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, roads.ErrRefused):
		return "roads_refused"
	case errors.Is(err, roads.ErrNonsense):
		return "roads_nonsense"
	case errors.Is(err, roads.ErrSilent), errors.Is(err, roads.ErrResting):
		return "roads_silent"
	default:
		return fault.Of(err).Code
	}
}
