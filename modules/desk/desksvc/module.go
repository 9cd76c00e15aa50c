// Package desksvc keeps the cases: it takes them in, moves them along, and
// shows the queue and the timeline.
package desksvc

import (
	"context"
	"embed"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/orders"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/i18n"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/mail"
	"fettle.dev/fettle/platform/outbox"
)

//go:embed migrations/*.sql
var files embed.FS

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// Schema is what the module keeps in the database.
func Schema() db.Schema { return db.Schema{Name: "desk", Files: files} }

// networkReader and catalogReader are what the desk asks before it opens a case.
type networkReader interface {
	BrandByCode(ctx context.Context, tenant id.Tenant, code string) (network.Brand, error)
	Brand(ctx context.Context, tenant id.Tenant, brand id.Brand) (network.Brand, error)
	Node(ctx context.Context, tenant id.Tenant, node id.Node) (network.Node, error)
	Route(ctx context.Context, tenant id.Tenant, site network.Site) (network.Routing, error)
	Zone(ctx context.Context, tenant id.Tenant, site network.Site) (string, error)
}

type catalogReader interface {
	Unit(ctx context.Context, tenant id.Tenant, unit id.Unit) (catalog.Unit, error)
	UnitBySerial(ctx context.Context, tenant id.Tenant, brand id.Brand, serial string) (catalog.Unit, error)
	ModelByCode(ctx context.Context, tenant id.Tenant, brand id.Brand, code string) (catalog.Model, error)
}

// orderReader opens the order that a case is made from.
type orderReader interface {
	Content(ctx context.Context, tenant id.Tenant, o id.Order) (orders.Content, error)
}

// accountReader says what those are called who did something.
type accountReader interface {
	Names(ctx context.Context, tenant id.Tenant, actors ...access.Actor) (map[access.Actor]string, error)
}

// Deps is what the module stands on.
type Deps struct {
	DB       *db.DB
	Bus      *outbox.Bus
	Jobs     *jobs.Runner
	Ring     *keys.Ring
	Guard    *access.Guard
	Mail     *mail.Box
	Network  networkReader
	Catalog  catalogReader
	Orders   orderReader
	Accounts accountReader
	Address  string // under which customers reach Fettle, without a slash at its end
}

// Module is the running desk.
type Module struct {
	db       *db.DB
	bus      *outbox.Bus
	jobs     *jobs.Runner
	ring     *keys.Ring
	guard    *access.Guard
	mail     *mail.Box
	network  networkReader
	catalog  catalogReader
	orders   orderReader
	accounts accountReader
	address  string
}

// New returns the desk, listening.
func New(d Deps) *Module {
	m := &Module{
		db: d.DB, bus: d.Bus, jobs: d.Jobs, ring: d.Ring, guard: d.Guard, mail: d.Mail,
		network: d.Network, catalog: d.Catalog, orders: d.Orders, accounts: d.Accounts, address: d.Address,
	}
	jobs.Handle(m.jobs, letterKind, m.inform)
	m.listen()
	m.listenDue()
	return m
}
