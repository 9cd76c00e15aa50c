package dispatchsvc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// demandFrom is how far back what was asked for is looked at: two years, so that
// a season is seen twice.
const demandFrom = 730

// urgentBelow is the priority of a case from which on its visit can wait.
const urgentBelow = 3

// askPlace asks where and how urgent a visit is, for counting it.
func (m *Module) askPlace(ctx context.Context, meta outbox.Meta, e work.OrderReady) (site, error) {
	if e.Again {
		return site{}, nil
	}
	s, err := m.askSite(ctx, meta, e)
	if errors.Is(err, desk.ErrCaseNotFound) {
		return site{}, nil
	}
	return s, err
}

// countDemand counts a visit that was asked for, once for all and once for each skill.
func (m *Module) countDemand(ctx context.Context, tx *db.Tx, meta outbox.Meta, e work.OrderReady, s site) error {
	if e.Kind != work.Visit || e.Again || s.node.ID.IsZero() {
		return nil
	}
	local := meta.OccurredAt.In(zone(s.node.Zone))
	urgent := int64(0)
	if p := int64(s.brief.Priority); p > 0 && p < urgentBelow {
		urgent = 1
	}
	skills := []string{""}
	for _, n := range e.Skills {
		skills = append(skills, n.Skill)
	}
	for _, skill := range skills {
		err := tx.Put(ctx, `INSERT INTO dispatch_demand (tenant_id, node_id, day, hour, skill, urgent, visits, minutes) VALUES (?, ?, ?, ?, ?, ?, 1, ?)
			ON CONFLICT (tenant_id, node_id, day, hour, skill, urgent) DO UPDATE SET visits = dispatch_demand.visits + 1,
			minutes = dispatch_demand.minutes + excluded.minutes`,
			tx.Tenant(), s.node.ID, calendar.DayAt(meta.OccurredAt, zone(s.node.Zone)).String(), int64(local.Hour()), skill, urgent, max(1, e.Minutes))
		if err != nil {
			return fmt.Errorf("count demand: %w", err)
		}
	}
	return nil
}

// dropDemand empties what was counted of a tenant, to be counted anew.
func dropDemand(ctx context.Context, tx *db.Tx) error {
	return tx.Put(ctx, `DELETE FROM dispatch_demand WHERE tenant_id = ?`, tx.Tenant())
}

// asked is what was asked for in an hour.
type asked struct {
	day             calendar.Day
	hour            int64
	skill           string
	urgent          bool
	visits, minutes int64
}

// demandOf reads what was asked of a node before a day.
func demandOf(ctx context.Context, tx *db.Tx, node id.Node, before calendar.Day) ([]asked, error) {
	rows, err := tx.Rows(ctx, `SELECT day, hour, skill, urgent, visits, minutes FROM dispatch_demand
		WHERE tenant_id = ? AND node_id = ? AND day >= ? AND day < ? ORDER BY day, hour, skill, urgent`,
		tx.Tenant(), node, (before - demandFrom).String(), before.String())
	list, err := db.Collect(rows, err, func(scan func(...any) error) (a asked, err error) {
		var day string
		var urgent int64
		if err := scan(&day, &a.hour, &a.skill, &urgent, &a.visits, &a.minutes); err != nil {
			return a, err
		}
		a.urgent = urgent == 1
		a.day, err = calendar.ParseDay(day)
		return a, err
	})
	if err != nil {
		return nil, fmt.Errorf("read demand: %w", err)
	}
	return list, nil
}

// travelMinutes are how many minutes went into ways and into work at a node in the
// last four weeks.
func travelMinutes(ctx context.Context, tx *db.Tx, node id.Node) (travel, worked int64, err error) {
	err = tx.Row(ctx, `SELECT CAST(COALESCE(SUM(travel_seconds), 0) AS BIGINT), CAST(COALESCE(SUM((service_end_at - service_start_at) / 1000000), 0) AS BIGINT)
		FROM dispatch_appointment WHERE tenant_id = ? AND node_id = ? AND service_start_at >= ? AND service_start_at < ? AND state = 'completed'`,
		tx.Tenant(), node, tx.Now().Add(-28*24*time.Hour), tx.Now()).Scan(&travel, &worked)
	if err != nil {
		return 0, 0, fmt.Errorf("read ways: %w", err)
	}
	return travel / 60, worked / 60, nil
}
