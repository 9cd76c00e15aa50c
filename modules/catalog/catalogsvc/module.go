// Package catalogsvc keeps the catalogue: lines, models, parts and what they
// fit, symptoms, fixes, and the units by serial.
//
// What is sent again under the same code or serial replaces what is there, so
// that an import may be repeated; lists of many things are stored in steps of a
// bounded size, each whole or not at all. Lines, models and parts that others ask
// for are held in memory; changes of another process are seen within a second.
package catalogsvc

import (
	"context"
	"embed"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/network"
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
func Schema() db.Schema { return db.Schema{Name: "catalog", Files: files} }

// brandReader is what the catalogue asks before it stores a line.
type brandReader interface {
	Brand(ctx context.Context, tenant id.Tenant, brand id.Brand) (network.Brand, error)
}

// Deps is what the module stands on.
type Deps struct {
	DB      *db.DB
	Bus     *outbox.Bus
	Guard   *access.Guard
	Network brandReader
}

// Module is the running catalogue.
type Module struct {
	db      *db.DB
	guard   *access.Guard
	network brandReader
	shelf   shelf
}

var _ catalog.Reader = (*Module)(nil)

// New returns the catalogue, listening.
func New(d Deps) *Module {
	m := &Module{db: d.DB, guard: d.Guard, network: d.Network}
	outbox.On(d.Bus, "catalog.learn", m.learn)
	return m
}
