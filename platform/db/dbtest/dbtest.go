// Package dbtest gives every test a database of its own, on both engines.
//
// SQLite needs nothing. PostgreSQL needs a server, whose address is in
// FETTLE_TEST_PG (cmd/withpg starts one); with FETTLE_REQUIRE_PG set, as in CI,
// its absence fails the test instead of being said.
package dbtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// Tenant is the tenant of tests.
var Tenant = id.Tenant{0: 0x01, 15: 0x01}

// Other is a tenant that must see nothing of Tenant's.
var Other = id.Tenant{0: 0x01, 15: 0x02}

// Now is where the domain clock of tests stands: a Monday.
var Now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// Home is a database that a test may open more than once, as several processes
// would.
type Home struct {
	URL   string
	Clock *clock.Set // the domain clock of every DB opened through Open
}

// Open opens the database once more; it is closed with the test.
func (h Home) Open(t testing.TB, o db.Options) *db.DB {
	t.Helper()
	if o.Clock == nil {
		o.Clock = h.Clock.Now
	}
	d, err := db.Open(t.Context(), h.URL, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// Each runs fn as a subtest on a fresh, migrated database of each engine.
func Each(t *testing.T, fn func(t *testing.T, d *db.DB), schemas ...db.Schema) {
	t.Helper()
	EachHome(t, func(t *testing.T, h Home) { fn(t, h.Open(t, db.Options{})) }, schemas...)
}

// EachHome is Each for tests that open the database themselves.
func EachHome(t *testing.T, fn func(t *testing.T, h Home), schemas ...db.Schema) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t, schemas...)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t, schemas...)) })
}

// SQLite returns a fresh, migrated SQLite database.
func SQLite(t testing.TB, schemas ...db.Schema) Home {
	t.Helper()
	h := Home{URL: filepath.Join(t.TempDir(), "t.db"), Clock: clock.NewSet(Now)}
	migrate(t, h, schemas)
	return h
}

var count atomic.Int64

// Postgres returns a fresh, migrated PostgreSQL database, or skips the test.
func Postgres(t testing.TB, schemas ...db.Schema) Home {
	t.Helper()
	server := os.Getenv("FETTLE_TEST_PG")
	if server == "" {
		if os.Getenv("FETTLE_REQUIRE_PG") != "" {
			t.Fatal("FETTLE_REQUIRE_PG is set, but FETTLE_TEST_PG names no server")
		}
		t.Skip("no PostgreSQL: FETTLE_TEST_PG is not set")
	}
	name := fmt.Sprintf("t%d_%d", os.Getpid(), count.Add(1))
	admin(t, server, `CREATE DATABASE `+name)
	t.Cleanup(func() { admin(t, server, `DROP DATABASE `+name+` WITH (FORCE)`) })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	h := Home{URL: u.String(), Clock: clock.NewSet(Now)}
	migrate(t, h, schemas)
	return h
}

func admin(t testing.TB, server, query string) {
	t.Helper()
	ctx := context.Background() // also in Cleanup, when the test's context is over
	c, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(ctx) }()
	if _, err := c.Exec(ctx, query); err != nil {
		t.Fatal(err)
	}
}

// Alone waits until PostgreSQL has forgotten the connections that have been closed, those
// that migrated the database among them.
func (h Home) Alone(t testing.TB) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), h.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(t.Context()) }()
	for others := 1; others > 0; time.Sleep(time.Millisecond) {
		err := c.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`).Scan(&others)
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Deafen ends the connections to PostgreSQL on which processes listen, as a server
// that restarts would. It reports how many there were.
func (h Home) Deafen(t testing.TB) (ended int) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), h.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(t.Context()) }()
	err = c.QueryRow(t.Context(), `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
		WHERE datname = current_database() AND query LIKE 'LISTEN %'`).Scan(&ended)
	if err != nil {
		t.Fatal(err)
	}
	return ended
}

func migrate(t testing.TB, h Home, schemas []db.Schema) {
	t.Helper()
	d, err := db.Open(t.Context(), h.URL, db.Options{Clock: h.Clock.Now, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context(), schemas...); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

// Schema wraps one SQL text as a schema, for tests of platform machines.
func Schema(name, ddl string, shared ...string) db.Schema {
	return db.Schema{Name: name, Files: oneFile(ddl), Shared: shared}
}

// Contains reports whether any file below dir holds the text.
func Contains(t testing.TB, dir, text string) (where string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(b), text) {
			where = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return where
}
