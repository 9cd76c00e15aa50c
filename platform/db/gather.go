package db

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
)

// Gather has those who ask for the same kind of step at the same time share one:
// while a step runs, items gather, and the next takes them all. It is for steps
// of one row each. SQLite's writer shares commits by itself; this shares the step too.
type Gather[T any] struct {
	run func(items []T) error

	mu      sync.Mutex
	waiting []*gathered[T]
	busy    bool
}

type gathered[T any] struct {
	item T
	err  error
	done chan struct{}
}

// gatherMost is how many share a step.
const gatherMost = 64

// NewGather returns a Gather whose steps are what run does, which makes all of its
// items durable or none.
func NewGather[T any](run func(items []T) error) *Gather[T] { return &Gather[T]{run: run} }

// Do returns once the item's step has ended. When a shared step is refused, each
// of its items gets one of its own, so that nobody hears of another's error or
// panic. If ctx ends first its error is returned, and the step may yet be made.
func (g *Gather[T]) Do(ctx context.Context, item T) error {
	if Inside(ctx) {
		return ErrNested
	}
	w := &gathered[T]{item: item, done: make(chan struct{})}
	g.mu.Lock()
	g.waiting = append(g.waiting, w)
	first := !g.busy
	g.busy = true
	g.mu.Unlock()
	if first {
		go g.work()
	}
	select {
	case <-w.done:
		return w.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *Gather[T]) work() {
	for batch := g.next(); batch != nil; batch = g.next() {
		items := make([]T, len(batch))
		for i, w := range batch {
			items[i] = w.item
		}
		err := g.try(items)
		refused := err != nil && !errors.Is(err, ErrUnavailable) && !errors.Is(err, ErrUnknownOutcome)
		for i, w := range batch {
			if w.err = err; refused && len(batch) > 1 {
				w.err = g.try(items[i : i+1])
			}
		}
		for _, w := range batch {
			close(w.done)
		}
	}
}

// try makes a panic an error: nobody above this goroutine would recover it.
func (g *Gather[T]) try(items []T) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v\n%s", errPanic, p, debug.Stack())
		}
	}()
	return g.run(items)
}

// next takes those who wait; nil when nobody does, and then nobody works.
func (g *Gather[T]) next() []*gathered[T] {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), gatherMost)
	if n == 0 {
		g.busy, g.waiting = false, nil
		return nil
	}
	batch := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	return batch
}
