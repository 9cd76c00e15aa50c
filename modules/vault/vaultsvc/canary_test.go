package vaultsvc_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/files"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/persons"
)

// house is an installation in one folder: main database, key store, root key,
// ledger of erasures, files.
type house struct {
	dir     string
	d, keys *db.DB
	*kit
}

func open(t *testing.T, dir string) *house {
	t.Helper()
	h := &house{dir: dir}
	openDB := func(name string, o db.Options, schemas ...db.Schema) *db.DB {
		d, err := db.Open(t.Context(), filepath.Join(dir, name), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Migrate(t.Context(), schemas...); err != nil {
			t.Fatal(err)
		}
		return d
	}
	h.d = openDB("t.db", db.Options{}, schemas()...)
	h.keys = openDB("t.db.keys", db.Options{SecureDelete: true}, keys.Schema())
	h.kit = newKit(t, h.d, h.keys, dir)
	return h
}

func (h *house) close(t *testing.T) {
	t.Helper()
	if err := errors.Join(h.d.Close(), h.keys.Close()); err != nil {
		t.Fatal(err)
	}
}

func copyFiles(t *testing.T, from, to string, names ...string) {
	t.Helper()
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(from, name))
		if errors.Is(err, os.ErrNotExist) { // a write-ahead log that was checkpointed away
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// stores are the files that a backup holds: never the root key, never the ledger.
var stores = []string{"t.db", "t.db-wal", "t.db.keys", "t.db.keys-wal"}

func (h *house) wrapped(t *testing.T, p id.Person) []byte {
	t.Helper()
	w, err := db.Get(t.Context(), h.keys, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) (w []byte, err error) {
		return w, tx.Row(ctx, `SELECT wrapped FROM keys_person WHERE tenant_id = ? AND person_id = ?`, tx.Tenant(), p).Scan(&w)
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Canaries in every field are readable in no file, before and after the erasure,
// and a backup made before it gives nothing back once it is restored.
func TestErasureReachesEverything(t *testing.T) {
	t.Parallel()
	dir, backup, restored := t.TempDir(), t.TempDir(), t.TempDir()
	h := open(t, dir)
	p, stays := h.enter(t, anh), h.enter(t, anh)
	path := "/v1/persons/" + p.ID.String()
	body := `{"country": "DE", "name": "CANARY Name", "phone": "+4915187654321", "email": "canary@example.org",
		"address": {"street": "CANARY Street", "city": "CANARY City", "region": "CANARY Region", "postcode": "CANARY"}}`
	h.as(access.Agent)
	if code := h.call(t, "PUT", path, body, nil, "If-Match", `"1"`, "Idempotency-Key", "canary"); code != 200 {
		t.Fatalf("PUT = %d", code)
	}
	h.drain(t)
	h.close(t)
	copyFiles(t, dir, backup, stores...)

	canaries := []string{
		"CANARY", "4915187654321", "canary@example.org", anh.Name, anh.Phone, anh.Email, anh.Address.Street,
		anh.Address.City, anh.Address.Region, "IHDR", "Dear ",
	}
	nothingReadable := func(dir string) {
		t.Helper()
		if dbtest.Contains(t, dir, string(p.ID[:])) == "" {
			t.Fatal("not even the id is there: the scan sees nothing")
		}
		for _, c := range canaries {
			if where := dbtest.Contains(t, dir, c); where != "" {
				t.Errorf("%q is readable in %s", c, filepath.Base(where))
			}
		}
	}
	nothingReadable(dir)

	h = open(t, dir)
	wrapped := h.wrapped(t, p.ID)
	h.as(access.Admin)
	if code := h.call(t, "POST", path+"/erase", "", nil, "Idempotency-Key", "erase"); code != 200 {
		t.Fatalf("erase = %d", code)
	}
	h.drain(t)
	if gone, err := h.filesOf(t, p.ID); err != nil || len(gone) != 0 {
		t.Errorf("the person's files are %v, %v", gone, err)
	}
	if n := h.blobs(t); n != 1 {
		t.Errorf("%d blobs are left, want the other person's", n)
	}
	h.close(t)
	checkpoint(t, filepath.Join(dir, "t.db.keys"))
	nothingReadable(dir)
	if where := dbtest.Contains(t, dir, string(wrapped)); where != "" {
		t.Errorf("the wrapped key is still in %s", filepath.Base(where))
	}

	// The backup knows nothing of the erasure. Root key and ledger were never in it.
	copyFiles(t, backup, restored, stores...)
	copyFiles(t, dir, restored, "t.db.root.key", "t.db.erasures")
	if dbtest.Contains(t, restored, string(wrapped)) == "" {
		t.Fatal("the backup does not hold the key: this test shows nothing")
	}
	h = open(t, restored)
	defer h.close(t)
	if n, err := h.Replay(t.Context()); err != nil || n != 1 {
		t.Fatalf("Replay = %d, %v, want 1", n, err)
	}
	got, err := persons.Open(t.Context(), h.d, h.ring, dbtest.Tenant, p.ID)
	if err != nil || !got.Erased || got.Name != "" {
		t.Errorf("after the restore: %+v, %v", got, err)
	}
	if _, err := h.ring.Get(t.Context(), dbtest.Tenant, p.ID); !errors.Is(err, keys.ErrErased) {
		t.Errorf("Get after the restore = %v, want %v", err, keys.ErrErased)
	}
	other, err := persons.Open(t.Context(), h.d, h.ring, dbtest.Tenant, stays.ID)
	if err != nil || other.Name != anh.Name {
		t.Errorf("another person after the restore: %+v, %v", other, err)
	}
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

func (h *house) filesOf(t *testing.T, p id.Person) ([]files.File, error) {
	t.Helper()
	return db.Get(t.Context(), h.d, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) ([]files.File, error) {
		return h.files.ByPerson(ctx, tx, p)
	})
}

func (h *house) blobs(t *testing.T) int {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(h.dir, "t.db.files", "*", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
