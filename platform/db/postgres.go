package db

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"fettle.dev/fettle/kernel/id"
)

// The roles that steps run under. Neither owns a table, so row-level security
// binds both.
const (
	roleApp    = "fettle_app"    // sees the rows of the tenant that the step names
	roleWorker = "fettle_worker" // sees all rows, of the shared tables only
)

type pgEngine struct {
	pool   *sql.DB
	config *pgx.ConnConfig // of the pool, for listening
	owner  *pgx.ConnConfig
	// ownerURL is the address behind owner, for PostgreSQL's own tools.
	ownerURL string
	schema   string
	cancel   context.CancelFunc // of the listener
}

func openPostgres(ctx context.Context, url string, o Options, d *DB) (*pgEngine, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the address of the database cannot be read") // it may hold a password
	}
	e := &pgEngine{config: config, owner: config.Copy(), ownerURL: url, schema: "public"}
	if o.OwnerURL != "" {
		e.ownerURL = o.OwnerURL
		if e.owner, err = pgx.ParseConfig(o.OwnerURL); err != nil {
			return nil, errors.New("the owner's address of the database cannot be read")
		}
	}
	if o.Schema != "" {
		e.schema = o.Schema
	}
	for _, c := range []*pgx.ConnConfig{e.config, e.owner} {
		c.RuntimeParams["search_path"] = e.schema
	}
	e.pool = stdlib.OpenDB(*config, stdlib.OptionAfterConnect(enter))
	e.pool.SetMaxOpenConns(o.Conns)
	e.pool.SetMaxIdleConns(o.Conns)
	if err := e.ping(ctx); err != nil {
		return nil, err
	}
	listening, cancel := context.WithCancel(context.Background())
	e.cancel = cancel
	go e.listen(listening, d)
	return e, nil
}

// ping checks that the server answers; its roles may not exist before Migrate.
func (e *pgEngine) ping(ctx context.Context) error {
	c, err := pgx.ConnectConfig(ctx, e.config)
	if err != nil {
		return err
	}
	return c.Close(ctx)
}

// enter steps down to the role that row-level security binds.
func enter(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, `SET ROLE `+roleApp)
	return err
}

func (e *pgEngine) postgres() bool { return true }

func (e *pgEngine) checkpoint(context.Context) error { return nil }

func (e *pgEngine) close() error {
	e.cancel()
	return e.pool.Close()
}

func (e *pgEngine) write(ctx context.Context, s step) (err error) {
	for try := range retries {
		if try > 0 {
			if err := rest(ctx, try); err != nil {
				return err
			}
		}
		if err = e.once(ctx, &s); err == nil {
			for _, fn := range s.tx.after {
				fn()
			}
			return nil
		}
		if !collided(err) {
			return err
		}
	}
	return ErrUnavailable.Because(err)
}

// pgView is a read transaction on a connection of its own.
type pgView struct {
	conn *sql.Conn
	tx   *sql.Tx
}

func (e *pgEngine) view(ctx context.Context, tenant id.Tenant) (view, error) {
	conn, err := e.pool.Conn(ctx)
	if err != nil {
		return nil, unreachable(err)
	}
	inner := context.WithoutCancel(ctx)
	tx, err := conn.BeginTx(inner, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return nil, unreachable(errors.Join(err, conn.Close()))
	}
	v := pgView{conn, tx}
	if err := bind(inner, tx, tenant); err != nil {
		v.end()
		return nil, unreachable(err)
	}
	return v, nil
}

func (v pgView) run(ctx context.Context, s step) error {
	return unreachable(s.run(context.WithValue(context.WithoutCancel(ctx), insideKey{}, true), v.tx, true))
}

func (v pgView) end() {
	_ = v.tx.Rollback() // the connection is dropped if this fails
	_ = v.conn.Close()  // back to the pool
}

