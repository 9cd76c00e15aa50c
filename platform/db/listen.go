package db

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// reconnect is how long the listener rests before it tries again.
const reconnect = 2 * time.Second

// Listen has fn called for every payload that any process sends on the channel
// after now, until the returned function is called. A lost connection loses
// payloads: they are hints, never facts. Missed says when that was possible.
func (d *DB) Listen(channel string, fn func(payload string)) (stop func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.nextID++
	n := d.nextID
	if d.listener[channel] == nil {
		d.listener[channel] = map[int]func(string){}
	}
	d.listener[channel][n] = fn
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.listener[channel], n)
	}
}

// Woken has fn called when any process says on ChannelWake that there is more of
// what, with the same limits.
func (d *DB) Woken(what string, fn func()) (stop func()) {
	return d.Listen(ChannelWake, func(payload string) {
		if payload == what {
			fn()
		}
	})
}

// Missed has fn called each time that payloads may have been lost: when the
// connection to PostgreSQL on which this process listens stands, be it for the
// first time or again, and when another process could not say something. SQLite,
// whose listeners are in the process, loses none.
func (d *DB) Missed(fn func()) (stop func()) {
	return d.Listen(channelMissed, func(string) { fn() })
}

func (d *DB) tell(channel, payload string) {
	d.mu.Lock()
	var fns []func(string)
	for _, fn := range d.listener[channel] {
		fns = append(fns, fn)
	}
	d.mu.Unlock()
	for _, fn := range fns {
		fn(payload)
	}
}

// Channels are the names that PostgreSQL listens on.
const (
	ChannelWake = "fettle_wake" // new events or jobs
	ChannelHint = "fettle_hint" // something changed that a screen may show
)

// channelMissed says that payloads may have been lost.
const channelMissed = "fettle_missed"

func (e *pgEngine) listen(ctx context.Context, d *DB) {
	for ctx.Err() == nil {
		if err := e.hear(ctx, d); err != nil && ctx.Err() == nil {
			select {
			case <-time.After(reconnect):
			case <-ctx.Done():
			}
		}
	}
}

func (e *pgEngine) hear(ctx context.Context, d *DB) error {
	c, err := pgx.ConnectConfig(ctx, e.config)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	for _, name := range []string{ChannelWake, ChannelHint, channelMissed} {
		if _, err := c.Exec(ctx, `LISTEN `+name); err != nil {
			return fmt.Errorf("listen: %w", err)
		}
	}
	d.tell(channelMissed, "")
	for {
		n, err := c.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		if n.PID != e.teller.pid.Load() { // it has told this process already
			d.tell(n.Channel, n.Payload)
		}
	}
}
