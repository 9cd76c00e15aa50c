package keys_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/keys"
)

// place is where a ring keeps its files.
func place(dir string) keys.Options {
	return keys.Options{RootFile: filepath.Join(dir, "t.db.root.key"), Ledger: filepath.Join(dir, "t.db.erasures")}
}

func open(t testing.TB, d *db.DB, o keys.Options) *keys.Ring {
	t.Helper()
	r, err := keys.Open(t.Context(), d, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func each(t *testing.T, fn func(t *testing.T, d *db.DB, r *keys.Ring)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, d, open(t, d, place(t.TempDir()))) }, keys.Schema())
}

func create(t testing.TB, r *keys.Ring, tenant id.Tenant) (id.Person, *keys.Key) {
	t.Helper()
	p := id.New[id.PersonKind]()
	made, err := r.Create(t.Context(), tenant, p)
	if err != nil {
		t.Fatal(err)
	}
	return p, made[0]
}

func TestSealOpens(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, _ *db.DB, r *keys.Ring) {
		p, made := create(t, r, dbtest.Tenant)
		read, err := r.Get(t.Context(), dbtest.Tenant, p)
		if err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(t *rapid.T) {
			plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
			column := rapid.String().Draw(t, "column")
			sealed := made.Seal(column, plain)
			if got, err := read.Open(column, sealed); err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("Open(Seal(%x)) = %x, %v", plain, got, err)
			}
			if len(plain) >= 4 && bytes.Contains(sealed, plain) {
				t.Fatalf("%x is readable in %x", plain, sealed)
			}
			if bytes.Equal(sealed, made.Seal(column, plain)) {
				t.Fatal("sealing twice gives the same bytes")
			}
		})
	})
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, keys.Schema()).Open(t, db.Options{})
	r := open(t, d, place(t.TempDir()))
	p, k := create(t, r, dbtest.Tenant)
	_, another := create(t, r, dbtest.Tenant)
	made, err := r.Create(t.Context(), dbtest.Other, p) // the same person id, as another tenant may have it
	if err != nil {
		t.Fatal(err)
	}
	own, err := r.TenantKey(t.Context(), dbtest.Tenant)
	if err != nil {
		t.Fatal(err)
	}
	sealed := k.Seal("t.name", []byte("Ada"))
	for _, tt := range []struct {
		name   string
		key    *keys.Key
		column string
		give   []byte
	}{
		{"another person", another, "t.name", sealed},
		{"another tenant", made[0], "t.name", sealed},
		{"the tenant's own key", own, "t.name", sealed},
		{"another column", k, "t.phone", sealed},
		{"nothing", k, "t.name", nil},
		{"too short", k, "t.name", sealed[:28]},
		{"another version", k, "t.name", append([]byte{2}, sealed[1:]...)},
	} {
		if got, err := tt.key.Open(tt.column, tt.give); !errors.Is(err, keys.ErrSealed) {
			t.Errorf("%s: Open = %q, %v, want %v", tt.name, got, err, keys.ErrSealed)
		}
	}
	for i := range sealed {
		bent := bytes.Clone(sealed)
		bent[i] ^= 1
		if _, err := k.Open("t.name", bent); !errors.Is(err, keys.ErrSealed) {
			t.Errorf("byte %d changed: Open = %v, want %v", i, err, keys.ErrSealed)
		}
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB, r *keys.Ring) {
		p, _ := create(t, r, dbtest.Tenant)
		if _, err := r.Get(t.Context(), dbtest.Other, p); !errors.Is(err, keys.ErrUnknown) {
			t.Errorf("Get for another tenant = %v, want %v", err, keys.ErrUnknown)
		}
		if _, err := r.Get(t.Context(), dbtest.Tenant, id.New[id.PersonKind]()); !errors.Is(err, keys.ErrUnknown) {
			t.Errorf("Get of nobody = %v, want %v", err, keys.ErrUnknown)
		}
		if _, err := r.Create(t.Context(), dbtest.Tenant, id.New[id.PersonKind](), p); !errors.Is(err, keys.ErrExists) {
			t.Errorf("Create again = %v, want %v", err, keys.ErrExists)
		}
		err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, _ *db.Tx) error {
			_, err := r.Get(ctx, dbtest.Tenant, p)
			return err
		})
		if !errors.Is(err, db.ErrNested) {
			t.Errorf("Get inside a step = %v, want %v", err, db.ErrNested)
		}
	})
}

func TestCreateMany(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, _ *db.DB, r *keys.Ring) {
		persons := make([]id.Person, 303) // 256 + 32 + 8 + 4 + 2 + 1
		for i := range persons {
			persons[i] = id.New[id.PersonKind]()
		}
		made, err := r.Create(t.Context(), dbtest.Tenant, persons...)
		if err != nil {
			t.Fatal(err)
		}
		read, err := r.Many(t.Context(), dbtest.Tenant, append(persons, id.New[id.PersonKind]())...)
		if err != nil {
			t.Fatal(err)
		}
		if len(read) != len(persons) {
			t.Fatalf("Many found %d keys, want %d", len(read), len(persons))
		}
		for i, p := range persons {
			if made[i].Person() != p || made[i].Tenant() != dbtest.Tenant {
				t.Fatalf("key %d is of %s", i, made[i].Person())
			}
			if got, err := read[p].Open("c", made[i].Seal("c", []byte{byte(i)})); err != nil || got[0] != byte(i) {
				t.Fatalf("key %d: Open = %v, %v", i, got, err)
			}
		}
	})
}

