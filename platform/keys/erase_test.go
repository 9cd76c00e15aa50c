package keys_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/keys"
)

func shred(t *testing.T, r *keys.Ring, persons ...id.Person) {
	t.Helper()
	for _, p := range persons {
		if err := r.Shred(t.Context(), dbtest.Tenant, p); err != nil {
			t.Fatal(err)
		}
	}
}

func wantErased(t *testing.T, r *keys.Ring, p id.Person) {
	t.Helper()
	if _, err := r.Get(t.Context(), dbtest.Tenant, p); !errors.Is(err, keys.ErrErased) {
		t.Errorf("Get after erasure = %v, want %v", err, keys.ErrErased)
	}
	if _, err := r.Create(t.Context(), dbtest.Tenant, p); !errors.Is(err, keys.ErrErased) {
		t.Errorf("Create after erasure = %v, want %v", err, keys.ErrErased)
	}
}

func TestShred(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		o := place(t.TempDir())
		r, elsewhere := open(t, h.Open(t, db.Options{}), o), open(t, h.Open(t, db.Options{}), o)
		p, _ := create(t, r, dbtest.Tenant)
		stays, _ := create(t, r, dbtest.Tenant)
		if _, err := elsewhere.Get(t.Context(), dbtest.Tenant, p); err != nil {
			t.Fatal(err)
		}
		shred(t, r, p, p)
		wantErased(t, r, p)
		wantErased(t, elsewhere, p) // nothing remembers the key
		if _, err := elsewhere.Get(t.Context(), dbtest.Tenant, stays); err != nil {
			t.Errorf("another person's key: %v", err)
		}
		got, err := elsewhere.Erasures(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := []keys.Erasure{{Tenant: dbtest.Tenant, Person: p, At: dbtest.Now}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Erasures (-want +got):\n%s", diff)
		}
		text, err := os.ReadFile(o.Ledger)
		if err != nil {
			t.Fatal(err)
		}
		written, err := keys.ParseLedger(string(text))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, written); diff != "" {
			t.Errorf("ledger (-want +got):\n%s", diff)
		}
	}, keys.Schema())
}

// Somebody erased before a key was made gets none afterwards.
func TestShredBeforeCreate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, _ *db.DB, r *keys.Ring) {
		p := id.New[id.PersonKind]()
		shred(t, r, p)
		wantErased(t, r, p)
	})
}