// once runs the step in one transaction. A step that has begun is not cancelled
// by its caller: a commit must not be cut off in the middle.
func (e *pgEngine) once(ctx context.Context, s *step) (err error) {
	conn, err := e.pool.Conn(ctx)
	if err != nil {
		return unreachable(err)
	}
	defer func() { _ = conn.Close() }() // back to the pool
	inner := context.WithValue(context.WithoutCancel(ctx), insideKey{}, true)
	tx, err := conn.BeginTx(inner, nil)
	if err != nil {
		return unreachable(err)
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback() // the connection is dropped if this fails
		}
	}()
	defer func() {
		if p := recover(); p != nil {
			_ = tx.Rollback()
			panic(p)
		}
	}()
	if err := bind(inner, tx, s.tenant); err != nil {
		return unreachable(err)
	}
	if err := s.run(inner, tx, true); err != nil {
		return unreachable(err)
	}
	if err := tx.Commit(); err != nil {
		if pgCode(err) != "" {
			return err // the server said no: nothing is stored
		}
		return ErrUnknownOutcome.Because(err)
	}
	return nil
}

// bind ties the transaction to its tenant, or to the worker's few tables.
func bind(ctx context.Context, tx *sql.Tx, tenant id.Tenant) error {
	if tenant.IsZero() {
		_, err := tx.ExecContext(ctx, `SET LOCAL ROLE `+roleWorker)
		return err
	}
	_, err := tx.ExecContext(ctx, `SELECT set_config('fettle.tenant', $1, true)`, hex.EncodeToString(tenant[:]))
	return err
}

// rest waits a little longer each time, never in step with others.
func rest(ctx context.Context, try int) error {
	d := time.Duration(rand.Int64N(int64(time.Millisecond) << min(try, 7))) //nolint:forbidigo // jitter between processes must not be seeded
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func collided(err error) bool {
	code := pgCode(err)
	return code == "40001" || code == "40P01" || errors.Is(err, ErrRetry)
}

func pgCode(err error) string {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return pe.Code
	}
	return ""
}

// unreachable names troubles with the server that pass: connection lost, too
// many clients, disk full, shutting down.
func unreachable(err error) error {
	var ce *pgconn.ConnectError
	code := pgCode(err)
	if errors.As(err, &ce) || pgconn.SafeToRetry(err) || len(code) == 5 && (code[:2] == "53" || code[:2] == "57" || code[:2] == "08") {
		return ErrUnavailable.Because(err)
	}
	return err
}

// reconnect is how long the listener rests before it tries again.
const reconnect = 2 * time.Second

// Listen has fn called for every payload that any process sends on the channel
// after now, until the returned function is called. A lost connection loses
// payloads: they are hints, never facts. Missed says when that was possible.
func (d *DB) Listen(channel string, fn func(payload string)) (stop func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.nextID++
	n := d.nextID
	if d.listener[channel] == nil {
		d.listener[channel] = map[int]func(string){}
	}
	d.listener[channel][n] = fn
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.listener[channel], n)
	}
}

// Missed has fn called each time that payloads may have been lost: when the
// connection to PostgreSQL on which this process listens stands, be it for the
// first time or again. SQLite, whose listeners are in the process, loses none.
func (d *DB) Missed(fn func()) (stop func()) {
	return d.Listen(channelMissed, func(string) { fn() })
}

func (d *DB) tell(channel, payload string) {
	d.mu.Lock()
	var fns []func(string)
	for _, fn := range d.listener[channel] {
		fns = append(fns, fn)
	}
	d.mu.Unlock()
	for _, fn := range fns {
		fn(payload)
	}
}

// Channels are the names that PostgreSQL listens on.
const (
	ChannelWake = "fettle_wake" // new events or jobs
	ChannelHint = "fettle_hint" // something changed that a screen may show
)

// channelMissed is of this process alone: PostgreSQL never hears of it.
const channelMissed = "missed"

func (e *pgEngine) listen(ctx context.Context, d *DB) {
	for ctx.Err() == nil {
		if err := e.hear(ctx, d); err != nil && ctx.Err() == nil {
			select {
			case <-time.After(reconnect):
			case <-ctx.Done():
			}
		}
	}
}

func (e *pgEngine) hear(ctx context.Context, d *DB) error {
	c, err := pgx.ConnectConfig(ctx, e.config)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	for _, name := range []string{ChannelWake, ChannelHint} {
		if _, err := c.Exec(ctx, `LISTEN `+name); err != nil {
			return fmt.Errorf("listen: %w", err)
		}
	}
	d.tell(channelMissed, "")
	for {
		n, err := c.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		d.tell(n.Channel, n.Payload)
	}
}
