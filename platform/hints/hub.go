// Package hints tells open screens that something has changed.
//
// A hint is a topic, an id and a version, nothing more: the screen fetches what
// it shows again, through the API and its access rules. Hints are sent when the
// step that changed the thing is durable, and reach the streams of every process
// on the same database. They may be lost and may come twice; a stream that opens,
// and one that may have missed some, tells its screen to fetch everything once,
// so nothing depends on one hint.
//
// A topic is "name:id", such as "case:case_01…" or "queue:node_01…", or a bare
// name where there is one for the whole tenant. Who may listen is decided when
// the stream opens, by the module that owns the name; a stream lives for a few
// minutes, then opens again and is asked again.
package hints

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/i18n"
)

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// Hint says that what a topic shows has changed.
type Hint struct {
	Topic   string `json:"topic"`
	ID      string `json:"id,omitempty"`      // of the thing, in wire form
	Version int64  `json:"version,omitempty"` // that it has now, where it has one
}

// Check returns nil if the caller of ctx may hear of the topic with this id ("" for
// a bare topic).
type Check func(ctx context.Context, id string) error

// Hub hands hints from steps to streams. It is safe for concurrent use.
type Hub struct {
	stop func()

	mu      sync.Mutex // guards what follows
	checks  map[string]Check
	topics  map[address]map[*stream]bool
	streams map[browser]*stream
	closed  bool
}

// address is a topic of a tenant.
type address struct {
	tenant id.Tenant
	topic  string
}

// Listener is what hears the notices of all processes: a *db.DB.
type Listener interface {
	Listen(channel string, fn func(payload string)) (stop func())
	Missed(fn func()) (stop func())
}

// New returns a hub that hears the hints of every process on the database.
func New(d Listener) *Hub {
	h := &Hub{checks: map[string]Check{}, topics: map[address]map[*stream]bool{}, streams: map[browser]*stream{}}
	deaf, careless := d.Listen(db.ChannelHint, h.hear), d.Missed(h.missed)
	h.stop = func() {
		deaf()
		careless()
	}
	return h
}

// Topic declares a topic name and who may listen to it. Undeclared topics are
// refused to everybody. It panics when a name is declared twice.
func (h *Hub) Topic(name string, check Check) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.checks[name] != nil || strings.Contains(name, ":") {
		panic("hints: topic " + name + " is declared twice, or is no name")
	}
	h.checks[name] = check
}

// envelope is what goes from process to process.
type envelope struct {
	Tenant id.Tenant `json:"t"`
	Hints  []Hint    `json:"h"`
}

// atOnce is how many hints one notice carries: far below the limit of
// PostgreSQL, 7,900 bytes.
const atOnce = 30

// Publish sends hints when the step tx is durable. Hints hold ids, never
// personal data.
func (h *Hub) Publish(ctx context.Context, tx *db.Tx, hints ...Hint) error {
	for len(hints) > 0 {
		n := min(len(hints), atOnce)
		text, err := json.Marshal(envelope{tx.Tenant(), hints[:n]})
		if err != nil {
			return fmt.Errorf("encode hints: %w", err)
		}
		tx.Notify(db.ChannelHint, string(text))
		hints = hints[n:]
	}
	return nil
}

// hear takes a notice and leaves its hints with the streams that listen.
func (h *Hub) hear(payload string) {
	if h.Streams() == 0 {
		return // a stream that opens now begins with fetching everything
	}
	var e envelope
	if json.Unmarshal([]byte(payload), &e) != nil {
		return // of another version: the screens fetch again within minutes
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, hint := range e.Hints {
		for s := range h.topics[address{e.Tenant, hint.Topic}] {
			s.offer(hint)
		}
	}
}

// missed tells every stream that hints may have been lost, whatever its topics.
func (h *Hub) missed() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.streams {
		s.miss()
	}
}

// Streams is how many streams are open, for the metrics.
func (h *Hub) Streams() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.streams)
}

// Close ends every stream and lets no other open, so that a server can stop.
func (h *Hub) Close() {
	h.stop()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for _, s := range h.streams {
		s.end()
	}
}

// add enters a stream; an older one of the same browser ends. It returns false
// when there are too many.
func (h *Hub) add(s *stream) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if old := h.streams[s.of]; old != nil {
		h.forget(old)
		old.end()
	}
	if h.closed || len(h.streams) >= maxStreams || h.openOf(s.of) >= maxPerUser {
		return false
	}
	h.streams[s.of] = s
	for _, t := range s.topics {
		a := address{s.of.tenant, t}
		if h.topics[a] == nil {
			h.topics[a] = map[*stream]bool{}
		}
		h.topics[a][s] = true
	}
	return true
}

// openOf counts the streams of one user. Held under mu.
func (h *Hub) openOf(b browser) (n int) {
	for other := range h.streams {
		if other.tenant == b.tenant && other.user == b.user && other.person == b.person {
			n++
		}
	}
	return n
}

func (h *Hub) remove(s *stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams[s.of] == s {
		h.forget(s)
	}
}

// forget takes a stream out. Held under mu.
func (h *Hub) forget(s *stream) {
	delete(h.streams, s.of)
	for _, t := range s.topics {
		a := address{s.of.tenant, t}
		delete(h.topics[a], s)
		if len(h.topics[a]) == 0 {
			delete(h.topics, a)
		}
	}
}

// may returns the topics that the caller of ctx may listen to. What is unknown
// and what is forbidden look alike.
func (h *Hub) may(ctx context.Context, asked []string) (granted, refused []string) {
	for _, topic := range asked {
		name, thing, _ := strings.Cut(topic, ":")
		h.mu.Lock()
		check := h.checks[name]
		h.mu.Unlock()
		if check == nil || check(ctx, thing) != nil {
			refused = append(refused, topic)
			continue
		}
		granted = append(granted, topic)
	}
	return granted, refused
}
