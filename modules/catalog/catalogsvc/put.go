package catalogsvc

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/platform/db"
)

func putLine(ctx context.Context, tx *db.Tx, l catalog.Line) (catalog.Line, error) {
	err := tx.Row(ctx, `
		INSERT INTO catalog_line (tenant_id, id, brand_id, code, names, version) VALUES (?, ?, ?, ?, ?, 1)
		ON CONFLICT (tenant_id, code, brand_id) DO UPDATE SET names = excluded.names, version = catalog_line.version + 1
		RETURNING id, version`,
		tx.Tenant(), id.New[id.LineKind](), l.Brand, l.Code, text(l.Names)).Scan(&l.ID, &l.Version)
	return l, wrap("put line", err)
}

// putModel stores the model of a known line. A trade item number that another
// model has is ErrCodeTaken.
func putModel(ctx context.Context, tx *db.Tx, m catalog.Model) (catalog.Model, error) {
	var gtin any
	if m.GTIN != "" {
		gtin = string(m.GTIN)
	}
	err := tx.Row(ctx, `
		INSERT INTO catalog_model (tenant_id, id, brand_id, line_id, code, gtin, names, attributes, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)
		ON CONFLICT (tenant_id, code, brand_id) DO UPDATE SET line_id = excluded.line_id, gtin = excluded.gtin,
			names = excluded.names, attributes = excluded.attributes, version = catalog_model.version + 1
		RETURNING id, version`,
		tx.Tenant(), id.New[id.ModelKind](), m.Brand, m.Line, m.Code, gtin, text(m.Names), text(m.Attributes)).Scan(&m.ID, &m.Version)
	if db.IsUnique(err) {
		return m, catalog.ErrCodeTaken.At("/gtin", "taken").Because(err)
	}
	return m, wrap("put model", err)
}

func putPart(ctx context.Context, tx *db.Tx, p catalog.Part) (catalog.Part, error) {
	err := tx.Row(ctx, `
		INSERT INTO catalog_part (tenant_id, `+partColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
		ON CONFLICT (tenant_id, number) DO UPDATE SET names = excluded.names, line_id = excluded.line_id,
			brand_id = excluded.brand_id, price_minor = excluded.price_minor, price_currency = excluded.price_currency,
			weight_grams = excluded.weight_grams, hazardous = excluded.hazardous, version = catalog_part.version + 1
		RETURNING id, version`,
		tx.Tenant(), id.New[id.PartKind](), p.Number, text(p.Names), p.Line, p.Brand, p.Price.Minor, p.Price.Currency,
		p.WeightGrams, p.Hazardous).Scan(&p.ID, &p.Version)
	return p, wrap("put part", err)
}

func putFit(ctx context.Context, tx *db.Tx, f catalog.Fit) (catalog.Fit, error) {
	err := tx.Put(ctx, `
		INSERT INTO catalog_fit (tenant_id, model_id, part_id, quantity, hints) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (tenant_id, model_id, part_id) DO UPDATE SET quantity = excluded.quantity, hints = excluded.hints`,
		tx.Tenant(), f.Model, f.Part, f.Quantity, text(f.Hints))
	return f, wrap("put fit", err)
}

func putSymptom(ctx context.Context, tx *db.Tx, brand id.Brand, s catalog.Symptom) (catalog.Symptom, error) {
	err := tx.Row(ctx, `
		INSERT INTO catalog_symptom (tenant_id, code, line_id, brand_id, names, version) VALUES (?, ?, ?, ?, ?, 1)
		ON CONFLICT (tenant_id, code, line_id) DO UPDATE SET names = excluded.names, version = catalog_symptom.version + 1
		RETURNING version`,
		tx.Tenant(), s.Code, s.Line.Raw(), brand, text(s.Names)).Scan(&s.Version)
	return s, wrap("put symptom", err)
}

func putFix(ctx context.Context, tx *db.Tx, brand id.Brand, f catalog.Fix) (catalog.Fix, error) {
	err := tx.Row(ctx, `
		INSERT INTO catalog_fix (tenant_id, code, line_id, brand_id, names, minutes, version) VALUES (?, ?, ?, ?, ?, ?, 1)
		ON CONFLICT (tenant_id, code, line_id) DO UPDATE SET names = excluded.names, minutes = excluded.minutes,
			version = catalog_fix.version + 1
		RETURNING version`,
		tx.Tenant(), f.Code, f.Line.Raw(), brand, text(f.Names), f.Minutes).Scan(&f.Version)
	return f, wrap("put fix", err)
}

// putUnit stores a new unit, or a changed one under its id when nobody has
// changed it meanwhile.
func putUnit(ctx context.Context, tx *db.Tx, u catalog.Unit) (catalog.Unit, error) {
	n, err := tx.Exec(ctx, `
		INSERT INTO catalog_unit (tenant_id, `+unitColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant_id, id) DO UPDATE SET model_id = excluded.model_id, line_id = excluded.line_id,
			sold_on = excluded.sold_on, sold_in = excluded.sold_in, installed_on = excluded.installed_on,
			state = excluded.state, version = excluded.version
		WHERE catalog_unit.version = excluded.version - 1`,
		tx.Tenant(), u.ID, u.Brand, u.Serial, u.Model, u.Line, u.SoldOn, u.SoldIn, u.InstalledOn, u.State, u.Version+1)
	switch {
	case err != nil:
		return u, wrap("put unit", err)
	case n == 0:
		return u, catalog.ErrStale
	}
	u.Version++
	return u, nil
}
