// Package networksvc keeps the register of the network: operator, brands,
// partners, nodes and territories, and answers which node serves a site.
//
// The register is small and read at every step, so each process holds a tenant's
// register in memory, looks for changes once a second, and drops what it holds
// when it has written itself.
package networksvc

import (
	"embed"

	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/held"
	"fettle.dev/fettle/platform/i18n"
	"fettle.dev/fettle/platform/outbox"
)

//go:embed migrations/*.sql
var files embed.FS

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// Schema is what the module keeps in the database.
func Schema() db.Schema { return db.Schema{Name: "network", Files: files} }

// Deps is what the module stands on. The guard needs the tree of nodes, so an
// application gives it a tree that asks this module once it is there.
type Deps struct {
	DB    *db.DB
	Bus   *outbox.Bus
	Guard *access.Guard
}

// Module is the running register.
type Module struct {
	db    *db.DB
	bus   *outbox.Bus
	guard *access.Guard
	held  held.Store[*register]
}

var (
	_ network.Reader = (*Module)(nil)
	_ access.Tree    = (*Module)(nil)
)

// New returns the register.
func New(d Deps) *Module { return &Module{db: d.DB, bus: d.Bus, guard: d.Guard} }
