package db

// Cut closes the connection to PostgreSQL under the step, as a cable that breaks.
func Cut(tx *Tx) error { return tx.c.(*pgConn).conn.PgConn().Conn().Close() }
