package outbox

import (
	"context"

	"fettle.dev/fettle/platform/db"
)

// Renew and Sweep are one tick of what runs beside Run and Drain.
func (b *Bus) Renew(ctx context.Context) error { return b.renew(ctx) }

func (b *Bus) Sweep(ctx context.Context) error { return b.sweep(ctx) }

// RelayLock is held by the step that fans out.
const RelayLock = relayLock

// Fill takes every backfill one chunk on, as Run and Drain do now and then.
func (b *Bus) Fill(ctx context.Context) error {
	var fills backfills
	err := b.db.ReadAcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		fills, err = readBackfills(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	return b.fill(ctx, fills)
}
