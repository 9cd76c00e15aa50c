package solver

import (
	"time"

	"fettle.dev/fettle/kernel/clock"
)

// stopwatch starts to count what Limit speaks of.
func (o *Options) stopwatch() func() time.Duration {
	if begin, ok := computed(); ok && o.Computing {
		threads := time.Duration(max(1, o.Threads))
		return func() time.Duration {
			now, _ := computed()
			return (now - begin) / threads
		}
	}
	begin := clock.System()
	return func() time.Duration { return clock.System().Sub(begin) }
}
