package httpapi

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/httpapi/internal/strict"
)

// serve is the road of one typed request.
func serve[In, Out any](x *exchange, req *http.Request, r *route, fn func(context.Context, *In) (*Out, error)) error {
	ctx, cancel, err := x.enter(req, r)
	defer cancel()
	if err != nil {
		return err
	}
	if r.out != nil && !acceptsJSON(req.Header.Get("Accept")) {
		return errAccept
	}
	body := buffers.Get().(*bytes.Buffer) //nolint:forcetypeassert // the pool holds nothing else
	defer giveBack(body)
	if err := x.readBody(req, r, body); err != nil {
		return err
	}
	in := new(In)
	if err := r.read(req, reflect.ValueOf(in).Elem(), body.Bytes()); err != nil {
		return err
	}
	if c, ok := any(in).(interface{ Check() error }); ok {
		if err := c.Check(); err != nil {
			return err
		}
	}
	if ctx, err = x.intend(ctx, body.Bytes()); err != nil {
		return err
	}
	out, err := fn(ctx, in)
	if err != nil {
		return err
	}
	if x.intent != nil && x.intent.Replayed() {
		x.Header()["Idempotent-Replayed"] = headerTrue
	}
	if f, ok := any(out).(*File); ok {
		return f.write(x)
	}
	return r.out.write(x, reflect.ValueOf(out))
}

// enter finds out who calls and whether they may, before anything is read.
func (x *exchange) enter(req *http.Request, r *route) (context.Context, context.CancelFunc, error) {
	x.r, x.route = req, r
	ctx, cancel := req.Context(), context.CancelFunc(func() {})
	if r.op.Timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, r.op.Timeout)
	}
	if r.op.Blind {
		return ctx, cancel, nil
	}
	caller, err := x.api.o.Auth.Authenticate(req)
	if err != nil {
		return ctx, cancel, err
	}
	x.tenant, x.lang = caller.Tenant, caller.Locale
	if r.unsafe {
		if err := x.api.fromHere(req); err != nil {
			return ctx, cancel, err
		}
	}
	if r.auth {
		if caller.User.IsZero() && len(caller.Grants) == 0 && !caller.IsSystem() {
			return ctx, cancel, access.ErrNobody
		}
	}
	ctx = access.With(ctx, caller)
	if r.auth {
		err = x.api.o.Guard.May(ctx, r.op.Action)
	}
	return ctx, cancel, err
}

// fromHere refuses an unsafe request that another site made a browser send.
func (a *API) fromHere(req *http.Request) error {
	if a.origin.Check(req) != nil {
		return errCrossOrigin
	}
	if a.o.CSRF != nil {
		return a.o.CSRF(req)
	}
	return nil
}

// intend reads the Idempotency-Key. Key and request are kept as keyed hashes.
func (x *exchange) intend(ctx context.Context, body []byte) (context.Context, error) {
	given := x.r.Header["Idempotency-Key"]
	if len(given) == 0 || !x.route.unsafe || x.route.op.NoIdempotency {
		return ctx, nil
	}
	key := given[0]
	if len(given) > 1 || len(key) == 0 || len(key) > 255 || strings.IndexFunc(key, func(c rune) bool { return c <= ' ' || c > '~' }) >= 0 {
		return ctx, ErrBadKey
	}
	request := x.api.seals.hash(x.route.op.ID, x.r.URL.EscapedPath(), x.r.URL.RawQuery, x.r.Header.Get("If-Match"), string(body))
	ctx, x.intent = command.With(ctx, x.api.seals.hash(key), request)
	return ctx, nil
}

var headerTrue = []string{"true"}

// read fills the input from the path, the query, the headers and the body.
func (r *route) read(req *http.Request, in reflect.Value, body []byte) error {
	query, err := r.query(req)
	if err != nil {
		return err
	}
	var wrong []fault.Field
	for name := range query {
		if !r.in.KnowsQuery(name) {
			wrong = append(wrong, unknownQuery(name))
		}
	}
	for i := range r.in.Params {
		p := &r.in.Params[i]
		wrong = append(wrong, p.Set(in, given(req, query, p))...)
	}
	if r.in.Body != nil {
		fields, err := r.in.Body.Decode(body, r.in.BodyOf(in))
		if err != nil {
			return with(ErrMalformed, fields)
		}
		wrong = append(wrong, fields...)
	}
	if len(wrong) > 0 {
		return with(ErrInput, wrong)
	}
	return nil
}

func (r *route) query(req *http.Request) (url.Values, error) {
	if req.URL.RawQuery == "" {
		return nil, nil //nolint:nilnil // nil is the empty query
	}
	q, err := url.ParseQuery(req.URL.RawQuery)
	if err != nil {
		return nil, ErrMalformed.At("query", "syntax")
	}
	return q, nil
}

func given(req *http.Request, query url.Values, p *strict.Param) []string {
	switch p.Place {
	case strict.Path:
		return []string{req.PathValue(p.Name)}
	case strict.Query:
		return query[p.Name]
	case strict.Header:
		return req.Header.Values(p.Name)
	}
	return nil
}

// unknownQuery tells the name only if it looks like one of ours.
func unknownQuery(name string) fault.Field {
	if strict.LooksLikeName(name) {
		return fault.Field{Pointer: "query/" + name, Code: "unknown"}
	}
	return fault.Field{Pointer: "query", Code: "unknown_member"}
}

func with(f *fault.Fault, fields []fault.Field) *fault.Fault {
	c := *f
	c.Fields = fields
	return &c
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func giveBack(b *bytes.Buffer) {
	if b.Cap() <= 1<<18 { // a rare large body is not kept
		b.Reset()
		buffers.Put(b)
	}
}

// readBody reads a JSON body whole, within the route's limit.
func (x *exchange) readBody(req *http.Request, r *route, into *bytes.Buffer) error {
	if req.Body == nil || req.Body == http.NoBody {
		return nil
	}
	if req.ContentLength > r.op.MaxBody {
		return ErrBodyTooLarge.With("max", r.op.MaxBody)
	}
	if n := req.ContentLength; n > 0 {
		into.Grow(int(n) + bytes.MinRead)
	}
	n, err := into.ReadFrom(http.MaxBytesReader(x.ResponseWriter, req.Body, r.op.MaxBody))
	if err != nil {
		return readFault(err, r.op.MaxBody)
	}
	if n == 0 {
		return nil
	}
	return r.checkMedia(req, into)
}

func readFault(err error, limit int64) error {
	var tooLarge *http.MaxBytesError
	switch {
	case asError(err, &tooLarge):
		return ErrBodyTooLarge.With("max", limit)
	case asIs(err, context.DeadlineExceeded):
		return ErrTimeout
	case asIs(err, io.ErrUnexpectedEOF), asIs(err, context.Canceled):
		return errGone
	}
	return ErrMalformed.Because(err)
}

// checkMedia refuses what is not JSON, and any body where the route has none.
func (r *route) checkMedia(req *http.Request, body *bytes.Buffer) error {
	if e := req.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return ErrMediaType
	}
	kind, params, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if err != nil || (kind != "application/json" && (kind != "application/merge-patch+json" || r.op.Method != http.MethodPatch)) {
		return ErrMediaType
	}
	if c := params["charset"]; c != "" && !strings.EqualFold(c, "utf-8") {
		return ErrMediaType
	}
	if r.in.Body == nil {
		if rest := bytes.TrimSpace(body.Bytes()); len(rest) > 0 && !bytes.Equal(rest, []byte("{}")) {
			return ErrInput.At("", "no_body")
		}
	}
	return nil
}
