package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
)

// liteEngine is SQLite: one connection writes, a few read.
type liteEngine struct {
	path    string
	write_  *group
	readers chan *liteConn
	conns   []*liteConn
	pools   []*sql.DB
}

// liteConn is one connection with its prepared statements; whoever holds it is
// alone with it.
type liteConn struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

// statements is how many prepared statements a connection keeps. Texts are
// constants, but a list's filter varies with its caller.
const statements = 512

func openSQLite(ctx context.Context, path string, o Options) (*liteEngine, error) {
	if err := create(ctx, path, o); err != nil {
		return nil, err
	}
	writePool, writer, err := connect(ctx, path, o, false)
	if err != nil {
		return nil, err
	}
	e := &liteEngine{path: path, conns: []*liteConn{writer}, pools: []*sql.DB{writePool}, readers: make(chan *liteConn, o.Readers)}
	for range o.Readers {
		pool, c, err := connect(ctx, path, o, true)
		if err != nil {
			return nil, errors.Join(err, e.close())
		}
		e.pools, e.conns = append(e.pools, pool), append(e.conns, c)
		e.readers <- c
	}
	e.write_ = newGroup(writer)
	return e, nil
}

// create makes the file, readable by its owner only, so that it survives a power
// loss: synchronous=EXTRA and an fsync of its folder.
func create(ctx context.Context, path string, o Options) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, 0o600) // its owner's alone; so is the log that SQLite puts beside it
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil || o.NoSync {
		return err
	}
	pool, err := sql.Open("sqlite", dsn(path, "journal_mode(delete)", "synchronous(extra)"))
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS db_file (made_by TEXT NOT NULL)`)
	if err = errors.Join(err, pool.Close()); err != nil {
		return fmt.Errorf("create %s: %w", filepath.Base(path), err)
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func connect(ctx context.Context, path string, o Options, readOnly bool) (*sql.DB, *liteConn, error) {
	pragmas := []string{"journal_mode(wal)", "busy_timeout(10000)", "foreign_keys(1)", "cache_size(-65536)", "temp_store(memory)"}
	switch {
	case readOnly:
		pragmas = append(pragmas, "query_only(1)")
	case o.NoSync:
		pragmas = append(pragmas, "synchronous(off)")
	default:
		pragmas = append(pragmas, "synchronous(full)")
	}
	if o.SecureDelete {
		pragmas = append(pragmas, "secure_delete(1)", "journal_size_limit(0)")
	}
	pool, err := sql.Open("sqlite", dsn(path, pragmas...))
	if err != nil {
		return nil, nil, err
	}
	pool.SetMaxOpenConns(1)
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, pool.Close())
	}
	return pool, &liteConn{conn: conn, stmts: map[string]*sql.Stmt{}}, nil
}

func dsn(path string, pragmas ...string) string {
	q := url.Values{"_pragma": pragmas}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func (e *liteEngine) postgres() bool { return false }

func (e *liteEngine) close() error {
	if e.write_ != nil {
		e.write_.close()
	}
	var errs []error
	for _, c := range slices.Backward(e.conns) { // a pool does not close what somebody holds; the writer goes last and checkpoints
		errs = append(errs, c.close())
	}
	for _, p := range e.pools {
		errs = append(errs, p.Close())
	}
	return errors.Join(errs...)
}

func (c *liteConn) close() error {
	var errs []error
	for _, s := range c.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, c.conn.Close())...)
}

// checkpoint moves the write-ahead log into the file and empties it.
func (e *liteEngine) checkpoint(ctx context.Context) (err error) {
	pool, c, err := connect(ctx, e.path, Options{}, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close(), pool.Close()) }()
	var busy, log, done int
	if err := c.conn.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &done); err != nil {
		return lite(err)
	}
	if busy != 0 {
		return ErrUnavailable
	}
	return nil
}

func (e *liteEngine) write(ctx context.Context, s step) error { return e.write_.do(ctx, s) }

// liteView is a read transaction on one of the readers.
type liteView struct {
	e *liteEngine
	c *liteConn
}

func (e *liteEngine) view(ctx context.Context, _ id.Tenant) (view, error) {
	var c *liteConn
	select {
	case c = <-e.readers:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if _, err := c.ExecContext(context.Background(), "BEGIN"); err != nil {
		e.readers <- c
		return nil, lite(err)
	}
	return liteView{e, c}, nil
}

func (v liteView) run(ctx context.Context, s step) error {
	inner := context.WithoutCancel(ctx) // a Done channel costs a goroutine per statement
	return lite(s.run(context.WithValue(inner, insideKey{}, true), v.c, false))
}

func (v liteView) end() {
	_, _ = v.c.ExecContext(context.Background(), "ROLLBACK") // nothing was written
	v.e.readers <- v.c
}

// run runs fn once on c with fresh times.
func (s *step) run(ctx context.Context, c querier, pg bool) error {
	s.tx = &Tx{c: c, tenant: s.tenant, now: s.db.now(), machine: s.db.machine(), db: s.db, pg: pg}
	if err := s.fn(ctx, s.tx); err != nil {
		return err
	}
	return s.tx.finish(ctx)
}

func (c *liteConn) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	if len(c.stmts) >= statements {
		for q, s := range c.stmts {
			_ = s.Close()
			delete(c.stmts, q)
		}
	}
	s, err := c.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.stmts[query] = s
	return s, nil
}

// ExecContext implements querier.
func (c *liteConn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := c.prepared(ctx, query) //nolint:sqlclosecheck // kept for the next time
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// QueryContext implements querier.
func (c *liteConn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := c.prepared(ctx, query) //nolint:sqlclosecheck // kept for the next time
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext implements querier.
func (c *liteConn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := c.prepared(ctx, query) //nolint:sqlclosecheck // kept for the next time
	if err != nil {
		return c.conn.QueryRowContext(ctx, query, args...) // carries the same error
	}
	return s.QueryRowContext(ctx, args...)
}

// lite gives the engine's passing troubles a name that callers may show.
func lite(err error) error {
	var se *sqlite.Error
	if !errors.As(err, &se) {
		return err
	}
	switch se.Code() & 0xff {
	case sqlitelib.SQLITE_BUSY, sqlitelib.SQLITE_FULL, sqlitelib.SQLITE_IOERR, sqlitelib.SQLITE_NOMEM, sqlitelib.SQLITE_CANTOPEN, sqlitelib.SQLITE_READONLY:
		return ErrUnavailable.Because(err)
	default:
		return err
	}
}

// unsure names the error of a commit. A full disk has kept the last page of the
// transaction from being written to the log, so that nothing of it is stored; of
// any other error, such as one from fsync, nobody knows.
func unsure(err error) error {
	var se *sqlite.Error
	if errors.As(err, &se) && se.Code()&0xff == sqlitelib.SQLITE_FULL {
		return ErrUnavailable.Because(err)
	}
	return ErrUnknownOutcome.Because(err)
}

// IsUnique reports whether err says that a row with the same key stands already.
// On PostgreSQL the step is over by then: prefer ON CONFLICT.
func IsUnique(err error) bool {
	var se *sqlite.Error
	if errors.As(err, &se) {
		return se.Code() == sqlitelib.SQLITE_CONSTRAINT_UNIQUE || se.Code() == sqlitelib.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return pgCode(err) == "23505"
}

// isFault reports whether the step itself said no, as against the engine.
func isFault(err error) bool {
	var f *fault.Fault
	return errors.As(err, &f) && f.Kind != fault.Internal && f.Kind != fault.Unavailable
}
