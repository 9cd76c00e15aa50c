package desksvc

import (
	"context"
	"errors"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// naming says which unit a case is about.
type naming struct {
	Serial string  `json:"serial,omitempty" maxLength:"64" doc:"as it stands on the label, in whatever spelling"`
	Unit   id.Unit `json:"unit,omitzero" doc:"instead of the serial"`
}

// Identify says which unit a case is about: one that came without a unit, or
// with a wrong one. Naming the same unit again changes nothing that others hear.
// Whoever may not change the case does not learn which serials exist.
func (m *Module) Identify(ctx context.Context, c id.Case, ifMatch string, n naming) (moved, error) {
	caller, _ := access.From(ctx)
	seen, err := m.read(ctx, caller.Tenant, c)
	if err != nil {
		return moved{}, err
	}
	if err := m.guard.Can(ctx, "case.write", seen.resource()); err != nil {
		return moved{}, err
	}
	u, err := m.named(ctx, caller.Tenant, seen.Brand, n)
	if err != nil {
		return moved{}, err
	}
	return m.change(ctx, c, "case.write", ifMatch, func(ctx context.Context, tx *db.Tx, r *row) error {
		if err := desk.Identify(r.State, r.Brand, u.Brand); err != nil {
			return err
		}
		same := r.Unit == u.ID
		r.Unit, r.Line, r.Model, r.Serial = u.ID, u.Line, u.Model, u.Serial
		if same {
			return nil
		}
		return m.bus.Publish(ctx, tx, desk.UnitIdentified{Case: c, Unit: u.ID, Line: u.Line, Model: u.Model})
	})
}

// named finds the unit in the register. A serial that it does not know is an
// error here, unlike at intake: the unit has to be registered first.
func (m *Module) named(ctx context.Context, tenant id.Tenant, brand id.Brand, n naming) (u catalog.Unit, err error) {
	at := "/serial"
	switch {
	case n.Serial != "" && n.Unit.IsZero():
		u, err = m.catalog.UnitBySerial(ctx, tenant, brand, n.Serial)
	case n.Serial == "" && !n.Unit.IsZero():
		at = "/unit"
		u, err = m.catalog.Unit(ctx, tenant, n.Unit)
	default: // neither, or both
		return u, desk.ErrUnitUnknown.At(at, "required")
	}
	if errors.Is(err, catalog.ErrUnitNotFound) {
		return u, desk.ErrUnitUnknown.At(at, "unknown")
	}
	return u, err
}
