package dbtest

import (
	"io/fs"
	"path"
	"testing"
	"testing/fstest"

	"fettle.dev/fettle/platform/db"
)

func oneFile(ddl string) fs.FS {
	return fstest.MapFS{"migrations/0001_test.sql": {Data: []byte(ddl)}}
}

// Before is the schema as it was before the migration of that name, for tests of
// what a migration makes of a database that has been in use.
func Before(t testing.TB, s db.Schema, migration string) db.Schema {
	t.Helper()
	names, err := fs.Glob(s.Files, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	old := fstest.MapFS{}
	for _, name := range names {
		b, err := fs.ReadFile(s.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		if path.Base(name) < migration {
			old[name] = &fstest.MapFile{Data: b}
		}
	}
	if len(old) == 0 || len(old) == len(names) {
		t.Fatalf("%s is not a migration of %s that others come before", migration, s.Name)
	}
	s.Files = old
	return s
}
