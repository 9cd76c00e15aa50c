package keys

import (
	"context"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// sweepPage is how many keys one step of a sweep looks at.
const sweepPage = 500

// Sweep deletes the tenant's keys that were made before the machine time given
// and that nothing refers to: those of steps that never happened. For each page
// of persons, referenced returns those that have data. The time must lie
// further back than any request can last; an hour is ample. Sweep reads every
// key of the tenant, so it is for the quiet hours. It returns how many it
// deleted.
func (r *Ring) Sweep(ctx context.Context, tenant id.Tenant, before time.Time,
	referenced func(ctx context.Context, persons []id.Person) (map[id.Person]bool, error),
) (deleted int, err error) {
	for after := (id.Person{}); ; {
		page, err := db.Get(ctx, r.db, tenant, func(ctx context.Context, tx *db.Tx) ([]id.Person, error) {
			return selectOlder(ctx, tx, before, after, sweepPage)
		})
		if err != nil {
			return deleted, fmt.Errorf("sweep person keys: %w", err)
		}
		if len(page) == 0 {
			return deleted, nil
		}
		after = page[len(page)-1]
		used, err := referenced(ctx, page)
		if err != nil {
			return deleted, fmt.Errorf("sweep person keys: %w", err)
		}
		n, err := r.deleteOrphans(ctx, tenant, page, used)
		deleted += n
		if err != nil {
			return deleted, fmt.Errorf("sweep person keys: %w", err)
		}
	}
}

func (r *Ring) deleteOrphans(ctx context.Context, tenant id.Tenant, page []id.Person, used map[id.Person]bool) (int, error) {
	var orphans []id.Person
	for _, p := range page {
		if !used[p] {
			orphans = append(orphans, p)
		}
	}
	if len(orphans) == 0 {
		return 0, nil
	}
	n, err := db.Do(ctx, r.db, tenant, func(ctx context.Context, tx *db.Tx) (int64, error) {
		return deletePersons(ctx, tx, orphans)
	})
	return int(n), err
}
