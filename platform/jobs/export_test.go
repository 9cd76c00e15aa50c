package jobs

import "context"

// Renew and Sweep are one tick of what runs beside Run and Drain.
func (r *Runner) Renew(ctx context.Context) error { return r.renew(ctx) }

func (r *Runner) Sweep(ctx context.Context) error { return r.sweep(ctx) }
