package persons_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/persons"
)

// world is a database with persons in it and the keys to them.
type world struct {
	d    *db.DB
	ring *keys.Ring
}

func each(t *testing.T, fn func(t *testing.T, w world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		r, err := keys.Open(t.Context(), d, keys.Options{RootFile: filepath.Join(dir, "root"), Ledger: filepath.Join(dir, "erasures")})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = r.Close() })
		fn(t, world{d, r})
	}, keys.Schema(), persons.Schema())
}

// put makes a key for p and writes it.
func (w world) put(t *testing.T, p persons.Person) persons.Person {
	t.Helper()
	p.ID = id.New[id.PersonKind]()
	made, err := w.ring.Create(t.Context(), dbtest.Tenant, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.step(t, func(ctx context.Context, tx *db.Tx) error { return persons.Put(ctx, tx, made[0], w.ring, p) }); err != nil {
		t.Fatal(err)
	}
	p.Version, p.Created = 1, dbtest.Now
	return p
}

func (w world) step(t *testing.T, fn func(ctx context.Context, tx *db.Tx) error) error {
	t.Helper()
	return w.d.InTx(t.Context(), dbtest.Tenant, fn)
}

func (w world) find(t *testing.T, tenant id.Tenant, c persons.Contact) []id.Person {
	t.Helper()
	got, err := db.Get(t.Context(), w.d, tenant, func(ctx context.Context, tx *db.Tx) ([]id.Person, error) {
		found, err := persons.FindEach(ctx, tx, w.ring, c)
		return slices.Concat(found...), err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

var anh = persons.Person{
	Country: "VN", Language: "vi", Name: "Nguyễn Văn Ánh", Phone: "+84912345678", Email: "anh@example.vn",
	Address: persons.Address{Street: "12 Lý Thường Kiệt", Postcode: "100000", City: "Hà Nội", Region: "Hoàn Kiếm"},
}

func TestPutOpens(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		full := w.put(t, anh)
		bare := w.put(t, persons.Person{Country: "DE", Language: "de"})
		got, err := persons.OpenMany(t.Context(), w.d, w.ring, dbtest.Tenant, full.ID, bare.ID, full.ID, id.New[id.PersonKind](), id.Person{})
		if err != nil {
			t.Fatal(err)
		}
		want := map[id.Person]persons.Person{full.ID: full, bare.ID: bare}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("OpenMany (-want +got):\n%s", diff)
		}
		if _, err := persons.Open(t.Context(), w.d, w.ring, dbtest.Other, full.ID); !errors.Is(err, persons.ErrNotFound) {
			t.Errorf("Open for another tenant = %v, want %v", err, persons.ErrNotFound)
		}
	})
}

func TestFind(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		first, second := w.put(t, anh), w.put(t, anh)
		phone, email := persons.Contact{Kind: persons.Phone, Value: anh.Phone}, persons.Contact{Kind: persons.Email, Value: anh.Email}
		want := []id.Person{second.ID, first.ID}
		for _, c := range []persons.Contact{phone, email} {
			if diff := cmp.Diff(want, w.find(t, dbtest.Tenant, c)); diff != "" {
				t.Errorf("FindAll by %s (-want +got):\n%s", c.Kind, diff)
			}
			if got := w.find(t, dbtest.Other, c); got != nil {
				t.Errorf("another tenant finds %v by %s", got, c.Kind)
			}
		}
		err := w.step(t, func(ctx context.Context, tx *db.Tx) error {
			if got, found, err := persons.Find(ctx, tx, w.ring, email); err != nil || !found || got != second.ID {
				t.Errorf("Find = %v, %v, %v", got, found, err)
			}
			if _, found, err := persons.Find(ctx, tx, w.ring, persons.Contact{Kind: persons.Phone, Value: "+84900000000"}); err != nil || found {
				t.Errorf("Find of nobody's number = %v, %v", found, err)
			}
			_, _, err := persons.Find(ctx, tx, w.ring, persons.Contact{Kind: persons.Phone, Value: "0912 345 678"})
			return err
		})
		if !errors.Is(err, persons.ErrNotNormal) {
			t.Errorf("Find by a number without country = %v, want %v", err, persons.ErrNotNormal)
		}
	})
}

func TestReplace(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		p := w.put(t, anh)
		key, err := w.ring.Get(t.Context(), dbtest.Tenant, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		replace := func(p persons.Person) error {
			return w.step(t, func(ctx context.Context, tx *db.Tx) error { return persons.Replace(ctx, tx, key, w.ring, p) })
		}
		moved := p
		moved.Phone, moved.Email, moved.Address = "+4930123456", "", persons.Address{City: "Berlin"}
		if err := replace(moved); err != nil {
			t.Fatal(err)
		}
		if err := replace(p); !errors.Is(err, persons.ErrStale) {
			t.Errorf("Replace of an old version = %v, want %v", err, persons.ErrStale)
		}
		moved.Version = 2
		got, err := persons.Open(t.Context(), w.d, w.ring, dbtest.Tenant, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(moved, got); diff != "" {
			t.Errorf("Open (-want +got):\n%s", diff)
		}
		for _, c := range []persons.Contact{{Kind: persons.Phone, Value: anh.Phone}, {Kind: persons.Email, Value: anh.Email}} {
			if got := w.find(t, dbtest.Tenant, c); got != nil {
				t.Errorf("the old %s still finds %v", c.Kind, got)
			}
		}
		if got := w.find(t, dbtest.Tenant, persons.Contact{Kind: persons.Phone, Value: "+4930123456"}); len(got) != 1 {
			t.Errorf("the new phone finds %v", got)
		}
		nobody := moved
		nobody.ID = id.New[id.PersonKind]()
		if err := replace(nobody); !errors.Is(err, persons.ErrKey) {
			t.Errorf("Replace with another's key = %v, want %v", err, persons.ErrKey)
		}
	})
}

