// Package worksvc keeps the work orders: it makes one from every accepted fix
// plan and moves it along as appointments, parts and records come in.
package worksvc

import (
	"context"
	"embed"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
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
func Schema() db.Schema { return db.Schema{Name: "work", Files: files} }

type caseReader interface {
	Brief(ctx context.Context, tenant id.Tenant, c id.Case) (desk.Brief, error)
}

// Deps is what the module stands on.
type Deps struct {
	DB    *db.DB
	Bus   *outbox.Bus
	Ring  *keys.Ring
	Guard *access.Guard
	Desk  caseReader
}

// Module is the running register of work.
type Module struct {
	db    *db.DB
	bus   *outbox.Bus
	ring  *keys.Ring
	guard *access.Guard
	desk  caseReader
}

// New returns the module, listening. Its one lane per case keeps the order of
// what happens to the case's work.
func New(d Deps) *Module {
	m := &Module{db: d.DB, bus: d.Bus, ring: d.Ring, guard: d.Guard, desk: d.Desk}
	const lane = "work.follow"
	outbox.On(d.Bus, lane, m.planAccepted)
	outbox.On(d.Bus, lane, m.planSuperseded)
	outbox.On(d.Bus, lane, m.scheduled)
	outbox.On(d.Bus, lane, m.appointmentMoved)
	outbox.On(d.Bus, lane, m.appointmentEnded)
	outbox.On(d.Bus, lane, m.reservationRefused)
	outbox.On(d.Bus, "work.supply", m.partArrived) // told about the part, so not in the order of the case
	outbox.OnAsk(d.Bus, lane, m.keyOfVisit, m.visitRecorded)
	outbox.On(d.Bus, lane, m.caseMoved)
	outbox.On(d.Bus, lane, m.charged)
	return m
}
