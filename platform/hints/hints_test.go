package hints_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/hints"
	"fettle.dev/fettle/platform/httpapi"
)

// who takes the last digit of the Authorization header as the user.
type who struct{}

func (who) Authenticate(r *http.Request) (access.Caller, error) {
	c := access.Caller{Tenant: dbtest.Tenant, User: id.User{0: 1}}
	switch r.Header.Get("Authorization") {
	case "other":
		c.Tenant = dbtest.Other
	case "second":
		c.User = id.User{0: 2}
	case "nobody":
		c.User = id.User{}
	}
	return c, nil
}

type may struct{}

func (may) May(context.Context, string) error { return nil }

var theCase = id.Case{0: 7}.String()

func serve(t testing.TB, l hints.Listener) (*hints.Hub, *httpapi.API) {
	t.Helper()
	h := hints.New(l)
	t.Cleanup(h.Close)
	h.Topic("queue", func(context.Context, string) error { return nil })
	h.Topic("case", func(_ context.Context, which string) error {
		if which != theCase {
			return access.ErrHidden
		}
		return nil
	})
	api := httpapi.New(httpapi.Options{Auth: who{}, Guard: may{}, Log: slog.New(slog.DiscardHandler)})
	h.Routes(api)
	return h, api
}

// event is one server-sent event.
type event struct{ name, data string }

func listen(t *testing.T, url, as, query string) <-chan event {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/v1/hints?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", as)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	out := make(chan event, 100)
	go func() {
		defer close(out)
		defer func() { _ = res.Body.Close() }()
		var e event
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			switch line := lines.Text(); {
			case strings.HasPrefix(line, "event: "):
				e.name = line[7:]
			case strings.HasPrefix(line, "data: "):
				e.data = line[6:]
			case line == "" && e.name != "":
				out <- e
				e = event{}
			}
		}
	}()
	return out
}

// publish sends hints until got says that one has arrived: PostgreSQL tells only
// those who have begun to listen.
func publish(t *testing.T, h *hints.Hub, d *db.DB, tenant id.Tenant, got <-chan event, hint hints.Hint) event {
	t.Helper()
	for {
		err := d.InTx(t.Context(), tenant, func(ctx context.Context, tx *db.Tx) error { return h.Publish(ctx, tx, hint) })
		if err != nil {
			t.Fatal(err)
		}
		select {
		case e, ok := <-got:
			if !ok {
				t.Fatal("the stream has ended")
			}
			if e.name != "missed" { // as it is when the hub has begun to hear
				return e
			}
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func TestHintsReachOtherProcesses(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, home dbtest.Home) {
		d := home.Open(t, db.Options{})
		there := d
		if d.Postgres() {
			there = home.Open(t, db.Options{}) // another process
		}
		h, api := serve(t, d)
		remote, _ := serve(t, there)
		server := httptest.NewServer(api)
		t.Cleanup(server.Close)
		mine := listen(t, server.URL, "me", "client=browser-one&topic=queue:node_1&topic=case:"+theCase+"&topic=case:case_2&topic=unknown")
		other := listen(t, server.URL, "other", "client=browser-two&topic=queue:node_1")

		want := fmt.Sprintf(`{"refused":["case:case_2","unknown"],"topics":["queue:node_1","case:%s"]}`, theCase)
		if e := <-mine; e.name != "ready" || e.data != want {
			t.Errorf("first event %+v, want ready %s", e, want)
		}
		if e := <-other; e.name != "ready" {
			t.Errorf("first event %+v, want ready", e)
		}
		e := publish(t, remote, there, dbtest.Tenant, mine, hints.Hint{Topic: "case:" + theCase, ID: theCase, Version: 4})
		if e.name != "hint" || e.data != fmt.Sprintf(`{"topic":"case:%s","id":"%s","version":4}`, theCase, theCase) {
			t.Errorf("got %+v", e)
		}
		publish(t, h, d, dbtest.Other, other, hints.Hint{Topic: "queue:node_1", ID: theCase})
		select {
		case e := <-mine:
			if strings.Contains(e.data, "queue") {
				t.Errorf("a hint of another tenant came through: %+v", e)
			}
		default:
		}
	})
}

// TestFailedStepSendsNothing publishes in a step that fails.
func TestFailedStepSendsNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, _ := serve(t, d)
		heard := make(chan string, 10)
		defer d.Listen(db.ChannelHint, func(p string) { heard <- p })()
		broken := errors.New("broken")
		err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			return errors.Join(h.Publish(ctx, tx, hints.Hint{Topic: "queue", ID: "lost"}), broken)
		})
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		for {
			err := d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
				return h.Publish(ctx, tx, hints.Hint{Topic: "queue", ID: "kept"})
			})
			if err != nil {
				t.Fatal(err)
			}
			select {
			case p := <-heard:
				if !strings.Contains(p, "kept") {
					t.Errorf("heard %s", p)
				}
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
}

