package proofsvc_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/proof"
	"fettle.dev/fettle/modules/proof/proofsvc"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/leaf"
)

var mine, theirs = id.Case{15: 1}, id.Case{15: 2}

// cases is the desk, in memory: it knows two cases of one tenant.
type cases struct{}

func (cases) Brief(_ context.Context, tenant id.Tenant, c id.Case) (desk.Brief, error) {
	if tenant != dbtest.Tenant || c != mine && c != theirs {
		return desk.Brief{}, desk.ErrCaseNotFound
	}
	return desk.Brief{ID: c, Brand: id.Brand{byte(c[15])}}, nil
}

// kit is the log as the application puts it together.
type kit struct {
	*proofsvc.Module
	h    dbtest.Home
	d    *db.DB
	ring *keys.Ring
	dir  string
}

func each(t *testing.T, fn func(t *testing.T, k *kit)) {
	t.Helper()
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) { fn(t, open(t, h, t.TempDir())) }, leaf.Schema(), keys.Schema(), proofsvc.Schema())
}

// open is one more process on the database.
func open(t testing.TB, h dbtest.Home, dir string) *kit {
	t.Helper()
	d := h.Open(t, db.Options{})
	ring, err := keys.Open(t.Context(), d, keys.Options{RootFile: filepath.Join(dir, "root"), Ledger: filepath.Join(dir, "ledger")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ring.Close() })
	guard, err := access.New(access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &kit{proofsvc.New(proofsvc.Deps{DB: d, Ring: ring, Guard: guard, Desk: cases{}}), h, d, ring, dir}
}

func system(t testing.TB, tenant id.Tenant) context.Context {
	return access.With(t.Context(), access.System(tenant))
}

func (k *kit) promise(t testing.TB, tenant id.Tenant, c id.Case, key *keys.Key, n int) (out []id.Leaf) {
	t.Helper()
	err := k.d.InTx(t.Context(), tenant, func(ctx context.Context, tx *db.Tx) error {
		out = nil
		for i := range n {
			l, err := leaf.Append(ctx, tx, leaf.Entry{Kind: "service_record", Subject: c.Raw(), Record: map[string]int{"n": i}, Key: key})
			if err != nil {
				return err
			}
			out = append(out, l)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (k *kit) drain(t testing.TB) {
	t.Helper()
	if err := k.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// What was promised is pending, then proved offline by the log's key, however
// the log has grown since.
func TestProof(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := system(t, dbtest.Tenant)
		first := k.promise(t, dbtest.Tenant, mine, nil, 1)[0]
		if _, err := k.Proof(ctx, mine, first); !errors.Is(err, proof.ErrPending) {
			t.Errorf("before the log took it in = %v", err)
		}
		if list, err := k.OfCase(ctx, mine); err != nil || len(list) != 1 || !list[0].Pending || list[0].Index != -1 {
			t.Errorf("the case has %+v, %v", list, err)
		}
		k.drain(t)
		head, err := k.Head(ctx)
		if err != nil || head.Size != 1 {
			t.Fatalf("the head is %+v, %v", head, err)
		}
		for _, more := range []int{0, 1, 2, 300, 1} {
			rest := k.promise(t, dbtest.Tenant, mine, nil, more)
			k.drain(t)
			for _, l := range append(rest, first) {
				b, err := k.Proof(ctx, mine, l)
				if err != nil {
					t.Fatal(err)
				}
				if f, err := proof.Check(b, head.Key); err != nil || !f.Opened || f.LeafID != l.String() {
					t.Fatalf("the proof of %s finds %+v, %v", l, f, err)
				}
			}
		}
		if grown, err := k.Head(ctx); err != nil || grown.Size != 305 || grown.Key != head.Key || grown.Origin != head.Origin {
			t.Errorf("the head is %+v, %v", grown, err)
		}
	})
}

// A leaf is shown with its own case only, to those who may see it, and the logs
// of two tenants have nothing in common.
func TestWhoMay(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.promise(t, dbtest.Tenant, mine, nil, 1)[0]
		other := k.promise(t, dbtest.Other, mine, nil, 1)[0]
		k.drain(t)
		brand := func(n byte) context.Context {
			return access.With(t.Context(), access.Caller{
				Tenant: dbtest.Tenant, User: id.User{1}, Grants: []access.Grant{{Role: access.Brand, Scope: access.Scope{Kind: access.OfBrand, ID: id.Brand{n}.Raw()}}},
			})
		}
		for name, tt := range map[string]struct {
			ctx  context.Context
			c    id.Case
			leaf id.Leaf
			want error
		}{
			"its brand":           {brand(1), mine, l, nil},
			"another brand":       {brand(2), mine, l, access.ErrHidden},
			"with another case":   {brand(2), theirs, l, proof.ErrNotFound},
			"no case":             {system(t, dbtest.Tenant), id.Case{9}, l, proof.ErrNotFound},
			"no leaf":             {system(t, dbtest.Tenant), mine, id.Leaf{9}, proof.ErrNotFound},
			"another's leaf":      {system(t, dbtest.Tenant), mine, other, proof.ErrNotFound},
			"from another tenant": {system(t, dbtest.Other), mine, l, proof.ErrNotFound},
		} {
			if _, err := k.Proof(tt.ctx, tt.c, tt.leaf); !errors.Is(err, tt.want) {
				t.Errorf("%s: %v, want %v", name, err, tt.want)
			}
		}
		a, errA := k.Head(system(t, dbtest.Tenant))
		b, errB := k.Head(system(t, dbtest.Other))
		if err := errors.Join(errA, errB); err != nil || a.Key == b.Key || a.Origin == b.Origin || a.Size != 1 || b.Size != 1 {
			t.Errorf("the heads are %+v and %+v, %v", a, b, err)
		}
	})
}

// After an erasure the proof still holds; what it said can no longer be tied to it.
func TestErased(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		made, err := k.ring.Create(t.Context(), dbtest.Tenant, id.New[id.PersonKind]())
		if err != nil {
			t.Fatal(err)
		}
		l := k.promise(t, dbtest.Tenant, mine, made[0], 1)[0]
		k.drain(t)
		head, err := k.Head(system(t, dbtest.Tenant))
		if err != nil {
			t.Fatal(err)
		}
		if err := k.ring.Shred(t.Context(), dbtest.Tenant, made[0].Person()); err != nil {
			t.Fatal(err)
		}
		b, err := k.Proof(system(t, dbtest.Tenant), mine, l)
		if err != nil || !b.Erased || len(b.Salt) > 0 || b.Record != "" {
			t.Fatalf("the proof is %+v, %v", b, err)
		}
		if f, err := proof.Check(b, head.Key); err != nil || f.Opened {
			t.Errorf("it finds %+v, %v", f, err)
		}
	})
}

