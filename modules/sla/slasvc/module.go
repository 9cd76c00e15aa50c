// Package slasvc keeps the clocks of the cases: it starts, pauses and stops them
// as the case moves, and tells warnings and breaches when they fall due.
//
// Targets, hours and special days are few and read at every step, so each
// process holds a tenant's in memory, compiled, looks for changes once a second,
// and drops what it holds when it has written itself.
package slasvc

import (
	"context"
	"embed"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/held"
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
func Schema() db.Schema { return db.Schema{Name: "sla", Files: files} }

// caseReader says whose case it is, so that access can decide.
type caseReader interface {
	Brief(ctx context.Context, tenant id.Tenant, c id.Case) (desk.Brief, error)
}

// Deps is what the module stands on.
type Deps struct {
	DB    *db.DB
	Bus   *outbox.Bus
	Jobs  *jobs.Runner
	Guard *access.Guard
	Cases caseReader
}

// Module is the running house of clocks.
type Module struct {
	db    *db.DB
	bus   *outbox.Bus
	jobs  *jobs.Runner
	guard *access.Guard
	cases caseReader
	held  held.Store[*rules]
	armed armed
}

var _ sla.Reader = (*Module)(nil)

// sweepEvery is how often clocks are looked through beside the jobs at the
// instants themselves, for what a job may have missed.
const sweepEvery = 5 * time.Minute

// New returns the module, listening.
func New(d Deps) *Module {
	m := &Module{db: d.DB, bus: d.Bus, jobs: d.Jobs, guard: d.Guard, cases: d.Cases}
	m.listen()
	jobs.Handle(m.jobs, tellKind, func(ctx context.Context, j jobs.Job, _ struct{}) error { return m.Tell(ctx, j.Tenant) }, jobs.Limit(2, 1))
	jobs.Handle(m.jobs, recountKind, func(ctx context.Context, j jobs.Job, _ struct{}) error { return m.Recount(ctx, j.Tenant) }, jobs.Limit(2, 1))
	m.jobs.Every("sla.sweep", sweepEvery, m.Tell)
	return m
}
