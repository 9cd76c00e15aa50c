package db

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"zombiezen.com/go/sqlite"
)

// group is SQLite's one writer. An fsync is the price of a commit, so steps that
// wait while another commits share the next one: each runs inside a savepoint
// of one transaction, and all hear their outcome after its commit.
//
// What keeps members apart: a step that says no (a fault) is rolled back to its
// savepoint and the others go on. Anything stranger (an engine error, a panic, a
// savepoint that is gone) rolls the whole batch back before another member
// runs, and then each member is run alone. Hence steps are re-runnable.
type group struct {
	c      *liteConn
	queue  chan *member
	first  chan *member // goes before queue: see First
	chores chan chore   // go before both

	hands *hands // of the writer's goroutine alone

	mu     sync.RWMutex // held for writing by close, so that nobody sends to a closed queue
	closed bool
	done   chan struct{}
}

// A batch ends at this size or age; the age bounds how long a quick step can
// wait behind slow ones.
const (
	batchSize = 128
	batchTime = 50 * time.Millisecond
)

// courtesy is how often the writer lets others run before it commits without
// them. While processors are free it costs microseconds; when they are not, those
// who are about to hand in a step get to do so, and share the commit: at full
// speed of the intake that saves an eighth of its CPU.
const courtesy = 20

type member struct {
	ctx   context.Context // without cancel
	c     querier
	s     step
	taken atomic.Bool // by the writer, or by a caller that gave up
	err   error
	panic any
	done  chan struct{}
}

// chore is what the writer does between batches, outside of any transaction.
type chore struct {
	run  func(c *liteConn) error
	done chan<- error
}

func newGroup(c *liteConn) *group {
	c.conn.SetBusyTimeout(0) // begin waits
	g := &group{c: c, queue: make(chan *member, 1024), first: make(chan *member, 1024), chores: make(chan chore, 16), done: make(chan struct{})}
	go g.run()
	return g
}

func (g *group) close() {
	g.mu.Lock()
	if !g.closed {
		g.closed = true
		close(g.queue)
		close(g.first)
	}
	g.mu.Unlock()
	<-g.done
}

// do hands the step to the writer and waits for its outcome.
func (g *group) do(ctx context.Context, s step) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m := &member{ctx: context.WithValue(context.WithoutCancel(ctx), insideKey{}, true), c: g.c, s: s, done: make(chan struct{})}
	if err := g.enqueue(ctx, m); err != nil {
		return err
	}
	select {
	case <-m.done:
	case <-ctx.Done():
		if m.taken.CompareAndSwap(false, true) {
			return ctx.Err() // it has not begun and never will
		}
		<-m.done
	}
	if m.panic != nil {
		panic(m.panic)
	}
	if m.err != nil {
		return m.err
	}
	for _, fn := range m.s.tx.after {
		fn()
	}
	return nil
}

// between has the writer run fn as soon as it has ended its batch. It is for what
// needs the writer's lock, which from elsewhere is hard to get while it works.
func (g *group) between(fn func(c *liteConn) error) error {
	done := make(chan error, 1)
	g.mu.RLock()
	if g.closed {
		g.mu.RUnlock()
		return ErrClosed
	}
	g.chores <- chore{fn, done}
	g.mu.RUnlock()
	return <-done
}

