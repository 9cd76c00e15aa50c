// Package httpapi is the one way in: functions become routes of the API, and
// faults become problem documents in the caller's language.
//
// A route says which action on which kind of thing it is; without that it does
// not start, and Ops lists every route, so that the access matrix is made from
// the router. On the way to the function a request is identified, bound to a
// tenant, checked against access, limited in size and time, and read strictly
// (see internal/strict): what is unknown, missing, doubled or out of range is
// refused with a pointer to the place, and nothing that was sent is echoed. A
// command may carry an Idempotency-Key; what is read carries an ETag.
package httpapi

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/i18n"
)

// Authenticator says who sends a request.
type Authenticator interface {
	// Authenticate returns the caller. The tenant is always set: it comes from
	// the host, or from the session, token or link. A caller without user and
	// grants is a visitor. A credential that does not hold is a fault of kind
	// Unknown, even on a public route.
	Authenticate(r *http.Request) (access.Caller, error)
}

// Guard says whether the caller of ctx may do an action to anything at all.
type Guard interface {
	May(ctx context.Context, action string) error
}

// Options are what an API needs. Auth and Guard are mandatory.
type Options struct {
	Auth  Authenticator
	Guard Guard

	Texts   *i18n.Catalogue // nil: i18n.Standard
	Log     *slog.Logger    // nil: slog.Default
	Machine clock.Clock     // nil: clock.System

	// Secret keys cursors and the hashes of idempotency keys; all processes of an
	// installation share it. Nil draws one that dies with the process.
	Secret []byte
	// CSRF is asked after authentication for every unsafe method, beside the check
	// of the request's origin that is always made. Nil asks nothing more.
	CSRF func(*http.Request) error
	// TrustedOrigins may send unsafe requests across origins: "https://host".
	TrustedOrigins []string
	// BehindProxy believes X-Forwarded-Proto.
	BehindProxy bool
	// MaxBody is how many bytes a JSON body may have; 0 means 1 MiB.
	MaxBody int64
	// Timeout ends a request that is not Raw; 0 means 30 s.
	Timeout time.Duration
	// Web answers GETs outside the API: the embedded web application. It may be nil.
	Web http.Handler
	// Observe is told of every finished request, by route pattern. It may be nil.
	Observe func(method, route string, status int, took time.Duration)
	// Version stands in the OpenAPI document.
	Version string
}

// API is the router. Routes are added before it serves.
type API struct {
	o      Options
	mux    *http.ServeMux
	origin *http.CrossOriginProtection
	seals  seals

	routes []*route // in order of declaration
	byID   map[string]bool
	doc    struct {
		sync.Once
		bytes []byte
		err   error
	}
}

// New returns an API whose only route is its own description. It panics where
// the options are wrong: nothing could be served.
func New(o Options) *API {
	if o.Auth == nil || o.Guard == nil {
		panic("httpapi: an API needs Auth and Guard")
	}
	if o.Texts == nil {
		o.Texts = i18n.Standard()
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Machine == nil {
		o.Machine = clock.System
	}
	if o.MaxBody == 0 {
		o.MaxBody = 1 << 20
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Secret == nil {
		o.Secret = make([]byte, 32)
		_, _ = rand.Read(o.Secret) // never fails
	}
	a := &API{o: o, mux: http.NewServeMux(), origin: http.NewCrossOriginProtection(), seals: newSeals(o.Secret), byID: map[string]bool{}}
	for _, origin := range o.TrustedOrigins {
		if err := a.origin.AddTrustedOrigin(origin); err != nil {
			panic(fmt.Errorf("httpapi: trusted origin %q: %w", origin, err))
		}
	}
	a.mux.HandleFunc("/", a.unmatched)
	Raw(a, Op{
		ID: "api_describe", Method: http.MethodGet, Path: "/openapi.json", Action: "api.describe", Kind: "api", Public: true,
		Summary: "The OpenAPI 3.1 document of this API", Tags: []string{"api"}, Produces: "application/json",
	}, http.HandlerFunc(a.serveOpenAPI))
	return a
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{ResponseWriter: w, api: a, id: newRequestID(), began: a.o.Machine()}
	x.r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
	a.setHeaders(w.Header(), x.r, x.id)
	defer x.finish()
	a.mux.ServeHTTP(x, x.r)
}

// unmatched answers what no route takes: another method of a route is 405, the
// web application gets what lies outside the API, and the rest is not found.
func (a *API) unmatched(w http.ResponseWriter, r *http.Request) {
	if allowed := a.methods(r); len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		Problem(w, r, errMethod)
		return
	}
	outside := !strings.HasPrefix(r.URL.Path+"/", "/v1/")
	if a.o.Web != nil && outside && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		if x := from(r.Context()); x != nil {
			x.pattern = "web"
		}
		a.o.Web.ServeHTTP(w, r)
		return
	}
	Problem(w, r, access.ErrHidden)
}

// methods lists the methods under which the path of r is a route.
func (a *API) methods(r *http.Request) (allowed []string) {
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := &http.Request{Method: m, URL: r.URL, Host: r.Host}
		if _, pattern := a.mux.Handler(probe); pattern != "/" && pattern != "" {
			allowed = append(allowed, m)
		}
	}
	return allowed
}

// Ops lists every route in the order of declaration.
func (a *API) Ops() []Op {
	ops := make([]Op, len(a.routes))
	for i, r := range a.routes {
		ops[i] = r.op
		ops[i].Tags = slices.Clone(r.op.Tags)
	}
	return ops
}
