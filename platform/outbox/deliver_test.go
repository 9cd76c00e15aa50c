package outbox_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

var errMoody = fault.New(fault.Conflict, "talktest.moody")

// moody refuses, breaks or panics now and then.
func moody(seed uint64) func(outbox.Meta) error {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 1))
	return func(outbox.Meta) error {
		mu.Lock()
		n := rng.IntN(24)
		mu.Unlock()
		switch n {
		case 0:
			return errMoody
		case 1:
			return errDeaf
		case 2:
			panic("the line is dead")
		default:
			return nil
		}
	}
}

// Several processes publish for the same cases and deliver, while handlers fail
// and panic: for each subscriber every case's events come in order, and each has
// its effect once.
func TestOrderOverProcesses(t *testing.T) {
	t.Parallel()
	const processes, cases, steps = 4, 12, 8
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var all []id.Case
		for range cases {
			all = append(all, newCase())
		}
		var running, publishing sync.WaitGroup
		var last *outbox.Bus
		var d *db.DB
		for p := range processes {
			mine := h.Open(t, db.Options{})
			d = mine
			o := options()
			o.MaxAttempts, o.Seed, o.Workers = 1000, uint64(p), 6
			b := outbox.New(mine, o)
			last = b
			ears(t, b, "test.porter", moody(uint64(p)))
			ears(t, b, "test.clerk", moody(uint64(p+100)))
			running.Go(func() {
				if err := b.Run(ctx); err != nil {
					t.Error(err)
				}
			})
			publishing.Go(func() {
				for step := range int64(steps) {
					for _, c := range all {
						talk(ctx, t, mine, b, c, step)
					}
				}
			})
		}
		publishing.Wait()
		drain(t, last)
		cancel()
		running.Wait()
		for _, name := range []string{"test.porter", "test.clerk"} {
			got := heard(t, d, dbtest.Tenant, name)
			for _, c := range all {
				if want := int64(processes * steps * 3 / 2); got[c] != want {
					t.Errorf("%s heard %d events of %v, want %d", name, got[c], c, want)
				}
			}
		}
		if pending, parked := lanes(t, last); pending != 0 || parked != 0 {
			t.Errorf("%d lanes pending, %d parked, want none", pending, parked)
		}
	}, schemas...)
}

// talk publishes one or two events of a case.
func talk(ctx context.Context, t *testing.T, d *db.DB, b *outbox.Bus, c id.Case, step int64) {
	err := d.InTx(ctx, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		if step%2 == 0 {
			return b.Publish(ctx, tx, word(c, step))
		}
		return b.Publish(ctx, tx, word(c, step), word(c, step+1))
	})
	if err != nil {
		t.Error(err)
	}
}

// stage is two processes on one database, whose machine clock the test moves.
// Each ask is announced and waits for its answer.
type stage struct {
	machine *clock.Set
	d       [2]*db.DB
	b       [2]*outbox.Bus
	asked   [2]chan outbox.Meta
	answer  [2]chan struct{}
	asks    atomic.Int64
}

func newStage(t *testing.T, h dbtest.Home) *stage {
	s := &stage{machine: clock.NewSet(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))}
	for i := range s.b {
		s.asked[i], s.answer[i] = make(chan outbox.Meta, 100), make(chan struct{})
		s.d[i] = h.Open(t, db.Options{Machine: s.machine.Now})
		s.b[i] = outbox.New(s.d[i], options())
		outbox.OnAsk(s.b[i], "test.slow", func(_ context.Context, m outbox.Meta, _ said) (int, error) {
			s.asks.Add(1)
			s.asked[i] <- m
			<-s.answer[i]
			return i, nil
		}, func(ctx context.Context, tx *db.Tx, m outbox.Meta, _ said, _ int) error {
			return hear(ctx, tx, t, "test.slow", m)
		})
	}
	return s
}

// start drains one of the two; what comes back says how it ended.
func (s *stage) start(t *testing.T, i int) chan error {
	over := make(chan error, 1)
	go func() { over <- s.b[i].Drain(t.Context()) }()
	return over
}

// A worker that sleeps through its lease has no effect when it wakes up, be the
// lane in other hands by then or done with and begun anew.
func TestFence(t *testing.T) {
	t.Parallel()
	for name, wakes := range map[string]func(t *testing.T, s *stage, c id.Case, other chan error){
		"while another is at it": func(t *testing.T, s *stage, c id.Case, other chan error) {
			close(s.answer[0])
			for s.b[0].Stats().Lost == 0 && len(s.asked[0]) == 0 {
				runtime.Gosched()
			}
			if got := heard(t, s.d[0], dbtest.Tenant, "test.slow")[c]; got != 0 {
				t.Errorf("the sleeper had an effect: %d events heard", got)
			}
			close(s.answer[1])
			must(t, <-other)
		},
		"when a new lane stands there": func(t *testing.T, s *stage, c id.Case, other chan error) {
			close(s.answer[1])
			must(t, <-other)
			publish(t, s.d[1], s.b[1], dbtest.Tenant, said{c, 3, ""})
			drain(t, outbox.New(s.d[1], options())) // makes the lane and cannot work on it
			close(s.answer[0])
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
				s := newStage(t, h)
				c := newCase()
				publish(t, s.d[0], s.b[0], dbtest.Tenant, said{c, 1, ""}, said{c, 2, ""})
				sleeper := s.start(t, 0)
				<-s.asked[0]
				s.machine.To(s.machine.Now().Add(31 * time.Second))
				must(t, s.b[1].Sweep(t.Context()))
				other := s.start(t, 1)
				<-s.asked[1]
				wakes(t, s, c, other)
				must(t, <-sleeper)
				if got := heard(t, s.d[0], dbtest.Tenant, "test.slow")[c]; got < 2 {
					t.Errorf("heard %d events, want all", got)
				}
				if lost := s.b[0].Stats().Lost; lost != 1 {
					t.Errorf("the sleeper lost %d leases, want 1", lost)
				}
			}, schemas...)
		})
	}
}

