package warrantysvc

import (
	"context"
	"errors"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
)

// Entitlement implements warranty.Reader.
func (m *Module) Entitlement(ctx context.Context, tenant id.Tenant, c id.Case) (warranty.Entitlement, error) {
	return db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (warranty.Entitlement, error) {
		return current(ctx, tx, c, "")
	})
}

// Decide decides the coverage of a case again, with evidence that has come up,
// and returns what holds now. The caller needs entitlement.write at the case.
func (m *Module) Decide(ctx context.Context, c id.Case, ev warranty.Evidence) (warranty.Entitlement, error) {
	caller, ok := access.From(ctx)
	if !ok {
		return warranty.Entitlement{}, access.ErrNobody
	}
	brief, err := m.theCase(ctx, caller.Tenant, c, "entitlement.write")
	if err != nil {
		return warranty.Entitlement{}, err
	}
	if err := warranty.CheckEvidence(ev, latestDay(m.db.Now()())); err != nil {
		return warranty.Entitlement{}, err
	}
	u, err := m.unitOf(ctx, caller.Tenant, brief, ev.Unit)
	if err != nil {
		return warranty.Entitlement{}, err
	}
	on, err := m.zones.day(brief.OpenedAt, brief.Zone)
	if err != nil {
		return warranty.Entitlement{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (warranty.Entitlement, error) {
		old, err := current(ctx, tx, c, tx.ForUpdate())
		if errors.Is(err, warranty.ErrNoEntitlement) {
			old = unheard(brief, on)
		} else if err != nil {
			return old, err
		}
		next := old
		next.Node = brief.Node
		next.Facts = ev.Apply(old.Facts, old.Unit)
		return m.again(ctx, tx, old, next, u)
	})
}

// unheard is what a case begins with whose opening has not been heard yet: its
// first decision is then the one that is made now.
func unheard(b desk.Brief, on catalog.Day) warranty.Entitlement {
	return warranty.Entitlement{
		Case: b.ID, Brand: b.Brand, Unit: b.Unit, Decision: warranty.Decision{On: on},
		Facts: warranty.Facts{Brand: b.Brand, Line: b.Line, Work: string(b.WorkType), Country: b.Country},
	}
}

// unitOf returns the unit that a case is about: the one just found, or the one
// the case has.
func (m *Module) unitOf(ctx context.Context, tenant id.Tenant, b desk.Brief, found id.Unit) (catalog.Unit, error) {
	if found.IsZero() {
		return m.unit(ctx, tenant, b.Unit)
	}
	u, err := m.catalog.Unit(ctx, tenant, found)
	if err == nil && u.Brand != b.Brand {
		err = warranty.ErrUnitOfOtherBrand
	}
	return u, err
}

// theCase returns the case when the caller may do the action to its entitlement.
func (m *Module) theCase(ctx context.Context, tenant id.Tenant, c id.Case, action string) (desk.Brief, error) {
	b, err := m.desk.Brief(ctx, tenant, c)
	if errors.Is(err, desk.ErrCaseNotFound) {
		return b, access.ErrHidden.Because(err)
	} else if err != nil {
		return b, err
	}
	r := access.Resource{
		Kind: "entitlement", ID: c.Raw(), Node: b.Node, Brand: b.Brand, Person: b.Requester, Technician: b.Technician,
		Country: string(b.Country), State: string(b.State),
	}
	if n, err := m.network.Node(ctx, tenant, b.Node); err == nil {
		r.Partner = n.Partner
	}
	return b, m.guard.Can(ctx, action, r)
}

// latestDay is the day that it is where the day begins first: nothing has
// happened after it anywhere.
func latestDay(now time.Time) catalog.Day { return catalog.DayOf(now.Add(14 * time.Hour)) }
