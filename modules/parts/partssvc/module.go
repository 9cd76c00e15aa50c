// Package partssvc keeps the stock: every change is a movement in the journal,
// and an appointment's parts are held all together or not at all, by however
// many processes at once.
package partssvc

import (
	"context"
	"embed"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/i18n"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/outbox"
)

//go:embed migrations/*.sql
var files embed.FS

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// Schema is what the module keeps in the database.
func Schema() db.Schema { return db.Schema{Name: "parts", Files: files} }

type treeReader interface {
	Tree(ctx context.Context, tenant id.Tenant) (*network.Tree, error)
}

type partReader interface {
	Part(ctx context.Context, tenant id.Tenant, part id.Part) (catalog.Part, error)
}

// Deps is what the module stands on.
type Deps struct {
	DB      *db.DB
	Bus     *outbox.Bus
	Jobs    *jobs.Runner
	Guard   *access.Guard
	Network treeReader
	Catalog partReader
	Desk    desk.Reader
}

// Module is the running stock.
type Module struct {
	db      *db.DB
	bus     *outbox.Bus
	guard   *access.Guard
	network treeReader
	catalog partReader
	desk    desk.Reader
}

// New returns the module, listening. Its one lane per case keeps the order of
// what happens to a case's parts.
func New(d Deps) *Module {
	m := &Module{db: d.DB, bus: d.Bus, guard: d.Guard, network: d.Network, catalog: d.Catalog, desk: d.Desk}
	const lane = "parts.follow"
	outbox.OnAsk(d.Bus, lane, treeFor[dispatch.AppointmentRequested](m), m.requested)
	outbox.OnAsk(d.Bus, lane, treeFor[dispatch.AppointmentEnded](m), m.ended)
	outbox.On(d.Bus, lane, m.scheduled)
	outbox.OnAsk(d.Bus, lane, treeFor[field.VisitRecorded](m), m.recorded)
	outbox.OnAsk(d.Bus, lane, treeFor[work.OrderMoved](m), m.workMoved)
	outbox.OnAsk(d.Bus, lane, treeFor[work.OrderCompleted](m), m.workCompleted)
	d.Jobs.Every("parts.expire", time.Hour, m.Expire)
	return m
}

// treeFor fetches the network before a handler's step.
func treeFor[E outbox.Event](m *Module) func(context.Context, outbox.Meta, E) (*network.Tree, error) {
	return func(ctx context.Context, meta outbox.Meta, _ E) (*network.Tree, error) {
		return m.network.Tree(ctx, meta.Tenant)
	}
}
