package dispatchsvc

import (
	"context"
	"fmt"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

const technicianColumns = `t.id, t.node_id, t.partner_id, t.person_id, t.country, t.zone, t.lat_micro, t.lon_micro, t.employment, t.standing,
	t.hour_minor, t.hour_currency, t.kilometre_minor, t.max_minutes, t.overtime_minutes, t.version`

// technicianScope are the columns by which access narrows lists of technicians.
var technicianScope = access.Columns{"node": "t.node_id", "partner": "t.partner_id", "technician": "t.id", "country": "t.country", "tenant": "t.tenant_id"}

// resourceOf is the technician as access sees it; the kind is technician, skill or shift.
func resourceOf(t dispatch.Technician, kind string) access.Resource {
	return access.Resource{Kind: kind, ID: t.ID.Raw(), Node: t.Node, Partner: t.Partner, Technician: t.ID, Country: string(t.Country)}
}

func scanTechnician(scan func(...any) error) (t dispatch.Technician, err error) {
	err = scan(&t.ID, &t.Node, &t.Partner, &t.Person, &t.Country, &t.Zone, &t.Start.LatMicro, &t.Start.LonMicro, &t.Employment, &t.Standing,
		&t.Hour.Minor, &t.Hour.Currency, &t.Kilometre.Minor, &t.MaxMinutes, &t.OvertimeMinutes, &t.Version)
	t.Kilometre.Currency = t.Hour.Currency
	return t, err
}

// technicians returns those for whom the condition on t holds, by id, with
// skills, shifts and the absences from a day on.
func technicians(ctx context.Context, tx *db.Tx, since calendar.Day, where, tail string, args ...any) ([]dispatch.Technician, error) {
	rows, err := tx.Rows(ctx, `SELECT `+technicianColumns+` FROM dispatch_technician t WHERE t.tenant_id = ? AND `+where+` ORDER BY t.id`+tail,
		append([]any{tx.Tenant()}, args...)...)
	list, err := db.Collect(rows, err, scanTechnician)
	if err != nil {
		return nil, fmt.Errorf("read technicians: %w", err)
	}
	for i := range list {
		if err := fill(ctx, tx, &list[i], since); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// fill reads what the technician can do and when. Each is a look into one
// index; a node has a few dozen technicians at the most.
func fill(ctx context.Context, tx *db.Tx, t *dispatch.Technician, since calendar.Day) error {
	rows, err := tx.Rows(ctx, `SELECT skill, level, valid_until FROM dispatch_skill WHERE tenant_id = ? AND technician_id = ? ORDER BY skill`, tx.Tenant(), t.ID)
	t.Skills, err = db.Collect(rows, err, func(scan func(...any) error) (s dispatch.Skill, err error) {
		return s, scan(&s.Skill, &s.Level, &s.ValidUntil)
	})
	if err != nil {
		return fmt.Errorf("read skills: %w", err)
	}
	rows, err = tx.Rows(ctx, `SELECT day, reason FROM dispatch_absence WHERE tenant_id = ? AND technician_id = ? AND day >= ? ORDER BY day`,
		tx.Tenant(), t.ID, since.String())
	t.Absences, err = db.Collect(rows, err, func(scan func(...any) error) (a dispatch.Absence, err error) {
		var day string
		if err := scan(&day, &a.Reason); err != nil {
			return a, err
		}
		a.Day, err = calendar.ParseDay(day)
		return a, err
	})
	if err != nil {
		return fmt.Errorf("read absences: %w", err)
	}
	var week string
	err = tx.Row(ctx, `SELECT week FROM dispatch_shift WHERE tenant_id = ? AND technician_id = ?`, tx.Tenant(), t.ID).Scan(&week)
	if err := db.NotFound(err, nil); err != nil {
		return fmt.Errorf("read shifts: %w", err)
	}
	if week == "" {
		return nil
	}
	t.Week, err = calendar.ParseWeek(week)
	return err
}

// technicianOf returns one technician, or ErrNoTechnician.
func technicianOf(ctx context.Context, tx *db.Tx, t id.Technician) (dispatch.Technician, error) {
	list, err := technicians(ctx, tx, yesterday(tx), "t.id = ?", "", t)
	if err != nil || len(list) == 0 {
		return dispatch.Technician{}, orElse(err, dispatch.ErrNoTechnician)
	}
	return list[0], nil
}

// crewOf returns the technicians of a node who have not left.
func crewOf(ctx context.Context, tx *db.Tx, node id.Node) ([]dispatch.Technician, error) {
	return technicians(ctx, tx, yesterday(tx), "t.node_id = ? AND t.standing <> ?", "", node, dispatch.Left)
}

// yesterday is the first day of which absences matter, in whatever zone.
func yesterday(tx *db.Tx) calendar.Day { return calendar.DayAt(tx.Now(), zone("UTC")) - 1 }

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// lockTechnician keeps others from planning the technician until the step ends.
func lockTechnician(ctx context.Context, tx *db.Tx, t id.Technician) error {
	return tx.Lock(ctx, "dispatch."+tx.Tenant().String()+t.String())
}
