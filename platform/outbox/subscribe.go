package outbox

import (
	"context"
	"fmt"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	json "github.com/go-json-experiment/json/v1" // as encoding/json, in half the time

	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs/lease"
)

// subscriber is a name with what it does on each event.
type subscriber struct {
	name      string
	events    map[string]handler
	fromStart bool
	reset     func(ctx context.Context, tx *db.Tx) error
}

// handler readies an event outside of any transaction; what it returns is the
// effect, to be run inside one, possibly more than once.
type handler func(ctx context.Context, m Meta, body []byte) (effect, error)

type effect func(ctx context.Context, tx *db.Tx) error

// Option tunes a subscriber. Options of one subscriber's subscriptions add up.
type Option func(*subscriber)

// FromStart takes a subscriber that the database has not known before through
// all events of the past, instead of only those from now on.
func FromStart() Option { return func(s *subscriber) { s.fromStart = true } }

// Resets says how Rebuild empties what the subscriber has built for a tenant.
func Resets(wipe func(ctx context.Context, tx *db.Tx) error) Option {
	return func(s *subscriber) { s.reset = wipe }
}

// On has handle called for every event of type E, in a transaction of the
// event's tenant. The subscriber's name is stored and never changes; it may be
// used for several types of event, whose order per subject then holds over all
// of them. handle is re-runnable, does no I/O, and returns nil when it finds the
// thing past the step already.
func On[E Event](b *Bus, subscriber string, handle func(ctx context.Context, tx *db.Tx, m Meta, e E) error, opts ...Option) {
	subscribe(b, subscriber, func(_ context.Context, m Meta, e E) (effect, error) {
		return func(ctx context.Context, tx *db.Tx) error { return handle(ctx, tx, m, e) }, nil
	}, opts)
}

// OnAsk is On for a handler that first asks other modules: ask runs before the
// transaction and its answer is handed to handle.
func OnAsk[E Event, P any](b *Bus, subscriber string, ask func(ctx context.Context, m Meta, e E) (P, error),
	handle func(ctx context.Context, tx *db.Tx, m Meta, e E, p P) error, opts ...Option,
) {
	subscribe(b, subscriber, func(ctx context.Context, m Meta, e E) (effect, error) {
		p, err := ask(ctx, m, e)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, tx *db.Tx) error { return handle(ctx, tx, m, e, p) }, nil
	}, opts)
}

var wellNamed = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)

func subscribe[E Event](b *Bus, name string, prepare func(ctx context.Context, m Meta, e E) (effect, error), opts []Option) {
	var zero E
	event := zero.EventName()
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.subs[name]
	if s == nil {
		s = &subscriber{name: name, events: map[string]handler{}}
		b.subs[name] = s
	}
	switch {
	case b.sealed:
		panic("outbox: " + name + " subscribes after the start")
	case !wellNamed.MatchString(name) || !wellNamed.MatchString(event):
		panic(fmt.Sprintf("outbox: %q on %q is not a name", name, event))
	case s.events[event] != nil:
		panic("outbox: " + name + " listens to " + event + " twice")
	}
	s.events[event] = func(ctx context.Context, m Meta, body []byte) (effect, error) {
		var e E
		if err := json.Unmarshal(body, &e); err != nil {
			return nil, fmt.Errorf("read %s: %w", m.Name, err)
		}
		return prepare(ctx, m, e)
	}
	for _, o := range opts {
		o(s)
	}
}

// eventList is how the subscriber's events are stored.
func (s *subscriber) eventList() string {
	names := make([]string, 0, len(s.events))
	for n := range s.events {
		names = append(names, n)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// guarded turns a panic of fn into an error.
func guarded(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &lease.Panic{Value: p, Stack: debug.Stack()}
		}
	}()
	return fn()
}
