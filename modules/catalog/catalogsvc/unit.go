package catalogsvc

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// UpsertUnits stores units by brand and serial. What is there already is filled
// in and corrected; see catalog.Merge. The brand may be left to the model. The
// caller needs unit.write.
func (m *Module) UpsertUnits(ctx context.Context, in []catalog.Unit) ([]catalog.Unit, error) {
	check := func(u catalog.Unit) (catalog.Unit, error) { return u, nil } // needs the model first
	return upsert(ctx, m, "unit.write", in, check, m.putUnit)
}

func (m *Module) putUnit(ctx context.Context, tx *db.Tx, u catalog.Unit) (catalog.Unit, error) {
	all, err := models(ctx, tx, `tenant_id = ? AND id = ?`, tx.Tenant(), u.Model.Raw())
	model, err := one(all, err, catalog.ErrModelNotFound.At("/model", "unknown"))
	if err != nil {
		return u, err
	}
	if !u.Brand.IsZero() && u.Brand != model.Brand {
		return u, catalog.ErrInvalid.At("/model", "of_other_brand")
	}
	u.Brand, u.Line = model.Brand, model.Line
	if u, err = catalog.CheckUnit(u, latestDay(tx.Now())); err != nil {
		return u, err
	}
	if err := m.mayUnit(ctx, "unit.write", u); err != nil {
		return u, err
	}
	old, err := lockUnit(ctx, tx, `serial = ? AND brand_id = ?`, u.Serial, u.Brand)
	switch {
	case errors.Is(err, catalog.ErrUnitNotFound):
		u.ID, u.Version = id.New[id.UnitKind](), 0
		stored, err := putUnit(ctx, tx, u)
		if db.IsUnique(err) { // somebody has just stored it: see what there is now
			err = errors.Join(db.ErrRetry, err)
		}
		return stored, err
	case err != nil:
		return u, err
	}
	if next := catalog.Merge(old, u); next != old {
		return putUnit(ctx, tx, next)
	}
	return old, nil
}

// latestDay is the day that it is where the day begins first: nothing has
// happened after it anywhere.
func latestDay(now time.Time) catalog.Day { return catalog.DayOf(now.Add(14 * time.Hour)) }

// lockUnit returns the unit for which the condition holds; nobody else changes it
// until the step ends.
func lockUnit(ctx context.Context, tx *db.Tx, where string, args ...any) (catalog.Unit, error) {
	row := tx.Row(ctx, `SELECT `+unitColumns+` FROM catalog_unit WHERE tenant_id = ? AND `+where+tx.ForUpdate(),
		append([]any{tx.Tenant()}, args...)...)
	u, err := scanUnit(row.Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return u, catalog.ErrUnitNotFound
	}
	return u, wrap("load unit", err)
}

// Move takes the unit to its next state. The caller needs unit.write.
func (m *Module) Move(ctx context.Context, unit id.Unit, cmd catalog.UnitCommand) (catalog.Unit, error) {
	if err := m.guard.May(ctx, "unit.write"); err != nil {
		return catalog.Unit{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (catalog.Unit, error) {
		u, err := lockUnit(ctx, tx, `id = ?`, unit.Raw())
		if err != nil {
			return u, access.ErrHidden.Because(err)
		}
		if err := m.mayUnit(ctx, "unit.write", u); err != nil {
			return u, err
		}
		if u.State, err = catalog.NextUnit(u.State, cmd); err != nil {
			return u, err
		}
		return putUnit(ctx, tx, u)
	})
}

// learn fills in what a registration says of a unit and the register did not know.
func (m *Module) learn(ctx context.Context, tx *db.Tx, _ outbox.Meta, e warranty.Registered) error {
	u, err := lockUnit(ctx, tx, `id = ?`, e.Unit.Raw())
	if err != nil {
		return err
	}
	next, changed := catalog.Learn(u, catalog.Reported{SoldOn: e.SoldOn, SoldIn: e.SoldIn, InstalledOn: e.InstalledOn})
	if !changed {
		return nil
	}
	_, err = putUnit(ctx, tx, next)
	return err
}

func (m *Module) mayUnit(ctx context.Context, action string, u catalog.Unit) error {
	return m.guard.Can(ctx, action, access.Resource{Kind: "unit", ID: u.ID.Raw(), Brand: u.Brand, Country: string(u.SoldIn), State: string(u.State)})
}