// TestLostConnection ends the connection on which the hub hears: its streams are
// told to fetch everything, and hear again.
func TestLostConnection(t *testing.T) {
	t.Parallel()
	home := dbtest.Postgres(t)
	home.Alone(t)
	d := home.Open(t, db.Options{})
	h, api := serve(t, d)
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	mine := listen(t, server.URL, "me", "client=browser-one&topic=queue")
	other := listen(t, server.URL, "other", "client=browser-two&topic=case:"+theCase)
	for publish(t, h, d, dbtest.Tenant, mine, hints.Hint{Topic: "queue", ID: "before"}).name != "hint" { // but "ready"
	}
	if n := home.Deafen(t); n != 1 {
		t.Fatalf("%d connections listened, want 1", n)
	}
	for _, stream := range []<-chan event{mine, other} {
		for e := range stream {
			if e.name == "missed" {
				break
			}
		}
	}
	for !strings.Contains(publish(t, h, d, dbtest.Tenant, mine, hints.Hint{Topic: "queue", ID: "after"}).data, "after") {
	}
}

// wire stands for the database's notices.
type wire struct {
	mu   sync.Mutex
	fn   []func(string)
	lost []func()
}

func (w *wire) Missed(fn func()) func() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lost = append(w.lost, fn)
	return func() {}
}

func (w *wire) Listen(_ string, fn func(string)) func() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fn = append(w.fn, fn)
	return func() {}
}

func (w *wire) tell(t *testing.T, hs ...hints.Hint) {
	t.Helper()
	text, err := json.Marshal(map[string]any{"t": dbtest.Tenant, "h": hs})
	if err != nil {
		t.Fatal(err)
	}
	for _, fn := range w.fn {
		fn(string(text))
	}
}

// client is a connection whose writes block until they are let through.
type client struct {
	io.Writer
	header http.Header
	status int
	gate   chan struct{} // nil: open
	text   strings.Builder
	mu     sync.Mutex
}

func (c *client) Header() http.Header { return c.header }
func (c *client) WriteHeader(n int)   { c.status = n }
func (c *client) FlushError() error   { return nil }
func (c *client) Write(b []byte) (int, error) {
	if c.gate != nil {
		<-c.gate
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(b)
}

func (c *client) read() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String()
}

// open starts a stream and returns its client and what closes when it has ended.
func open(ctx context.Context, api *httpapi.API, as, name string, gate chan struct{}) (*client, <-chan struct{}) {
	c := &client{header: http.Header{}, gate: gate}
	r := httptest.NewRequest(http.MethodGet, "/v1/hints?topic=queue&client="+name, nil).WithContext(ctx)
	r.Header.Set("Authorization", as)
	done := make(chan struct{})
	go func() {
		defer close(done)
		api.ServeHTTP(c, r)
	}()
	return c, done
}

func ended(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

func TestStreamLives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{}
		h, api := serve(t, w)
		c, done := open(t.Context(), api, "me", "browser-one", nil)
		synctest.Wait()
		w.tell(t, hints.Hint{Topic: "queue", ID: "a", Version: 1}, hints.Hint{Topic: "elsewhere", ID: "b"})
		synctest.Wait()
		if got := c.read(); !strings.Contains(got, `"id":"a"`) || strings.Contains(got, `"id":"b"`) {
			t.Errorf("stream says %s", got)
		}
		time.Sleep(time.Minute) // of the bubble: costs nothing
		if n := strings.Count(c.read(), ": still here"); n != 3 && n != 2 {
			t.Errorf("%d heartbeats in a minute", n)
		}
		if ended(done) || h.Streams() != 1 {
			t.Error("the stream has ended")
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if !ended(done) || h.Streams() != 0 {
			t.Error("the stream has outlived its time")
		}
	})
}