// A worker that is slow but alive keeps its lease.
func TestRenewal(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		s := newStage(t, h)
		c := newCase()
		publish(t, s.d[0], s.b[0], dbtest.Tenant, said{c, 1, ""})
		slow := s.start(t, 0)
		<-s.asked[0]
		for range 5 {
			s.machine.To(s.machine.Now().Add(20 * time.Second))
			must(t, s.b[0].Renew(t.Context()))
			must(t, s.b[1].Sweep(t.Context()))
		}
		close(s.answer[0])
		must(t, <-slow)
		if got, lost := heard(t, s.d[0], dbtest.Tenant, "test.slow")[c], s.b[0].Stats().Lost; got != 1 || lost != 0 || s.asks.Load() != 1 {
			t.Errorf("heard %d events in %d asks with %d leases lost, want 1, 1 and 0", got, s.asks.Load(), lost)
		}
	}, schemas...)
}

// A lane whose workers die over and over is parked like any other.
func TestVanishingWorkers(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		s := newStage(t, h)
		c := newCase()
		publish(t, s.d[0], s.b[0], dbtest.Tenant, said{c, 1, ""})
		slow := s.start(t, 0)
		<-s.asked[0]
		for range 8 { // as if each had taken it and died
			s.machine.To(s.machine.Now().Add(time.Hour))
			err := s.d[1].InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE outbox_lane SET fence = 7 WHERE tenant_id = ?`, tx.Tenant())
				return err
			})
			must(t, err)
			must(t, s.b[1].Sweep(t.Context()))
		}
		if err := s.b[1].Drain(t.Context()); err == nil {
			t.Error("Drain parked nothing")
		}
		if _, parked := lanes(t, s.b[1]); parked != 1 {
			t.Errorf("%d lanes are parked, want 1", parked)
		}
		close(s.answer[0])
		must(t, <-slow)
	}, schemas...)
}

// An event that only a newer version of the binary handles waits for it.
func TestOldVersionSkipsNothing(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		d := h.Open(t, db.Options{Conns: 1}) // who gives a lane back waits for no second connection
		older, newer := outbox.New(d, options()), outbox.New(d, options())
		outbox.On(older, "test.porter", func(ctx context.Context, tx *db.Tx, m outbox.Meta, _ said) error {
			return hear(ctx, tx, t, "test.porter", m)
		})
		ears(t, newer, "test.porter", willing)
		ears(t, newer, "test.clerk", willing) // the older one has not heard of it at all
		drain(t, older)
		drain(t, newer)
		c := newCase()
		publish(t, d, older, dbtest.Tenant, word(c, 1), word(c, 2), word(c, 3), word(c, 4))
		ctx, cancel := context.WithCancel(t.Context())
		over := make(chan error)
		go func() { over <- older.Run(ctx) }()
		drain(t, newer) // ends only when both have heard all four
		cancel()
		must(t, <-over)
		for _, name := range []string{"test.porter", "test.clerk"} {
			if got := heard(t, d, dbtest.Tenant, name)[c]; got != 4 {
				t.Errorf("%s heard %d events, want 4", name, got)
			}
		}
	}, schemas...)
}

// Run gives back what it holds when it is told to stop.
func TestRunStops(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		d := h.Open(t, db.Options{})
		b := outbox.New(d, options())
		ctx, cancel := context.WithCancel(t.Context())
		outbox.OnAsk(b, "test.slow", func(ctx context.Context, _ outbox.Meta, _ said) (int, error) {
			cancel()
			<-ctx.Done()
			return 0, ctx.Err()
		}, func(context.Context, *db.Tx, outbox.Meta, said, int) error { return errors.New("never asked") })
		c := newCase()
		publish(t, d, b, dbtest.Tenant, said{c, 1, ""})
		must(t, b.Run(ctx))
		if s := b.Stats(); s.Failed != 0 || s.Held != 0 {
			t.Errorf("after a stop: %+v, want no failure and nothing held", s)
		}
		other := outbox.New(d, options())
		outbox.On(other, "test.slow", func(ctx context.Context, tx *db.Tx, m outbox.Meta, _ said) error {
			return hear(ctx, tx, t, "test.slow", m)
		})
		soon, stop := context.WithTimeout(t.Context(), 10*time.Second) // were it still leased, it would take 30 s
		defer stop()
		must(t, other.Drain(soon))
		if got := heard(t, d, dbtest.Tenant, "test.slow")[c]; got != 1 {
			t.Errorf("heard %d events, want 1", got)
		}
	}, schemas...)
}
