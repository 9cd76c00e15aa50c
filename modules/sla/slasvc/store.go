package slasvc

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/platform/db"
)

func version(ctx context.Context, tx *db.Tx) (v int64, err error) {
	err = tx.Row(ctx, `SELECT version FROM sla_version WHERE tenant_id = ?`, tx.Tenant()).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return v, err
}

// bump begins a change: whoever changes the tenant's rules meanwhile waits for
// its end.
func bump(ctx context.Context, tx *db.Tx) (v int64, err error) {
	err = tx.Row(ctx, `
		INSERT INTO sla_version (tenant_id, version) VALUES (?, 1)
		ON CONFLICT (tenant_id) DO UPDATE SET version = sla_version.version + 1
		RETURNING version`, tx.Tenant()).Scan(&v)
	return v, wrap("begin a change of the rules", err)
}

func load(ctx context.Context, tx *db.Tx, v int64) (*rules, error) {
	r := &rules{version: v, days: map[locale.Country][]sla.SpecialDay{}, calendars: map[place]*calendar.Calendar{}}
	rows, err := tx.Rows(ctx, `
		SELECT id, party, kind, line_id, brand_id, node_id, country, work_type, priority, within_minutes, always, warn_at, pause_for
		FROM sla_target WHERE tenant_id = ? ORDER BY id`, tx.Tenant())
	r.targets, err = db.Collect(rows, err, func(scan func(...any) error) (t sla.Target, err error) {
		var p promise
		err = scan(&t.ID, &t.To, &t.Kind, &t.Line, &t.Brand, &t.Node, &t.Country, &t.WorkType, &t.Priority, &p.within, &p.always, &p.warnAt, &p.pauseFor)
		t.Promise = p.read()
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("load targets: %w", err)
	}
	rows, err = tx.Rows(ctx, `SELECT id, node_id, country, week FROM sla_calendar WHERE tenant_id = ? ORDER BY id`, tx.Tenant())
	r.hours, err = db.Collect(rows, err, func(scan func(...any) error) (h sla.Hours, err error) {
		var week string
		if err = scan(&h.ID, &h.Node, &h.Country, &week); err == nil {
			err = h.Week.UnmarshalText([]byte(week))
		}
		return h, err
	})
	if err != nil {
		return nil, fmt.Errorf("load calendars: %w", err)
	}
	return r, r.loadDays(ctx, tx)
}

func (r *rules) loadDays(ctx context.Context, tx *db.Tx) error {
	rows, err := tx.Rows(ctx, `SELECT country, on_day, name, works_like FROM sla_holiday WHERE tenant_id = ? ORDER BY country, on_day`, tx.Tenant())
	_, err = db.Collect(rows, err, func(scan func(...any) error) (d sla.SpecialDay, err error) {
		var country locale.Country
		var on string
		if err = scan(&country, &on, &d.Name, &d.WorksLike); err == nil {
			err = d.On.UnmarshalText([]byte(on))
		}
		r.days[country] = append(r.days[country], d)
		return d, err
	})
	return wrap("load special days", err)
}

func replaceTargets(ctx context.Context, tx *db.Tx, targets []sla.Target) error {
	if err := tx.Put(ctx, `DELETE FROM sla_target WHERE tenant_id = ?`, tx.Tenant()); err != nil {
		return fmt.Errorf("replace targets: %w", err)
	}
	return insertMany(ctx, tx, `INSERT INTO sla_target (tenant_id, id, party, kind, line_id, brand_id, node_id, country, work_type, priority,
		within_minutes, always, warn_at, pause_for) VALUES `, len(targets), func(i int) []any {
		t, p := &targets[i], written(targets[i].Promise)
		return []any{
			tx.Tenant(), t.ID, t.To, t.Kind, t.Line, t.Brand, t.Node, t.Country, t.WorkType, t.Priority, p.within, p.always, p.warnAt, p.pauseFor,
		}
	})
}

func replaceHours(ctx context.Context, tx *db.Tx, hours []sla.Hours) error {
	if err := tx.Put(ctx, `DELETE FROM sla_calendar WHERE tenant_id = ?`, tx.Tenant()); err != nil {
		return fmt.Errorf("replace calendars: %w", err)
	}
	return insertMany(ctx, tx, `INSERT INTO sla_calendar (tenant_id, id, node_id, country, week) VALUES `, len(hours), func(i int) []any {
		h := &hours[i]
		return []any{tx.Tenant(), h.ID, h.Node, h.Country, h.Week.String()}
	})
}

func replaceDays(ctx context.Context, tx *db.Tx, country locale.Country, days []sla.SpecialDay) error {
	if err := tx.Put(ctx, `DELETE FROM sla_holiday WHERE tenant_id = ? AND country = ?`, tx.Tenant(), country); err != nil {
		return fmt.Errorf("replace special days: %w", err)
	}
	return insertMany(ctx, tx, `INSERT INTO sla_holiday (tenant_id, country, on_day, name, works_like) VALUES `, len(days), func(i int) []any {
		return []any{tx.Tenant(), country, days[i].On.String(), days[i].Name, days[i].WorksLike}
	})
}

// rowsAtOnce bounds a statement with many rows.
const rowsAtOnce = 200

// insertMany runs one INSERT for up to rowsAtOnce rows at a time.
func insertMany(ctx context.Context, tx *db.Tx, into string, n int, row func(i int) []any) error {
	for from := 0; from < n; from += rowsAtOnce {
		var args []any
		var b strings.Builder
		b.WriteString(into)
		for i := from; i < min(n, from+rowsAtOnce); i++ {
			one := row(i)
			if i > from {
				b.WriteString(", ")
			}
			b.WriteString("(?" + strings.Repeat(", ?", len(one)-1) + ")")
			args = append(args, one...)
		}
		if err := tx.Put(ctx, b.String(), args...); err != nil {
			return fmt.Errorf("insert rules: %w", err)
		}
	}
	return nil
}

// promise is how a promise is stored.
type promise struct {
	within           int64
	always           int64
	warnAt, pauseFor string
}

func written(p sla.Promise) promise {
	out := promise{within: p.WithinMinutes}
	if p.Always {
		out.always = 1
	}
	for i, percent := range p.WarnAt {
		if i > 0 {
			out.warnAt += " "
		}
		out.warnAt += strconv.FormatInt(percent, 10)
	}
	for i, reason := range p.PauseFor {
		if i > 0 {
			out.pauseFor += " "
		}
		out.pauseFor += string(reason)
	}
	return out
}

func (p promise) read() sla.Promise {
	out := sla.Promise{WithinMinutes: p.within, Always: p.always != 0}
	for word := range strings.FieldsSeq(p.warnAt) {
		percent, _ := strconv.ParseInt(word, 10, 64) // written above
		out.WarnAt = append(out.WarnAt, percent)
	}
	for word := range strings.FieldsSeq(p.pauseFor) {
		out.PauseFor = append(out.PauseFor, sla.Reason(word))
	}
	return out
}

// row is a clock as it is kept.
type row struct {
	sla.Clock
	Case  id.Case
	Brand id.Brand
	place
	changed bool
}

const clockColumns = `case_id, party, kind, target_id, brand_id, node_id, country, zone, within_minutes, always, warn_at, pause_for,
	state, started_at, since_at, worked_us, due_at, tell_at, warned, paused_at, paused_for, breached_at, ended_at`

// clocks returns the clocks of the case, by party and kind; suffix may lock them.
func clocks(ctx context.Context, tx *db.Tx, c id.Case, suffix string) ([]row, error) {
	rows, err := tx.Rows(ctx, `SELECT `+clockColumns+` FROM sla_clock WHERE tenant_id = ? AND case_id = ? ORDER BY party, kind`+suffix, tx.Tenant(), c)
	all, err := db.Collect(rows, err, scanClock)
	return all, wrap("load clocks", err)
}

func scanClock(scan func(...any) error) (r row, err error) {
	var p promise
	var worked int64
	err = scan(&r.Case, &r.To, &r.Kind, &r.Target, &r.Brand, &r.node, &r.country, &r.zone, &p.within, &p.always, &p.warnAt, &p.pauseFor,
		&r.State, db.At(&r.StartedAt), db.At(&r.Since), &worked, db.At(&r.DueAt), db.At(&r.TellAt), &r.Warned, db.At(&r.PausedAt), &r.PausedFor,
		db.At(&r.BreachedAt), db.At(&r.EndedAt))
	r.Promise, r.Worked = p.read(), time.Duration(worked)*time.Microsecond
	return r, err
}

// insertClocks stores the clocks of a new case in one statement. It returns
// false if the case has clocks already.
func insertClocks(ctx context.Context, tx *db.Tx, all []row) (bool, error) {
	var b strings.Builder
	args := make([]any, 0, 24*len(all))
	b.WriteString(`INSERT INTO sla_clock (tenant_id, ` + clockColumns + `) VALUES `)
	for i := range all {
		r, p := &all[i], written(all[i].Promise)
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(`(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
		args = append(args, tx.Tenant(), r.Case, r.To, r.Kind, r.Target, r.Brand, r.node, r.country, r.zone, p.within, p.always, p.warnAt, p.pauseFor,
			r.State, r.StartedAt, r.Since, r.Worked.Microseconds(), r.DueAt, r.TellAt, r.Warned, r.PausedAt, r.PausedFor, r.BreachedAt, r.EndedAt)
	}
	b.WriteString(` ON CONFLICT DO NOTHING`)
	n, err := tx.Exec(ctx, b.String(), args...)
	return n > 0, wrap("insert clocks", err)
}

func saveClock(ctx context.Context, tx *db.Tx, r *row) error {
	err := tx.Put(ctx, `
		UPDATE sla_clock SET node_id = ?, state = ?, since_at = ?, worked_us = ?, due_at = ?, tell_at = ?, warned = ?, paused_at = ?,
			paused_for = ?, breached_at = ?, ended_at = ?
		WHERE tenant_id = ? AND case_id = ? AND party = ? AND kind = ?`,
		r.node, r.State, r.Since, r.Worked.Microseconds(), r.DueAt, r.TellAt, r.Warned, r.PausedAt, r.PausedFor, r.BreachedAt, r.EndedAt,
		tx.Tenant(), r.Case, r.To, r.Kind)
	return wrap("save clock", err)
}

// toTell returns cases with something to tell by the instant, the longest
// overdue first.
func toTell(ctx context.Context, tx *db.Tx, by time.Time, limit int) ([]id.Case, error) {
	rows, err := tx.Rows(ctx, `
		SELECT case_id FROM sla_clock WHERE tenant_id = ? AND tell_at IS NOT NULL AND tell_at <= ?
		GROUP BY case_id ORDER BY MIN(tell_at), case_id LIMIT ?`, tx.Tenant(), by, limit)
	out, err := db.Collect(rows, err, func(scan func(...any) error) (c id.Case, err error) { return c, scan(&c) })
	return out, wrap("look for what is to be told", err)
}

// withRunning returns cases behind after that have a running clock, in the order
// of their ids.
func withRunning(ctx context.Context, tx *db.Tx, after id.Case, limit int) ([]id.Case, error) {
	rows, err := tx.Rows(ctx, `
		SELECT DISTINCT case_id FROM sla_clock WHERE tenant_id = ? AND case_id > ? AND tell_at IS NOT NULL
		ORDER BY case_id LIMIT ?`, tx.Tenant(), after[:], limit)
	out, err := db.Collect(rows, err, func(scan func(...any) error) (c id.Case, err error) { return c, scan(&c) })
	return out, wrap("look for running clocks", err)
}

// wrap says what was being done when err came up.
func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
