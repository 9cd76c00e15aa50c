// Package outbox carries events from the step that caused them to whoever
// asked to hear of them.
//
// Publish writes the event in the caller's transaction, so it is there exactly
// when its cause is. The relay then opens a lane for each pair of subscriber
// and subject, and workers of any process lease lanes and hand over one event
// after the other, each in a transaction that also moves the lane on; lanes of
// one subscriber share such transactions. What follows is promised: the effects of a handler happen exactly once;
// for each subscriber the events of one subject come in the order of their
// commits; an event that a handler cannot digest stops only its own lane, where
// a person can see, replay or skip it; and since events are kept, a subscriber
// can be taken through the past again.
package outbox

import (
	"context"
	"embed"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/jobs/lease"
)

//go:embed migrations/*.sql
var files embed.FS

// Schema is what the outbox keeps in the database.
func Schema() db.Schema {
	return db.Schema{Name: "outbox", Files: files, Shared: []string{
		"outbox_fresh", "outbox_lane", "outbox_subscriber", "outbox_tenant", "outbox_backfill",
	}}
}

// Event is a fact, named in the past tense: "warranty.registered.v1". It is
// stored as JSON and holds no personal data.
type Event interface {
	EventName() string // of the zero value too
	Subject() id.Raw   // whose order must hold, usually the case
}

// Meta is what the outbox knows about an event.
type Meta struct {
	ID         id.Event
	Tenant     id.Tenant
	Name       string
	Subject    id.Raw
	Seq        int64        // counts the subject's events from 1
	OccurredAt time.Time    // domain clock
	RecordedAt time.Time    // machine clock
	Actor      access.Actor // who caused it; zero: not known, of old events
}

// Options tune a Bus; the zero value is good for a server.
type Options struct {
	Workers      int           // handlers that run side by side; 64 on SQLite, where they share commits, 16 on PostgreSQL
	DrainWorkers int           // the same inside Drain; 1, which makes its order repeatable
	Lease        time.Duration // how long a silent worker keeps a lane; 30 s
	MaxAttempts  int64         // failures in a row before a lane is parked; 8
	BackoffBase  time.Duration // rest after the first failure; 500 ms
	BackoffMax   time.Duration // longest rest; 5 min
	Seed         uint64        // of the jitter
	Log          *slog.Logger  // slog.Default()
	// Announce, when set, is called in the step that publishes, so that open
	// screens can be told; what it does joins the step.
	Announce func(ctx context.Context, tx *db.Tx, events []Event) error
	// Observe, when set, hears of every delivery that was tried. It is called
	// by several goroutines and must not block.
	Observe func(Delivery)
}

// Delivery tells a metric of one try to hand an event to a subscriber.
type Delivery struct {
	Subscriber, Event string
	Lag               time.Duration // from publishing to the end of the try, machine clock
	Took              time.Duration // of the try
	Code              string        // "" when it was handled, otherwise the fault code or Go type
	Parked            bool          // this failure was the last
}

// Bus knows who listens to what and carries events there. One is made at start,
// all subscriptions follow, then Run or Drain.
type Bus struct {
	db      *db.DB
	o       Options
	backoff *lease.Backoff
	held    lease.Held[grip]
	wake    chan struct{}
	count   counters

	mu     sync.Mutex // guards what follows until it is sealed; then nobody writes it
	subs   map[string]*subscriber
	names  []any // of subs, sorted, as SQL arguments
	sealed bool

	registered atomic.Bool              // the subscribers are in the database
	reg        atomic.Pointer[registry] // as the last step of the relay saw it
	running    atomic.Int32             // calls of Run under way
	starved    atomic.Bool              // Run has left ready lanes alone for want of room
}

// New returns a bus on d without subscribers.
func New(d *db.DB, o Options) *Bus {
	if d.Postgres() {
		o.Workers = orElse(o.Workers, 16)
	}
	o.Workers = orElse(o.Workers, 64)
	o.DrainWorkers = orElse(o.DrainWorkers, 1)
	o.Lease = orElse(o.Lease, 30*time.Second)
	o.MaxAttempts = orElse(o.MaxAttempts, 8)
	o.BackoffBase = orElse(o.BackoffBase, 500*time.Millisecond)
	o.BackoffMax = orElse(o.BackoffMax, 5*time.Minute)
	if o.Log == nil {
		o.Log = slog.Default()
	}
	b := &Bus{
		db: d, o: o, wake: make(chan struct{}, 1), subs: map[string]*subscriber{},
		backoff: lease.NewBackoff(o.BackoffBase, o.BackoffMax, o.Seed),
	}
	b.reg.Store(&registry{})
	return b
}

func orElse[T comparable](v, standard T) T {
	var zero T
	if v == zero {
		return standard
	}
	return v
}

// nudge wakes the relay; it never blocks.
func (b *Bus) nudge() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// seal ends the time of subscribing.
func (b *Bus) seal() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sealed {
		return
	}
	b.sealed = true
	for name := range b.subs {
		b.names = append(b.names, name)
	}
	slices.SortFunc(b.names, func(x, y any) int { return strings.Compare(x.(string), y.(string)) })
}

// marks is "?, ?, ?" for n arguments.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// rows is a VALUES list of n times row.
func rows(row string, n int) string { return strings.TrimSuffix(strings.Repeat(row+", ", n), ", ") }

// chunk is how many of n rows the next statement takes: the largest power of
// two that fits, so that few different statements have to be prepared.
func chunk(n int) int {
	c := 64
	for c > n {
		c /= 2
	}
	return c
}

// raw scans sixteen bytes.
type raw id.Raw

// Scan implements sql.Scanner.
func (r *raw) Scan(src any) error {
	b, ok := src.([]byte)
	if !ok || len(b) != len(r) {
		return fmt.Errorf("scan subject: %w", id.ErrShape)
	}
	copy(r[:], b)
	return nil
}
