package db

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/puddle/v2"

	"fettle.dev/fettle/kernel/id"
)

// The roles that steps run under. Neither owns a table, so row-level security
// binds both.
const (
	roleApp    = "fettle_app"    // sees the rows of the tenant that the step names
	roleWorker = "fettle_worker" // sees all rows, of the shared tables only
)

type pgEngine struct {
	pool   *pgxpool.Pool
	turns  chan struct{}   // holds one for each that works on a connection and is not First
	config *pgx.ConnConfig // of the pool, for listening
	owner  *pgx.ConnConfig
	// ownerURL is the address behind owner, for PostgreSQL's own tools.
	ownerURL string
	schema   string
	cancel   context.CancelFunc // of the listener
	teller   *teller
}

func openPostgres(ctx context.Context, url string, o Options, d *DB) (*pgEngine, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the address of the database cannot be read") // it may hold a password
	}
	e := &pgEngine{config: config.ConnConfig, owner: config.ConnConfig.Copy(), ownerURL: url, schema: "public"}
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
	if err := e.ping(ctx); err != nil {
		return nil, err
	}
	e.turns = make(chan struct{}, max(1, o.Conns/3))
	config.AfterConnect, config.MaxConns = enter, int32(o.Conns) //nolint:gosec // a handful
	if e.pool, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), config); err != nil {
		return nil, err
	}
	listening, cancel := context.WithCancel(context.Background())
	e.cancel, e.teller = cancel, newTeller(e.config)
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

func (e *pgEngine) announce(channel, payload string) { e.teller.say(note{channel, payload}) }

func (e *pgEngine) close() error {
	e.cancel()
	e.pool.Close() // waits for those who have a connection
	e.teller.close()
	return nil
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
	conn *lent
	c    *pgConn
}

func (e *pgEngine) view(ctx context.Context, tenant id.Tenant) (view, error) {
	conn, err := e.acquire(ctx)
	if err != nil {
		return nil, err
	}
	v := pgView{conn, conn.c()}
	v.c.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", tenant)
	return v, nil
}

func (v pgView) run(ctx context.Context, s step) error {
	inner := context.WithValue(context.WithoutCancel(ctx), insideKey{}, true)
	err := s.run(inner, v.c, true)
	if err == nil {
		err = v.c.flush(inner) // to hear that nothing is written here
	}
	return v.c.lost(err)
}

func (v pgView) end() {
	v.c.rollback()
	v.conn.release()
}

// lent is a connection out of the pool.
type lent struct {
	conn *pgxpool.Conn
	turn <-chan struct{} // to be given back; nil: First needs none
}

func (l *lent) c() *pgConn { return &pgConn{conn: l.conn.Conn()} }

// release gives the connection back; the pool drops it if it is in a transaction
// still.
func (l *lent) release() {
	l.conn.Release()
	if l.turn != nil {
		<-l.turn
	}
}

// acquire waits for a connection. Two thirds of them are kept for what goes First,
// or else what follows from the intake falls behind it for as long as it lasts.
func (e *pgEngine) acquire(ctx context.Context) (*lent, error) {
	l := &lent{}
	if ctx.Value(firstKey{}) == nil {
		select {
		case e.turns <- struct{}{}:
			l.turn = e.turns
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	var err error
	if l.conn, err = e.pool.Acquire(ctx); err == nil {
		return l, nil
	}
	if l.turn != nil {
		<-l.turn
	}
	if errors.Is(err, puddle.ErrClosedPool) {
		return nil, ErrClosed
	}
	return nil, unreachable(err)
}

// once runs the step in one transaction. A step that has begun is not cancelled
// by its caller: a commit must not be cut off in the middle.
func (e *pgEngine) once(ctx context.Context, s *step) (err error) {
	conn, err := e.acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.release()
	c, done := conn.c(), false
	defer func() {
		if !done { // a panic too
			c.rollback()
		}
	}()
	inner := context.WithValue(context.WithoutCancel(ctx), insideKey{}, true)
	c.begin("BEGIN", s.tenant)
	if err := s.run(inner, c, true); err != nil {
		return c.lost(err)
	}
	err = c.commit(inner)
	done = err == nil
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

// unique is PostgreSQL's code for a row whose key stands already.
const unique = "23505"

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