// Several processes take leaves in at once: each leaf has one place, no place is
// empty, and all of them are proved.
func TestSequencersAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		all := []*kit{k}
		for range 2 {
			all = append(all, open(t, k.h, k.dir))
		}
		var wg sync.WaitGroup
		for i, each := range all {
			wg.Go(func() {
				for range 5 {
					each.promise(t, dbtest.Tenant, mine, nil, 4)
					if err := each.Drain(t.Context()); err != nil {
						t.Errorf("process %d: %v", i, err)
					}
				}
			})
		}
		wg.Wait()
		k.drain(t)
		list, err := k.OfCase(system(t, dbtest.Tenant), mine)
		if err != nil || len(list) != 60 {
			t.Fatalf("%d leaves, %v", len(list), err)
		}
		places := map[int64]bool{}
		for _, l := range list {
			places[l.Index] = true
		}
		head, err := k.Head(system(t, dbtest.Tenant))
		if err != nil || head.Size != 60 || len(places) != 60 || places[-1] || !places[0] || !places[59] {
			t.Errorf("a log of %d with %d places, %v", head.Size, len(places), err)
		}
		for _, l := range list {
			b, err := k.Proof(system(t, dbtest.Tenant), mine, l.Leaf)
			if err == nil {
				_, err = proof.Check(b, head.Key)
			}
			if err != nil {
				t.Fatal(fmt.Errorf("%s: %w", l.Leaf, err))
			}
		}
	})
}