// The wrapped key is nowhere in the file once its log has been checkpointed.
func TestShredOverwrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "t.db.keys")
	session := func(fn func(d *db.DB, r *keys.Ring)) {
		t.Helper()
		d, err := db.Open(t.Context(), path, db.Options{SecureDelete: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Migrate(t.Context(), keys.Schema()); err != nil {
			t.Fatal(err)
		}
		r, err := keys.Open(t.Context(), d, place(dir))
		if err != nil {
			t.Fatal(err)
		}
		fn(d, r)
		if err := errors.Join(r.Close(), d.Close()); err != nil {
			t.Fatal(err)
		}
		checkpoint(t, path)
	}
	persons, wrapped := make([]id.Person, 200), make([][]byte, 200)
	session(func(d *db.DB, r *keys.Ring) {
		for i := range persons {
			persons[i], _ = create(t, r, dbtest.Tenant)
			wrapped[i] = wrappedOf(t, d, persons[i])
		}
	})
	if n := present(t, dir, wrapped); n != len(wrapped) {
		t.Fatalf("%d of %d wrapped keys are in the file before", n, len(wrapped))
	}
	session(func(_ *db.DB, r *keys.Ring) { shred(t, r, persons[:100]...) })
	if n := present(t, dir, wrapped[:100]); n != 0 {
		t.Errorf("%d of 100 shredded keys are still in the file", n)
	}
	if n := present(t, dir, wrapped[100:]); n != 100 {
		t.Errorf("%d of 100 other keys are in the file", n)
	}
}

// While the store is open and others read and write it, a shredded key is in
// neither file when Shred returns.
func TestShredWhileOthersWork(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d, err := db.Open(t.Context(), filepath.Join(dir, "t.db.keys"), db.Options{SecureDelete: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(t.Context(), keys.Schema()); err != nil {
		t.Fatal(err)
	}
	r := open(t, d, place(dir))
	stays, _ := create(t, r, dbtest.Tenant)
	busy, stop := context.WithCancel(t.Context())
	var others sync.WaitGroup
	for range 3 {
		others.Go(func() {
			for busy.Err() == nil {
				if _, err := r.Get(t.Context(), dbtest.Tenant, stays); err != nil {
					t.Error(err)
				}
				if _, err := r.Create(t.Context(), dbtest.Tenant, id.New[id.PersonKind]()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 10 {
		p, _ := create(t, r, dbtest.Tenant)
		wrapped := [][]byte{wrappedOf(t, d, p)}
		if present(t, dir, wrapped) != 1 {
			t.Error("the key is in no file before")
		}
		shred(t, r, p)
		if present(t, dir, wrapped) != 0 {
			t.Error("the key is in a file after")
		}
	}
	stop()
	others.Wait()
}

// checkpoint moves everything from the write-ahead log into the file.
func checkpoint(t *testing.T, path string) {
	t.Helper()
	d, err := db.Open(t.Context(), path, db.Options{})
	if err == nil {
		err = errors.Join(d.Checkpoint(t.Context()), d.Close())
	}
	if err != nil {
		t.Fatalf("checkpoint: %v", err)
	}
}

func wrappedOf(t *testing.T, d *db.DB, p id.Person) []byte {
	t.Helper()
	w, err := db.Get(t.Context(), d, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) (w []byte, err error) {
		return w, tx.Row(ctx, `SELECT wrapped FROM keys_person WHERE tenant_id = ? AND person_id = ?`, tx.Tenant(), p).Scan(&w)
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// present counts which of the byte strings are in some file of dir.
func present(t *testing.T, dir string, want [][]byte) (n int) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	for _, w := range want {
		if bytes.Contains(all, w) {
			n++
		}
	}
	return n
}

// A restored store, older than the erasure, learns of it from the ledger when
// it is opened; a lost ledger learns from the store.
func TestErasureSurvivesRestore(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		d, o := h.Open(t, db.Options{}), place(t.TempDir())
		r := open(t, d, o)
		p, _ := create(t, r, dbtest.Tenant)
		backup := wrappedOf(t, d, p)
		shred(t, r, p)
		restore := func() {
			t.Helper()
			err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
				for _, table := range []string{"keys_erasure", "keys_person"} {
					if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE tenant_id = ?`, tx.Tenant()); err != nil {
						return err
					}
				}
				_, err := tx.Exec(ctx, `INSERT INTO keys_person (tenant_id, person_id, wrapped, created_at) VALUES (?, ?, ?, ?)`,
					tx.Tenant(), p, backup, tx.Machine())
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		restore()
		if _, err := r.Get(t.Context(), dbtest.Tenant, p); err != nil {
			t.Fatalf("the backup does not hold the key: %v", err)
		}
		wantErased(t, open(t, d, o), p)

		restore() // on a machine without the ledger, with another's list
		list, err := os.ReadFile(o.Ledger)
		if err != nil {
			t.Fatal(err)
		}
		erasures, err := keys.ParseLedger(string(list))
		if err != nil {
			t.Fatal(err)
		}
		o.Ledger = filepath.Join(t.TempDir(), "new")
		r = open(t, d, o)
		if err := r.ReplayErasures(t.Context(), erasures); err != nil {
			t.Fatal(err)
		}
		wantErased(t, r, p)

		o.Ledger = filepath.Join(t.TempDir(), "lost")
		open(t, d, o)
		again, err := os.ReadFile(o.Ledger)
		if err != nil || !bytes.Equal(again, list) {
			t.Errorf("the new ledger reads %q, %v, want %q", again, err, list)
		}
	}, keys.Schema())
}

// An append cut off by a crash costs neither the next one nor those before.
func TestLedgerTorn(t *testing.T) {
	t.Parallel()
	d, o := dbtest.SQLite(t, keys.Schema()).Open(t, db.Options{}), place(t.TempDir())
	r := open(t, d, o)
	a, _ := create(t, r, dbtest.Tenant)
	b, _ := create(t, r, dbtest.Tenant)
	shred(t, r, a)
	tear(t, o.Ledger, "2026-11-23T09:00:00.0000")
	shred(t, r, b)
	text, err := os.ReadFile(o.Ledger)
	if err != nil {
		t.Fatal(err)
	}
	list, err := keys.ParseLedger(string(text))
	if err != nil || len(list) != 2 || list[0].Person != a || list[1].Person != b {
		t.Errorf("ParseLedger(%q) = %v, %v", text, list, err)
	}
	tear(t, o.Ledger, "what is this line doing here, it is as long as an erasure but it says something else: 123\n")
	if _, err := keys.Open(t.Context(), d, o); !errors.Is(err, keys.ErrLedger) {
		t.Errorf("Open with a damaged ledger = %v, want %v", err, keys.ErrLedger)
	}
}

func tear(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestRootKey(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		d, o := h.Open(t, db.Options{}), place(t.TempDir())
		p, _ := create(t, open(t, d, o), dbtest.Tenant)
		info, err := os.Stat(o.RootFile)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("root key file: %v, %v", info.Mode(), err)
		}
		text, err := os.ReadFile(o.RootFile)
		if err != nil {
			t.Fatal(err)
		}

		again := o
		if again.Root, err = keys.ParseRoot(string(text)); err != nil {
			t.Fatal(err)
		}
		again.RootFile = ""
		if _, err := open(t, d, again).Get(t.Context(), dbtest.Tenant, p); err != nil {
			t.Errorf("Get with the root key from the environment: %v", err)
		}

		again.Root = bytes.Repeat([]byte{7}, 32)
		if _, err := keys.Open(t.Context(), d, again); !errors.Is(err, keys.ErrRoot) {
			t.Errorf("Open with another root key = %v, want %v", err, keys.ErrRoot)
		}
		if err := os.Chmod(o.RootFile, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := keys.Open(t.Context(), d, o); err == nil {
			t.Error("a root key that everybody can read was taken")
		}
		if err := os.Remove(o.RootFile); err != nil {
			t.Fatal(err)
		}
		if _, err := keys.Open(t.Context(), d, o); !errors.Is(err, keys.ErrRoot) {
			t.Errorf("Open without the root key = %v, want %v", err, keys.ErrRoot)
		}
		if _, err := os.Stat(o.RootFile); err == nil {
			t.Error("a fresh root key was made beside old data")
		}
	}, keys.Schema())
}

func TestParseRoot(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "short", "AAAA", "not base64 but as long as a key that would be: ="} {
		if _, err := keys.ParseRoot(text); !errors.Is(err, keys.ErrRoot) {
			t.Errorf("ParseRoot(%q) = %v, want %v", text, err, keys.ErrRoot)
		}
	}
}

func FuzzParseLedger(f *testing.F) {
	f.Add("2026-11-23T09:00:00.000000Z " + dbtest.Tenant.String() + " " + id.Person{1}.String() + "\n")
	f.Add("\n\n2026-11-23T09")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := keys.ParseLedger(text)
		if err != nil && !errors.Is(err, keys.ErrLedger) {
			t.Fatal(err)
		}
		for _, e := range list {
			if e.At.Location() != time.UTC {
				t.Fatalf("%v is not UTC", e.At)
			}
		}
	})
}

// On PostgreSQL the store may be a schema of its own beside the main one.
func TestOwnSchema(t *testing.T) {
	t.Parallel()
	h := dbtest.Postgres(t)
	d := h.Open(t, db.Options{Schema: "fettle_keys"})
	if err := d.Migrate(t.Context(), keys.Schema()); err != nil {
		t.Fatal(err)
	}
	r := open(t, d, place(t.TempDir()))
	p, _ := create(t, r, dbtest.Tenant)
	if _, err := r.Get(t.Context(), dbtest.Tenant, p); err != nil {
		t.Fatal(err)
	}
	shred(t, r, p)
	wantErased(t, r, p)
	if list, err := r.Erasures(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("Erasures = %v, %v", list, err)
	}
	main := h.Open(t, db.Options{})
	err := main.Read(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		var n int64
		return tx.Row(ctx, `SELECT count(*) FROM keys_person WHERE tenant_id = ?`, tx.Tenant()).Scan(&n)
	})
	if err == nil {
		t.Error("the main schema sees the keys")
	}
}
