package db

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fettle.dev/fettle/kernel/id"
)

// pgConn is one connection to PostgreSQL for one transaction; whoever holds it is
// alone with it. What a message to the server costs is its way there and back, so
// statements that nobody asks anything of (the BEGIN, those of Put) are held until
// one is asked, and go with it.
type pgConn struct {
	conn *pgx.Conn
	held []statement
	puts bool // some of what is held was put by the step
	sent bool // the server has heard of the transaction
}

type statement struct {
	query string
	args  []any
	taken error // what it means that its row stands already: see PutNew
}

// errRolledBack is for a step that went on after one of its statements failed:
// PostgreSQL answers its COMMIT with a rollback.
var errRolledBack = errors.New("db: the step went on after an error")

// begin begins a transaction and ties it to its tenant, or to the worker's few
// tables.
func (c *pgConn) begin(begin string, tenant id.Tenant) {
	c.held = append(c.held, statement{query: begin})
	if tenant.IsZero() {
		c.held = append(c.held, statement{query: `SET LOCAL ROLE ` + roleWorker})
		return
	}
	c.held = append(c.held, statement{query: `SELECT set_config('fettle.tenant', $1, true)`, args: []any{hex.EncodeToString(tenant[:])}})
}

func (c *pgConn) commit(ctx context.Context) error {
	if !c.sent && !c.puts {
		return nil // an empty step
	}
	tag, err := c.tag(ctx, "COMMIT")
	var late *lateError
	switch code := pgCode(err); {
	case err == nil && tag.String() == "ROLLBACK":
		return errRolledBack
	case err == nil:
		return nil
	case pgconn.SafeToRetry(err): // nothing was sent
		return ErrUnavailable.Because(err)
	case code != "" && (errors.As(err, &late) || !ending(code)): // the server said no: nothing is stored
		return unreachable(err)
	default:
		return ErrUnknownOutcome.Because(err)
	}
}

// ending reports whether a server that ends, or a connection that does, can have
// said the code when the commit was made already.
func ending(code string) bool { return code[:2] == "57" || code[:2] == "08" }

// lost names the error of a step that was not committed: if the connection has gone,
// that is the reason, and nothing is stored.
func (c *pgConn) lost(err error) error {
	if err != nil && c.conn.IsClosed() && !isFault(err) {
		return ErrUnavailable.Because(err)
	}
	return unreachable(err)
}

// rollback ends the transaction if the server has heard of it.
func (c *pgConn) rollback() {
	if c.sent {
		_ = c.script("ROLLBACK") // a connection that is broken, or in a transaction still, is dropped by the pool
	}
}

// script runs statements one after the other, without arguments.
func (c *pgConn) script(text string) error {
	return c.conn.PgConn().Exec(context.Background(), text).Close()
}

// put implements querier.
func (c *pgConn) put(_ context.Context, taken error, query string, args ...any) error {
	for i, a := range args {
		switch a.(type) {
		case nil, int64, string, []byte, float64:
		default: // which would be found out only when it is sent
			return fmt.Errorf("db: argument %d is a %T", i, a)
		}
	}
	c.held, c.puts = append(c.held, statement{query, args, taken}), true
	return nil
}

// flush sends what was put and has not been sent.
func (c *pgConn) flush(ctx context.Context) error {
	if !c.puts {
		return nil
	}
	_, err := c.tag(ctx, "SELECT")
	return err
}

// ask sends what is held together with the queries, and returns their results.
func (c *pgConn) ask(ctx context.Context, query string, sets ...[]any) (pgx.BatchResults, error) {
	held, b := c.held, &pgx.Batch{}
	for _, s := range held {
		b.Queue(s.query, s.args...)
	}
	for _, args := range sets {
		b.Queue(query, args...)
	}
	c.held, c.puts, c.sent = held[:0], false, true
	results := c.conn.SendBatch(ctx, b)
	for _, s := range held {
		if _, err := results.Exec(); err != nil {
			_ = results.Close() // says the same again
			return nil, &lateError{s, err}
		}
	}
	return results, nil
}

func (c *pgConn) tag(ctx context.Context, query string, args ...any) (pgconn.CommandTag, error) {
	if len(c.held) == 0 {
		return c.conn.Exec(ctx, query, args...)
	}
	results, err := c.ask(ctx, query, args)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	tag, err := results.Exec()
	if closing := results.Close(); err == nil {
		err = closing
	}
	return tag, err
}

// exec implements querier.
func (c *pgConn) exec(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := c.tag(ctx, query, args...)
	return tag.RowsAffected(), err
}

// query implements querier.
func (c *pgConn) query(ctx context.Context, query string, args ...any) (*Rows, error) {
	if len(c.held) == 0 {
		rows, err := c.conn.Query(ctx, query, args...)
		return c.rows(rows, err, nil)
	}
	results, err := c.ask(ctx, query, args)
	if err != nil {
		return nil, err
	}
	rows, err := results.Query()
	return c.rows(rows, err, results)
}

// each implements querier.
func (c *pgConn) each(ctx context.Context, query string, sets [][]any, fn func(i int, rows *Rows) error) error {
	if len(sets) == 0 {
		return nil
	}
	results, err := c.ask(ctx, query, sets...)
	if err != nil {
		return err
	}
	for i := 0; i < len(sets) && err == nil; i++ {
		var rows *Rows
		found, failed := results.Query()
		if rows, err = c.rows(found, failed, nil); err == nil {
			err = fn(i, rows)
		}
	}
	if closing := results.Close(); err == nil {
		err = closing
	}
	return err
}

// lateError is of a statement that was put some time before. It is not the error
// of the one that was asked: IsUnique does not see it.
type lateError struct {
	statement

	err error
}

func (e *lateError) Error() string {
	words := strings.Fields(e.query)
	return strings.Join(words[:min(3, len(words))], " ") + ": " + e.err.Error()
}

func (e *lateError) Unwrap() []error {
	if e.taken != nil && pgCode(e.err) == unique {
		return []error{e.taken, e.err}
	}
	return []error{e.err}
}
