package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// ErrInUse is returned for a database that somebody has open.
var ErrInUse = errors.New("the database is in use")

// Dump writes what the database holds at one moment to a new file at path, while
// others go on reading and writing. On SQLite the file is a database itself,
// without anything that was deleted; on PostgreSQL it is pg_dump's own format,
// of this database's schema alone, and the owner must be allowed to pass
// row-level security. The file is not durable yet when Dump returns.
func (d *DB) Dump(ctx context.Context, path string) error {
	switch e := d.engine.(type) {
	case *liteEngine:
		return e.dump(ctx, path)
	case *pgEngine:
		return e.dump(ctx, path)
	default:
		return errors.ErrUnsupported
	}
}

// Applied returns the migrations that have run, "schema/file" with the sum of
// its text.
func (d *DB) Applied(ctx context.Context) (map[string]string, error) { return d.engine.applied(ctx) }

// Unknown returns those migrations that are not among the schemas': the database
// was made by a newer program.
func Unknown(have map[string]string, schemas ...Schema) (out []string, err error) {
	known := map[string]bool{}
	for _, s := range schemas {
		names, err := fs.Glob(s.Files, "migrations/*.sql")
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			known[s.Name+"/"+path.Base(n)] = true
		}
	}
	for name := range have {
		if !known[name] {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

func (e *liteEngine) dump(ctx context.Context, path string) (err error) {
	c, err := connect(e.path, Options{}, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	_, err = c.exec(ctx, `VACUUM INTO ?`, path)
	return lite(err)
}

// Hold makes sure that nobody has the SQLite file at path open, and keeps it so
// until release is called: ErrInUse otherwise. With fold, the write-ahead log is
// folded into the file and gone, so that the file can be moved by itself.
func Hold(path string, fold bool) (release func() error, err error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	pragmas := []string{"locking_mode = exclusive"}
	if fold {
		pragmas = append(pragmas, "journal_mode = delete")
	}
	c, err := dial(path, 0, pragmas...)
	if err == nil {
		if err = lite(c.script(`BEGIN EXCLUSIVE`)); err == nil {
			return c.close, nil
		}
		err = errors.Join(err, c.close())
	}
	if errors.Is(err, ErrUnavailable) {
		return nil, fmt.Errorf("%w: %w", ErrInUse, err)
	}
	return nil, err
}

// isPostgres tells the two kinds of address apart.
func isPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}
