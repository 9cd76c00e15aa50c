// Package proofsvc keeps the proof log: it takes in what steps have promised,
// signs the head, and hands out bundles.
package proofsvc

import (
	"embed"

	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/i18n"
	"fettle.dev/fettle/platform/keys"
)

//go:embed migrations/*.sql
var files embed.FS

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// Schema is what the module keeps in the database.
func Schema() db.Schema { return db.Schema{Name: "proof", Files: files} }

// Deps is what the module stands on.
type Deps struct {
	DB    *db.DB
	Ring  *keys.Ring
	Guard *access.Guard
	Desk  desk.Reader
}

// Module is the running log.
type Module struct {
	db    *db.DB
	ring  *keys.Ring
	guard *access.Guard
	desk  desk.Reader
}

// New returns the module. Sequence takes leaves in while it runs.
func New(d Deps) *Module { return &Module{db: d.DB, ring: d.Ring, guard: d.Guard, desk: d.Desk} }
