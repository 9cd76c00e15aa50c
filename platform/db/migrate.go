package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Schema is what one room keeps in the database.
type Schema struct {
	Name   string   // of the room: its tables are named name_noun
	Files  fs.FS    // holds migrations/0001_noun.sql …; 0001_noun.postgres.sql replaces it there
	Shared []string // tables that AcrossTenants may see
}

// ErrSchema is returned when the database is not at the version of the binary.
var ErrSchema = errors.New("the database needs `fettle migrate`")

// Migrate brings every schema up to date, in the order given, each file in a
// transaction of its own, one process at a time. It refuses a database in which
// a file that ran reads differently now.
func (d *DB) Migrate(ctx context.Context, schemas ...Schema) error {
	return d.engine.migrate(ctx, schemas)
}

// CheckSchema returns ErrSchema if a migration has not run or has changed.
func (d *DB) CheckSchema(ctx context.Context, schemas ...Schema) error {
	have, err := d.engine.applied(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSchema, err)
	}
	pending, err := missing(have, schemas, d.Postgres())
	if err == nil && len(pending) > 0 {
		err = fmt.Errorf("%s/%s has not run", pending[0].schema, pending[0].name)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSchema, err)
	}
	return nil
}

type migration struct{ schema, name, text, sum string }

// missing lists what has to run. The name of a file has no dialect in it, so
// that both engines record the same history.
func missing(have map[string]string, schemas []Schema, pg bool) (out []migration, err error) {
	for _, s := range schemas {
		names, err := fs.Glob(s.Files, "migrations/*.sql")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if strings.HasSuffix(name, ".postgres.sql") {
				continue
			}
			m, err := load(s, name, pg)
			if err != nil {
				return nil, err
			}
			sum, done := have[m.schema+"/"+m.name]
			if done && sum != m.sum {
				return nil, fmt.Errorf("%s/%s has changed since it ran", m.schema, m.name)
			}
			if !done {
				out = append(out, m)
			}
		}
	}
	return out, nil
}

func load(s Schema, name string, pg bool) (migration, error) {
	file := name
	if pg {
		if special := strings.TrimSuffix(name, ".sql") + ".postgres.sql"; exists(s.Files, special) {
			file = special
		}
	}
	b, err := fs.ReadFile(s.Files, file)
	if err != nil {
		return migration{}, err
	}
	text := string(b)
	if pg && file == name {
		text = postgresDDL(text)
	}
	sum := sha256.Sum256([]byte(text))
	return migration{s.Name, path.Base(name), text, hex.EncodeToString(sum[:8])}, nil
}

func exists(files fs.FS, name string) bool {
	_, err := fs.Stat(files, name)
	return err == nil
}

var ddl = []struct {
	find *regexp.Regexp
	put  string
}{
	{regexp.MustCompile(`\bBLOB\b`), "BYTEA"},
	{regexp.MustCompile(`\bTEXT\b`), `TEXT COLLATE "C"`},
	{regexp.MustCompile(`\)\s*WITHOUT ROWID`), ")"},
}

// postgresDDL says a table definition in PostgreSQL's words.
func postgresDDL(text string) string {
	for _, d := range ddl {
		text = d.find.ReplaceAllString(text, d.put)
	}
	return text
}

const history = `CREATE TABLE IF NOT EXISTS db_migration (schema_name TEXT, name TEXT, sum TEXT, PRIMARY KEY (schema_name, name))`

func applied(ctx context.Context, q querier) (map[string]string, error) {
	have := map[string]string{}
	rows, err := q.query(ctx, `SELECT schema_name, name, sum FROM db_migration`)
	_, err = Collect(rows, err, func(scan func(...any) error) (struct{}, error) {
		var schema, name, sum string
		err := scan(&schema, &name, &sum)
		have[schema+"/"+name] = sum
		return struct{}{}, err
	})
	return have, err
}

func (e *liteEngine) applied(ctx context.Context) (map[string]string, error) {
	c, err := e.readers.take(ctx)
	if err != nil {
		return nil, err
	}
	defer e.readers.put(c)
	return applied(ctx, c)
}

// scripter runs migrations: texts of many statements.
type scripter interface {
	querier
	script(text string) error
}

