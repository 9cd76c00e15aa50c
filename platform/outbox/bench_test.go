package outbox_test

import (
	"context"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

// BenchmarkRelay publishes events of new subjects from 64 clients on SQLite with
// synchronous=FULL and delivers each to three subscribers that do nothing, so
// that what is measured is the outbox alone. At most 512 events are under way.
// An operation is one event.
func BenchmarkRelay(b *testing.B) {
	d := dbtest.SQLite(b, outbox.Schema()).Open(b, db.Options{})
	benchmarkRelay(b, d)
}

// BenchmarkRelayPostgres is the same on PostgreSQL; the CPU is of this process only.
func BenchmarkRelayPostgres(b *testing.B) {
	d := dbtest.Postgres(b, outbox.Schema()).Open(b, db.Options{})
	benchmarkRelay(b, d)
}

func benchmarkRelay(b *testing.B, d *db.DB) {
	const subscribers = 3
	var heard atomic.Int64
	var lag, worst atomic.Int64
	all := make(chan struct{})
	room := make(chan struct{}, 512)
	bus := outbox.New(d, outbox.Options{Observe: func(o outbox.Delivery) {
		lag.Add(int64(o.Lag))
		for w := worst.Load(); int64(o.Lag) > w && !worst.CompareAndSwap(w, int64(o.Lag)); w = worst.Load() {
		}
		n := heard.Add(1)
		if n%subscribers == 0 {
			<-room
		}
		if n == int64(b.N)*subscribers {
			close(all)
		}
	}})
	for _, name := range []string{"bench.a", "bench.b", "bench.c"} {
		outbox.On(bus, name, func(context.Context, *db.Tx, outbox.Meta, said) error { return nil })
	}
	ctx, cancel := context.WithCancel(b.Context())
	over := make(chan error)
	go func() { over <- bus.Run(ctx) }()

	b.ResetTimer()
	began, before := time.Now(), cpu(b)
	var clients sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(b.N))
	for range 64 {
		clients.Go(func() {
			for left.Add(-1) >= 0 {
				room <- struct{}{}
				e := said{Case: id.New[id.CaseKind](), Text: "the compressor starts, hums for ten seconds and stops; the display shows E4"}
				if err := d.InTx(ctx, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error { return bus.Publish(ctx, tx, e) }); err != nil {
					b.Error(err)
				}
			}
		})
	}
	clients.Wait()
	<-all
	took, spent := time.Since(began), cpu(b)-before
	b.StopTimer()
	n := float64(b.N)
	b.ReportMetric(n/took.Seconds(), "events/s")
	b.ReportMetric(float64(spent.Microseconds())/n, "µs-cpu/event")
	b.ReportMetric(float64(spent.Microseconds())/n/subscribers, "µs-cpu/delivery")
	b.ReportMetric(float64(lag.Load())/n/subscribers/1e6, "ms-lag-mean")
	b.ReportMetric(float64(worst.Load())/1e6, "ms-lag-worst")
	cancel()
	if err := <-over; err != nil {
		b.Error(err)
	}
}

// cpu is what this process has used so far, in user and system mode.
func cpu(tb testing.TB) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
