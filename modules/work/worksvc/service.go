package worksvc

import (
	"context"
	"errors"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
)

// done is how an attempt ended.
type done struct {
	Visit         id.Visit
	Outcome       work.Outcome
	Cause         string
	WorkedMinutes int64
	TravelMetres  int64
	Parts         []remedy.Need
	At            time.Time
}

// result is what somebody reports of work that is not a visit.
type result struct {
	Outcome       work.Outcome  `json:"outcome" enum:"fixed,no_fault_found,not_fixed,end_of_life,declined,done,part_missing"`
	Cause         string        `json:"cause,omitempty" maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$" doc:"code"`
	WorkedMinutes int64         `json:"worked_minutes,omitempty" minimum:"0" maximum:"10000"`
	Parts         []remedy.Need `json:"parts,omitempty" maxItems:"50"`
}

// moved is what the caller of a command hears.
type moved struct {
	ID      id.WorkOrder `json:"id"`
	State   work.State   `json:"state"`
	Version int64        `json:"version"`
}

// Finish reports how work ended that is not a visit: advice, a kit, a return, a
// swap or money. A visit is ended by its record.
func (m *Module) Finish(ctx context.Context, wo id.WorkOrder, r result) (moved, error) {
	for _, p := range r.Parts {
		if p.Part.IsZero() || p.Quantity < 1 || p.Quantity > 1000 {
			return moved{}, work.ErrOutcome.At("/parts", "range")
		}
	}
	caller, _ := access.From(ctx)
	o, err := m.readFor(ctx, caller.Tenant, wo, "work.write")
	if err != nil {
		return moved{}, err
	}
	if o.Kind == work.Visit {
		return moved{}, work.ErrByVisit
	}
	key, err := m.keyOf(ctx, caller.Tenant, o.Case)
	if err != nil {
		return moved{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (moved, error) {
		o, err := byID(ctx, tx, wo, tx.ForUpdate())
		if err != nil {
			return moved{}, err
		}
		err = m.ended(ctx, tx, o, done{Outcome: r.Outcome, Cause: r.Cause, WorkedMinutes: r.WorkedMinutes, Parts: r.Parts, At: tx.Now()}, key)
		if err != nil {
			return moved{}, err
		}
		o, err = byID(ctx, tx, wo, "")
		return moved{wo, o.State, o.Version}, err
	})
}

// readFor returns the order if the caller may do the action to it.
func (m *Module) readFor(ctx context.Context, tenant id.Tenant, wo id.WorkOrder, action string) (order, error) {
	o, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (order, error) { return byID(ctx, tx, wo, "") })
	if err != nil {
		return o, err
	}
	return o, m.can(ctx, tenant, o.Case, action)
}

// can asks access with what the case says of where and whose it is.
func (m *Module) can(ctx context.Context, tenant id.Tenant, c id.Case, action string) error {
	b, err := m.desk.Brief(ctx, tenant, c)
	if errors.Is(err, desk.ErrCaseNotFound) {
		return work.ErrNotFound
	} else if err != nil {
		return err
	}
	return m.guard.Can(ctx, action, access.Resource{
		Kind: "work", ID: c.Raw(), Node: b.Node, Brand: b.Brand, Partner: b.Partner, Person: b.Requester, Technician: b.Technician, Country: string(b.Country),
	})
}

// WorkOrder implements work.Reader.
func (m *Module) WorkOrder(ctx context.Context, tenant id.Tenant, wo id.WorkOrder) (work.Brief, error) {
	o, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (order, error) { return byID(ctx, tx, wo, "") })
	return o.brief(), err
}

// OfCase returns the work orders of a case.
func (m *Module) OfCase(ctx context.Context, c id.Case) ([]view, error) {
	caller, _ := access.From(ctx)
	if err := m.can(ctx, caller.Tenant, c, "work.read"); err != nil {
		return nil, err
	}
	all, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]order, error) { return ofCase(ctx, tx, c, "") })
	out := make([]view, len(all))
	for i, o := range all {
		out[i] = o.show()
	}
	return out, err
}