// migrate uses a connection of its own, so that no prepared statement of the
// writer meets a changed schema half way.
func (e *liteEngine) migrate(ctx context.Context, schemas []Schema) (err error) {
	c, err := connect(e.path, Options{}, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	if err := c.script(history); err != nil {
		return err
	}
	return run(ctx, c, schemas, false)
}

// run runs what has not run yet.
func run(ctx context.Context, c scripter, schemas []Schema, pg bool) error {
	have, err := applied(ctx, c)
	if err != nil {
		return err
	}
	todo, err := missing(have, schemas, pg)
	if err != nil {
		return err
	}
	for _, m := range todo {
		if err := m.apply(ctx, c, pg); err != nil {
			return errors.Join(fmt.Errorf("migrate %s/%s: %w", m.schema, m.name, err), c.script("ROLLBACK"))
		}
	}
	return nil
}

func (m migration) apply(ctx context.Context, c scripter, pg bool) error {
	begin, record := "BEGIN IMMEDIATE", "INSERT INTO db_migration VALUES (?, ?, ?)"
	if pg {
		begin, record = "BEGIN", rebind(record)
	}
	if err := c.script(begin); err != nil {
		return err
	}
	if err := c.script(m.text); err != nil {
		return err
	}
	if _, err := c.exec(ctx, record, m.schema, m.name, m.sum); err != nil {
		return err
	}
	return c.script("COMMIT")
}

func (e *pgEngine) applied(ctx context.Context) (have map[string]string, err error) {
	err = e.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) (err error) {
		have, err = applied(ctx, &pgConn{conn: c.Conn()})
		return err
	})
	return have, err
}

func (e *pgEngine) migrate(ctx context.Context, schemas []Schema) (err error) {
	conn, err := pgx.ConnectConfig(ctx, e.owner)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }() // and with it goes the lock
	c := &pgConn{conn: conn}
	if _, err := c.exec(ctx, `SELECT pg_advisory_lock(hashtextextended('fettle migrate', 0))`); err != nil {
		return err
	}
	if err := e.prepare(ctx, c); err != nil {
		return err
	}
	if err := run(ctx, c, schemas, true); err != nil {
		return err
	}
	return e.secure(ctx, c, schemas)
}

// prepare makes the roles, the schema and the history. Roles belong to the
// whole cluster, so another database's migration may make them at the same time.
func (e *pgEngine) prepare(ctx context.Context, c *pgConn) error {
	for _, q := range []string{
		makeRole(roleApp), makeRole(roleWorker),
		`DO $$ BEGIN GRANT ` + roleApp + `, ` + roleWorker + ` TO CURRENT_USER; EXCEPTION WHEN OTHERS THEN NULL; END $$`,
		`CREATE SCHEMA IF NOT EXISTS ` + e.schema,
		`GRANT USAGE ON SCHEMA ` + e.schema + ` TO ` + roleApp + `, ` + roleWorker,
		history,
		`GRANT SELECT ON db_migration TO ` + roleApp,
	} {
		if _, err := c.exec(ctx, q); err != nil {
			return fmt.Errorf("prepare the schema: %w", err)
		}
	}
	return nil
}

func makeRole(name string) string {
	return `DO $$ BEGIN CREATE ROLE ` + name + ` NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`
}

// secure puts every table that has a tenant under row-level security and grants
// the roles what they need. It may run any number of times.
func (e *pgEngine) secure(ctx context.Context, c *pgConn, schemas []Schema) error {
	rows, err := c.query(ctx, `
		SELECT t.table_name, EXISTS (SELECT 1 FROM information_schema.columns k
			WHERE k.table_schema = t.table_schema AND k.table_name = t.table_name AND k.column_name = 'tenant_id')
		FROM information_schema.tables t WHERE t.table_schema = $1 AND t.table_name <> 'db_migration'`, e.schema)
	type table struct {
		name   string
		tenant bool
	}
	tables, err := Collect(rows, err, func(scan func(...any) error) (t table, err error) {
		return t, scan(&t.name, &t.tenant)
	})
	if err != nil {
		return err
	}
	var shared []string
	for _, s := range schemas {
		shared = append(shared, s.Shared...)
	}
	for _, t := range tables {
		for _, q := range guard(t.name, t.tenant, slices.Contains(shared, t.name)) {
			if _, err := c.exec(ctx, q); err != nil {
				return fmt.Errorf("secure %s: %w", t.name, err)
			}
		}
	}
	return nil
}

func guard(table string, tenant, shared bool) (out []string) {
	rights := "GRANT SELECT, INSERT, UPDATE, DELETE ON " + table + " TO "
	out = append(out, rights+roleApp)
	if shared {
		out = append(out, rights+roleWorker)
	}
	if !tenant {
		return out
	}
	mine := `(tenant_id = decode(current_setting('fettle.tenant', true), 'hex'))`
	out = append(out,
		`ALTER TABLE `+table+` ENABLE ROW LEVEL SECURITY`,
		`ALTER TABLE `+table+` FORCE ROW LEVEL SECURITY`,
		`DROP POLICY IF EXISTS tenant ON `+table,
		`CREATE POLICY tenant ON `+table+` TO `+roleApp+` USING `+mine+` WITH CHECK `+mine)
	if shared {
		out = append(out,
			`DROP POLICY IF EXISTS worker ON `+table,
			`CREATE POLICY worker ON `+table+` TO `+roleWorker+` USING (true) WITH CHECK (true)`)
	}
	return out
}
