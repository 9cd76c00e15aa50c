package db

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"fettle.dev/fettle/kernel/id"
)

// pgConn is one connection to PostgreSQL; whoever holds it is alone with it.
type pgConn struct{ conn *pgx.Conn }

// errRolledBack is for a step that went on after one of its statements failed:
// PostgreSQL answers its COMMIT with a rollback.
var errRolledBack = errors.New("db: the step went on after an error")

// begin begins a transaction and ties it to its tenant, or to the worker's few
// tables, in one message.
func (c pgConn) begin(ctx context.Context, begin string, tenant id.Tenant) error {
	scope := `SET LOCAL ROLE ` + roleWorker
	if !tenant.IsZero() {
		scope = `SELECT set_config('fettle.tenant', '` + hex.EncodeToString(tenant[:]) + `', true)`
	}
	return c.conn.PgConn().Exec(ctx, begin+"; "+scope).Close()
}

func (c pgConn) commit(ctx context.Context) error {
	results, err := c.conn.PgConn().Exec(ctx, "COMMIT").ReadAll()
	switch {
	case err != nil && pgCode(err) != "":
		return err // the server said no: nothing is stored
	case err != nil:
		return ErrUnknownOutcome.Because(err)
	case len(results) == 1 && results[0].CommandTag.String() == "ROLLBACK":
		return errRolledBack
	default:
		return nil
	}
}

// script runs statements one after the other, without arguments.
func (c pgConn) script(text string) error {
	return c.conn.PgConn().Exec(context.Background(), text).Close()
}

// exec implements querier.
func (c pgConn) exec(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := c.conn.Exec(ctx, query, args...)
	return tag.RowsAffected(), err
}

// query implements querier.
func (c pgConn) query(ctx context.Context, query string, args ...any) (*Rows, error) {
	rows, err := c.conn.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return &Rows{&pgRows{rows, c.conn.TypeMap(), rows.FieldDescriptions()}}, nil
}

// pgRows implements cursor.
type pgRows struct {
	rows   pgx.Rows
	types  *pgtype.Map
	fields []pgconn.FieldDescription
}

func (r *pgRows) next() (bool, error) {
	if r.rows.Next() {
		return true, nil
	}
	return false, r.rows.Err()
}

func (r *pgRows) width() int { return len(r.fields) }

// put decodes what this house's tables hold by itself, which is faster, and leaves
// the rest to the driver.
func (r *pgRows) put(i int, dest any) error {
	raw, f := r.rows.RawValues()[i], r.fields[i]
	switch {
	case raw == nil:
		return assignNull(dest)
	case f.DataTypeOID == pgtype.Int8OID && f.Format == pgtype.BinaryFormatCode && len(raw) == 8:
		return assignInt(dest, int64(binary.BigEndian.Uint64(raw))) //nolint:gosec // two's complement on the wire
	case f.DataTypeOID == pgtype.TextOID:
		return assignText(dest, string(raw))
	case f.DataTypeOID == pgtype.ByteaOID && f.Format == pgtype.BinaryFormatCode:
		return assignBytes(dest, append([]byte{}, raw...))
	}
	t, ok := r.types.TypeForOID(f.DataTypeOID)
	if !ok {
		return assignText(dest, string(raw))
	}
	v, err := t.Codec.DecodeDatabaseSQLValue(r.types, f.DataTypeOID, f.Format, raw)
	if err != nil {
		return err
	}
	return assign(dest, v)
}

func (r *pgRows) close() error {
	r.rows.Close()
	return r.rows.Err()
}
