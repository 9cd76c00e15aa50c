package db

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"fettle.dev/fettle/kernel/id"
)

// view is an open read transaction of one tenant, or across them.
type view interface {
	run(ctx context.Context, s step) error
	end()
}

// Snapshot gives fn a context whose reads share a transaction, so that asking
// several modules costs one and their answers belong together. Reads of another
// tenant, those that run side by side and those after a step of fn see a fresh
// snapshot. Nothing slow belongs into fn, nor a step that is not given fn's
// context: until fn returns, it keeps a connection from others.
func (d *DB) Snapshot(ctx context.Context, fn func(ctx context.Context) error) error {
	if d.snapshot(ctx) != nil {
		return fn(ctx)
	}
	s := &snapshot{d: d}
	defer s.close()
	return fn(context.WithValue(ctx, snapshotKey{d}, s))
}

type snapshotKey struct{ d *DB }

func (d *DB) snapshot(ctx context.Context) *snapshot {
	s, _ := ctx.Value(snapshotKey{d}).(*snapshot)
	return s
}

// snapshot lends one view to the reads of a context, one after the other.
type snapshot struct {
	d *DB

	old atomic.Bool // a step was made since: the next read begins anew

	mu     sync.Mutex
	closed bool
	tenant id.Tenant
	view   view // nil until the first read
}

func (d *DB) read(ctx context.Context, s step) error {
	shared := d.snapshot(ctx)
	if shared == nil {
		return d.readAlone(ctx, s)
	}
	for !shared.mu.TryLock() { // another goroutine reads it, or somebody further up
		if done, err := d.beside(ctx, s); done {
			return err
		}
	}
	defer shared.mu.Unlock()
	if shared.closed {
		return d.readAlone(ctx, s)
	}
	return shared.read(ctx, s)
}

// patience is how long a read beside a snapshot waits for a connection of its own
// before it looks whether the snapshot's is free. It never just waits: whoever has
// the connections may be waiting in the same way, each holding one.
const patience = 2 * time.Millisecond

// beside reads on a connection of its own, if there soon is one.
func (d *DB) beside(ctx context.Context, s step) (done bool, err error) {
	soon, cancel := context.WithTimeout(First(ctx), patience)
	defer cancel()
	v, err := d.engine.view(soon, s.tenant)
	switch {
	case err == nil:
		defer v.end()
		return true, v.run(ctx, s)
	case ctx.Err() != nil:
		return true, ctx.Err()
	default:
		return soon.Err() == nil, err
	}
}

func (d *DB) readAlone(ctx context.Context, s step) error {
	v, err := d.engine.view(ctx, s.tenant)
	if err != nil {
		return err
	}
	defer v.end()
	return v.run(ctx, s)
}

// read runs s on the view and gives it up when it may not be good any more.
func (s *snapshot) read(ctx context.Context, st step) (err error) {
	if s.old.Swap(false) || s.tenant != st.tenant {
		s.drop()
	}
	if s.view == nil {
		if s.view, err = s.d.engine.view(ctx, st.tenant); err != nil {
			return err
		}
		s.tenant = st.tenant
	}
	sound := false
	defer func() {
		if !sound { // a panic too
			s.drop()
		}
	}()
	err = s.view.run(ctx, st)
	sound = err == nil || isFault(err)
	return err
}

func (s *snapshot) drop() {
	if s.view != nil {
		s.view.end()
		s.view = nil
	}
}

func (s *snapshot) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop()
	s.closed = true
}

// fresh gives up the snapshot of ctx, if there is one, before a step: what is read
// afterwards sees what the step wrote, and nobody waits for a connection while
// holding one. It does not wait for a read that is under way.
func (d *DB) fresh(ctx context.Context) {
	s := d.snapshot(ctx)
	if s == nil {
		return
	}
	s.old.Store(true)
	if s.mu.TryLock() {
		s.drop()
		s.mu.Unlock()
	}
}
