package proofsvc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/proof/tlog"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/leaf"
)

const (
	batch  = 512                    // leaves in one step: about 20 ms on SQLite
	gather = 150 * time.Millisecond // lets leaves of one burst share a head
	look   = 700 * time.Millisecond // when nobody wakes us, as on PostgreSQL
)

// Sequence takes leaves in until ctx ends. Any number of processes may run it:
// inside a step, one of them holds a tenant's log at a time.
func (m *Module) Sequence(ctx context.Context, report func(error)) error {
	wake := make(chan struct{}, 1)
	defer leaf.Woken(m.db, func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	})()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
			if !pause(ctx, gather) {
				return nil
			}
		case <-time.After(look):
		}
		if err := m.Drain(ctx); err != nil && ctx.Err() == nil {
			report(err)
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// Drain takes in every leaf that is pending now, of every tenant.
func (m *Module) Drain(ctx context.Context) error {
	tenants, err := leaf.Waiting(ctx, m.db)
	if err != nil {
		return fmt.Errorf("look for pending leaves: %w", err)
	}
	var errs []error
	for _, t := range tenants {
		if err := m.drain(ctx, t); err != nil {
			errs = append(errs, fmt.Errorf("log of %s: %w", t, err))
		}
	}
	return errors.Join(errs...)
}

func (m *Module) drain(ctx context.Context, tenant id.Tenant) error {
	signer, err := m.signer(ctx, tenant)
	if err != nil {
		return err
	}
	for {
		n, err := m.takeIn(ctx, tenant, signer)
		if err != nil || n < batch {
			return err
		}
	}
}

// takeIn moves one batch of leaves into the tree and signs the new head.
func (m *Module) takeIn(ctx context.Context, tenant id.Tenant, signer note.Signer) (int, error) {
	return db.Do(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (int, error) {
		mine, err := tx.TryLock(ctx, "proof.log "+tenant.String())
		if err != nil || !mine {
			return 0, err
		}
		leaves, err := leaf.Pending(ctx, tx, batch)
		if err != nil || len(leaves) == 0 {
			return 0, err
		}
		old, err := head(ctx, tx)
		if err != nil {
			return 0, err
		}
		data := make([][]byte, len(leaves))
		for i, l := range leaves {
			data[i] = l.Data()
		}
		tree, tiles, err := tlog.Append(old, tileReader(ctx, tx), data)
		if err != nil {
			return 0, err
		}
		if err := leaf.Place(ctx, tx, leaves, old.Size); err != nil {
			return 0, err
		}
		checkpoint, err := tlog.Sign(tree, signer)
		if err != nil {
			return 0, err
		}
		return len(leaves), store(ctx, tx, tree, tiles, checkpoint)
	})
}

// signer returns the tenant's signing key, which it makes the first time.
func (m *Module) signer(ctx context.Context, tenant id.Tenant) (note.Signer, error) {
	key, err := m.ring.TenantKey(ctx, tenant)
	if err != nil {
		return nil, err
	}
	sealed, err := m.secret(ctx, tenant)
	if errors.Is(err, errNoLog) {
		sealed, err = m.found(ctx, tenant, key)
	}
	if err != nil {
		return nil, err
	}
	plain, err := key.Open(secretContext, sealed)
	if err != nil {
		return nil, err
	}
	return note.NewSigner(string(plain))
}
