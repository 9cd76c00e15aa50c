// Package fieldsvc keeps the records of visits: it takes every one that can be
// read, once, and hands what does not fit to the dispatcher. It gives technicians
// what they need for a visit, signed, so that what they bring home later is
// theirs to record whatever has happened meanwhile.
package fieldsvc

import (
	"context"
	"embed"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/files"
	"fettle.dev/fettle/platform/i18n"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/outbox"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// Schema is what the module keeps in the database.
func Schema() db.Schema { return db.Schema{Name: "field", Files: migrations} }

type appointmentReader interface {
	Appointment(ctx context.Context, tenant id.Tenant, a id.Appointment) (dispatch.Appointment, error)
	AppointmentsOf(ctx context.Context, tenant id.Tenant, c id.Case) ([]dispatch.Appointment, error)
}

type nodeReader interface {
	Node(ctx context.Context, tenant id.Tenant, node id.Node) (network.Node, error)
}

type catalogReader interface {
	Line(ctx context.Context, tenant id.Tenant, line id.Line) (catalog.Line, error)
	Model(ctx context.Context, tenant id.Tenant, model id.Model) (catalog.Model, error)
	Part(ctx context.Context, tenant id.Tenant, part id.Part) (catalog.Part, error)
	Unit(ctx context.Context, tenant id.Tenant, unit id.Unit) (catalog.Unit, error)
}

// deskReader says whose case it is, and who is at the site.
type deskReader interface {
	desk.Reader
	desk.PartyReader
}

// Deps is what the module stands on.
type Deps struct {
	DB       *db.DB
	Bus      *outbox.Bus
	Ring     *keys.Ring
	Guard    *access.Guard
	Files    *files.Store
	Desk     deskReader
	Work     work.Reader
	Dispatch appointmentReader
	Network  nodeReader
	Catalog  catalogReader
}

// Module is the running register of visits.
type Module struct {
	db       *db.DB
	bus      *outbox.Bus
	ring     *keys.Ring
	guard    *access.Guard
	files    *files.Store
	desk     deskReader
	work     work.Reader
	dispatch appointmentReader
	network  nodeReader
	catalog  catalogReader
}

// New returns the module. It hears nothing: visits are told to it.
func New(d Deps) *Module {
	return &Module{
		db: d.DB, bus: d.Bus, ring: d.Ring, guard: d.Guard, files: d.Files,
		desk: d.Desk, work: d.Work, dispatch: d.Dispatch, network: d.Network, catalog: d.Catalog,
	}
}

// AcceptanceCode is what the customer tells the technician when the work of the
// appointment is done. It is shown to the customer only.
func (m *Module) AcceptanceCode(tenant id.Tenant, a id.Appointment) string {
	if a.IsZero() {
		return ""
	}
	return field.Code(m.ring.Blind(tenant, field.CodeKind, a.String()))
}
