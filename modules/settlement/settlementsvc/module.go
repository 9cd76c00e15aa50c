// Package settlementsvc keeps the books: it prices what was done, splits it
// among those who pay, writes the journal and closes statements.
package settlementsvc

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
func Schema() db.Schema { return db.Schema{Name: "settlement", Files: files} }

type networkReader interface {
	Operator(ctx context.Context, tenant id.Tenant) (network.Operator, error)
	Brand(ctx context.Context, tenant id.Tenant, brand id.Brand) (network.Brand, error)
	Partner(ctx context.Context, tenant id.Tenant, partner id.Partner) (network.Partner, error)
	Node(ctx context.Context, tenant id.Tenant, node id.Node) (network.Node, error)
}

// caseReader says where a case is and whose, and what it is called.
type caseReader interface {
	desk.Reader
	desk.Referrer
}

type partReader interface {
	Part(ctx context.Context, tenant id.Tenant, part id.Part) (catalog.Part, error)
}

// namer says what who acted is called.
type namer interface {
	Names(ctx context.Context, tenant id.Tenant, actors ...access.Actor) (map[access.Actor]string, error)
}

// Deps is what the module stands on.
type Deps struct {
	DB       *db.DB
	Bus      *outbox.Bus
	Guard    *access.Guard
	Network  networkReader
	Catalog  partReader
	Warranty warranty.Reader
	Desk     caseReader
	Accounts namer
}

// Module is the running settlement.
type Module struct {
	db       *db.DB
	bus      *outbox.Bus
	guard    *access.Guard
	network  networkReader
	catalog  partReader
	warranty warranty.Reader
	desk     caseReader
	accounts namer
}

// New returns the module, listening for work that is done.
func New(d Deps) *Module {
	m := &Module{
		db: d.DB, bus: d.Bus, guard: d.Guard, network: d.Network, catalog: d.Catalog, warranty: d.Warranty, desk: d.Desk, accounts: d.Accounts,
	}
	outbox.OnAsk(d.Bus, "settlement.rate", m.gather, m.rate)
	outbox.OnAsk(d.Bus, "settlement.rate", m.askZone, m.reversed) // in the same lane, so after it was rated
	outbox.On(d.Bus, "settlement.rate", m.earned)
	return m
}
