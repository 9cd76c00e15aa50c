package outbox

import "context"

// Renew and Sweep are one tick of what runs beside Run and Drain.
func (b *Bus) Renew(ctx context.Context) error { return b.renew(ctx) }

func (b *Bus) Sweep(ctx context.Context) error { return b.sweep(ctx) }
