package catalogsvc

import (
	"context"
	"errors"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
)

// chunk is how many things one step stores, so that nobody waits for long.
const chunk = 250

// put stores one checked thing and returns it as stored.
type put[T any] func(ctx context.Context, tx *db.Tx, v T) (T, error)

// upsert stores what check lets pass and returns it as stored: one thing as a
// command, many in steps of chunk, each whole or not at all. What is wrong is
// found before anything is stored; its fault names the row.
func upsert[T any](ctx context.Context, m *Module, action string, in []T, check func(T) (T, error), put put[T]) ([]T, error) {
	caller, ok := access.From(ctx)
	if !ok {
		return nil, access.ErrNobody
	}
	if err := m.guard.May(ctx, action); err != nil {
		return nil, err
	}
	clean := make([]T, len(in))
	for i, v := range in {
		var err error
		if clean[i], err = check(v); err != nil {
			return nil, row(err, rowOf(i, len(in)))
		}
	}
	store := func(ctx context.Context, tx *db.Tx, part []T, from int) ([]T, error) {
		if onShelf[action] {
			if err := m.bump(ctx, tx); err != nil {
				return nil, err
			}
		}
		return each(ctx, tx, part, from, put)
	}
	if len(clean) == 1 {
		return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) ([]T, error) { return store(ctx, tx, clean, single) })
	}
	out := make([]T, 0, len(in))
	for from := 0; from < len(clean); from += chunk {
		part := clean[from:min(from+chunk, len(clean))]
		stored, err := db.Do(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]T, error) {
			return store(ctx, tx, part, from)
		})
		if err != nil {
			return out, err
		}
		out = append(out, stored...)
	}
	return out, nil
}

// onShelf are the actions that change what may lie on a shelf.
var onShelf = map[string]bool{"line.write": true, "model.write": true, "part.write": true}

// single stands for the row of a thing that comes alone.
const single = -1

func each[T any](ctx context.Context, tx *db.Tx, part []T, from int, put put[T]) ([]T, error) {
	out := make([]T, len(part))
	for i, v := range part {
		var err error
		if out[i], err = put(ctx, tx, v); err != nil {
			return nil, row(err, from+i)
		}
	}
	return out, nil
}

func rowOf(i, of int) int {
	if of == 1 {
		return single
	}
	return i
}

// row says in a fault which of several things it is about, counted from 0.
func row(err error, i int) error {
	var f *fault.Fault
	if i != single && errors.As(err, &f) {
		return f.With("row", i)
	}
	return err
}

// UpsertLines stores lines by brand and code. The caller needs line.write.
func (m *Module) UpsertLines(ctx context.Context, in []catalog.Line) ([]catalog.Line, error) {
	caller, _ := access.From(ctx)
	known := map[id.Brand]error{}
	check := func(l catalog.Line) (catalog.Line, error) {
		l, err := catalog.CheckLine(l)
		if err != nil {
			return l, err
		}
		if _, asked := known[l.Brand]; !asked {
			_, known[l.Brand] = m.network.Brand(ctx, caller.Tenant, l.Brand)
		}
		return l, known[l.Brand]
	}
	return upsert(ctx, m, "line.write", in, check, func(ctx context.Context, tx *db.Tx, l catalog.Line) (catalog.Line, error) {
		if err := m.may(ctx, "line.write", "line", l.Brand); err != nil {
			return l, err
		}
		return putLine(ctx, tx, l)
	})
}

// UpsertModels stores models by brand and code. The caller needs model.write.
func (m *Module) UpsertModels(ctx context.Context, in []catalog.Model) ([]catalog.Model, error) {
	return upsert(ctx, m, "model.write", in, catalog.CheckModel, func(ctx context.Context, tx *db.Tx, v catalog.Model) (_ catalog.Model, err error) {
		if v.Brand, err = m.brandOf(ctx, tx, "model.write", "model", v.Line); err != nil {
			return v, err
		}
		return putModel(ctx, tx, v)
	})
}

// UpsertParts stores parts by number. The caller needs part.write.
func (m *Module) UpsertParts(ctx context.Context, in []catalog.Part) ([]catalog.Part, error) {
	return upsert(ctx, m, "part.write", in, catalog.CheckPart, func(ctx context.Context, tx *db.Tx, p catalog.Part) (_ catalog.Part, err error) {
		if p.Brand, err = m.brandOf(ctx, tx, "part.write", "part", p.Line); err != nil {
			return p, err
		}
		return putPart(ctx, tx, p)
	})
}

// UpsertFits stores which parts belong into which models. The caller needs
// part.write.
func (m *Module) UpsertFits(ctx context.Context, in []catalog.Fit) ([]catalog.Fit, error) {
	return upsert(ctx, m, "part.write", in, catalog.CheckFit, func(ctx context.Context, tx *db.Tx, f catalog.Fit) (catalog.Fit, error) {
		of, err := models(ctx, tx, `tenant_id = ? AND id = ?`, tx.Tenant(), f.Model)
		model, err := one(of, err, catalog.ErrModelNotFound.At("/model", "unknown"))
		if err != nil {
			return f, err
		}
		if err := m.may(ctx, "part.write", "part", model.Brand); err != nil {
			return f, err
		}
		with, err := parts(ctx, tx, `tenant_id = ? AND id = ?`, tx.Tenant(), f.Part)
		if _, err := one(with, err, catalog.ErrPartNotFound.At("/part", "unknown")); err != nil {
			return f, err
		}
		return putFit(ctx, tx, f)
	})
}

// UpsertSymptoms stores symptoms by line and code. The caller needs
// symptom.write.
func (m *Module) UpsertSymptoms(ctx context.Context, in []catalog.Symptom) ([]catalog.Symptom, error) {
	return upsert(ctx, m, "symptom.write", in, catalog.CheckSymptom, func(ctx context.Context, tx *db.Tx, s catalog.Symptom) (catalog.Symptom, error) {
		brand, err := m.brandOf(ctx, tx, "symptom.write", "symptom", s.Line)
		if err != nil {
			return s, err
		}
		return putSymptom(ctx, tx, brand, s)
	})
}

// UpsertFixes stores fixes by line and code. The caller needs symptom.write.
func (m *Module) UpsertFixes(ctx context.Context, in []catalog.Fix) ([]catalog.Fix, error) {
	return upsert(ctx, m, "symptom.write", in, catalog.CheckFix, func(ctx context.Context, tx *db.Tx, f catalog.Fix) (catalog.Fix, error) {
		brand, err := m.brandOf(ctx, tx, "symptom.write", "symptom", f.Line)
		if err != nil {
			return f, err
		}
		return putFix(ctx, tx, brand, f)
	})
}

// brandOf returns the brand of a line, none for no line, when the caller may do
// the action to a thing of that brand.
func (m *Module) brandOf(ctx context.Context, tx *db.Tx, action, kind string, line id.Line) (id.Brand, error) {
	if line.IsZero() {
		return id.Brand{}, m.may(ctx, action, kind, id.Brand{})
	}
	all, err := lines(ctx, tx, `tenant_id = ? AND id = ?`, tx.Tenant(), line)
	l, err := one(all, err, catalog.ErrLineNotFound.At("/line", "unknown"))
	if err != nil {
		return id.Brand{}, err
	}
	return l.Brand, m.may(ctx, action, kind, l.Brand)
}

// may asks whether the caller may do the action to a thing of the brand.
func (m *Module) may(ctx context.Context, action, kind string, brand id.Brand) error {
	return m.guard.Can(ctx, action, access.Resource{Kind: kind, Brand: brand})
}
