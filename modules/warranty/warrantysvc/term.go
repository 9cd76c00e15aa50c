package warrantysvc

import (
	"context"
	"errors"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/leaf"
)

// UpsertTerms publishes terms by their code, all or none, and returns them as
// stored. A term that is there becomes a new version of itself; decisions name
// the version they were made under. The same again changes nothing. The caller
// needs term.write for the brand.
func (m *Module) UpsertTerms(ctx context.Context, in []warranty.Term) ([]warranty.Term, error) {
	caller, ok := access.From(ctx)
	if !ok {
		return nil, access.ErrNobody
	}
	if err := m.guard.May(ctx, "term.write"); err != nil {
		return nil, err
	}
	clean := make([]warranty.Term, len(in))
	for i, t := range in {
		var err error
		if clean[i], err = m.checkTerm(ctx, caller.Tenant, t); err != nil {
			return nil, row(err, i, len(in))
		}
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) ([]warranty.Term, error) {
		if err := bump(ctx, tx); err != nil {
			return nil, err
		}
		out := make([]warranty.Term, len(clean))
		for i, t := range clean {
			var err error
			if out[i], err = m.publish(ctx, tx, t); err != nil {
				return nil, row(err, i, len(in))
			}
		}
		return out, nil
	})
}

// row says in a fault which of several things it is about, counted from 0.
func row(err error, i, of int) error {
	var f *fault.Fault
	if of > 1 && errors.As(err, &f) {
		return f.With("row", i)
	}
	return err
}

// checkTerm says whether the term is right by itself and its brand and line are
// there.
func (m *Module) checkTerm(ctx context.Context, tenant id.Tenant, t warranty.Term) (warranty.Term, error) {
	t, err := warranty.CheckTerm(t)
	if err != nil {
		return t, err
	}
	if _, err := m.network.Brand(ctx, tenant, t.Brand); err != nil {
		return t, err
	}
	if t.Line.IsZero() {
		return t, nil
	}
	line, err := m.catalog.Line(ctx, tenant, t.Line)
	if err == nil && line.Brand != t.Brand {
		err = warranty.ErrInvalid.At("/line", "of_other_brand")
	}
	return t, err
}

// publish stores the term as the next version of its code.
func (m *Module) publish(ctx context.Context, tx *db.Tx, t warranty.Term) (warranty.Term, error) {
	if err := m.guard.Can(ctx, "term.write", access.Resource{Kind: "term", Brand: t.Brand, Country: string(t.SoldIn)}); err != nil {
		return t, err
	}
	others, err := terms(ctx, tx, `tenant_id = ? AND replaced_at IS NULL`, tx.Tenant())
	if err != nil {
		return t, wrap("load terms", err)
	}
	if err := warranty.CheckBound(t, others); err != nil {
		return t, err
	}
	t.ID, t.Version = id.New[id.WarrantyTermKind](), 1
	for _, old := range others {
		if old.Code != t.Code {
			continue
		}
		if old.Brand != t.Brand {
			return t, warranty.ErrCodeTaken
		}
		t.ID, t.Version = old.ID, old.Version
		if warranty.PolicyHash([]warranty.Term{old}) == warranty.PolicyHash([]warranty.Term{t}) {
			return old, nil
		}
		t.Version++
		if err := replaceTerm(ctx, tx, old); err != nil {
			return t, err
		}
	}
	if err := insertTerm(ctx, tx, t); err != nil {
		return t, err
	}
	_, err = leaf.Append(ctx, tx, leaf.Entry{Kind: "warranty_term", Subject: t.ID.Raw(), Record: t})
	return t, err
}
