package vaultsvc_test

import (
	"errors"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/persons"
)

// Keys of persons who were never written go after a day; the rest stays.
func TestSweep(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		machine := clock.NewSet(dbtest.Now)
		d := h.Open(t, db.Options{Machine: machine.Now})
		k := newKit(t, d, d, t.TempDir())
		p, orphan := k.enter(t, anh), id.New[id.PersonKind]()
		if _, err := k.ring.Create(t.Context(), dbtest.Tenant, orphan); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			after time.Duration
			want  error
		}{{23 * time.Hour, nil}, {25 * time.Hour, keys.ErrUnknown}} {
			machine.To(dbtest.Now.Add(tt.after))
			if err := k.Sweep(t.Context(), dbtest.Tenant); err != nil {
				t.Fatal(err)
			}
			if _, err := k.ring.Get(t.Context(), dbtest.Tenant, orphan); !errors.Is(err, tt.want) {
				t.Errorf("the orphan's key after %s: %v, want %v", tt.after, err, tt.want)
			}
		}
		if got, err := persons.Open(t.Context(), d, k.ring, dbtest.Tenant, p.ID); err != nil || got.Name != p.Name {
			t.Errorf("a person in use: %+v, %v", got, err)
		}
	}, append(schemas(), keys.Schema())...)
}
