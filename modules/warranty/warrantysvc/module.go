// Package warrantysvc keeps terms, registrations and entitlements: it decides
// the coverage of every case that is opened, decides again when something new is
// known, and answers anybody who asks what covers a serial.
package warrantysvc

import (
	"context"
	"embed"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/i18n"
	"fettle.dev/fettle/platform/outbox"
)

//go:embed migrations/*.sql
var files embed.FS

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// Schema is what the module keeps in the database.
func Schema() db.Schema { return db.Schema{Name: "warranty", Files: files} }

// What the module asks others.
type (
	catalogReader interface {
		Unit(ctx context.Context, tenant id.Tenant, unit id.Unit) (catalog.Unit, error)
		UnitBySerial(ctx context.Context, tenant id.Tenant, brand id.Brand, serial string) (catalog.Unit, error)
		UnitByLink(ctx context.Context, tenant id.Tenant, link string) (catalog.Unit, error)
		Line(ctx context.Context, tenant id.Tenant, line id.Line) (catalog.Line, error)
		Model(ctx context.Context, tenant id.Tenant, model id.Model) (catalog.Model, error)
	}
	networkReader interface {
		Brand(ctx context.Context, tenant id.Tenant, brand id.Brand) (network.Brand, error)
		BrandByCode(ctx context.Context, tenant id.Tenant, code string) (network.Brand, error)
		Node(ctx context.Context, tenant id.Tenant, node id.Node) (network.Node, error)
	}
	deskReader interface {
		Brief(ctx context.Context, tenant id.Tenant, c id.Case) (desk.Brief, error)
	}
)

// Deps is what the module stands on.
type Deps struct {
	DB      *db.DB
	Bus     *outbox.Bus
	Guard   *access.Guard
	Catalog catalogReader
	Network networkReader
	Desk    deskReader
}

// Module is the running register.
type Module struct {
	db      *db.DB
	bus     *outbox.Bus
	guard   *access.Guard
	catalog catalogReader
	network networkReader
	desk    deskReader
	terms   held
	zones   zones
}

var _ warranty.Reader = (*Module)(nil)

// New returns the register, listening.
func New(d Deps) *Module {
	m := &Module{db: d.DB, bus: d.Bus, guard: d.Guard, catalog: d.Catalog, network: d.Network, desk: d.Desk}
	outbox.OnAsk(d.Bus, "warranty.entitle", m.askOpened, m.opened)
	outbox.OnAsk(d.Bus, "warranty.entitle", m.askIdentified, m.identified)
	outbox.OnAsk(d.Bus, "warranty.entitle", m.askCompleted, m.completed)
	outbox.OnAsk(d.Bus, "warranty.entitle", m.askFailed, m.failed)
	return m
}
