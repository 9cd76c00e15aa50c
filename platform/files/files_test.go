package files_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/files"
	"fettle.dev/fettle/platform/keys"
)

// world is a database and a directory of blobs.
type world struct {
	d     *db.DB
	clock dbtest.Home
	ring  *keys.Ring
	store *files.Store
	dir   string
}

func each(t *testing.T, fn func(t *testing.T, w world)) {
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		d, dir := h.Open(t, db.Options{}), t.TempDir()
		r, err := keys.Open(t.Context(), d, keys.Options{RootFile: filepath.Join(dir, "root"), Ledger: filepath.Join(dir, "erasures")})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = r.Close() })
		blobs := filepath.Join(dir, "t.db.files")
		fn(t, world{d, h, r, files.New(blobs, files.Options{MaxBytes: 1 << 20}), blobs})
	}, keys.Schema(), files.Schema())
}

func (w world) key(t *testing.T) *keys.Key {
	t.Helper()
	made, err := w.ring.Create(t.Context(), dbtest.Tenant, id.New[id.PersonKind]())
	if err != nil {
		t.Fatal(err)
	}
	return made[0]
}

func (w world) put(t *testing.T, k *keys.Key) files.File {
	t.Helper()
	f, err := w.store.Put(t.Context(), k, bytes.NewReader(asPNG(t, corner(16, 8))))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (w world) add(t *testing.T, k *keys.Key) files.File {
	t.Helper()
	f := w.put(t, k)
	if err := w.step(t, func(ctx context.Context, tx *db.Tx) error { return w.store.Add(ctx, tx, f) }); err != nil {
		t.Fatal(err)
	}
	return f
}

func (w world) step(t *testing.T, fn func(ctx context.Context, tx *db.Tx) error) error {
	t.Helper()
	return w.d.InTx(t.Context(), dbtest.Tenant, fn)
}

func (w world) byID(t *testing.T, tenant id.Tenant, f id.File) (files.File, error) {
	t.Helper()
	return db.Get(t.Context(), w.d, tenant, func(ctx context.Context, tx *db.Tx) (files.File, error) { return w.store.ByID(ctx, tx, f) })
}

// blobs lists what lies in the directory.
func (w world) blobs(t *testing.T) (out []string) {
	t.Helper()
	out, err := filepath.Glob(filepath.Join(w.dir, "*", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestPutReads(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		k := w.key(t)
		f := w.add(t, k)
		got, err := w.byID(t, dbtest.Tenant, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		f.Created = dbtest.Now
		if diff := cmp.Diff(f, got); diff != "" {
			t.Errorf("ByID (-want +got):\n%s", diff)
		}
		plain, err := w.store.Read(t.Context(), k, got)
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(plain)) != f.Bytes || !bytes.HasPrefix(plain, []byte("\x89PNG")) {
			t.Errorf("Read = %d bytes, want %d", len(plain), f.Bytes)
		}
		if where := dbtest.Contains(t, w.dir, "IHDR"); where != "" {
			t.Errorf("%s is readable", where)
		}
		if _, err := w.byID(t, dbtest.Other, f.ID); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("ByID for another tenant = %v, want %v", err, files.ErrNotFound)
		}
		if _, err := w.store.Read(t.Context(), w.key(t), got); !errors.Is(err, keys.ErrSealed) {
			t.Errorf("Read with another's key = %v, want %v", err, keys.ErrSealed)
		}
	})
}

func TestPutRefuses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		k := w.key(t)
		if _, err := w.store.Put(t.Context(), k, bytes.NewReader(make([]byte, 1<<20+1))); !errors.Is(err, files.ErrTooLarge) {
			t.Errorf("Put of too much = %v, want %v", err, files.ErrTooLarge)
		}
		if _, err := w.store.Put(t.Context(), k, bytes.NewReader([]byte("%PDF-1.7"))); !errors.Is(err, files.ErrUnsupportedType) {
			t.Errorf("Put of a PDF = %v, want %v", err, files.ErrUnsupportedType)
		}
		broken := io.MultiReader(bytes.NewReader([]byte("\xff\xd8\xff")), errReader{})
		if _, err := w.store.Put(t.Context(), k, broken); !errors.Is(err, errLine) {
			t.Errorf("Put over a broken line = %v, want %v", err, errLine)
		}
		err := w.step(t, func(ctx context.Context, _ *db.Tx) error {
			_, err := w.store.Put(ctx, k, bytes.NewReader(asPNG(t, corner(2, 2))))
			return err
		})
		if !errors.Is(err, db.ErrNested) {
			t.Errorf("Put inside a step = %v, want %v", err, db.ErrNested)
		}
		if got := w.blobs(t); got != nil {
			t.Errorf("refused uploads left %v", got)
		}
	})
}

