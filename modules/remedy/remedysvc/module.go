// Package remedysvc keeps the fix plans: it proposes one as soon as it is known
// what covers a case, has it accepted or overruled, and learns from what came
// of it.
package remedysvc

import (
	"context"
	"embed"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/modules/work"
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
func Schema() db.Schema { return db.Schema{Name: "remedy", Files: files} }

type catalogReader interface {
	Line(ctx context.Context, tenant id.Tenant, line id.Line) (catalog.Line, error)
	Model(ctx context.Context, tenant id.Tenant, model id.Model) (catalog.Model, error)
	Parts(ctx context.Context, tenant id.Tenant, model id.Model, symptom string) ([]catalog.Suggestion, error)
}

type operatorReader interface {
	Operator(ctx context.Context, tenant id.Tenant) (network.Operator, error)
}

// Deps is what the module stands on.
type Deps struct {
	DB      *db.DB
	Bus     *outbox.Bus
	Guard   *access.Guard
	Desk    desk.Reader
	Catalog catalogReader
	Network operatorReader
	// Warranty says who pays as things stand, Work whether somebody is at it.
	Warranty warranty.Reader
	Work     work.Reader
}

// Module is the running planner of remedies.
type Module struct {
	db      *db.DB
	bus     *outbox.Bus
	guard   *access.Guard
	desk    desk.Reader
	catalog catalogReader
	network operatorReader
	terms   warranty.Reader
	orders  work.Reader
	policy  held.Store[remedy.Policy]
}

// New returns the module, listening.
func New(d Deps) *Module {
	m := &Module{db: d.DB, bus: d.Bus, guard: d.Guard, desk: d.Desk, catalog: d.Catalog, network: d.Network, terms: d.Warranty, orders: d.Work}
	const lane = "remedy.propose" // one lane per case: what came of a plan is known before the next is made
	outbox.OnAsk(d.Bus, lane, m.gather, m.propose)
	outbox.OnAsk(d.Bus, lane, m.askFailed, m.failed)
	outbox.On(d.Bus, lane, m.completed)
	outbox.On(d.Bus, lane, m.kept)
	outbox.OnAsk(d.Bus, lane, m.askReopened, m.reopened)
	outbox.On(d.Bus, "remedy.learn", m.learn)
	outbox.On(d.Bus, "remedy.learn", m.learnFailure)
	return m
}
