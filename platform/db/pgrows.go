package db

import (
	"encoding/binary"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// pgRows implements cursor.
type pgRows struct {
	rows   pgx.Rows
	types  *pgtype.Map
	fields []pgconn.FieldDescription
	whole  pgx.BatchResults // to be closed behind the rows; nil if there is none
}

// rows wraps what the driver returned, and closes whole behind it.
func (c *pgConn) rows(rows pgx.Rows, err error, whole pgx.BatchResults) (*Rows, error) {
	if err == nil {
		return &Rows{&pgRows{rows, c.conn.TypeMap(), rows.FieldDescriptions(), whole}}, nil
	}
	if whole != nil {
		_ = whole.Close() // says the same again
	}
	return nil, err
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
	err := r.rows.Err()
	if r.whole == nil {
		return err
	}
	if closing := r.whole.Close(); err == nil {
		err = closing
	}
	return err
}
