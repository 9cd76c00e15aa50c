package apptest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/login"
)

// Client sends requests as somebody.
type Client struct {
	w      *World
	token  string // "": a visitor, or a session
	cookie string // of a session
	Lang   string // Accept-Language; "": none
}

// Visitor is somebody who has not logged in.
func (w *World) Visitor() *Client { return &Client{w: w} }

// As makes a token with one role at a scope and returns its client.
func (w *World) As(t testing.TB, role access.Role, scope access.Scope) *Client {
	t.Helper()
	return w.With(t, access.Grant{Role: role, Scope: scope})
}

// With makes a token with the grants and returns its client.
func (w *World) With(t testing.TB, grants ...access.Grant) *Client {
	t.Helper()
	_, token, err := w.Login.CreateToken(w.System(t), w.Tenant, login.NewToken{Name: "test", Grants: grants})
	if err != nil {
		t.Fatal(err)
	}
	return &Client{w: w, token: token}
}

// Agent, Quality … hold their role for the whole operator.
func (w *World) Agent(t testing.TB) *Client { return w.As(t, access.Agent, Everywhere) }

// Finance follows the money of the whole operator.
func (w *World) Finance(t testing.TB) *Client { return w.As(t, access.Finance, Everywhere) }

// Everywhere is the scope of the whole operator.
var Everywhere = access.Scope{Kind: access.Tenant}

// At is a scope.
func At(kind access.ScopeKind, raw id.Raw) access.Scope { return access.Scope{Kind: kind, ID: raw} }

// Entering logs in and returns a client with the session, as a browser has it.
func (c *Client) Entering(t testing.TB, name, password string) *Client {
	t.Helper()
	r := c.Post(t, "/v1/login", members{"login": name, "password": password})
	cookie, _, _ := strings.Cut(r.Header.Get("Set-Cookie"), ";")
	return &Client{w: c.w, cookie: cookie, Lang: c.Lang}
}

// Token is what the client sends as its bearer.
func (c *Client) Token() string { return c.token }

// In returns the same credential used at another operator's host.
func (c *Client) In(w *World) *Client { return &Client{w: w, token: c.token, Lang: c.Lang} }

// Speaking returns the client with another language.
func (c *Client) Speaking(lang string) *Client { return &Client{w: c.w, token: c.token, Lang: lang} }

// Do sends a request. The body is sent as it is if it is a string, and as JSON
// otherwise; nil sends none. Headers come in pairs.
func (c *Client) Do(t testing.TB, method, path string, body any, headers ...string) Reply {
	t.Helper()
	var text []byte
	switch b := body.(type) {
	case nil:
	case string:
		text = []byte(b)
	default:
		var err error
		if text, err = json.Marshal(b); err != nil {
			t.Fatal(err)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, bytes.NewReader(text))
	r.Host = c.w.Host
	if text != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.cookie != "" {
		r.Header.Set("Cookie", c.cookie)
		r.Header.Set(login.Header, "1")
	}
	if c.Lang != "" {
		r.Header.Set("Accept-Language", c.Lang)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	if !strings.HasPrefix(path, "/v1/hints") {
		c.w.Handler().ServeHTTP(w, r)
	} else {
		ctx, cancel := context.WithCancel(r.Context())
		c.w.Handler().ServeHTTP(hangUp{w, cancel}, r.WithContext(ctx))
		cancel()
	}
	return Reply{Status: w.Code, Header: w.Header(), Body: w.Body.Bytes(), what: method + " " + path}
}

// hangUp is a client that goes when it has heard the first event of a stream.
type hangUp struct {
	*httptest.ResponseRecorder
	leave func()
}

// Write hears and goes.
func (h hangUp) Write(b []byte) (int, error) {
	defer h.leave()
	return h.ResponseRecorder.Write(b)
}

// SetWriteDeadline is what streams ask of a connection.
func (hangUp) SetWriteDeadline(time.Time) error { return nil }

// Get reads what must be there.
func (c *Client) Get(t testing.TB, path string) Reply {
	t.Helper()
	return c.Do(t, http.MethodGet, path, nil).Want(t, http.StatusOK)
}

// Post sends a command that must succeed.
func (c *Client) Post(t testing.TB, path string, body any, headers ...string) Reply {
	t.Helper()
	return c.Do(t, http.MethodPost, path, body, headers...).Want(t, http.StatusOK, http.StatusCreated, http.StatusNoContent)
}

// Put replaces something and must succeed.
func (c *Client) Put(t testing.TB, path string, body any, headers ...string) Reply {
	t.Helper()
	return c.Do(t, http.MethodPut, path, body, headers...).Want(t, http.StatusOK, http.StatusNoContent)
}

// Reply is what came back.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
	what   string
}

// Want ends the test unless the reply has one of the statuses.
func (r Reply) Want(t testing.TB, status ...int) Reply {
	t.Helper()
	for _, s := range status {
		if r.Status == s {
			return r
		}
	}
	t.Fatalf("%s = %d %s, want %v", r.what, r.Status, r.Body, status)
	return r
}

// Refused ends the test unless the reply is a problem document with the status
// and code.
func (r Reply) Refused(t testing.TB, status int, code string) Reply {
	t.Helper()
	r.Want(t, status)
	if got := r.Text(t, "code"); got != code {
		t.Fatalf("%s is refused with %s, want %s: %s", r.what, got, code, r.Body)
	}
	if ct := r.Header.Get("Content-Type"); ct != "application/problem+json" {
		t.Fatalf("%s is refused as %s", r.what, ct)
	}
	return r
}

// Into decodes the body.
func (r Reply) Into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(r.Body, v); err != nil {
		t.Fatalf("%s = %s: %v", r.what, r.Body, err)
	}
}

// Find returns what stands at a path such as "items.0.id"; nil if nothing does.
func (r Reply) Find(t testing.TB, path string) any {
	t.Helper()
	var at any
	r.Into(t, &at)
	for name := range strings.SplitSeq(path, ".") {
		switch v := at.(type) {
		case map[string]any:
			at = v[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(v) {
				return nil
			}
			at = v[i]
		default:
			return nil
		}
	}
	return at
}

// Text returns the text at the path; the test ends if there is none.
func (r Reply) Text(t testing.TB, path string) string {
	t.Helper()
	s, ok := r.Find(t, path).(string)
	if !ok {
		t.Fatalf("%s has no text at %s: %s", r.what, path, r.Body)
	}
	return s
}

// Number returns the number at the path; the test ends if there is none.
func (r Reply) Number(t testing.TB, path string) int64 {
	t.Helper()
	n, ok := r.Find(t, path).(float64)
	if !ok {
		t.Fatalf("%s has no number at %s: %s", r.what, path, r.Body)
	}
	return int64(n)
}

// Items returns the list at the path, which may be empty.
func (r Reply) Items(t testing.TB, path string) []any {
	t.Helper()
	list, _ := r.Find(t, path).([]any)
	return list
}

// ID reads the id at the path.
func ID[K id.Kind](t testing.TB, r Reply, path string) id.ID[K] {
	t.Helper()
	v, err := id.Parse[K](r.Text(t, path))
	if err != nil {
		t.Fatalf("%s at %s: %v", r.what, path, err)
	}
	return v
}
