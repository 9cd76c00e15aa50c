// Package vaultsvc shows persons to those who may see them, gives them all that
// is kept about them, and erases them.
package vaultsvc

import (
	"context"
	"embed"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/files"
	"fettle.dev/fettle/platform/i18n"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/mail"
	"fettle.dev/fettle/platform/outbox"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// Schema is what the module keeps in the database.
func Schema() db.Schema { return db.Schema{Name: "vault", Files: migrations} }

//go:embed letters/*.txt
var letters embed.FS

var _ = mail.Register(letters)

// operatorReader says who answers for the data.
type operatorReader interface {
	Operator(ctx context.Context, tenant id.Tenant) (network.Operator, error)
}

// Deps is what the module stands on.
type Deps struct {
	DB      *db.DB
	Bus     *outbox.Bus
	Jobs    *jobs.Runner
	Ring    *keys.Ring
	Guard   *access.Guard
	Files   *files.Store
	Mail    *mail.Box
	Network operatorReader
}

// Module is the running vault.
type Module struct {
	db        *db.DB
	bus       *outbox.Bus
	ring      *keys.Ring
	guard     *access.Guard
	files     *files.Store
	mail      *mail.Box
	network   operatorReader
	exporters []vault.Exporter // set before anything is served
}

// New returns the vault, which sweeps once a day.
func New(d Deps) *Module {
	m := &Module{db: d.DB, bus: d.Bus, ring: d.Ring, guard: d.Guard, files: d.Files, mail: d.Mail, network: d.Network}
	d.Jobs.Every("vault.sweep", 24*time.Hour, m.Sweep)
	return m
}

// Collect adds the modules that keep something about persons. It is called once
// all modules are made, before anything is served.
func (m *Module) Collect(exporters ...vault.Exporter) {
	m.exporters = append(m.exporters, exporters...)
}
