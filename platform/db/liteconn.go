package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"
)

// liteConn is one connection to SQLite with its prepared statements; whoever
// holds it is alone with it.
type liteConn struct {
	conn  *sqlite.Conn
	stmts map[string]*liteStmt
}

type liteStmt struct {
	*sqlite.Stmt

	open bool // somebody reads its rows
}

const (
	// statements is how many prepared statements a connection keeps. Texts are
	// constants, but a list's filter varies with its caller.
	statements = 512
	// busy is how long a connection waits for another's lock.
	busy = 10 * time.Second
)

var (
	errReading   = errors.New("db: the rows of the same query are being read")
	errArguments = errors.New("db: as many arguments as the query has marks")
)

// dial opens a connection to the file at path, which it makes if need be.
func dial(path string, wait time.Duration, pragmas ...string) (*liteConn, error) {
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		return nil, lite(err)
	}
	conn.SetBusyTimeout(wait)
	c := &liteConn{conn, map[string]*liteStmt{}}
	for _, p := range pragmas {
		if err := c.script("PRAGMA " + p); err != nil {
			return nil, errors.Join(lite(err), c.close())
		}
	}
	return c, nil
}

// close finalizes what is prepared and closes the connection.
func (c *liteConn) close() error {
	return errors.Join(c.forget(), c.conn.Close())
}

func (c *liteConn) forget() error {
	var errs []error
	for q, s := range c.stmts {
		if !s.open {
			errs = append(errs, s.Finalize())
			delete(c.stmts, q)
		}
	}
	return errors.Join(errs...)
}

// ready returns the statement with its arguments bound.
func (c *liteConn) ready(query string, args []any) (*liteStmt, error) {
	s := c.stmts[query]
	if s == nil {
		if len(c.stmts) >= statements {
			if err := c.forget(); err != nil {
				return nil, err
			}
		}
		prepared, rest, err := c.conn.PrepareTransient(query)
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(query[len(query)-rest:]) != "" {
			return nil, errors.Join(errors.New("db: more than one statement"), prepared.Finalize())
		}
		s = &liteStmt{Stmt: prepared}
		c.stmts[query] = s
	}
	if s.open {
		return nil, errReading
	}
	if s.BindParamCount() != len(args) {
		return nil, errArguments
	}
	for i, a := range args {
		if err := s.bind(i+1, a); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *liteStmt) bind(i int, arg any) error {
	switch a := arg.(type) {
	case nil:
		s.BindNull(i)
	case int64:
		s.BindInt64(i, a)
	case string:
		s.BindText(i, a)
	case []byte:
		if a == nil {
			s.BindNull(i)
		} else {
			s.BindBytes(i, a)
		}
	case float64:
		s.BindFloat(i, a)
	default:
		return fmt.Errorf("db: argument %d is a %T", i, arg)
	}
	return nil
}

// exec implements querier. Its contexts do not end: see DB.InTx.
func (c *liteConn) exec(_ context.Context, query string, args ...any) (int64, error) {
	s, err := c.ready(query, args)
	if err != nil {
		return 0, err
	}
	for more := true; more && err == nil; {
		more, err = s.Step()
	}
	if err != nil {
		return 0, err // and the statement is reset
	}
	return int64(c.conn.Changes()), s.Reset()
}

// query implements querier.
func (c *liteConn) query(_ context.Context, query string, args ...any) (*Rows, error) {
	s, err := c.ready(query, args)
	if err != nil {
		return nil, err
	}
	s.open = true
	return &Rows{liteRows{s, s.ColumnCount()}}, nil
}

// put implements querier.
func (c *liteConn) put(ctx context.Context, taken error, query string, args ...any) error {
	_, err := c.exec(ctx, query, args...)
	if taken != nil && IsUnique(err) {
		err = errors.Join(taken, err)
	}
	return err
}

// each implements querier.
func (c *liteConn) each(ctx context.Context, query string, sets [][]any, fn func(i int, rows *Rows) error) error {
	for i, args := range sets {
		rows, err := c.query(ctx, query, args...)
		if err != nil {
			return err
		}
		if err := fn(i, rows); err != nil {
			return err
		}
	}
	return nil
}

// script runs statements one after the other, without arguments.
func (c *liteConn) script(text string) error {
	for text = uncommented(text); text != ""; {
		s, rest, err := c.conn.PrepareTransient(text)
		if err != nil {
			return err
		}
		for more := true; more && err == nil; {
			more, err = s.Step()
		}
		if err := errors.Join(err, s.Finalize()); err != nil {
			return err
		}
		text = uncommented(text[len(text)-rest:])
	}
	return nil
}

// uncommented is the text from its first statement on.
func uncommented(text string) string {
	text = strings.TrimSpace(text)
	for strings.HasPrefix(text, "--") || strings.HasPrefix(text, "/*") {
		text = strings.TrimSpace(text[skip(text, 0):])
	}
	return text
}

// liteRows implements cursor.
type liteRows struct {
	s       *liteStmt
	columns int
}

func (r liteRows) next() (bool, error) { return r.s.Step() }

func (r liteRows) width() int { return r.columns }

func (r liteRows) put(i int, dest any) error {
	switch r.s.ColumnType(i) {
	case sqlite.TypeInteger:
		return assignInt(dest, r.s.ColumnInt64(i))
	case sqlite.TypeText:
		return assignText(dest, r.s.ColumnText(i))
	case sqlite.TypeBlob:
		b := make([]byte, r.s.ColumnLen(i))
		r.s.ColumnBytes(i, b)
		return assignBytes(dest, b)
	case sqlite.TypeFloat:
		return assignFloat(dest, r.s.ColumnFloat(i))
	default:
		return assignNull(dest)
	}
}

func (r liteRows) close() error {
	r.s.open = false
	_ = r.s.Reset() // it would say again what Step said
	return nil
}

// litePool lends connections that read. The one that came back last goes first:
// a connection forgets its pages when something was committed since it read them.
type litePool struct {
	free chan struct{} // as many as idle holds

	mu   sync.Mutex
	idle []*liteConn
}

func newLitePool(size int) *litePool { return &litePool{free: make(chan struct{}, size)} }

func (p *litePool) take(ctx context.Context) (*liteConn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err // even if one is free
	}
	select {
	case _, open := <-p.free:
		if !open {
			return nil, ErrClosed
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	return c, nil
}

func (p *litePool) put(conns ...*liteConn) {
	for _, c := range conns {
		p.mu.Lock()
		p.idle = append(p.idle, c)
		p.mu.Unlock()
		p.free <- struct{}{}
	}
}

func (p *litePool) size() int { return cap(p.free) }

// all takes every connection, or those that come back soon: who reads may be
// waiting for another one.
func (p *litePool) all(ctx context.Context) (held []*liteConn, err error) {
	soon, cancel := context.WithTimeout(ctx, busy/40)
	defer cancel()
	for range p.size() {
		c, err := p.take(soon)
		switch {
		case err == nil:
			held = append(held, c)
		case errors.Is(err, ErrClosed):
			return held, err
		default:
			return held, ctx.Err()
		}
	}
	return held, nil
}

// close waits for those who read.
func (p *litePool) close() error {
	var errs []error
	for range cap(p.free) {
		c, err := p.take(context.Background())
		if err != nil {
			break
		}
		errs = append(errs, c.close())
	}
	close(p.free)
	return errors.Join(errs...)
}
