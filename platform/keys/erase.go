package keys

import (
	"context"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// Erasure says that a person's key was destroyed, and when on the domain clock.
type Erasure struct {
	Tenant id.Tenant
	Person id.Person
	At     time.Time
}

type erased struct {
	tenant id.Tenant
	person id.Person
}

// Shred destroys the person's key for ever: whatever it sealed is noise from
// then on, here, in every replica and in every backup. The erasure is durable in
// the ledger before the key goes, so a crash in between ends with the key gone
// once the store is opened again. When Shred returns, SQLite's log holds the key
// no more either; if others keep it from being emptied it says so, and shredding
// again does what is left. Shredding twice, or a person who never had a key, is no
// error.
func (r *Ring) Shred(ctx context.Context, tenant id.Tenant, person id.Person) error {
	done, err := r.Erased(ctx, tenant, person)
	if err != nil {
		return err
	}
	if done {
		return r.db.Checkpoint(ctx)
	}
	return r.carryOut(ctx, []Erasure{{Tenant: tenant, Person: person, At: r.db.Now()().Truncate(time.Microsecond)}})
}

// Erasures lists every erasure of every tenant, oldest first.
func (r *Ring) Erasures(ctx context.Context) ([]Erasure, error) {
	var out []Erasure
	err := r.db.ReadAcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = selectErasures(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list erasures: %w", err)
	}
	return out, nil
}

// ReplayErasures carries out those erasures that this store does not know, for
// instance from the ledger of another machine after a restore. It must have
// returned before anything is served.
func (r *Ring) ReplayErasures(ctx context.Context, list []Erasure) error {
	known, err := r.Erasures(ctx)
	if err != nil {
		return err
	}
	return r.carryOut(ctx, without(list, known))
}

// reconcile makes the ledger and the table the same.
func (r *Ring) reconcile(ctx context.Context) error {
	written, err := r.ledger.read()
	if err != nil {
		return err
	}
	known, err := r.Erasures(ctx)
	if err != nil {
		return err
	}
	if err := r.ledger.add(without(known, written)); err != nil {
		return err
	}
	return r.destroy(ctx, without(written, known))
}

func (r *Ring) carryOut(ctx context.Context, list []Erasure) error {
	if err := r.ledger.add(list); err != nil {
		return err
	}
	return r.destroy(ctx, list)
}

func (r *Ring) destroy(ctx context.Context, list []Erasure) error {
	for _, e := range list {
		err := r.db.InTx(ctx, e.Tenant, func(ctx context.Context, tx *db.Tx) error {
			return destroy(ctx, tx, e)
		})
		if err != nil {
			return fmt.Errorf("shred key of %s: %w", e.Person, err)
		}
	}
	if len(list) == 0 {
		return nil
	}
	if err := r.db.Checkpoint(ctx); err != nil {
		return fmt.Errorf("empty the log of shredded keys: %w", err)
	}
	return nil
}

// without returns the erasures of list that are not among known, each once.
func without(list, known []Erasure) []Erasure {
	seen := make(map[erased]bool, len(known))
	for _, e := range known {
		seen[erased{e.Tenant, e.Person}] = true
	}
	var out []Erasure
	for _, e := range list {
		k := erased{e.Tenant, e.Person}
		if !seen[k] {
			seen[k] = true
			out = append(out, e)
		}
	}
	return out
}
