package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
)

// Nobody can hold a file that somebody has open, and nobody else opens one that
// is held; closing leaves one file, without a log beside it.
func TestHold(t *testing.T) {
	t.Parallel()
	schema := dbtest.Schema("hold", `CREATE TABLE hold_thing (tenant_id BLOB NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (tenant_id, n))`)
	path := filepath.Join(t.TempDir(), "t.db")
	d, err := db.Open(t.Context(), path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	for _, fold := range []bool{false, true} {
		if _, err := db.Hold(path, fold); !errors.Is(err, db.ErrInUse) {
			t.Errorf("Hold of an open database = %v, want %v", err, db.ErrInUse)
		}
	}
	err = d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO hold_thing (tenant_id, n) VALUES (?, 1)`, tx.Tenant())
		return err
	})
	if err := errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(path + "-*"); err != nil || left != nil {
		t.Errorf("closed, there is %v, %v", left, err)
	}
	release, err := db.Hold(path, true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Hold(path, false); !errors.Is(err, db.ErrInUse) {
		t.Errorf("Hold of what is held = %v, want %v", err, db.ErrInUse)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
	if _, err := db.Hold(path+"x", true); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Hold of nothing = %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
}

func TestUnknown(t *testing.T) {
	t.Parallel()
	s := db.Schema{Name: "a", Files: fstest.MapFS{"migrations/0001_x.sql": {}, "migrations/0001_x.postgres.sql": {}}}
	got, err := db.Unknown(map[string]string{"a/0001_x.sql": "1", "a/0002_y.sql": "2", "b/0001_x.sql": "3"}, s)
	if err != nil || len(got) != 2 || got[0] != "a/0002_y.sql" || got[1] != "b/0001_x.sql" {
		t.Errorf("Unknown = %v, %v", got, err)
	}
}

// A dump is of one moment: of pairs that are always written together it never
// holds a half.
func TestDump(t *testing.T) {
	t.Parallel()
	schema := dbtest.Schema("pair", `CREATE TABLE pair_half (tenant_id BLOB NOT NULL, n BIGINT NOT NULL, half BIGINT NOT NULL, PRIMARY KEY (tenant_id, n, half))`)
	h := dbtest.SQLite(t, schema)
	d := h.Open(t, db.Options{})
	busy, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		for n := 0; busy.Err() == nil; n++ {
			err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
				for half := range 2 {
					if _, err := tx.Exec(ctx, `INSERT INTO pair_half (tenant_id, n, half) VALUES (?, ?, ?)`, tx.Tenant(), n, half); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
				return
			}
		}
	}()
	for range 5 {
		path := filepath.Join(t.TempDir(), "dump")
		if err := d.Dump(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		c, err := db.Open(t.Context(), path, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		odd, err := db.Get(t.Context(), c, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) (n int64, err error) {
			return n, tx.Row(ctx, `SELECT count(*) % 2 FROM pair_half WHERE tenant_id = ?`, tx.Tenant()).Scan(&n)
		})
		if err := errors.Join(err, c.CheckSchema(t.Context(), schema), c.Close()); err != nil || odd != 0 {
			t.Errorf("a dump holds half a pair: %v", err)
		}
	}
	stop()
	<-over
}
