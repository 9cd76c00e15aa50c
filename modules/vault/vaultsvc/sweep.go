package vaultsvc

import (
	"context"
	"errors"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/persons"
)

// orphanAge is how long a key or a blob may wait for the step that uses it. No
// import and no clock that is off by hours comes near it.
const orphanAge = 24 * time.Hour

// Sweep deletes what belongs to steps of the tenant that never happened: keys of
// persons who were never written, blobs without a row, uploads that nothing
// kept. It reads every key of the tenant and is daily work. Everybody who makes
// a person key writes that person with persons.Put: a key without one is lost
// here.
func (m *Module) Sweep(ctx context.Context, tenant id.Tenant) error {
	before := m.db.Machine()().Add(-orphanAge)
	_, keyErr := m.ring.Sweep(ctx, tenant, before, func(ctx context.Context, list []id.Person) (map[id.Person]bool, error) {
		return db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (map[id.Person]bool, error) {
			return persons.Known(ctx, tx, list)
		})
	})
	_, fileErr := m.files.Sweep(ctx, m.db, tenant, before)
	return errors.Join(keyErr, fileErr)
}
