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
	t.hour_minor, t.hour_currency, t.kilometre_minor, t.visit_minor, t.night_minor, t.max_minutes, t.overtime_minutes, t.max_visits, t.version`

// technicianScope are the columns by which access narrows lists of technicians.
var technicianScope = access.Columns{"node": "t.node_id", "partner": "t.partner_id", "technician": "t.id", "country": "t.country", "tenant": "t.tenant_id"}

// resourceOf is the technician as access sees it; the kind is technician, skill or shift.
func resourceOf(t dispatch.Technician, kind string) access.Resource {
	return access.Resource{Kind: kind, ID: t.ID.Raw(), Node: t.Node, Partner: t.Partner, Technician: t.ID, Country: string(t.Country)}
}

func scanTechnician(scan func(...any) error) (t dispatch.Technician, err error) {
	err = scan(&t.ID, &t.Node, &t.Partner, &t.Person, &t.Country, &t.Zone, &t.Start.LatMicro, &t.Start.LonMicro, &t.Employment, &t.Standing,
		&t.Hour.Minor, &t.Hour.Currency, &t.Kilometre.Minor, &t.Visit.Minor, &t.Night.Minor, &t.MaxMinutes, &t.OvertimeMinutes, &t.MaxVisits, &t.Version)
	t.Kilometre.Currency, t.Visit.Currency, t.Night.Currency = t.Hour.Currency, t.Hour.Currency, t.Hour.Currency
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
	return list, fill(ctx, tx, list, since)
}

// fill reads what technicians can do and when.
func fill(ctx context.Context, tx *db.Tx, list []dispatch.Technician, since calendar.Day) error {
	each := func(query string, fn func(t *dispatch.Technician, rows *db.Rows) error, more ...any) error {
		sets := make([][]any, len(list))
		for i := range list {
			sets[i] = append([]any{tx.Tenant(), list[i].ID}, more...)
		}
		return tx.Each(ctx, query, sets, func(i int, rows *db.Rows) error { return fn(&list[i], rows) })
	}
	err := each(`SELECT skill, level, valid_until FROM dispatch_skill WHERE tenant_id = ? AND technician_id = ? ORDER BY skill`, fillSkills)
	if err != nil {
		return fmt.Errorf("read skills: %w", err)
	}
	err = each(`SELECT day, reason FROM dispatch_absence WHERE tenant_id = ? AND technician_id = ? AND day >= ? ORDER BY day`, fillAbsences, since.String())
	if err != nil {
		return fmt.Errorf("read absences: %w", err)
	}
	if err := each(`SELECT week FROM dispatch_shift WHERE tenant_id = ? AND technician_id = ?`, fillWeek); err != nil {
		return fmt.Errorf("read shifts: %w", err)
	}
	if err := each(`SELECT node_id, price_minor, until, lent, ended, ended_at FROM dispatch_lend WHERE tenant_id = ? AND technician_id = ? ORDER BY node_id`, fillLends); err != nil {
		return fmt.Errorf("read lends: %w", err)
	}
	return nil
}

func fillSkills(t *dispatch.Technician, rows *db.Rows) (err error) {
	t.Skills, err = db.Collect(rows, nil, func(scan func(...any) error) (s dispatch.Skill, err error) {
		return s, scan(&s.Skill, &s.Level, &s.ValidUntil)
	})
	return err
}

func fillAbsences(t *dispatch.Technician, rows *db.Rows) (err error) {
	t.Absences, err = db.Collect(rows, nil, func(scan func(...any) error) (a dispatch.Absence, err error) {
		var day string
		if err := scan(&day, &a.Reason); err != nil {
			return a, err
		}
		a.Day, err = calendar.ParseDay(day)
		return a, err
	})
	return err
}

func fillLends(t *dispatch.Technician, rows *db.Rows) (err error) {
	t.Lends, err = db.Collect(rows, nil, func(scan func(...any) error) (l dispatch.Lend, err error) {
		var lent int64
		err = scan(&l.Node, &l.Price.Minor, &l.Until, &lent, &l.Ended, db.At(&l.EndedAt))
		l.Price.Currency, l.Over = t.Hour.Currency, lent == 0
		return l, err
	})
	return err
}

func fillWeek(t *dispatch.Technician, rows *db.Rows) error {
	weeks, err := db.Collect(rows, nil, func(scan func(...any) error) (w string, err error) { return w, scan(&w) })
	if err != nil || len(weeks) == 0 || weeks[0] == "" {
		return err
	}
	t.Week, err = calendar.ParseWeek(weeks[0])
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

// crewOf returns a node's own technicians who have not left; teamOf those whom it plans with.
func crewOf(ctx context.Context, tx *db.Tx, node id.Node) ([]dispatch.Technician, error) {
	return crewSince(ctx, tx, node, yesterday(tx))
}

// crewSince is crewOf for somebody who looks back as far as a day.
func crewSince(ctx context.Context, tx *db.Tx, node id.Node, day calendar.Day) ([]dispatch.Technician, error) {
	return technicians(ctx, tx, min(day, yesterday(tx)), "t.node_id = ? AND t.standing <> ?", "", node, dispatch.Left)
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
