package login_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/login"
	"fettle.dev/fettle/platform/persons"
)

// cheap keeps the tests quick; what it costs in earnest is benchmarked.
var cheap = login.Cost{Memory: 64, Time: 1, Threads: 1}

const password = "correct horse battery"

// world is an operator with an administrator and an agent.
type world struct {
	home    dbtest.Home
	db      *db.DB
	ring    *keys.Ring
	machine *clock.Set
	s       *login.Service
	api     *httpapi.API
	admin   id.User
	agent   id.User
}

var schemas = []db.Schema{keys.Schema(), persons.Schema(), command.Schema(), login.Schema()}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) { fn(t, build(t, h)) }, schemas...)
}

func build(t testing.TB, h dbtest.Home) *world {
	t.Helper()
	w := &world{home: h, machine: clock.NewSet(dbtest.Now)}
	w.db = h.Open(t, db.Options{Machine: w.machine.Now})
	dir := t.TempDir()
	ring, err := keys.Open(t.Context(), w.db, keys.Options{RootFile: filepath.Join(dir, "root"), Ledger: filepath.Join(dir, "erasures")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ring.Close() })
	w.ring = ring
	w.s, w.api = w.process(t, w.db)
	w.found(t)
	return w
}

// process is what one more process would have: a memory of its own.
func (w *world) process(t testing.TB, d *db.DB) (*login.Service, *httpapi.API) {
	t.Helper()
	guard, err := access.New(access.Options{Machine: w.machine.Now})
	if err != nil {
		t.Fatal(err)
	}
	s, err := login.New(login.Options{DB: d, Ring: w.ring, Guard: guard, Cost: cheap})
	if err != nil {
		t.Fatal(err)
	}
	api := httpapi.New(httpapi.Options{Auth: s, Guard: guard, CSRF: s.CSRF, Machine: w.machine.Now})
	s.Routes(api)
	return s, api
}

func (w *world) found(t testing.TB) {
	t.Helper()
	ctx := t.Context()
	must(t, w.s.CreateTenant)(ctx, login.Tenant{ID: dbtest.Tenant, Name: "First Service", Hosts: []string{"first.example"}})
	w.home.Clock.To(dbtest.Now.Add(time.Second))
	must(t, w.s.CreateTenant)(ctx, login.Tenant{ID: dbtest.Other, Name: "Other Service", Hosts: []string{"other.example:8443"}})
	w.admin = w.user(t, "Ada Admin", "ada@first.example", access.Grant{Role: access.Admin, Scope: access.Scope{Kind: access.Tenant}})
	w.agent = w.user(t, "Bo Agent", "Bo", access.Grant{Role: access.Agent, Scope: access.Scope{Kind: access.Tenant}})
}

func (w *world) user(t testing.TB, name, loginName string, grants ...access.Grant) id.User {
	t.Helper()
	u, err := w.s.CreateUser(t.Context(), dbtest.Tenant, login.NewUser{
		Name: name, Login: loginName, Country: "DE", Password: password, Grants: grants,
	})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// must makes an error of fn fail the test.
func must[A, B, R any](t testing.TB, fn func(A, B) (R, error)) func(A, B) R {
	t.Helper()
	return func(a A, b B) R {
		t.Helper()
		r, err := fn(a, b)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
}

func (w *world) login(t *testing.T, name string) string {
	t.Helper()
	s, err := w.s.Login(t.Context(), login.Attempt{Tenant: dbtest.Tenant, Login: name, Password: password, Address: "192.0.2.7"})
	if err != nil {
		t.Fatal(err)
	}
	return s.Secret
}

// request is one call of the API.
type request struct {
	method, path string
	body         any
	session      string // secret of the cookie
	token        string
	host         string
	header       map[string]string
	api          *httpapi.API // nil: the first process
}

type response struct {
	status int
	header http.Header
	body   map[string]any
	text   string
}

func (w *world) call(t *testing.T, q request) response {
	t.Helper()
	var body bytes.Buffer
	if q.body != nil {
		if err := json.NewEncoder(&body).Encode(q.body); err != nil {
			t.Fatal(err)
		}
	}
	r := httptest.NewRequest(q.method, q.path, &body)
	r.Host = "127.0.0.1:8080"
	if q.host != "" {
		r.Host = q.host
	}
	if q.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if q.session != "" {
		r.AddCookie(&http.Cookie{Name: login.Cookie, Value: q.session})
		r.Header.Set(login.Header, "1")
	}
	if q.token != "" {
		r.Header.Set("Authorization", "Bearer "+q.token)
	}
	for k, v := range q.header {
		r.Header.Set(k, v)
		if v == "" {
			r.Header.Del(k)
		}
	}
	api := w.api
	if q.api != nil {
		api = q.api
	}
	rec := httptest.NewRecorder()
	api.ServeHTTP(rec, r)
	out := response{status: rec.Code, header: rec.Header(), text: rec.Body.String()}
	if strings.Contains(rec.Header().Get("Content-Type"), "json") {
		if err := json.Unmarshal(rec.Body.Bytes(), &out.body); err != nil {
			t.Fatalf("%s %s: %v: %s", q.method, q.path, err, out.text)
		}
	}
	return out
}

// want checks status and, of a problem, the code.
func (r response) want(t *testing.T, status int, code string) response {
	t.Helper()
	got, _ := r.body["code"].(string)
	if r.status != status || got != code {
		t.Errorf("status %d %q, want %d %q: %s", r.status, got, status, code, r.text)
	}
	return r
}

// who asks the service itself who a request is from.
func (w *world) who(t *testing.T, s *login.Service, host, cookie, bearer string) (access.Caller, error) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Host = host
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: login.Cookie, Value: cookie})
	}
	if bearer != "" {
		r.Header.Set("Authorization", bearer)
	}
	return s.Authenticate(r)
}

func (w *world) pass(d time.Duration) { w.machine.To(w.machine.Now().Add(d)) }
