package warrantysvc

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// askOpened finds the unit of a case that was opened.
func (m *Module) askOpened(ctx context.Context, meta outbox.Meta, e desk.CaseOpened) (catalog.Unit, error) {
	return m.unit(ctx, meta.Tenant, e.Unit)
}

// unit returns the unit, or a zero one when the register does not know it.
func (m *Module) unit(ctx context.Context, tenant id.Tenant, unit id.Unit) (catalog.Unit, error) {
	if unit.IsZero() {
		return catalog.Unit{}, nil
	}
	u, err := m.catalog.Unit(ctx, tenant, unit)
	if errors.Is(err, catalog.ErrUnitNotFound) {
		return catalog.Unit{}, nil
	}
	return u, err
}

// opened decides the coverage of a new case. A case that somebody has decided
// already keeps that decision.
func (m *Module) opened(ctx context.Context, tx *db.Tx, _ outbox.Meta, e desk.CaseOpened, u catalog.Unit) error {
	facts := warranty.Facts{Brand: e.Brand, Line: e.Line, Work: string(e.WorkType), Country: e.Country}
	on, err := m.zones.day(e.OpenedAt, e.Zone)
	if err != nil {
		return err
	}
	ent := warranty.Entitlement{Case: e.Case, Seq: 1, Brand: e.Brand, Node: e.Node, Facts: facts}
	p, err := m.terms.inStep(ctx, tx)
	if err != nil {
		return err
	}
	if ent, err = m.decide(ctx, tx, p, ent, u, on); err != nil {
		return err
	}
	if fresh, err := insert(ctx, tx, ent); err != nil || !fresh {
		return err
	}
	return m.bus.Publish(ctx, tx, ent.Event())
}

// askIdentified finds the unit that a case turned out to be about.
func (m *Module) askIdentified(ctx context.Context, meta outbox.Meta, e desk.UnitIdentified) (catalog.Unit, error) {
	return m.unit(ctx, meta.Tenant, e.Unit)
}

// identified decides again for the unit that a case turned out to be about.
func (m *Module) identified(ctx context.Context, tx *db.Tx, _ outbox.Meta, e desk.UnitIdentified, u catalog.Unit) error {
	old, err := current(ctx, tx, e.Case, tx.ForUpdate())
	if err != nil || old.Unit == e.Unit {
		return err
	}
	next := old
	next.Facts = warranty.Evidence{Unit: e.Unit}.Apply(old.Facts, old.Unit)
	next.Facts.Line = e.Line
	_, err = m.again(ctx, tx, old, next, u)
	return err
}

// again decides anew with what is in next and lets it supersede old.
func (m *Module) again(ctx context.Context, tx *db.Tx, old, next warranty.Entitlement, u catalog.Unit) (warranty.Entitlement, error) {
	next.Seq = old.Seq + 1
	p, err := m.terms.inStep(ctx, tx)
	if err != nil {
		return next, err
	}
	if next, err = m.decide(ctx, tx, p, next, u, old.Decision.On); err != nil {
		return next, err
	}
	fresh, err := insert(ctx, tx, next)
	switch {
	case err != nil:
		return next, err
	case !fresh: // somebody else has just decided: look at what holds now
		return next, fmt.Errorf("entitlement %d of a case: %w", next.Seq, db.ErrRetry)
	}
	if err := supersede(ctx, tx, old, next); err != nil {
		return next, err
	}
	return next, m.bus.Publish(ctx, tx, next.Event())
}

// decide fills in the decision on what e says, for the unit and a day at the site.
func (m *Module) decide(ctx context.Context, tx *db.Tx, p *policy, e warranty.Entitlement, u catalog.Unit, on catalog.Day) (warranty.Entitlement, error) {
	e.ID, e.Unit, e.SupersededBy, e.DecidedAt = id.New[id.EntitlementKind](), u.ID, id.Entitlement{}, tx.Now()
	if !u.ID.IsZero() {
		r, err := registration(ctx, tx, u.ID, "")
		if err != nil {
			return e, err
		}
		if r != nil {
			e.Facts = r.Apply(e.Facts)
		}
	}
	of := p.of(e.Brand)
	e.PolicyHash, e.Decision = of.hash, warranty.Decide(of.terms, u, e.Facts, on)
	return e, nil
}

// zones are the time zones that have been asked for.
type zones struct{ known sync.Map }

// day returns the day that t falls on in the zone; "" is UTC.
func (z *zones) day(t time.Time, zone string) (catalog.Day, error) {
	if at, ok := z.known.Load(zone); ok {
		return catalog.DayOf(t.In(at.(*time.Location))), nil
	}
	at, err := time.LoadLocation(zone)
	if err != nil {
		return "", fmt.Errorf("zone of the site: %w", err)
	}
	z.known.Store(zone, at)
	return catalog.DayOf(t.In(at)), nil
}