func TestErase(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		p, stays := w.put(t, anh), w.put(t, anh)
		key, err := w.ring.Get(t.Context(), dbtest.Tenant, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.ring.Shred(t.Context(), dbtest.Tenant, p.ID); err != nil {
			t.Fatal(err)
		}
		want := persons.Person{ID: p.ID, Country: "VN", Language: "vi", Erased: true, Version: 1, Created: dbtest.Now}
		wantErased := func() {
			t.Helper()
			got, err := persons.Open(t.Context(), w.d, w.ring, dbtest.Tenant, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Open (-want +got):\n%s", diff)
			}
		}
		wantErased() // the key alone is enough
		for _, first := range []bool{true, false} {
			err := w.step(t, func(ctx context.Context, tx *db.Tx) error {
				took, err := persons.Erase(ctx, tx, p.ID)
				if took != first {
					t.Errorf("Erase = %v, want %v", took, first)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		want.Language, want.Version = "", 2
		wantErased()
		if diff := cmp.Diff([]id.Person{stays.ID}, w.find(t, dbtest.Tenant, persons.Contact{Kind: persons.Phone, Value: anh.Phone})); diff != "" {
			t.Errorf("FindAll (-want +got):\n%s", diff)
		}
		late := p
		late.Version = 2
		err = w.step(t, func(ctx context.Context, tx *db.Tx) error { return persons.Replace(ctx, tx, key, w.ring, late) })
		if !errors.Is(err, persons.ErrErased) {
			t.Errorf("Replace after erasure = %v, want %v", err, persons.ErrErased)
		}
		err = w.step(t, func(ctx context.Context, tx *db.Tx) error {
			known, err := persons.Known(ctx, tx, []id.Person{p.ID, stays.ID, {9}})
			if diff := cmp.Diff(map[id.Person]bool{p.ID: true, stays.ID: true, {9}: false}, known); diff != "" {
				t.Errorf("Known (-want +got):\n%s", diff)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// A person whose key vanished without an erasure is a broken store, not an
// erased person.
func TestMissingKeyIsNotErasure(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		p := w.put(t, anh)
		err := w.step(t, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM keys_person WHERE tenant_id = ?`, tx.Tenant())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := persons.Open(t.Context(), w.d, w.ring, dbtest.Tenant, p.ID); !errors.Is(err, keys.ErrUnknown) {
			t.Errorf("Open = %+v, %v, want %v", got, err, keys.ErrUnknown)
		}
	})
}

func TestPutRefuses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		p := w.put(t, anh)
		key, err := w.ring.Get(t.Context(), dbtest.Tenant, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		for name, tt := range map[string]struct {
			bend func(*persons.Person)
			want error
		}{
			"national number": {func(p *persons.Person) { p.Phone = "0912345678" }, persons.ErrNotNormal},
			"upper case":      {func(p *persons.Person) { p.Email = "Anh@example.vn" }, persons.ErrNotNormal},
			"another's key":   {func(p *persons.Person) { p.ID = id.New[id.PersonKind]() }, persons.ErrKey},
		} {
			bent := p
			tt.bend(&bent)
			err := w.step(t, func(ctx context.Context, tx *db.Tx) error { return persons.Put(ctx, tx, key, w.ring, bent) })
			if !errors.Is(err, tt.want) {
				t.Errorf("%s: Put = %v, want %v", name, err, tt.want)
			}
		}
	})
}

// Nothing of a person is readable in the file, erased or not.
func TestNothingReadable(t *testing.T) {
	t.Parallel()
	h := dbtest.SQLite(t, keys.Schema(), persons.Schema())
	dir := filepath.Dir(h.URL)
	d := h.Open(t, db.Options{})
	r, err := keys.Open(t.Context(), d, keys.Options{RootFile: filepath.Join(dir, "root"), Ledger: filepath.Join(dir, "erasures")})
	if err != nil {
		t.Fatal(err)
	}
	p := world{d, r}.put(t, anh)
	if dbtest.Contains(t, dir, string(p.ID[:])) == "" {
		t.Fatal("not even the id is in the file: the scan sees nothing")
	}
	for _, text := range []string{anh.Name, anh.Phone, anh.Email, anh.Address.Street, anh.Address.City, anh.Address.Region, anh.Address.Postcode} {
		if where := dbtest.Contains(t, dir, text); where != "" {
			t.Errorf("%q is readable in %s", text, filepath.Base(where))
		}
	}
	if _, err := os.Stat(h.URL); err != nil {
		t.Fatal(err)
	}
}

func TestContactValid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringMatching(`\+[0-9]{6,15}`).Draw(t, "phone")
		if !(persons.Contact{Kind: persons.Phone, Value: value}).Valid() {
			t.Fatalf("%q is refused", value)
		}
	})
	for _, c := range []persons.Contact{
		{},
		{Kind: persons.Phone, Value: "+12345"},
		{Kind: persons.Phone, Value: "+1234567890123456"},
		{Kind: persons.Phone, Value: "+49 15112345678"},
		{Kind: persons.Phone, Value: "4915112345678"},
		{Kind: persons.Email, Value: "a@b@c"},
		{Kind: persons.Email, Value: "a b@c"},
		{Kind: persons.Email, Value: "a@B"},
		{Kind: "fax", Value: "+4915112345678"},
	} {
		if c.Valid() {
			t.Errorf("%+v is taken", c)
		}
	}
}
