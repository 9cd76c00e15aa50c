package slasvc

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/platform/db"
)

// Open does in one step what the module does when each of the cases opens.
func (m *Module) Open(ctx context.Context, tenant id.Tenant, events []desk.CaseOpened) error {
	r, err := m.rules(ctx, tenant)
	if err != nil {
		return err
	}
	return m.db.InTx(ctx, tenant, func(ctx context.Context, tx *db.Tx) error {
		for _, e := range events {
			if err := m.opened(ctx, tx, e, r); err != nil {
				return err
			}
		}
		return nil
	})
}
