package networksvc

import (
	"context"

	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// publicBrand is what anybody may know of a brand: what a visitor chooses from.
type publicBrand struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type publicBrandsOut struct {
	CacheControl string `header:"Cache-Control"`
	Body         httpapi.Page[publicBrand]
}

// atMostBrands bounds the public list; an operator serves far fewer.
const atMostBrands = 500

// listPublicBrands answers anybody: the brands that are served, by name.
func (m *Module) listPublicBrands(ctx context.Context, _ *struct{}) (*publicBrandsOut, error) {
	caller, _ := access.From(ctx)
	all, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]network.Brand, error) {
		return brands(ctx, tx, "tenant_id = ? ORDER BY name, code LIMIT ?", tx.Tenant(), atMostBrands)
	})
	if err != nil {
		return nil, err
	}
	out := &publicBrandsOut{CacheControl: "public, max-age=300"}
	out.Body.Items = make([]publicBrand, len(all))
	for i, b := range all {
		out.Body.Items[i] = publicBrand{b.Code, b.Name}
	}
	return out, nil
}
