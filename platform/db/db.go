// Package db is the database: SQLite in the binary, or PostgreSQL, behind one
// type and one SQL text.
//
// Every write is one step: InTx runs a function in a transaction of one tenant
// and returns when its outcome is durable. On SQLite a single writer lets
// waiting steps share one fsync (see group.go); on PostgreSQL steps run side by
// side under row-level security and are retried when they collide. A step does
// no I/O, may be run again, and never opens another step: the context it is
// given refuses to.
package db

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
)

// Faults and errors of this package.
var (
	// ErrUnavailable: the database cannot take the step now; nothing was changed.
	ErrUnavailable = fault.New(fault.Unavailable, "db.unavailable")
	// ErrUnknownOutcome: the connection broke while the step was being made
	// durable. Repeating it with the same Idempotency-Key finds out.
	ErrUnknownOutcome = fault.New(fault.Unavailable, "db.outcome_unknown")
	// ErrNested is returned to a step that tries to open another one.
	ErrNested = errors.New("db: a step may not open another step")
	// ErrRetry, wrapped in what a step returns, asks for the step to be run again
	// on fresh data. After a few tries the step fails with ErrUnavailable.
	ErrRetry = errors.New("db: run this step again")
	// ErrClosed is returned once Close has been called.
	ErrClosed = errors.New("db: closed")
)

// Options say how to open a database.
type Options struct {
	Clock   clock.Clock // domain clock, clock.System if nil
	Machine clock.Clock // machine clock, clock.System if nil

	// NoSync builds a SQLite file without fsync. Only for a file that nobody has
	// been promised anything about, such as a demo that is being made.
	NoSync bool
	// SecureDelete overwrites what is deleted from a SQLite file with zeros.
	SecureDelete bool
	// Readers is how many SQLite connections read side by side; 0 means one for
	// each processor, two at least.
	Readers int
	// Schema is the PostgreSQL schema to live in; "" means public.
	Schema string
	// OwnerURL connects as the owner of the PostgreSQL tables for Migrate; ""
	// means the same URL, whose user must then own them.
	OwnerURL string
	// Conns limits PostgreSQL connections; 0 means 16. What is not First has a
	// third of them, one at least.
	Conns int
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine  engine
	now     clock.Clock
	machine clock.Clock

	mu       sync.Mutex
	listener map[string]map[int]func(payload string)
	nextID   int
}

// engine is what differs between SQLite and PostgreSQL.
type engine interface {
	write(ctx context.Context, s step) error
	view(ctx context.Context, tenant id.Tenant) (view, error)
	migrate(ctx context.Context, schemas []Schema) error
	applied(ctx context.Context) (map[string]string, error)
	checkpoint(ctx context.Context) error
	postgres() bool
	announce(channel, payload string) // to the other processes
	close() error
}

// step is one call of InTx, Read or AcrossTenants.
type step struct {
	tenant id.Tenant // zero: across tenants
	fn     func(context.Context, *Tx) error
	db     *DB
	tx     *Tx // of the last run; its hooks run when the outcome is durable
}

// Open opens the database at url: a postgres:// address, or a file path for
// SQLite. A SQLite file that does not exist is created durably.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	if o.Clock == nil {
		o.Clock = clock.System
	}
	if o.Machine == nil {
		o.Machine = clock.System
	}
	if o.Readers == 0 {
		o.Readers = max(2, runtime.NumCPU())
	}
	if o.Conns == 0 {
		o.Conns = 16
	}
	d := &DB{now: o.Clock, machine: o.Machine, listener: map[string]map[int]func(string){}}
	var err error
	if isPostgres(url) {
		d.engine, err = openPostgres(ctx, url, o, d)
	} else {
		d.engine, err = openSQLite(url, o)
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return d, nil
}

// Close waits for running steps and closes the database.
func (d *DB) Close() error { return d.engine.close() }

// Postgres reports which engine this is, for the few places where it matters.
func (d *DB) Postgres() bool { return d.engine.postgres() }

// Now is the domain clock's time.
func (d *DB) Now() clock.Clock { return d.now }

// Machine is the machine clock.
func (d *DB) Machine() clock.Clock { return d.machine }

// insideKey marks the context of a running step.
type insideKey struct{}

// Inside reports whether ctx belongs to a running step. What talks to a disk or
// a wire refuses to start inside one.
func Inside(ctx context.Context) bool { return ctx.Value(insideKey{}) != nil }

// InTx runs fn as one step of the tenant. It returns nil only when what fn wrote
// is durable, and an error only when nothing of it is stored; ErrUnknownOutcome
// is the one exception. fn may be run more than once, so it sets its results
// afresh each time. A panic in fn reaches the caller; a cancelled ctx stops a
// step that has not begun, never one that has.
func (d *DB) InTx(ctx context.Context, tenant id.Tenant, fn func(ctx context.Context, tx *Tx) error) error {
	if Inside(ctx) {
		return ErrNested
	}
	if tenant.IsZero() {
		return errors.New("db: a step needs a tenant")
	}
	d.fresh(ctx)
	return d.engine.write(ctx, step{tenant: tenant, fn: fn, db: d})
}

// AcrossTenants runs fn as one step that sees the rows of every tenant, but on
// PostgreSQL only in the tables that a Schema declares as Shared.
func (d *DB) AcrossTenants(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if Inside(ctx) {
		return ErrNested
	}
	d.fresh(ctx)
	return d.engine.write(ctx, step{fn: fn, db: d})
}

// Read runs fn on one snapshot of the tenant's data. Writes are refused.
func (d *DB) Read(ctx context.Context, tenant id.Tenant, fn func(ctx context.Context, tx *Tx) error) error {
	if Inside(ctx) {
		return ErrNested
	}
	if tenant.IsZero() {
		return errors.New("db: a read needs a tenant")
	}
	return d.read(ctx, step{tenant: tenant, fn: fn, db: d})
}

// ReadAcrossTenants is Read over every tenant, with AcrossTenants' limits.
func (d *DB) ReadAcrossTenants(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if Inside(ctx) {
		return ErrNested
	}
	return d.read(ctx, step{fn: fn, db: d})
}

// retries is how often a step is run again before it fails as unavailable.
const retries = 12

// Get runs fn on a snapshot and returns its result.
func Get[T any](ctx context.Context, d *DB, tenant id.Tenant, fn func(ctx context.Context, tx *Tx) (T, error)) (out T, err error) {
	err = d.Read(ctx, tenant, func(ctx context.Context, tx *Tx) error {
		out, err = fn(ctx, tx)
		return err
	})
	return out, err
}

// Do runs fn as one step and returns its result.
func Do[T any](ctx context.Context, d *DB, tenant id.Tenant, fn func(ctx context.Context, tx *Tx) (T, error)) (out T, err error) {
	err = d.InTx(ctx, tenant, func(ctx context.Context, tx *Tx) error {
		out, err = fn(ctx, tx)
		return err
	})
	return out, err
}

// Ping returns nil if the database answers.
func (d *DB) Ping(ctx context.Context) error {
	_, err := d.engine.applied(ctx)
	return err
}

// Checkpoint moves what SQLite's write-ahead log holds into the file and empties
// the log, so that nothing deleted lingers there. On PostgreSQL it does nothing.
// It waits for those who read, and keeps others from it meanwhile.
func (d *DB) Checkpoint(ctx context.Context) error {
	if Inside(ctx) {
		return ErrNested
	}
	d.fresh(ctx)
	return d.engine.checkpoint(ctx)
}
