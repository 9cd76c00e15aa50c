package warrantysvc

import (
	"context"
	"errors"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/outbox"
)

// asked is the unit that a decision was about when the catalogue was asked.
type asked struct {
	of   id.Unit
	unit catalog.Unit
}

// errOtherUnit: the case turned out to be about another unit while the catalogue
// was asked. Whoever asks again hears of that one.
var errOtherUnit = errors.New("the decision is about another unit by now")

// EntitlementGiven implements warranty.Reader.
func (m *Module) EntitlementGiven(ctx context.Context, tenant id.Tenant, c id.Case, cause warranty.Cause) (warranty.Entitlement, error) {
	a, err := m.askUnit(ctx, tenant, c)
	if err != nil {
		return warranty.Entitlement{}, err
	}
	return db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (warranty.Entitlement, error) {
		e, err := current(ctx, tx, c, "")
		if err != nil {
			return e, err
		}
		p, err := m.terms.load(ctx, tx)
		if err != nil || !warranty.Bears(cause, p.of(e.Brand).terms, e.Facts) {
			return e, err
		}
		if e.Unit != a.of {
			return e, errOtherUnit
		}
		return m.decide(ctx, tx, p, given(e, cause), a.unit, e.Decision.On)
	})
}

// given is what is decided on once the cause has been found.
func given(e warranty.Entitlement, cause warranty.Cause) warranty.Entitlement {
	e.Facts.Causes = append(slices.Clone(e.Facts.Causes), cause)
	return e
}

// askUnit finds the unit that the case's decision is about.
func (m *Module) askUnit(ctx context.Context, tenant id.Tenant, c id.Case) (a asked, err error) {
	e, err := m.Entitlement(ctx, tenant, c)
	if err != nil {
		return a, err
	}
	a.of = e.Unit
	a.unit, err = m.unit(ctx, tenant, e.Unit)
	return a, err
}

func (m *Module) askCompleted(ctx context.Context, meta outbox.Meta, e work.OrderCompleted) (asked, error) {
	return m.askCause(ctx, meta, e.Case, e.Cause)
}

func (m *Module) askFailed(ctx context.Context, meta outbox.Meta, e work.AttemptFailed) (asked, error) {
	return m.askCause(ctx, meta, e.Case, e.Cause)
}

// askCause spares most work the question: it names no cause.
func (m *Module) askCause(ctx context.Context, meta outbox.Meta, c id.Case, cause string) (asked, error) {
	if cause == "" {
		return asked{}, nil
	}
	a, err := m.askUnit(ctx, meta.Tenant, c)
	if errors.Is(err, warranty.ErrNoEntitlement) {
		return a, nil
	}
	return a, err
}

func (m *Module) completed(ctx context.Context, tx *db.Tx, _ outbox.Meta, e work.OrderCompleted, a asked) error {
	return m.found(ctx, tx, e.Case, warranty.Cause(e.Cause), a)
}

func (m *Module) failed(ctx context.Context, tx *db.Tx, _ outbox.Meta, e work.AttemptFailed, a asked) error {
	return m.found(ctx, tx, e.Case, warranty.Cause(e.Cause), a)
}

// found decides again when the work on a case found a cause that a term
// excludes. Once the cause is among the facts it decides nothing any more, so a
// repeat changes nothing.
func (m *Module) found(ctx context.Context, tx *db.Tx, c id.Case, cause warranty.Cause, a asked) error {
	if cause == "" {
		return nil
	}
	old, err := current(ctx, tx, c, tx.ForUpdate())
	if errors.Is(err, warranty.ErrNoEntitlement) {
		return nil // nothing was promised yet, so nothing is taken back
	} else if err != nil {
		return err
	}
	p, err := m.terms.inStep(ctx, tx)
	if err != nil || !warranty.Bears(cause, p.of(old.Brand).terms, old.Facts) {
		return err
	}
	if old.Unit != a.of {
		return errOtherUnit
	}
	_, err = m.again(ctx, tx, old, given(old, cause), a.unit)
	return err
}