func TestTenantKeyIsKept(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		o := place(t.TempDir())
		first, second := open(t, h.Open(t, db.Options{}), o), open(t, h.Open(t, db.Options{}), o)
		a, err := first.TenantKey(t.Context(), dbtest.Tenant)
		if err != nil {
			t.Fatal(err)
		}
		b, err := second.TenantKey(t.Context(), dbtest.Tenant)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := b.Open("c", a.Seal("c", []byte("x"))); err != nil || string(got) != "x" {
			t.Errorf("the second process opens %q, %v", got, err)
		}
		if !bytes.Equal(first.Blind(dbtest.Tenant, "phone", "+491"), second.Blind(dbtest.Tenant, "phone", "+491")) {
			t.Error("two processes disagree on a blind hash")
		}
	}, keys.Schema())
}

func TestBlind(t *testing.T) {
	t.Parallel()
	r := open(t, dbtest.SQLite(t, keys.Schema()).Open(t, db.Options{}), place(t.TempDir()))
	base := r.Blind(dbtest.Tenant, "phone", "+4915112345678")
	if len(base) != keys.BlindSize {
		t.Fatalf("a hash of %d bytes", len(base))
	}
	if !bytes.Equal(base, r.Blind(dbtest.Tenant, "phone", "+4915112345678")) {
		t.Error("the same text hashes differently")
	}
	for name, other := range map[string][]byte{
		"tenant": r.Blind(dbtest.Other, "phone", "+4915112345678"),
		"kind":   r.Blind(dbtest.Tenant, "email", "+4915112345678"),
		"text":   r.Blind(dbtest.Tenant, "phone", "+4915112345679"),
	} {
		if bytes.Equal(base, other) {
			t.Errorf("another %s hashes the same", name)
		}
	}
}

// A crash between Create and the step that uses the key leaves an orphan, which
// Sweep takes; keys in use and fresh ones stay.
func TestSweep(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		machine := dbtest.Now
		d := h.Open(t, db.Options{Machine: func() time.Time { return machine }})
		r := open(t, d, place(t.TempDir()))
		used, _ := create(t, r, dbtest.Tenant)
		orphan, _ := create(t, r, dbtest.Tenant)
		foreign, _ := create(t, r, dbtest.Other)
		machine = machine.Add(2 * time.Hour)
		fresh, _ := create(t, r, dbtest.Tenant)
		n, err := r.Sweep(t.Context(), dbtest.Tenant, machine.Add(-time.Hour),
			func(_ context.Context, persons []id.Person) (map[id.Person]bool, error) {
				return map[id.Person]bool{used: true}, nil
			})
		if err != nil || n != 1 {
			t.Fatalf("Sweep = %d, %v, want 1", n, err)
		}
		for p, want := range map[id.Person]error{used: nil, fresh: nil, orphan: keys.ErrUnknown} {
			if _, err := r.Get(t.Context(), dbtest.Tenant, p); !errors.Is(err, want) {
				t.Errorf("Get = %v, want %v", err, want)
			}
		}
		if _, err := r.Get(t.Context(), dbtest.Other, foreign); err != nil {
			t.Errorf("another tenant's key: %v", err)
		}
	}, keys.Schema())
}

// BenchmarkKeys measures what an intake spends here for each person: a key made and
// wrapped, fields sealed, a contact hashed.
func BenchmarkKeys(b *testing.B) {
	r := open(b, dbtest.SQLite(b, keys.Schema()).Open(b, db.Options{NoSync: true}), place(b.TempDir()))
	_, k := create(b, r, dbtest.Tenant)
	plain := []byte("12 Lý Thường Kiệt, Hoàn Kiếm, Hà Nội")
	b.Run("seal", func(b *testing.B) {
		for b.Loop() {
			k.Seal("persons_person.address", plain)
		}
	})
	b.Run("blind", func(b *testing.B) {
		for b.Loop() {
			r.Blind(dbtest.Tenant, "phone", "+84912345678")
		}
	})
	b.Run("create, unsynced", func(b *testing.B) {
		for b.Loop() {
			create(b, r, dbtest.Tenant)
		}
	})
	b.Run("get", func(b *testing.B) {
		for b.Loop() {
			if _, err := r.Get(b.Context(), dbtest.Tenant, k.Person()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkCreateTogether makes keys as an intake of 64 clients does, with
// fsync: what waits shares one.
func BenchmarkCreateTogether(b *testing.B) {
	r := open(b, dbtest.SQLite(b, keys.Schema()).Open(b, db.Options{SecureDelete: true}), place(b.TempDir()))
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			create(b, r, dbtest.Tenant)
		}
	})
}
