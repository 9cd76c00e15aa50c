package persons

import (
	"context"
	"errors"
	"fmt"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
)

// Open returns one person in clear, or ErrNotFound. After an erasure it returns
// a Person without texts whose Erased is true. It may not be called in a step.
func Open(ctx context.Context, d *db.DB, ring *keys.Ring, tenant id.Tenant, p id.Person) (Person, error) {
	got, err := OpenMany(ctx, d, ring, tenant, p)
	if err != nil {
		return Person{}, err
	}
	found, ok := got[p]
	if !ok {
		return Person{}, ErrNotFound
	}
	return found, nil
}

// OpenMany is Open for a page of a list: one read of each database. Persons that
// do not exist, and zero ids, are left out.
func OpenMany(ctx context.Context, d *db.DB, ring *keys.Ring, tenant id.Tenant, list ...id.Person) (map[id.Person]Person, error) {
	sealed, err := db.Get(ctx, d, tenant, func(ctx context.Context, tx *db.Tx) ([]Sealed, error) { return loadAll(ctx, tx, list) })
	if err != nil {
		return nil, err
	}
	var wanted []id.Person
	for _, s := range sealed {
		if !s.open.Erased {
			wanted = append(wanted, s.ID())
		}
	}
	ks, err := ring.Many(ctx, tenant, wanted...)
	if err != nil {
		return nil, err
	}
	out := make(map[id.Person]Person, len(sealed))
	for _, s := range sealed {
		p, err := s.openWith(ctx, ring, tenant, ks[s.ID()])
		if err != nil {
			return nil, err
		}
		out[s.ID()] = p
	}
	return out, nil
}

// openWith opens s. A key that is missing without an erasure is a broken store,
// and is not passed off as one.
func (s Sealed) openWith(ctx context.Context, ring *keys.Ring, tenant id.Tenant, k *keys.Key) (Person, error) {
	if k == nil && !s.open.Erased {
		gone, err := ring.Erased(ctx, tenant, s.ID())
		if err != nil {
			return Person{}, err
		}
		if !gone {
			return Person{}, fmt.Errorf("person %s: %w", s.ID(), keys.ErrUnknown)
		}
	}
	return s.Open(k)
}

// loadAll loads each person once.
func loadAll(ctx context.Context, tx *db.Tx, list []id.Person) (out []Sealed, err error) {
	seen := make(map[id.Person]bool, len(list))
	for _, p := range list {
		if p.IsZero() || seen[p] {
			continue
		}
		seen[p] = true
		s, err := Load(ctx, tx, p)
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return nil, err
		default:
			out = append(out, s)
		}
	}
	return out, nil
}
