package lease_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"fettle.dev/fettle/platform/jobs/lease"
)

// What is done again and again goes on when its context has ended, and is over when it is
// stopped.
func TestEvery(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var times atomic.Int64
		stop := lease.Every(ctx, time.Second, func(context.Context) { times.Add(1) })
		cancel()
		time.Sleep(3*time.Second + time.Millisecond)
		stop()
		if n := times.Load(); n != 3 {
			t.Errorf("%d times in three seconds", n)
		}
		time.Sleep(time.Minute)
		if n := times.Load(); n != 3 {
			t.Errorf("%d times after it was stopped", n)
		}
	})
}

// A pause ends by itself, by who wakes it, and with its context.
func TestPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		woken := make(chan struct{}, 1)
		for _, tt := range []struct {
			name string
			end  func(cancel context.CancelFunc)
			want time.Duration
		}{
			{"by itself", func(context.CancelFunc) {}, time.Minute},
			{"woken", func(context.CancelFunc) { woken <- struct{}{} }, time.Second},
			{"given up", func(cancel context.CancelFunc) { cancel() }, time.Second},
		} {
			ctx, cancel := context.WithCancel(t.Context())
			begin := time.Now()
			time.AfterFunc(time.Second, func() { tt.end(cancel) })
			lease.Pause(ctx, time.Minute, woken)
			if d := time.Since(begin); d != tt.want {
				t.Errorf("%s: it took %v, want %v", tt.name, d, tt.want)
			}
			cancel()
		}
	})
}