func (g *group) enqueue(ctx context.Context, m *member) error {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.closed {
		return ErrClosed
	}
	queue := g.queue
	if ctx.Value(firstKey{}) != nil {
		queue = g.first
	}
	select {
	case queue <- m:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

type firstKey struct{}

// First returns a context whose steps go before others that wait for SQLite's
// writer, and for which connections to PostgreSQL are kept. It is for work that
// follows from what was acknowledged already (events, jobs, leaves), so that under
// load the intake slows down instead of the backlog growing; and such work is
// bounded by the intake, so nobody starves.
func First(ctx context.Context) context.Context { return context.WithValue(ctx, firstKey{}, true) }

func (g *group) run() {
	defer close(g.done)
	defer func() {
		if g.hands != nil {
			close(g.hands.work)
		}
	}()
	for {
		m := g.next()
		if m == nil {
			break
		}
		if m.taken.CompareAndSwap(false, true) {
			g.batch(m)
		}
	}
	g.tidy()
}

// tidy does the chores that wait.
func (g *group) tidy() {
	for {
		select {
		case c := <-g.chores:
			c.done <- c.run(g.c)
		default:
			return
		}
	}
}

// next waits for a member, and does chores meanwhile; nil once both queues are
// closed and empty.
func (g *group) next() *member {
	for {
		g.tidy()
		select {
		case m, open := <-g.first:
			if open {
				return m
			}
			return <-g.queue // closed together: what is left, then nil
		default:
		}
		select {
		case m, open := <-g.first:
			if open {
				return m
			}
			return <-g.queue
		case m, open := <-g.queue:
			if open {
				return m
			}
			return <-g.first
		case c := <-g.chores:
			c.done <- c.run(g.c)
		}
	}
}

// begin takes the file's lock, which another process may hold: a command of the
// operator, or a server that is being replaced. It looks every millisecond, because
// a writer that is busy leaves the lock for a moment only between two batches;
// SQLite's own waiting soon looks ten times a second and would never find it free.
func (g *group) begin(ctx context.Context) error {
	for end := time.Now().Add(busy); ; { //nolint:forbidigo // the machine's own, as SQLite's
		_, err := g.c.exec(ctx, "BEGIN IMMEDIATE")
		if code(err).ToPrimary() != sqlite.ResultBusy || time.Now().After(end) { //nolint:forbidigo // the same
			return err
		}
		time.Sleep(time.Millisecond)
	}
}

// batch runs first and whoever else is waiting, and tells them their outcomes.
func (g *group) batch(first *member) {
	ctx := context.Background()
	if err := g.begin(ctx); err != nil {
		first.end(lite(err))
		return
	}
	members := []*member{first}
	sound := g.savepoint(ctx, first)
	for end := first.s.db.machine().Add(batchTime); sound && len(members) < batchSize && first.s.db.machine().Before(end); {
		m := g.another()
		if m == nil {
			break
		}
		members = append(members, m)
		sound = g.savepoint(ctx, m)
	}
	if sound {
		_, err := g.c.exec(ctx, "COMMIT")
		sound = err == nil
	}
	if !sound {
		g.singly(ctx, members)
		return
	}
	for _, m := range members {
		close(m.done)
	}
}

// another takes the next member that is ready now or soon, or nil.
func (g *group) another() *member {
	for range courtesy {
		if m := g.waiting(); m != nil {
			return m
		}
		runtime.Gosched()
	}
	return g.waiting()
}

// waiting takes the next member that is ready now, or nil.
func (g *group) waiting() *member {
	for _, queue := range []chan *member{g.first, g.queue} {
		for more := true; more; {
			select {
			case m, open := <-queue:
				if more = open; open && m.taken.CompareAndSwap(false, true) {
					return m
				}
			default:
				more = false
			}
		}
	}
	return nil
}

// savepoint runs m inside the open transaction and reports whether the
// transaction can still be trusted.
func (g *group) savepoint(ctx context.Context, m *member) (sound bool) {
	if _, err := g.c.exec(ctx, "SAVEPOINT m"); err != nil {
		return false
	}
	g.attempt(m)
	if m.err != nil {
		if !isFault(m.err) {
			return false
		}
		if _, err := g.c.exec(ctx, "ROLLBACK TO m"); err != nil {
			return false
		}
	}
	_, err := g.c.exec(ctx, "RELEASE m") // fails if the engine rolled back behind us
	return err == nil
}

// singly forgets the batch and runs each member in a transaction of its own.
func (g *group) singly(ctx context.Context, members []*member) {
	g.rollback(ctx)
	for _, m := range members {
		m.end(g.alone(ctx, m))
	}
}

func (g *group) alone(ctx context.Context, m *member) error {
	for range retries {
		if err := g.begin(ctx); err != nil {
			return lite(err)
		}
		g.attempt(m)
		if m.err != nil {
			g.rollback(ctx)
			if errors.Is(m.err, ErrRetry) {
				continue
			}
			return lite(m.err)
		}
		if _, err := g.c.exec(ctx, "COMMIT"); err != nil {
			g.rollback(ctx)
			return unsure(err)
		}
		return nil
	}
	return ErrUnavailable.Because(m.err)
}

// rollback may find no transaction, when the engine has rolled back by itself.
func (g *group) rollback(ctx context.Context) { _, _ = g.c.exec(ctx, "ROLLBACK") }

func (m *member) end(err error) {
	m.err = err
	close(m.done)
}

// errPanic stands for a panic until the caller's goroutine hears it.
var errPanic = errors.New("db: the step panicked")

// errExit is for a step that ended its goroutine (runtime.Goexit, as t.Fatal
// does); it runs on one of its own so that the writer lives on.
var errExit = errors.New("db: the step ended its goroutine")

// hands run steps on a goroutine of their own, so that a step that ends its
// goroutine does not end the writer. The goroutine stays from step to step,
// because growing a fresh stack costs more than many a step does.
type hands struct {
	work chan *member
	over chan bool // false: the goroutine has ended with the step
}

func newHands() *hands {
	h := &hands{work: make(chan *member), over: make(chan bool)}
	go h.run()
	return h
}

func (h *hands) run() {
	alive := false
	defer func() {
		if !alive {
			h.over <- false
		}
	}()
	for m := range h.work {
		alive = false
		m.try()
		alive = true
		h.over <- true
	}
	alive = true
}

// attempt runs the member's function once; m.err says how it went.
func (g *group) attempt(m *member) {
	m.err, m.panic = errExit, nil
	if g.hands == nil {
		g.hands = newHands()
	}
	g.hands.work <- m
	if !<-g.hands.over {
		g.hands = nil
	}
}

func (m *member) try() {
	defer func() {
		if p := recover(); p != nil {
			m.err, m.panic = errPanic, fmt.Sprintf("%v\n%s", p, debug.Stack())
		}
	}()
	m.err = m.s.run(m.ctx, m.c, false)
}
