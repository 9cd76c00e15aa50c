package persons

import (
	"context"
	"errors"
	"fmt"

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

// Met is somebody who was recognised, or is new and needs to be written.
type Met struct {
	Key *keys.Key // theirs
	New Person    // zero ID: known already
}

// Meet recognises p by phone or e-mail, or makes a key for a new person with an id
// of their own. It may not be called in a step; Write belongs into the step that
// follows.
func Meet(ctx context.Context, d *db.DB, ring *keys.Ring, tenant id.Tenant, p Person) (Met, error) {
	known, err := Recognise(ctx, d, ring, tenant, p.Phone, p.Email)
	if err != nil || known != nil {
		return Met{Key: known}, err
	}
	p.ID = id.New[id.PersonKind]()
	made, err := ring.Create(ctx, tenant, p.ID)
	if err != nil {
		return Met{}, fmt.Errorf("make a person's key: %w", err)
	}
	return Met{made[0], p}, nil
}

// Write stores the person if they are new, in the caller's step.
func (m Met) Write(ctx context.Context, tx *db.Tx, ring *keys.Ring) error {
	if m.New.ID.IsZero() {
		return nil
	}
	return Put(ctx, tx, m.Key, ring, m.New)
}
