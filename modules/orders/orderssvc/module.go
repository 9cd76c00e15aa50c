// Package orderssvc keeps the service orders of brands: it takes them in once,
// follows the cases that come of them, and answers in the brands' codes.
package orderssvc

import (
	"context"
	"embed"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/i18n"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/outbox"
)

//go:embed migrations/*.sql
var files embed.FS

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// Schema is what the module keeps in the database.
func Schema() db.Schema { return db.Schema{Name: "orders", Files: files} }

type brandReader interface {
	Brand(ctx context.Context, tenant id.Tenant, brand id.Brand) (network.Brand, error)
	BrandByCode(ctx context.Context, tenant id.Tenant, code string) (network.Brand, error)
}

type modelReader interface {
	ModelByCode(ctx context.Context, tenant id.Tenant, brand id.Brand, code string) (catalog.Model, error)
}

// Deps is what the module stands on.
type Deps struct {
	DB      *db.DB
	Bus     *outbox.Bus
	Ring    *keys.Ring
	Guard   *access.Guard
	Network brandReader
	Catalog modelReader
}

// Module is the running register of orders.
type Module struct {
	db      *db.DB
	bus     *outbox.Bus
	ring    *keys.Ring
	guard   *access.Guard
	network brandReader
	catalog modelReader
}

// New returns the module, listening to what becomes of its orders.
func New(d Deps) *Module {
	m := &Module{db: d.DB, bus: d.Bus, ring: d.Ring, guard: d.Guard, network: d.Network, catalog: d.Catalog}
	outbox.On(d.Bus, "orders.follow", m.follow)
	return m
}
