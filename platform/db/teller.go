package db

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// teller tells other processes of PostgreSQL what steps of this one have notified.
// It does so on a connection of its own, after the step: a NOTIFY inside of one
// costs a message and, worse, PostgreSQL lets those who notify commit only one
// after the other, each with its own fsync.
type teller struct {
	config *pgx.ConnConfig
	pid    atomic.Uint32 // of the connection: this process knows already what it says

	mu      sync.Mutex
	waiting []note        // to be said, each once
	more    chan struct{} // holds one when something waits
	end     func()        // once
	closed  chan struct{}
	done    chan struct{}
}

type note struct{ channel, payload string }

const (
	// breath is how long a teller rests after it has spoken; what comes meanwhile
	// goes together.
	breath = 5 * time.Millisecond
	// farewell is how long it may take to say the last.
	farewell = 2 * time.Second
)

func newTeller(config *pgx.ConnConfig) *teller {
	t := &teller{config: config, more: make(chan struct{}, 1), closed: make(chan struct{}), done: make(chan struct{})}
	t.end = sync.OnceFunc(func() { close(t.closed) })
	go t.run()
	return t
}

// say has the note told soon, and once if it is waiting already.
func (t *teller) say(n note) {
	t.mu.Lock()
	if !slices.Contains(t.waiting, n) {
		t.waiting = append(t.waiting, n)
	}
	t.mu.Unlock()
	select {
	case t.more <- struct{}{}:
	default:
	}
}

// close says what waits and ends.
func (t *teller) close() {
	t.end()
	<-t.done
}

func (t *teller) take() (channels, payloads []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, n := range t.waiting {
		channels, payloads = append(channels, n.channel), append(payloads, n.payload)
	}
	t.waiting = nil
	return channels, payloads
}

func (t *teller) run() {
	defer close(t.done)
	var c *pgx.Conn
	for ending := false; !ending; {
		rest := breath
		select {
		case <-t.more:
		case <-t.closed:
			ending = true
		}
		var err error
		if c, err = t.tell(c); err != nil {
			// What was to be told is lost, which those who listen shall know. And the
			// connection's number may become another process's.
			t.pid.Store(0)
			t.say(note{channelMissed, ""})
			rest = reconnect
		}
		select {
		case <-time.After(rest):
		case <-t.closed:
		}
	}
	if c != nil {
		_ = c.Close(context.Background())
	}
}

// tell says what waits, on c or on a new connection if c is nil or broken.
func (t *teller) tell(c *pgx.Conn) (*pgx.Conn, error) {
	channels, payloads := t.take()
	if len(channels) == 0 {
		return c, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	if c == nil || c.IsClosed() {
		var err error
		if c, err = pgx.ConnectConfig(ctx, t.config); err != nil {
			return nil, err
		}
		t.pid.Store(c.PgConn().PID())
	}
	_, err := c.Exec(ctx, `SELECT pg_notify(n.channel, n.payload) FROM unnest($1::text[], $2::text[]) AS n(channel, payload)`, channels, payloads)
	return c, err
}
