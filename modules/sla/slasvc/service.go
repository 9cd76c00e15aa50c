package slasvc

import (
	"context"
	"strconv"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// Clocks implements sla.Reader.
func (m *Module) Clocks(ctx context.Context, tenant id.Tenant, c id.Case) ([]sla.Clock, error) {
	return db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]sla.Clock, error) {
		rows, err := clocks(ctx, tx, c, "")
		out := make([]sla.Clock, len(rows))
		for i := range rows {
			out[i] = rows[i].Clock
		}
		return out, err
	})
}

// clockView is a clock as it is shown.
type clockView struct {
	sla.Clock
	LeftSeconds int64     `json:"left_seconds" doc:"of working time; negative when late; once ended, what was left then"`
	IfResumedAt time.Time `json:"due_if_resumed_at,omitzero" doc:"of a paused clock: when it would be due if it went on now"`
}

// View returns the clocks of the case to a caller who may read it.
func (m *Module) View(ctx context.Context, c id.Case) ([]clockView, error) {
	caller, _ := access.From(ctx)
	b, err := m.cases.Brief(ctx, caller.Tenant, c)
	if fault.Of(err).Kind == fault.NotFound {
		return nil, access.ErrHidden
	}
	if err != nil {
		return nil, err
	}
	err = m.guard.Can(ctx, "case.read", access.Resource{
		Kind: "case", ID: c.Raw(), Node: b.Node, Brand: b.Brand, Partner: b.Partner, Person: b.Requester, Technician: b.Technician,
		Country: string(b.Country), State: string(b.State),
	})
	if err != nil {
		return nil, err
	}
	r, err := m.rules(ctx, caller.Tenant)
	if err != nil {
		return nil, err
	}
	return db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]clockView, error) {
		rows, err := clocks(ctx, tx, c, "")
		out := make([]clockView, len(rows))
		for i := range rows {
			out[i] = r.view(&rows[i], tx.Now())
		}
		return out, err
	})
}

func (r *rules) view(c *row, now time.Time) clockView {
	cal := r.calendar(c.Promise, c.place)
	v := clockView{Clock: c.Clock, LeftSeconds: int64(c.Left(now, cal) / time.Second)}
	if c.State == sla.Paused {
		if next, _, err := sla.Next(c.Clock, sla.Command{Do: sla.Resume, At: now}, cal); err == nil {
			v.IfResumedAt = next.DueAt
		}
	}
	return v
}

// changed is what the caller of a change of the rules hears.
type changed struct {
	Version int64 `json:"version"`
}

// change runs fn as one step in which nobody else changes the tenant's rules.
// fn gets the rules as they stand.
func (m *Module) change(ctx context.Context, action, kind, ifMatch string, fn func(ctx context.Context, tx *db.Tx, r *rules) error) (changed, error) {
	if err := m.guard.Can(ctx, action, access.Resource{Kind: kind}); err != nil {
		return changed{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (changed, error) {
		v, err := bump(ctx, tx)
		if err != nil {
			return changed{}, err
		}
		if err := httpapi.MatchIfGiven(ifMatch, v-1); err != nil {
			return changed{}, err
		}
		r, err := load(ctx, tx, v)
		if err != nil {
			return changed{}, err
		}
		tenant := tx.Tenant()
		tx.AfterCommit(func() { m.held.Wrote(tenant) })
		if err := fn(ctx, tx, r); err != nil {
			return changed{}, err
		}
		return changed{v}, m.recountSoon(ctx, tx, kind)
	})
}

// SetTargets replaces the tenant's targets. Those without an id are new. Clocks
// that run keep the promise they began with. The caller needs target.write.
func (m *Module) SetTargets(ctx context.Context, ifMatch string, targets []sla.Target) (changed, error) {
	if err := sla.CheckAll(targets); err != nil {
		return changed{}, err
	}
	return m.change(ctx, "target.write", "target", ifMatch, func(ctx context.Context, tx *db.Tx, r *rules) error {
		known := map[id.SlaTarget]bool{}
		for i := range r.targets {
			known[r.targets[i].ID] = true
		}
		named := make([]sla.Target, len(targets))
		for i, t := range targets {
			if err := name(&t.ID, known, "/targets/"+strconv.Itoa(i)+"/id"); err != nil {
				return err
			}
			named[i] = t
		}
		return replaceTargets(ctx, tx, named)
	})
}

// SetHours replaces the tenant's business hours. Those without an id are new.
// Clocks that run are counted anew, see Recount. The caller needs calendar.write.
func (m *Module) SetHours(ctx context.Context, ifMatch string, hours []sla.Hours) (changed, error) {
	if err := sla.CheckHours(hours); err != nil {
		return changed{}, err
	}
	return m.change(ctx, "calendar.write", "calendar", ifMatch, func(ctx context.Context, tx *db.Tx, r *rules) error {
		known := map[id.SlaCalendar]bool{}
		for _, h := range r.hours {
			known[h.ID] = true
		}
		named := make([]sla.Hours, len(hours))
		for i, h := range hours {
			if err := name(&h.ID, known, "/calendars/"+strconv.Itoa(i)+"/id"); err != nil {
				return err
			}
			named[i] = h
		}
		return replaceHours(ctx, tx, named)
	})
}

// SetDays replaces the special days of a country. Clocks that run are counted
// anew, see Recount. The caller needs calendar.write.
func (m *Module) SetDays(ctx context.Context, ifMatch string, country locale.Country, days []sla.SpecialDay) (changed, error) {
	if err := sla.CheckDays(country, days); err != nil {
		return changed{}, err
	}
	return m.change(ctx, "calendar.write", "calendar", ifMatch, func(ctx context.Context, tx *db.Tx, _ *rules) error {
		return replaceDays(ctx, tx, country, days)
	})
}

// name gives what has no id a new one; an id that is not known, or comes twice,
// is a mistake of the caller's.
func name[K id.Kind](i *id.ID[K], known map[id.ID[K]]bool, pointer string) error {
	if i.IsZero() {
		*i = id.New[K]()
		return nil
	}
	if !known[*i] {
		return sla.ErrInvalid.At(pointer, "unknown")
	}
	delete(known, *i)
	return nil
}
