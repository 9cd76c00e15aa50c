package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
)

// liteEngine is SQLite: one connection writes, a few read.
type liteEngine struct {
	path    string
	writer  *liteConn
	write_  *group
	readers *litePool

	emptying sync.Mutex // held by the one that empties the log
}

func openSQLite(path string, o Options) (_ *liteEngine, err error) {
	if err := create(path, o); err != nil {
		return nil, err
	}
	e := &liteEngine{path: path, readers: newLitePool(o.Readers)}
	if e.writer, err = connect(path, o, false); err != nil {
		return nil, err
	}
	for range o.Readers {
		c, err := connect(path, o, true)
		if err != nil {
			return nil, errors.Join(err, e.giveUp())
		}
		e.readers.put(c)
	}
	e.write_ = newGroup(e.writer)
	return e, nil
}

// giveUp closes what stands of an engine that cannot be opened.
func (e *liteEngine) giveUp() error {
	var errs []error
	for _, c := range e.readers.idle {
		errs = append(errs, c.close())
	}
	return errors.Join(append(errs, e.writer.close())...)
}

// create makes the file, readable by its owner only, so that it survives a power
// loss: synchronous=EXTRA and an fsync of its folder.
func create(path string, o Options) error {
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
	c, err := dial(path, busy, "journal_mode = delete", "synchronous = extra")
	if err != nil {
		return err
	}
	err = c.script(`CREATE TABLE IF NOT EXISTS db_file (made_by TEXT NOT NULL)`)
	if err = errors.Join(err, c.close()); err != nil {
		return fmt.Errorf("create %s: %w", filepath.Base(path), err)
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func connect(path string, o Options, readOnly bool) (*liteConn, error) {
	pragmas := []string{"journal_mode = wal", "foreign_keys = 1", "temp_store = memory"}
	switch {
	case readOnly: // it forgets its pages at each commit, which costs more the more it may keep
		pragmas = append(pragmas, "cache_size = -8192", "query_only = 1")
	case o.NoSync:
		pragmas = append(pragmas, "cache_size = -65536", "synchronous = off")
	default:
		pragmas = append(pragmas, "cache_size = -65536", "synchronous = full")
	}
	if o.SecureDelete {
		pragmas = append(pragmas, "secure_delete = 1", "journal_size_limit = 0")
	}
	return dial(path, busy, pragmas...)
}

func (e *liteEngine) postgres() bool { return false }

// announce has nobody to tell: another process on the file is an operator's command.
func (e *liteEngine) announce(string, string) {}

func (e *liteEngine) close() error {
	e.write_.close()
	return errors.Join(e.readers.close(), e.writer.close()) // the writer goes last and checkpoints
}

// checkpoint moves the write-ahead log into the file and empties it. Nobody of this
// process reads meanwhile; others may, which is waited for a little at a time.
func (e *liteEngine) checkpoint(ctx context.Context) error {
	e.emptying.Lock()
	defer e.emptying.Unlock()
	for end := time.Now().Add(busy); time.Now().Before(end); { //nolint:forbidigo // the machine's own, as SQLite's
		if done, err := e.empty(ctx); err != nil || done {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(busy / 500):
		}
	}
	return ErrUnavailable
}

// empty tries to empty the log, and reports whether it has.
func (e *liteEngine) empty(ctx context.Context) (bool, error) {
	held, err := e.readers.all(ctx)
	defer e.readers.put(held...)
	if err != nil || len(held) < e.readers.size() {
		return false, err
	}
	var left, log, moved int
	err = e.write_.between(func(c *liteConn) error {
		c.conn.SetBusyTimeout(busy / 20)
		defer c.conn.SetBusyTimeout(0)
		rows, err := c.query(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
		return (&Row{rows, err}).Scan(&left, &log, &moved)
	})
	if code(err).ToPrimary() == sqlite.ResultBusy {
		return false, nil
	}
	return left == 0, lite(err)
}

func (e *liteEngine) write(ctx context.Context, s step) error { return e.write_.do(ctx, s) }

// liteView is a read transaction on one of the readers.
type liteView struct {
	e *liteEngine
	c *liteConn
}

func (e *liteEngine) view(ctx context.Context, _ id.Tenant) (view, error) {
	c, err := e.readers.take(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := c.exec(ctx, "BEGIN"); err != nil {
		e.readers.put(c)
		return nil, lite(err)
	}
	return liteView{e, c}, nil
}

func (v liteView) run(ctx context.Context, s step) error {
	inner := context.WithoutCancel(ctx) // a Done channel costs a goroutine per statement
	return lite(s.run(context.WithValue(inner, insideKey{}, true), v.c, false))
}

func (v liteView) end() {
	_, _ = v.c.exec(context.Background(), "ROLLBACK") // nothing was written
	v.e.readers.put(v.c)
}

// run runs fn once on c with fresh times.
func (s *step) run(ctx context.Context, c querier, pg bool) error {
	s.tx = &Tx{c: c, tenant: s.tenant, now: s.db.now(), machine: s.db.machine(), db: s.db, pg: pg}
	if err := s.fn(ctx, s.tx); err != nil {
		return err
	}
	return s.tx.finish(ctx)
}

// lite gives the engine's passing troubles a name that callers may show.
func lite(err error) error {
	switch code(err).ToPrimary() {
	case sqlite.ResultBusy, sqlite.ResultLocked, sqlite.ResultProtocol, sqlite.ResultSchema, sqlite.ResultFull, sqlite.ResultIOErr, sqlite.ResultNoMem, sqlite.ResultCantOpen, sqlite.ResultReadOnly:
		return ErrUnavailable.Because(err)
	default:
		return err
	}
}

// code is what SQLite says of err, or ResultOK if it is not SQLite's.
func code(err error) sqlite.ResultCode {
	if c := sqlite.ErrCode(err); c != sqlite.ResultError { // also of what is not SQLite's
		return c
	}
	return sqlite.ResultOK
}

// unsure names the error of a commit. A full disk has kept the last page of the
// transaction from being written to the log, so that nothing of it is stored; of
// any other error, such as one from fsync, nobody knows.
func unsure(err error) error {
	if code(err).ToPrimary() == sqlite.ResultFull {
		return ErrUnavailable.Because(err)
	}
	return ErrUnknownOutcome.Because(err)
}

// IsUnique reports whether err says that a row with the same key stands already.
// On PostgreSQL the step is over by then: prefer ON CONFLICT.
func IsUnique(err error) bool {
	var late *lateError
	if errors.As(err, &late) {
		return false
	}
	switch code(err) {
	case sqlite.ResultConstraintUnique, sqlite.ResultConstraintPrimaryKey:
		return true
	default:
		return pgCode(err) == unique
	}
}

// isFault reports whether the step itself said no, as against the engine.
func isFault(err error) bool {
	var f *fault.Fault
	return errors.As(err, &f) && f.Kind != fault.Internal && f.Kind != fault.Unavailable
}
