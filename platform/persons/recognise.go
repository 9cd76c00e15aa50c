package persons

import (
	"context"
	"errors"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
)

// Recognise returns the key of the person who has the normalised phone number
// or e-mail address ("" is none), or nil when nobody has, or had and was erased.
// It may not be called in a step.
func Recognise(ctx context.Context, d *db.DB, ring *keys.Ring, tenant id.Tenant, phone, email string) (*keys.Key, error) {
	known := Person{Phone: phone, Email: email}.contacts()
	if len(known) == 0 {
		return nil, nil //nolint:nilnil // nobody is an answer
	}
	p, err := db.Get(ctx, d, tenant, func(ctx context.Context, tx *db.Tx) (p id.Person, err error) {
		found, err := FindEach(ctx, tx, ring, known...)
		for _, some := range found {
			if len(some) > 0 {
				return some[0], err
			}
		}
		return p, err
	})
	if err != nil || p.IsZero() {
		return nil, err
	}
	key, err := ring.Get(ctx, tenant, p)
	if errors.Is(err, keys.ErrErased) {
		return nil, nil //nolint:nilnil // nobody any more
	}
	return key, err
}
