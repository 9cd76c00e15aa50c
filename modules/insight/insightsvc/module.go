// Package insightsvc gathers facts about cases from events and answers questions
// about them. Its table holds nothing that the events do not.
package insightsvc

import (
	"embed"

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
func Schema() db.Schema { return db.Schema{Name: "insight", Files: files} }

// Deps is what the module stands on.
type Deps struct {
	DB    *db.DB
	Bus   *outbox.Bus
	Guard *access.Guard
}

// Module is the running gatherer of facts.
type Module struct {
	db    *db.DB
	guard *access.Guard
}

// New returns the module, listening from the beginning of the events.
func New(d Deps) *Module {
	const lane = "insight.gather"
	outbox.On(d.Bus, lane, opened, outbox.FromStart())
	outbox.On(d.Bus, lane, responded)
	outbox.On(d.Bus, lane, moved)
	outbox.On(d.Bus, lane, assigned)
	outbox.On(d.Bus, lane, identified)
	outbox.On(d.Bus, lane, planned)
	outbox.On(d.Bus, lane, clockMet)
	outbox.On(d.Bus, lane, clockBreached)
	outbox.On(d.Bus, lane, visited)
	outbox.On(d.Bus, lane, completed)
	outbox.On(d.Bus, lane, charged)
	outbox.On(d.Bus, lane, reversed)
	outbox.On(d.Bus, lane, rated)
	return &Module{db: d.DB, guard: d.Guard}
}
