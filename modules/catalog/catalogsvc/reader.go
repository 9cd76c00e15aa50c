package catalogsvc

import (
	"cmp"
	"context"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/platform/db"
)

// Unit implements catalog.Reader.
func (m *Module) Unit(ctx context.Context, tenant id.Tenant, unit id.Unit) (catalog.Unit, error) {
	return db.Get(ctx, m.db, tenant, only(units, catalog.ErrUnitNotFound, `tenant_id = ? AND id = ?`, tenant, unit.Raw()))
}

// UnitBySerial implements catalog.Reader.
func (m *Module) UnitBySerial(ctx context.Context, tenant id.Tenant, brand id.Brand, serial string) (catalog.Unit, error) {
	form, err := catalog.Serial(serial)
	if err != nil {
		return catalog.Unit{}, catalog.ErrUnitNotFound.Because(err)
	}
	return db.Get(ctx, m.db, tenant, only(units, catalog.ErrUnitNotFound,
		`tenant_id = ? AND serial = ? AND brand_id = ?`, tenant, form, brand.Raw()))
}

// UnitByLink implements catalog.Reader.
func (m *Module) UnitByLink(ctx context.Context, tenant id.Tenant, link string) (catalog.Unit, error) {
	l, err := catalog.ParseLink(link)
	if err != nil {
		return catalog.Unit{}, err
	}
	model, err := m.ModelByGTIN(ctx, tenant, l.GTIN)
	if err != nil {
		return catalog.Unit{}, catalog.ErrUnitNotFound.Because(err)
	}
	return m.UnitBySerial(ctx, tenant, model.Brand, l.Serial)
}

// Line implements catalog.Reader.
func (m *Module) Line(ctx context.Context, tenant id.Tenant, line id.Line) (catalog.Line, error) {
	return shelved(ctx, m, tenant, spot{kind: "line", id: line.Raw()},
		only(lines, catalog.ErrLineNotFound, `tenant_id = ? AND id = ?`, tenant, line.Raw()))
}

// LineByCode implements catalog.Reader.
func (m *Module) LineByCode(ctx context.Context, tenant id.Tenant, brand id.Brand, code string) (catalog.Line, error) {
	form, _ := catalog.Code(code)
	return shelved(ctx, m, tenant, spot{"line of", brand.Raw(), form},
		only(lines, catalog.ErrLineNotFound, `tenant_id = ? AND code = ? AND brand_id = ?`, tenant, form, brand.Raw()))
}

// Model implements catalog.Reader.
func (m *Module) Model(ctx context.Context, tenant id.Tenant, model id.Model) (catalog.Model, error) {
	return shelved(ctx, m, tenant, spot{kind: "model", id: model.Raw()},
		only(models, catalog.ErrModelNotFound, `tenant_id = ? AND id = ?`, tenant, model.Raw()))
}

// ModelByCode implements catalog.Reader.
func (m *Module) ModelByCode(ctx context.Context, tenant id.Tenant, brand id.Brand, code string) (catalog.Model, error) {
	form, _ := catalog.Code(code)
	return shelved(ctx, m, tenant, spot{"model of", brand.Raw(), form},
		only(models, catalog.ErrModelNotFound, `tenant_id = ? AND code = ? AND brand_id = ?`, tenant, form, brand.Raw()))
}

// ModelByGTIN implements catalog.Reader.
func (m *Module) ModelByGTIN(ctx context.Context, tenant id.Tenant, gtin catalog.GTIN) (catalog.Model, error) {
	return shelved(ctx, m, tenant, spot{kind: "gtin", code: string(gtin)},
		only(models, catalog.ErrModelNotFound, `tenant_id = ? AND gtin = ?`, tenant, string(gtin)))
}

// Part implements catalog.Reader.
func (m *Module) Part(ctx context.Context, tenant id.Tenant, part id.Part) (catalog.Part, error) {
	return shelved(ctx, m, tenant, spot{kind: "part", id: part.Raw()},
		only(parts, catalog.ErrPartNotFound, `tenant_id = ? AND id = ?`, tenant, part.Raw()))
}

// PartByNumber implements catalog.Reader.
func (m *Module) PartByNumber(ctx context.Context, tenant id.Tenant, number string) (catalog.Part, error) {
	form, _ := catalog.Code(number)
	return shelved(ctx, m, tenant, spot{kind: "number", code: form},
		only(parts, catalog.ErrPartNotFound, `tenant_id = ? AND number = ?`, tenant, form))
}

// Parts implements catalog.Reader.
func (m *Module) Parts(ctx context.Context, tenant id.Tenant, model id.Model, symptom string) ([]catalog.Suggestion, error) {
	code, _ := catalog.Code(symptom)
	all, err := shelved(ctx, m, tenant, spot{kind: "fits", id: model.Raw()},
		func(ctx context.Context, tx *db.Tx) ([]fit, error) { return fits(ctx, tx, model) })
	if err != nil {
		return nil, err
	}
	out := make([]catalog.Suggestion, len(all))
	for i, f := range all {
		out[i] = f.Suggestion
		out[i].Permille = f.hints[code]
	}
	slices.SortStableFunc(out, func(a, b catalog.Suggestion) int { return cmp.Compare(b.Permille, a.Permille) })
	return out, nil
}

// ofLine holds for what is of the line and what is of every line.
const ofLine = `tenant_id = ? AND line_id IN (?, ?) ORDER BY code, line_id`

// Symptoms implements catalog.Reader.
func (m *Module) Symptoms(ctx context.Context, tenant id.Tenant, line id.Line) ([]catalog.Symptom, error) {
	return db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]catalog.Symptom, error) {
		return symptoms(ctx, tx, ofLine, tenant, line.Raw(), id.Raw{})
	})
}

// Fixes implements catalog.Reader.
func (m *Module) Fixes(ctx context.Context, tenant id.Tenant, line id.Line) ([]catalog.Fix, error) {
	return db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) ([]catalog.Fix, error) {
		return fixes(ctx, tx, ofLine, tenant, line.Raw(), id.Raw{})
	})
}

// only reads the one thing for which the condition holds, or says missing.
func only[T any](query func(ctx context.Context, tx *db.Tx, where string, args ...any) ([]T, error), missing error, where string, args ...any,
) func(ctx context.Context, tx *db.Tx) (T, error) {
	return func(ctx context.Context, tx *db.Tx) (T, error) {
		all, err := query(ctx, tx, where, slices.Clone(args)...)
		return one(all, err, missing)
	}
}
