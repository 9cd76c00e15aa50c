package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/httpapi/internal/strict"
)

// Op describes a route.
type Op struct {
	ID      string   // operation id, noun_verb: "case_close"
	Method  string   // set by Get, Post …; Raw says it itself
	Path    string   // pattern of net/http: "/v1/cases/{id}"
	Action  string   // what access is asked, kind.verb: "case.close"
	Kind    string   // the kind of thing: "case"
	Public  bool     // visitors may call it; the action is then for the record only
	Blind   bool     // public, and does not even ask who calls: it answers when no operator is there and no database answers
	Summary string   // one line
	Doc     string   // more, in Markdown
	Tags    []string // groups in the documentation; none means Kind

	Status        int           // of success; 0 means 200, or 204 where nothing is said
	MaxBody       int64         // bytes; 0 means Options.MaxBody
	Timeout       time.Duration // 0 means Options.Timeout; Raw has none unless it asks
	NoIdempotency bool          // an unsafe method that takes no Idempotency-Key
	IfMatch       bool          // tells the documentation that If-Match is wanted
	Consumes      string        // media type of a Raw body, for the documentation
	Produces      string        // media type of a File, or of a Raw reply, for the documentation
}

// route is an Op that is served.
type route struct {
	op     Op
	raw    bool
	in     *strict.Input // nil: raw
	out    *reply        // nil: raw, or a File
	unsafe bool
	auth   bool // a caller is needed
}

// Get adds a route that reads. In is a struct whose fields are tagged path,
// query or header; Out has the field Body and may have fields tagged header.
func Get[In, Out any](a *API, op Op, fn func(context.Context, *In) (*Out, error)) {
	typed(a, http.MethodGet, op, fn)
}

// Post adds a route that creates something or does an action. In may have a
// field Body, which is read as JSON.
func Post[In, Out any](a *API, op Op, fn func(context.Context, *In) (*Out, error)) {
	typed(a, http.MethodPost, op, fn)
}

// Put adds a route that replaces something.
func Put[In, Out any](a *API, op Op, fn func(context.Context, *In) (*Out, error)) {
	typed(a, http.MethodPut, op, fn)
}

// Patch adds a route that changes some members of something.
func Patch[In, Out any](a *API, op Op, fn func(context.Context, *In) (*Out, error)) {
	typed(a, http.MethodPatch, op, fn)
}

// Delete adds a route that removes something.
func Delete[In, Out any](a *API, op Op, fn func(context.Context, *In) (*Out, error)) {
	typed(a, http.MethodDelete, op, fn)
}

// Raw adds a route whose handler reads the request and writes the reply itself:
// uploads, downloads, streams. Access, limits, the origin check, the log and
// Problem are as everywhere; the path's values are in r.PathValue, the caller in
// access.From. The body is limited to op.MaxBody. An Idempotency-Key is bound to
// the route and its parameters only, because the body is the handler's.
func Raw(a *API, op Op, h http.Handler) {
	r := a.add(op, &route{raw: true})
	a.mux.HandleFunc(r.op.Method+" "+r.op.Path, func(w http.ResponseWriter, req *http.Request) {
		x := from(req.Context())
		ctx, cancel, err := x.enter(req, r)
		defer cancel()
		if err == nil {
			ctx, err = x.intend(ctx, nil)
		}
		if err != nil {
			x.problem(x.translate(err))
			return
		}
		if req.Body != nil {
			req.Body = http.MaxBytesReader(w, req.Body, r.op.MaxBody)
		}
		h.ServeHTTP(w, req.WithContext(ctx))
	})
}

// Download adds a route that reads and answers with a File of the media type
// op.Produces. The input is read as strictly as everywhere.
func Download[In any](a *API, op Op, fn func(context.Context, *In) (*File, error)) {
	typed(a, http.MethodGet, op, fn)
}

func typed[In, Out any](a *API, method string, op Op, fn func(context.Context, *In) (*Out, error)) {
	op.Method = method
	r := &route{}
	var err error
	if r.in, err = strict.CompileInput(reflect.TypeFor[In]()); err == nil && reflect.TypeFor[Out]() != reflect.TypeFor[File]() {
		r.out, err = compileReply(reflect.TypeFor[Out]())
	}
	if err != nil {
		panic(fmt.Errorf("httpapi: %s: %w", op.ID, err))
	}
	a.add(op, r)
	a.mux.HandleFunc(method+" "+op.Path, func(w http.ResponseWriter, req *http.Request) {
		x := from(req.Context())
		if err := serve(x, req, r, fn); err != nil {
			x.problem(x.translate(err))
		}
	})
}

var (
	idShape   = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)+$`)
	pathShape = regexp.MustCompile(`^/[a-z0-9_.{}/-]*$`)
	wildcard  = regexp.MustCompile(`\{([a-z_]+)(\.\.\.)?\}`)
)

// add checks a route and enters it. A route that says too little never starts.
func (a *API) add(op Op, r *route) *route {
	kind, verb, _ := strings.Cut(op.Action, ".")
	switch {
	case !idShape.MatchString(op.ID) || a.byID[op.ID]:
		panic(fmt.Sprintf("httpapi: %q is no operation id, or is taken", op.ID))
	case kind == "" || verb == "" || op.Kind != kind:
		panic(fmt.Sprintf("httpapi: %s: action %q is not one on kind %q", op.ID, op.Action, op.Kind))
	case !known(op.Method) || !pathShape.MatchString(op.Path):
		panic(fmt.Sprintf("httpapi: %s: %q %q is no route", op.ID, op.Method, op.Path))
	}
	if _, ok := access.Lookup(op.Action); !ok && !op.Public {
		panic(fmt.Sprintf("httpapi: %s: access knows no action %q", op.ID, op.Action))
	}
	if op.MaxBody == 0 {
		op.MaxBody = a.o.MaxBody
	}
	if op.Timeout == 0 && !r.raw {
		op.Timeout = a.o.Timeout
	}
	if op.Tags == nil {
		op.Tags = []string{op.Kind}
	}
	r.op, r.auth = op, !op.Public
	r.unsafe = op.Method != http.MethodGet && op.Method != http.MethodHead
	if r.in != nil {
		r.checkPath()
	}
	a.byID[op.ID] = true
	a.routes = append(a.routes, r)
	return r
}

// checkPath holds the pattern's wildcards against the fields tagged path.
func (r *route) checkPath() {
	var want, have []string
	for _, m := range wildcard.FindAllStringSubmatch(r.op.Path, -1) {
		want = append(want, m[1])
	}
	for i := range r.in.Params {
		if p := &r.in.Params[i]; p.Place == strict.Path {
			have = append(have, p.Name)
		}
	}
	slices.Sort(want)
	slices.Sort(have)
	if !slices.Equal(want, have) {
		panic(fmt.Sprintf("httpapi: %s: the path has %v, the input has %v", r.op.ID, want, have))
	}
}
