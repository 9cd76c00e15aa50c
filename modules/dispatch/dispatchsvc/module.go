// Package dispatchsvc keeps the roster, offers slots, makes appointments and
// moves them along.
//
// A booking is a saga: the slot is taken first, pending, under the lock of its
// technician, so that two bookings never promise the same time; the parts are
// then reserved by the module that owns them; its answer makes the appointment
// stand or takes it back, and so does its silence.
package dispatchsvc

import (
	"context"
	"embed"
	"sync"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/hints"
	"fettle.dev/fettle/platform/i18n"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/outbox"
)

//go:embed migrations/*.sql
var files embed.FS

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// Schema is what the module keeps in the database.
func Schema() db.Schema { return db.Schema{Name: "dispatch", Files: files} }

// caseReader says where a case is and whose, and what it is called.
type caseReader interface {
	desk.Referrer
	Brief(ctx context.Context, tenant id.Tenant, c id.Case) (desk.Brief, error)
}

// nodeReader says where a node is and who runs it.
type nodeReader interface {
	Node(ctx context.Context, tenant id.Tenant, node id.Node) (network.Node, error)
}

// Deps is what the module stands on.
type Deps struct {
	DB      *db.DB
	Bus     *outbox.Bus
	Jobs    *jobs.Runner
	Ring    *keys.Ring
	Guard   *access.Guard
	Hints   *hints.Hub // nil: no open screen is told
	Desk    caseReader
	Network nodeReader
	Days    dayReader // nil: no holidays are known
	Roads   surveyor  // nil: no road service is asked
}

// Module is the running dispatch.
type Module struct {
	db       *db.DB
	bus      *outbox.Bus
	jobs     *jobs.Runner
	ring     *keys.Ring
	guard    *access.Guard
	hints    *hints.Hub
	desk     caseReader
	network  nodeReader
	roads    surveyor
	days     dayReader
	solving  chan struct{} // held by each search that came through the API
	memory   *memory       // the plans of nodes
	searches searches      // of this process that somebody waits for
}

var _ dispatch.Reader = (*Module)(nil)

// New returns the module, listening.
func New(d Deps) *Module {
	m := &Module{
		db: d.DB, bus: d.Bus, jobs: d.Jobs, ring: d.Ring, guard: d.Guard, hints: d.Hints, desk: d.Desk, network: d.Network, roads: d.Roads, days: d.Days,
		solving: make(chan struct{}, solveAtOnce), memory: newMemory(mostLegs),
	}
	m.listen()
	jobs.Handle(m.jobs, holdKind, m.holdOver)
	jobs.Handle(m.jobs, answerKind, m.answerOver)
	jobs.Handle(m.jobs, tendKind, m.tend)
	jobs.Handle(m.jobs, improveKind, m.improve, jobs.Limit(1, 1)) // it computes, and nobody waits for it
	m.jobs.Every("dispatch.nights", nightsEvery, m.nights)
	jobs.Handle(m.jobs, surveyKind, m.survey)
	jobs.Handle(m.jobs, learnKind, m.learn)
	m.jobs.Every("dispatch.roads", 24*time.Hour, m.renewSurveys)
	m.jobs.Every("dispatch.lends", 24*time.Hour, m.tidyLends)
	m.jobs.Every("dispatch.outlook", 24*time.Hour, m.makeOutlooks)
	if m.hints != nil {
		m.hints.Topic("board", m.mayWatch)
	}
	return m
}

// mayWatch says whether the caller may hear of the board of a node.
func (m *Module) mayWatch(ctx context.Context, node string) error {
	n, err := id.Parse[id.NodeKind](node)
	if err != nil {
		return access.ErrHidden
	}
	caller, _ := access.From(ctx)
	_, err = m.board(ctx, caller.Tenant, n, "board.read")
	return err
}

// hint tells open boards that an appointment or a job has changed.
func (m *Module) hint(ctx context.Context, tx *db.Tx, node id.Node, what string, version int64) error {
	if m.hints == nil || node.IsZero() {
		return nil
	}
	return m.hints.Publish(ctx, tx, hints.Hint{Topic: "board:" + node.String(), ID: what, Version: version})
}

var zones sync.Map // name → *time.Location

// zone returns the zone of the name, or UTC for one that the binary does not
// know: the names were checked where they came in.
func zone(name string) *time.Location {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location)
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		z = time.UTC
	}
	zones.Store(name, z)
	return z
}
