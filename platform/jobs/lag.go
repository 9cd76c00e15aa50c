package jobs

import (
	"context"
	"sync/atomic"
	"time"

	"fettle.dev/fettle/platform/db"
)

// Lag is how far jobs of all tenants are behind.
type Lag struct {
	Late   map[string]time.Duration // by kind: since when its oldest due job waits, domain clock; kinds on time are not listed
	Parked int64                    // dead letters
}

// Lag measures how far jobs are behind, for metrics and health. It hops through
// an index and reads no more than one row for each kind and tenant.
func (r *Runner) Lag(ctx context.Context) (out Lag, err error) {
	err = r.db.ReadAcrossTenants(ctx, func(ctx context.Context, tx *db.Tx) error {
		out = Lag{Late: map[string]time.Duration{}}
		for _, name := range r.order {
			queues, err := r.kinds[name].queues(ctx, tx, true)
			if err != nil {
				return err
			}
			for _, q := range queues {
				if late := tx.Now().Sub(q.first); late > 0 {
					out.Late[name] = max(out.Late[name], late)
				}
			}
		}
		return tx.Row(ctx, `SELECT COUNT(*) FROM jobs_job WHERE parked_at IS NOT NULL`).Scan(&out.Parked)
	})
	return out, err
}

type counters struct {
	done, failed, parked, lost atomic.Int64
}

// Stats counts what this process has done since it started.
type Stats struct {
	Done   int64 // jobs done
	Failed int64 // runs that failed, the last ones included
	Parked int64 // jobs parked, and periodic ones put off to their next period
	Lost   int64 // leases that passed to others, or jobs cancelled, before the work was done
	Held   int64 // jobs leased now
}

// Stats returns the counters.
func (r *Runner) Stats() Stats {
	return Stats{r.count.done.Load(), r.count.failed.Load(), r.count.parked.Load(), r.count.lost.Load(), int64(r.held.Len())}
}
