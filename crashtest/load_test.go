package crashtest_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// load sends cases from many clients. A request that was not answered is sent
// again, with its key, until it is.
type load struct {
	t    *testing.T
	site *site
	urls atomic.Pointer[[]string] // where servers listen just now

	mu      sync.Mutex
	acked   map[int]string // case by number
	said    int            // messages that were acknowledged
	repeats int            // answers to a request that was sent before
	next    atomic.Int64
}

func newLoad(t *testing.T, s *site) *load {
	l := &load{t: t, site: s, acked: map[int]string{}}
	l.at()
	return l
}

// at says where servers listen.
func (l *load) at(urls ...string) { l.urls.Store(&urls) }

// run lets clients work until ctx ends and each has heard of what it sent. Then
// it returns.
func (l *load) run(ctx context.Context, clients int) *sync.WaitGroup {
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for ctx.Err() == nil {
				l.one(c)
			}
		})
	}
	return &wg
}

// one opens a case and, for every third, writes to its customer.
func (l *load) one(client int) {
	no := int(l.next.Add(1))
	r := l.insist(client, "/v1/cases", intake(no), "case-"+strconv.Itoa(no))
	if r.ID == "" {
		return
	}
	l.mu.Lock()
	l.acked[no] = r.ID
	l.mu.Unlock()
	if no%3 != 0 {
		return
	}
	if m := l.insist(client, "/v1/cases/"+r.ID+"/messages", `{"text":"We will call you."}`, "say-"+strconv.Itoa(no)); m.ID != "" {
		l.mu.Lock()
		l.said++
		l.mu.Unlock()
	}
}

// insist sends a command until it is acknowledged. What a server says while it
// goes down or comes up (503) is no acknowledgement.
func (l *load) insist(client int, path, body, key string) reply {
	for try := range 2000 {
		urls := *l.urls.Load()
		if len(urls) == 0 {
			time.Sleep(5 * time.Millisecond)
			continue
		}
		r, err := l.site.send(urls[(client+try)%len(urls)], http.MethodPost, path, body, "Idempotency-Key", key)
		switch {
		case err != nil || r.status == http.StatusServiceUnavailable:
			time.Sleep(5 * time.Millisecond)
		case r.status == http.StatusCreated:
			if try > 0 {
				l.mu.Lock()
				l.repeats++
				l.mu.Unlock()
			}
			return r
		default:
			l.t.Errorf("POST %s = %d %s", path, r.status, r.text)
			return reply{}
		}
	}
	l.t.Errorf("POST %s is never acknowledged", path)
	return reply{}
}

// known returns what has been acknowledged so far.
func (l *load) known() map[int]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make(map[int]string, len(l.acked))
	for no, id := range l.acked {
		out[no] = id
	}
	return out
}

// there checks that every case of the list is there, and is the one that it was.
func (l *load) there(url string, list map[int]string) {
	l.t.Helper()
	var wg sync.WaitGroup
	room := make(chan struct{}, 8)
	for no, id := range list {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			r, err := l.site.send(url, http.MethodGet, "/v1/cases/"+id, "")
			if err != nil || r.status != http.StatusOK || r.ID != id {
				l.t.Errorf("case %d was acknowledged as %s and is %d %s, %v", no, id, r.status, r.text, err)
			}
		})
	}
	wg.Wait()
}

// again sends requests that were acknowledged long ago once more: the answer must
// be the same.
func (l *load) again(url string, list map[int]string, most int) {
	l.t.Helper()
	for no, id := range list {
		if most--; most < 0 {
			return
		}
		r, err := l.site.send(url, http.MethodPost, "/v1/cases", intake(no), "Idempotency-Key", "case-"+strconv.Itoa(no))
		if err != nil || r.status != http.StatusCreated || r.ID != id {
			l.t.Errorf("case %d was acknowledged as %s; repeated, it is %d %s, %v", no, id, r.status, r.text, err)
		}
	}
}

func (l *load) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return fmt.Sprintf("%d cases and %d messages acknowledged, %d of them on a repetition", len(l.acked), l.said, l.repeats)
}