var errLine = errors.New("the line is broken")

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errLine }

func TestDamageIsNoticed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		k := w.key(t)
		f := w.add(t, k)
		path := w.blobs(t)[0]
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)/2] ^= 1
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := w.store.Read(t.Context(), k, f); !errors.Is(err, files.ErrDamaged) {
			t.Errorf("Read = %v, want %v", err, files.ErrDamaged)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if _, err := w.store.Read(t.Context(), k, f); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("Read = %v, want %v", err, files.ErrNotFound)
		}
	})
}

func TestKeep(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		k := w.key(t)
		f := w.add(t, k)
		keep := func(p id.Person, list ...id.File) error {
			return w.step(t, func(ctx context.Context, tx *db.Tx) error { return w.store.Keep(ctx, tx, p, list...) })
		}
		if err := keep(w.key(t).Person(), f.ID); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("Keep for another person = %v, want %v", err, files.ErrNotFound)
		}
		if err := keep(k.Person(), f.ID, id.New[id.FileKind]()); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("Keep of nothing = %v, want %v", err, files.ErrNotFound)
		}
		if got, err := w.byID(t, dbtest.Tenant, f.ID); err != nil || got.State != files.Pending {
			t.Errorf("after refusals it is %s, %v", got.State, err)
		}
		for range 2 {
			if err := keep(k.Person(), f.ID); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := w.byID(t, dbtest.Tenant, f.ID); err != nil || got.State != files.Kept {
			t.Errorf("after Keep it is %s, %v", got.State, err)
		}
	})
}

func TestForget(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		k, other := w.key(t), w.key(t)
		a, b, stays := w.add(t, k), w.add(t, k), w.add(t, other)
		got, err := db.Get(t.Context(), w.d, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) ([]files.File, error) {
			return w.store.ByPerson(ctx, tx, k.Person())
		})
		if err != nil || len(got) != 2 || got[0].ID != a.ID || got[1].ID != b.ID {
			t.Fatalf("ByPerson = %v, %v", got, err)
		}
		for _, want := range []int{2, 0} {
			if n, err := w.store.Forget(t.Context(), w.d, dbtest.Tenant, k.Person()); err != nil || n != want {
				t.Errorf("Forget = %d, %v, want %d", n, err, want)
			}
		}
		if _, err := w.byID(t, dbtest.Tenant, a.ID); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("ByID = %v, want %v", err, files.ErrNotFound)
		}
		if _, err := w.store.Read(t.Context(), other, stays); err != nil || len(w.blobs(t)) != 1 {
			t.Errorf("another person's file: %v; %d blobs", err, len(w.blobs(t)))
		}
	})
}

// Bytes without a row and uploads that nothing kept go; the rest stays.
func TestSweep(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		k := w.key(t)
		pending, kept := w.add(t, k), w.add(t, k)
		w.put(t, k) // its step never happened
		temp := filepath.Join(filepath.Dir(w.blobs(t)[0]), ".new-1")
		if err := os.WriteFile(temp, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := w.step(t, func(ctx context.Context, tx *db.Tx) error { return w.store.Keep(ctx, tx, k.Person(), kept.ID) }); err != nil {
			t.Fatal(err)
		}
		sweep := func(before time.Time, want int) {
			t.Helper()
			if n, err := w.store.Sweep(t.Context(), w.d, dbtest.Tenant, before); err != nil || n != want {
				t.Errorf("Sweep = %d, %v, want %d", n, err, want)
			}
		}
		info, err := os.Stat(temp)
		if err != nil {
			t.Fatal(err)
		}
		early, late := info.ModTime().Add(-time.Hour), info.ModTime().Add(time.Hour)
		sweep(early, 0)
		sweep(late, 1)
		if _, err := os.Stat(temp); err == nil {
			t.Error("a temporary file is left")
		}
		w.clock.Clock.To(dbtest.Now.Add(25 * time.Hour))
		sweep(early, 1)
		if _, err := w.byID(t, dbtest.Tenant, pending.ID); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("ByID of what nothing kept = %v, want %v", err, files.ErrNotFound)
		}
		if _, err := w.store.Read(t.Context(), k, kept); err != nil {
			t.Errorf("Read of what was kept: %v", err)
		}
		sweep(late, 0)
		if n, err := w.store.Sweep(t.Context(), w.d, dbtest.Other, late); err != nil || n != 0 {
			t.Errorf("Sweep of a tenant without files = %d, %v", n, err)
		}
	})
}
