package warrantysvc

import (
	"context"
	"errors"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

type checkIn struct {
	Serial string `query:"serial" maxLength:"80" doc:"in whatever spelling; with brand"`
	Brand  string `query:"brand" maxLength:"60" doc:"code or id of the brand"`
	Link   string `query:"link" maxLength:"2000" doc:"the GS1 digital link on the label, instead of serial and brand"`
}

// covered is what anybody may know of the coverage of a cost.
type covered struct {
	Cost     warranty.CostKind `json:"cost"`
	Standing warranty.Standing `json:"standing" enum:"not_covered,needs_proof,covered"`
	LastDay  catalog.Day       `json:"last_day,omitempty" doc:"the last day that is covered"`
}

// checkBody is the answer to somebody who asks what covers a serial. It tells
// nothing of who owns the unit.
type checkBody struct {
	Found    bool              `json:"found"`
	Model    string            `json:"model,omitempty" doc:"name of the model in the reader's language"`
	Brand    string            `json:"brand,omitempty" doc:"name of the brand"`
	On       catalog.Day       `json:"on,omitempty" doc:"the day it was looked up for"`
	Standing warranty.Standing `json:"standing,omitempty" enum:"not_covered,needs_proof,partly,covered"`
	Coverage []covered         `json:"coverage,omitempty"`
	Reasons  []warranty.Reason `json:"reasons,omitempty"`
}

type checkOut struct {
	CacheControl string `header:"Cache-Control"`
	Vary         string `header:"Vary"`
	Body         checkBody
}

// check answers anybody: what covers the unit today, where it was sold.
func (m *Module) check(ctx context.Context, in *checkIn) (*checkOut, error) {
	caller, _ := access.From(ctx)
	out := &checkOut{CacheControl: "public, max-age=300", Vary: "Accept-Language"}
	u, err := m.lookUp(ctx, caller.Tenant, in)
	switch {
	case unknown(err):
		return out, nil
	case err != nil:
		return nil, err
	}
	d, err := m.stand(ctx, caller.Tenant, u)
	if err != nil {
		return nil, err
	}
	out.Body = checkBody{Found: true, On: d.On, Standing: d.Standing}
	for _, c := range d.Coverage {
		out.Body.Coverage = append(out.Body.Coverage, covered{c.Cost, c.Standing, c.Until.AddDays(-1)})
	}
	for _, r := range d.Reasons {
		r.Term = id.WarrantyTerm{}
		out.Body.Reasons = append(out.Body.Reasons, r)
	}
	return out, m.name(ctx, caller.Tenant, u, &out.Body)
}

// unknown reports whether the answer is that no such unit is known. What is no
// serial at all is no unit either: the answer does not tell a guesser how near
// the guess was.
func unknown(err error) bool {
	return errors.Is(err, catalog.ErrUnitNotFound) || errors.Is(err, network.ErrBrandNotFound) ||
		errors.Is(err, catalog.ErrSerial) || errors.Is(err, catalog.ErrGTIN)
}

func (m *Module) lookUp(ctx context.Context, tenant id.Tenant, in *checkIn) (catalog.Unit, error) {
	if in.Link != "" {
		return m.catalog.UnitByLink(ctx, tenant, in.Link)
	}
	bad := warranty.ErrInvalid
	if in.Serial == "" {
		bad = bad.At("query/serial", "required")
	}
	if in.Brand == "" {
		bad = bad.At("query/brand", "required")
	}
	if len(bad.Fields) > 0 {
		return catalog.Unit{}, bad
	}
	brand, err := id.Parse[id.BrandKind](in.Brand)
	if err != nil {
		b, err := m.network.BrandByCode(ctx, tenant, in.Brand)
		if err != nil {
			return catalog.Unit{}, err
		}
		brand = b.ID
	}
	return m.catalog.UnitBySerial(ctx, tenant, brand, in.Serial)
}

// stand decides what would cover a repair today in the country of sale.
func (m *Module) stand(ctx context.Context, tenant id.Tenant, u catalog.Unit) (warranty.Decision, error) {
	var seen *policy
	d, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (d warranty.Decision, err error) {
		if seen, err = m.terms.load(ctx, tx); err != nil {
			return d, err
		}
		e := warranty.Entitlement{Brand: u.Brand, Facts: warranty.Facts{Brand: u.Brand}}
		e, err = m.decide(ctx, tx, seen, e, u, catalog.DayOf(tx.Now()))
		return e.Decision, err
	})
	if err == nil {
		m.terms.put(tenant, seen) // a read sees only what is durable
	}
	return d, err
}

// name adds the names that the reader understands.
func (m *Module) name(ctx context.Context, tenant id.Tenant, u catalog.Unit, body *checkBody) error {
	model, err := m.catalog.Model(ctx, tenant, u.Model)
	if err != nil {
		return missing(err)
	}
	body.Model = model.Names.In(httpapi.Language(ctx))
	brand, err := m.network.Brand(ctx, tenant, u.Brand)
	body.Brand = brand.Name
	return missing(err)
}

// missing forgives that a thing is not there: the answer then goes without its name.
func missing(err error) error {
	if err != nil && fault.Of(err).Kind == fault.NotFound {
		return nil
	}
	return err
}
