package catalogsvc

import (
	"context"
	"encoding/json"
	"fmt"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/platform/db"
)

// jsonText is a value stored as JSON.
type jsonText struct{ v any }

// Scan implements sql.Scanner.
func (j jsonText) Scan(src any) error {
	switch s := src.(type) {
	case string:
		return json.Unmarshal([]byte(s), j.v)
	case []byte:
		return json.Unmarshal(s, j.v)
	default:
		return fmt.Errorf("scan JSON from %T", src)
	}
}

// text is v as JSON; v is a map of texts or numbers, which always has a form.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("a map of texts cannot be written as JSON: " + err.Error())
	}
	return string(b)
}

func lines(ctx context.Context, tx *db.Tx, where string, args ...any) ([]catalog.Line, error) {
	rows, err := tx.Rows(ctx, `SELECT id, brand_id, code, names, version FROM catalog_line WHERE `+where, args...)
	return db.Collect(rows, err, func(scan func(...any) error) (l catalog.Line, err error) {
		return l, scan(&l.ID, &l.Brand, &l.Code, jsonText{&l.Names}, &l.Version)
	})
}

func models(ctx context.Context, tx *db.Tx, where string, args ...any) ([]catalog.Model, error) {
	rows, err := tx.Rows(ctx, `
		SELECT id, brand_id, line_id, code, COALESCE(gtin, ''), names, attributes, version
		FROM catalog_model WHERE `+where, args...)
	return db.Collect(rows, err, func(scan func(...any) error) (m catalog.Model, err error) {
		return m, scan(&m.ID, &m.Brand, &m.Line, &m.Code, &m.GTIN, jsonText{&m.Names}, jsonText{&m.Attributes}, &m.Version)
	})
}

const partColumns = `id, number, names, line_id, brand_id, price_minor, price_currency, weight_grams, hazardous, version`

func partFields(p *catalog.Part) []any {
	return []any{&p.ID, &p.Number, jsonText{&p.Names}, &p.Line, &p.Brand, &p.Price.Minor, &p.Price.Currency, &p.WeightGrams, &p.Hazardous, &p.Version}
}

func parts(ctx context.Context, tx *db.Tx, where string, args ...any) ([]catalog.Part, error) {
	rows, err := tx.Rows(ctx, `SELECT `+partColumns+` FROM catalog_part WHERE `+where, args...)
	return db.Collect(rows, err, func(scan func(...any) error) (p catalog.Part, err error) {
		return p, scan(partFields(&p)...)
	})
}

// fit is a part of a model with what is known of its cures.
type fit struct {
	catalog.Suggestion
	hints map[string]int
}

func fits(ctx context.Context, tx *db.Tx, model id.Model) ([]fit, error) {
	rows, err := tx.Rows(ctx, `
		SELECT f.quantity, f.hints, p.id, p.number, p.names, p.line_id, p.brand_id, p.price_minor, p.price_currency,
			p.weight_grams, p.hazardous, p.version
		FROM catalog_fit f JOIN catalog_part p ON p.tenant_id = f.tenant_id AND p.id = f.part_id
		WHERE f.tenant_id = ? AND f.model_id = ? ORDER BY p.number`, tx.Tenant(), model)
	return db.Collect(rows, err, func(scan func(...any) error) (f fit, err error) {
		return f, scan(append([]any{&f.Quantity, jsonText{&f.hints}}, partFields(&f.Part)...)...)
	})
}

func symptoms(ctx context.Context, tx *db.Tx, where string, args ...any) ([]catalog.Symptom, error) {
	rows, err := tx.Rows(ctx, `SELECT line_id, code, names, version FROM catalog_symptom WHERE `+where, args...)
	return db.Collect(rows, err, func(scan func(...any) error) (s catalog.Symptom, err error) {
		return s, scan(&s.Line, &s.Code, jsonText{&s.Names}, &s.Version)
	})
}

func fixes(ctx context.Context, tx *db.Tx, where string, args ...any) ([]catalog.Fix, error) {
	rows, err := tx.Rows(ctx, `SELECT line_id, code, names, minutes, version FROM catalog_fix WHERE `+where, args...)
	return db.Collect(rows, err, func(scan func(...any) error) (f catalog.Fix, err error) {
		return f, scan(&f.Line, &f.Code, jsonText{&f.Names}, &f.Minutes, &f.Version)
	})
}

const unitColumns = `id, brand_id, serial, model_id, line_id, sold_on, sold_in, installed_on, state, version`

func scanUnit(scan func(...any) error) (u catalog.Unit, err error) {
	return u, scan(&u.ID, &u.Brand, &u.Serial, &u.Model, &u.Line, &u.SoldOn, &u.SoldIn, &u.InstalledOn, &u.State, &u.Version)
}

func units(ctx context.Context, tx *db.Tx, where string, args ...any) ([]catalog.Unit, error) {
	rows, err := tx.Rows(ctx, `SELECT `+unitColumns+` FROM catalog_unit WHERE `+where, args...)
	return db.Collect(rows, err, scanUnit)
}

// one returns the only thing of a list, or missing.
func one[T any](all []T, err error, missing error) (T, error) {
	if err != nil || len(all) == 0 {
		var none T
		if err == nil {
			err = missing
		}
		return none, err
	}
	return all[0], nil
}

// wrap says what was being done when err came up.
func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
