package vaultsvc

import (
	"context"
	"errors"
	"fmt"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/persons"
)

// erase destroys the person's key, and with it everything that it sealed; then
// it takes away what leads to the person and tells the others. The key goes
// first: should the machine stop in between, Replay does the rest. Erasing twice
// is no error.
func (m *Module) erase(ctx context.Context, p id.Person) (changed, error) {
	caller, _, err := m.may(ctx, "person.erase", p)
	if err != nil {
		return changed{}, err
	}
	if err := m.ring.Shred(ctx, caller.Tenant, p); err != nil {
		return changed{}, err
	}
	done, err := command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (changed, error) { return m.forget(ctx, tx, p) })
	if err != nil {
		return changed{}, err
	}
	if _, err := m.files.Forget(ctx, m.db, caller.Tenant, p); err != nil {
		return changed{}, err
	}
	return done, nil
}

// forget is the part of an erasure that is one step. It publishes the event
// once, however often it runs.
func (m *Module) forget(ctx context.Context, tx *db.Tx, p id.Person) (changed, error) {
	took, err := persons.Erase(ctx, tx, p)
	if err != nil {
		return changed{}, err
	}
	if err := m.mail.Forget(ctx, tx, p); err != nil {
		return changed{}, err
	}
	if err := answerErasures(ctx, tx, p); err != nil {
		return changed{}, err
	}
	s, err := persons.Load(ctx, tx, p)
	if err != nil {
		return changed{}, err
	}
	done := changed{ID: p, Version: s.Plain().Version, Erased: true}
	if !took {
		return done, nil
	}
	return done, m.bus.Publish(ctx, tx, vault.PersonErased{Person: p})
}

// Replay finishes every erasure that the key store knows of and the database
// does not: one that the machine stopped in the middle of, and those that a
// restored backup has forgotten. It returns how many it finished, and must have
// returned before anything is served.
func (m *Module) Replay(ctx context.Context) (finished int, err error) {
	list, err := m.ring.Erasures(ctx)
	if err != nil {
		return 0, err
	}
	for _, e := range list {
		left, err := m.leftOver(ctx, e.Tenant, e.Person)
		if err != nil {
			return finished, fmt.Errorf("replay erasure of %s: %w", e.Person, err)
		}
		if !left {
			continue
		}
		err = m.db.InTx(ctx, e.Tenant, func(ctx context.Context, tx *db.Tx) error {
			_, err := m.forget(ctx, tx, e.Person)
			return err
		})
		if err == nil {
			_, err = m.files.Forget(ctx, m.db, e.Tenant, e.Person)
		}
		if err != nil {
			return finished, fmt.Errorf("replay erasure of %s: %w", e.Person, err)
		}
		finished++
	}
	return finished, nil
}

// leftOver reports whether something of an erased person is still there.
func (m *Module) leftOver(ctx context.Context, tenant id.Tenant, p id.Person) (bool, error) {
	return db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (bool, error) {
		s, err := persons.Load(ctx, tx, p)
		if errors.Is(err, persons.ErrNotFound) {
			return false, nil
		}
		if err != nil || !s.Plain().Erased {
			return err == nil, err
		}
		kept, err := m.files.ByPerson(ctx, tx, p)
		return len(kept) > 0, err
	})
}
