// Package lease is what the outbox and the job runner share: how a worker holds
// a row for a while, how long a failure rests, and what may be stored of an error.
//
// A lease is a row's ready_at in the future together with a fence, a number that
// nobody else ever draws. Time decides who may take the row over; only the fence
// decides who may finish it, so a worker that slept through its lease writes
// nothing. Leases are measured on the machine clock.
package lease

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
)

// ErrLost says that the lease has passed to somebody else. It is a fault, so a
// step that ends with it is rolled back without disturbing its neighbours.
var ErrLost = fault.New(fault.Conflict, "platform.lease_lost")

// Free is the fence of a row that nobody holds.
const Free int64 = 0

// NewFence draws a fence that no other holder, in any process, will draw. Rows
// are deleted and made again under the same key, so counting up is not enough.
func NewFence() int64 {
	raw := id.New[id.EventKind]() // its last eight bytes are random
	return int64(binary.BigEndian.Uint64(raw[8:])>>1) | 1
}

// Backoff says how long the n-th failure in a row rests: Base doubled each time,
// Max at most, of which up to half is taken away at random so that what failed
// together does not return together. It is safe for concurrent use.
type Backoff struct {
	Base, Max time.Duration

	mu  sync.Mutex
	rng *rand.Rand
}

// NewBackoff returns a Backoff whose jitter follows from the seed.
func NewBackoff(base, most time.Duration, seed uint64) *Backoff {
	return &Backoff{Base: base, Max: most, rng: rand.New(rand.NewPCG(seed, 0x6c65617365))}
}

// After is the rest after failure number n, counted from 1.
func (b *Backoff) After(n int64) time.Duration {
	d := b.Max
	if shift := min(max(n, 1)-1, 62); b.Base <= (b.Max-1)>>shift { // not Base<<shift, which overflows
		d = b.Base << shift
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return d - time.Duration(b.rng.Int64N(int64(d)/2+1))
}

// Panic is a panic of a handler as an error.
type Panic struct {
	Value any
	Stack []byte
}

// Error names the type of what was thrown, never what it says.
func (p *Panic) Error() string { return fmt.Sprintf("panic of type %T", p.Value) }

// Code is what may be stored and logged of err: the code of the fault in it, or
// the Go type of its innermost cause. Messages may hold personal data.
func Code(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	var p *Panic
	if errors.As(err, &p) {
		return p.Error()
	}
	return fmt.Sprintf("%T", innermost(err))
}

func innermost(err error) error {
	for {
		switch e := err.(type) { //nolint:errorlint // this is the walk down the chain itself
		case interface{ Unwrap() error }:
			next := e.Unwrap()
			if next == nil {
				return err
			}
			err = next
		case interface{ Unwrap() []error }:
			all := e.Unwrap()
			if len(all) == 0 {
				return err
			}
			err = all[0]
		default:
			return err
		}
	}
}

// Held is the set of leases that this process holds, so that one renewer can
// prolong those of slow work. K is the key of the row with its fence.
type Held[K comparable] struct {
	mu  sync.Mutex
	all map[K]grip
}

type grip struct {
	until  time.Time
	cancel context.CancelCauseFunc
}

// Add notes a lease that ends at until; cancel is called when it is lost.
func (h *Held[K]) Add(k K, until time.Time, cancel context.CancelCauseFunc) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all == nil {
		h.all = map[K]grip{}
	}
	h.all[k] = grip{until, cancel}
}

// Drop forgets a lease that has been given back.
func (h *Held[K]) Drop(k K) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.all, k)
}

// Len is how many leases are held.
func (h *Held[K]) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.all)
}

// Ending lists the leases that end before t.
func (h *Held[K]) Ending(t time.Time) (out []K) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for k, g := range h.all {
		if g.until.Before(t) {
			out = append(out, k)
		}
	}
	return out
}

// Extend notes that a lease now ends at until.
func (h *Held[K]) Extend(k K, until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if g, ok := h.all[k]; ok {
		g.until = until
		h.all[k] = g
	}
}

// Lose cancels the work under a lease that has passed to somebody else.
func (h *Held[K]) Lose(k K) {
	h.mu.Lock()
	g, ok := h.all[k]
	delete(h.all, k)
	h.mu.Unlock()
	if ok {
		g.cancel(ErrLost)
	}
}
