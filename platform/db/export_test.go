package db

// Cut closes the connection to PostgreSQL under the step, as a cable that breaks.
func Cut(tx *Tx) error { return tx.c.(*pgConn).conn.PgConn().Conn().Close() }

// Waiting is how many items the next step of g would take.
func Waiting[T any](g *Gather[T]) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.waiting)
}
