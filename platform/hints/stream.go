package hints

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"time"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/httpapi"
)

// Limits of streams.
const (
	maxTopics  = 64
	maxStreams = 10_000
	maxPerUser = 16               // browsers and machines of one user
	maxWaiting = 256              // hints that a slow client may owe
	heartbeat  = 20 * time.Second // below what proxies close
	lifetime   = 10 * time.Minute // then it opens again, and access is asked again
	writeTime  = 10 * time.Second
)

var errTooMany = fault.New(fault.TooMany, "hint.too_many_streams")

// browser says whose stream it is: one for each client id of a user.
type browser struct {
	tenant id.Tenant
	user   id.User
	person id.Person
	client string
}

// stream is one open connection.
type stream struct {
	of     browser
	topics []string
	wake   chan struct{} // holds a token while there is something to do

	mu      sync.Mutex // guards what follows
	waiting map[string]Hint
	order   []string
	missed  bool // hints may have been lost
	over    bool
}

// offer leaves a hint; a newer one for the same thing replaces it. A client that
// owes too many has its stream ended: it opens again and fetches everything.
func (s *stream) offer(h Hint) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := h.Topic + " " + h.ID
	old, known := s.waiting[key]
	switch {
	case known:
		h.Version = max(h.Version, old.Version)
	case len(s.order) >= maxWaiting:
		s.over = true
	default:
		s.order = append(s.order, key)
	}
	s.waiting[key] = h
	s.nudge()
}

// miss leaves word that hints may have been lost. Those that wait are of things
// that will be fetched with all the rest.
func (s *stream) miss() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.missed, s.order = true, s.order[:0]
	clear(s.waiting)
	s.nudge()
}

func (s *stream) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *stream) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	s.nudge()
}

// take returns what waits, in order, and whether something was lost before it.
func (s *stream) take() (hints []Hint, missed, over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range s.order {
		hints = append(hints, s.waiting[key])
	}
	s.order = s.order[:0]
	clear(s.waiting)
	missed, s.missed = s.missed, false
	return hints, missed, s.over
}

// Routes adds the stream of hints.
func (h *Hub) Routes(api *httpapi.API) {
	httpapi.Raw(api, httpapi.Op{
		ID: "hint_stream", Method: http.MethodGet, Path: "/v1/hints", Action: "hint.read", Kind: "hint",
		Summary: "Hear of changes as they happen", Produces: "text/event-stream",
		Doc: "Server-sent events. `topic` may be repeated, `client` names the browser: a second stream of the same client ends the first. " +
			"The first event is `ready` with the topics that were granted: fetch everything once. Each `hint` names a topic, an id and a version: fetch that again. " +
			"`missed` says that hints may have been lost: fetch everything again.",
	}, http.HandlerFunc(h.serve))
}

var (
	topicShape  = regexp.MustCompile(`^[a-z_]{1,32}(:[a-z0-9_]{1,64})?$`)
	clientShape = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)
)

func asked(r *http.Request) (topics []string, client string, err error) {
	q := r.URL.Query()
	for name := range q {
		if name != "topic" && name != "client" {
			return nil, "", httpapi.ErrInput.At("query", "unknown_member")
		}
	}
	topics, client = q["topic"], q.Get("client")
	if len(topics) == 0 {
		return nil, "", httpapi.ErrInput.At("query/topic", "required")
	}
	if len(topics) > maxTopics {
		return nil, "", httpapi.ErrInput.At("query/topic", "too_many")
	}
	for _, t := range topics {
		if !topicShape.MatchString(t) {
			return nil, "", httpapi.ErrInput.At("query/topic", "pattern")
		}
	}
	if !clientShape.MatchString(client) || len(q["client"]) > 1 {
		return nil, "", httpapi.ErrInput.At("query/client", "pattern")
	}
	return topics, client, nil
}

func (h *Hub) serve(w http.ResponseWriter, r *http.Request) {
	topics, client, err := asked(r)
	if err != nil {
		httpapi.Problem(w, r, err)
		return
	}
	c, _ := access.From(r.Context())
	granted, refused := h.may(r.Context(), topics)
	s := &stream{
		of: browser{c.Tenant, c.User, c.Person, client}, topics: granted,
		wake: make(chan struct{}, 1), waiting: map[string]Hint{},
	}
	if !h.add(s) {
		httpapi.Problem(w, r, errTooMany)
		return
	}
	defer h.remove(s)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	out := writer{w, http.NewResponseController(w)}
	if out.ready(granted, refused) == nil {
		s.run(r, out)
	}
}

// run writes until the client has gone, is too slow, or the stream's time is up.
func (s *stream) run(r *http.Request, out writer) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	end := time.NewTimer(lifetime)
	defer end.Stop()
	for {
		var err error
		select {
		case <-r.Context().Done():
			return
		case <-end.C:
			return
		case <-beat.C:
			err = out.write(": still here\n\n")
		case <-s.wake:
			hints, missed, over := s.take()
			if over {
				return
			}
			err = out.hints(hints, missed)
		}
		if err != nil {
			return
		}
	}
}

// writer writes events, each within writeTime.
type writer struct {
	w    http.ResponseWriter
	ctrl *http.ResponseController
}

func (o writer) ready(granted, refused []string) error {
	text, err := json.Marshal(map[string][]string{"topics": nonNil(granted), "refused": nonNil(refused)})
	if err != nil {
		return err
	}
	return o.write(fmt.Sprintf("retry: 2000\nevent: ready\ndata: %s\n\n", text))
}

func nonNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func (o writer) hints(hints []Hint, missed bool) error {
	var text []byte
	if missed {
		text = append(text, "event: missed\ndata: {}\n\n"...)
	}
	for _, h := range hints {
		one, err := json.Marshal(h)
		if err != nil {
			return err
		}
		text = append(append(append(text, "event: hint\ndata: "...), one...), "\n\n"...)
	}
	return o.write(string(text))
}

func (o writer) write(text string) error {
	if text == "" {
		return nil
	}
	// A writer without deadlines, as in tests, is not slow.
	_ = o.ctrl.SetWriteDeadline(clock.System().Add(writeTime))
	if _, err := o.w.Write([]byte(text)); err != nil {
		return err
	}
	return o.ctrl.Flush()
}