// What was lost is said once, before what came later, to streams of every topic.
func TestStreamMisses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{}
		_, api := serve(t, w)
		gate := make(chan struct{}, 10)
		gate <- struct{}{} // "ready" goes through
		c, _ := open(t.Context(), api, "me", "browser-one", gate)
		synctest.Wait()
		w.tell(t, hints.Hint{Topic: "queue", ID: "written"})
		synctest.Wait()
		w.tell(t, hints.Hint{Topic: "queue", ID: "covered"})
		for range 3 {
			w.lost[0]()
		}
		w.tell(t, hints.Hint{Topic: "queue", ID: "later"})
		gate <- struct{}{}
		gate <- struct{}{}
		synctest.Wait()
		_, after, _ := strings.Cut(c.read(), `"written"}`)
		if want := "\n\nevent: missed\ndata: {}\n\nevent: hint\ndata: {\"topic\":\"queue\",\"id\":\"later\"}\n\n"; after != want {
			t.Errorf("after a hint the stream says %q, want %q", after, want)
		}
	})
}

func TestOneStreamPerBrowser(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, api := serve(t, &wire{})
		_, first := open(t.Context(), api, "me", "browser-one", nil)
		synctest.Wait()
		_, second := open(t.Context(), api, "second", "browser-one", nil)
		_, third := open(t.Context(), api, "me", "browser-two", nil)
		synctest.Wait()
		if ended(first) || ended(second) || ended(third) {
			t.Error("other users' and other browsers' streams end each other")
		}
		_, again := open(t.Context(), api, "me", "browser-one", nil)
		synctest.Wait()
		if !ended(first) || ended(again) || h.Streams() != 3 {
			t.Errorf("the second stream of a browser does not replace the first: %d open", h.Streams())
		}
		h.Close()
		synctest.Wait()
		if !ended(again) || !ended(second) || !ended(third) {
			t.Error("Close leaves streams open")
		}
		late, done := open(t.Context(), api, "me", "browser-one", nil)
		synctest.Wait()
		if !ended(done) || late.status != http.StatusTooManyRequests {
			t.Errorf("after Close a stream opens: %d", late.status)
		}
	})
}

func TestUserHasTooManyStreams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, api := serve(t, &wire{})
		for n := range 16 {
			open(t.Context(), api, "me", fmt.Sprintf("browser-%d", n), nil)
		}
		synctest.Wait()
		c, done := open(t.Context(), api, "me", "browser-more", nil)
		ok, _ := open(t.Context(), api, "second", "browser-more", nil)
		synctest.Wait()
		if !ended(done) || c.status != http.StatusTooManyRequests || ok.status != http.StatusOK {
			t.Errorf("status %d and %d, want 429 and 200", c.status, ok.status)
		}
	})
}

func TestSlowClientIsDropped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{}
		h, api := serve(t, w)
		gate := make(chan struct{}, 10)
		gate <- struct{}{} // "ready" goes through
		c, done := open(t.Context(), api, "me", "browser-one", gate)
		synctest.Wait()
		w.tell(t, hints.Hint{Topic: "queue", ID: "first", Version: 1}) // is being written, and stands
		synctest.Wait()
		for n := range 1000 { // the same things again and again are not a debt
			w.tell(t, hints.Hint{Topic: "queue", ID: fmt.Sprint(n % 200), Version: int64(n)})
		}
		gate <- struct{}{}
		gate <- struct{}{}
		synctest.Wait()
		if got := c.read(); ended(done) || strings.Count(got, "event: hint") != 201 || !strings.Contains(got, `"id":"7","version":807`) {
			t.Fatalf("%d hints came through: %v", strings.Count(got, "event: hint"), ended(done))
		}
		w.tell(t, hints.Hint{Topic: "queue", ID: "second"})
		synctest.Wait()
		for n := range 300 {
			w.tell(t, hints.Hint{Topic: "queue", ID: fmt.Sprint(n)})
		}
		gate <- struct{}{}
		synctest.Wait()
		if !ended(done) || h.Streams() != 0 {
			t.Error("a slow client keeps its stream")
		}
	})
}

func TestBadStreams(t *testing.T) {
	t.Parallel()
	_, api := serve(t, &wire{})
	for query, want := range map[string]int{
		"": 422, "client=browser-one": 422, "topic=queue": 422, "topic=queue&client=x": 422,
		"topic=Queue%20x&client=browser-one": 422, "topic=queue&client=browser-one&more=1": 422,
		"client=browser-one&topic=queue" + strings.Repeat("&topic=queue", 64): 422,
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/v1/hints?"+query, nil)
		api.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: status %d, want %d", query, w.Code, want)
		}
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/v1/hints?topic=queue&client=browser-one", nil)
	r.Header.Set("Authorization", "nobody")
	api.ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized {
		t.Errorf("a visitor gets %d, want 401", w.Code)
	}
}
