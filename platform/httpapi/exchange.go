package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/platform/command"
)

// exchange is one request and its reply; it is the ResponseWriter that handlers
// see and what the context knows about the request.
type exchange struct {
	http.ResponseWriter
	api     *API
	r       *http.Request
	id      string
	began   time.Time
	route   *route
	pattern string // for the log, where there is no route
	tenant  id.Tenant
	lang    locale.Tag // of the caller; "" means: ask Accept-Language
	intent  *command.Intent
	status  int
	bytes   int64
	err     *fault.Fault // what was answered, if a problem
}

type exchangeKey struct{}

// from returns the exchange of ctx, or nil outside a request.
func from(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// Language is the language that the caller of ctx reads.
func Language(ctx context.Context) locale.Tag {
	if x := from(ctx); x != nil {
		return x.language()
	}
	return locale.English
}

// Request is the HTTP request of ctx, or nil outside one. It is there for what
// login needs (cookies, the peer's address); use cases have their input.
func Request(ctx context.Context) *http.Request {
	if x := from(ctx); x != nil {
		return x.r
	}
	return nil
}

func (x *exchange) language() locale.Tag {
	if x.lang == "" {
		x.lang = locale.Best(x.r.Header.Get("Accept-Language"))
	}
	return x.lang
}

// WriteHeader implements http.ResponseWriter.
func (x *exchange) WriteHeader(status int) {
	if x.status == 0 && status >= 200 {
		x.status = status
	}
	x.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (x *exchange) Write(b []byte) (int, error) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	n, err := x.ResponseWriter.Write(b)
	x.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// finish runs deferred: it turns a panic into a problem and writes the log.
func (x *exchange) finish() {
	p := recover()
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		x.report()
		panic(p)
	}
	if p != nil {
		x.api.o.Log.LogAttrs(x.r.Context(), slog.LevelError, "panic in a request",
			slog.String("request_id", x.id), slog.String("route", x.name()),
			slog.String("panic", describe(p)), slog.String("stack", string(debug.Stack())))
		if x.status == 0 {
			x.problem(fault.Of(errPanic))
		}
	}
	x.report()
}

var errPanic = errors.New("panic")

// describe tells what a panic is about without the values that it may hold:
// only the runtime's own words are safe to repeat.
func describe(p any) string {
	if err, ok := p.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", p)
}

// name is the route's pattern: never the path, which holds ids.
func (x *exchange) name() string {
	switch {
	case x.route != nil:
		return x.route.op.Path
	case x.pattern != "":
		return x.pattern
	}
	return "none"
}

// report writes the access log and tells the observer.
func (x *exchange) report() {
	took := x.api.o.Machine().Sub(x.began)
	if x.status == 0 {
		x.status = http.StatusOK
	}
	method := x.r.Method
	if !known(method) {
		method = "other" // a method is text that the client chooses
	}
	if x.api.o.Observe != nil {
		x.api.o.Observe(method, x.name(), x.status, took)
	}
	attrs := make([]slog.Attr, 0, 8)
	attrs = append(attrs,
		slog.String("request_id", x.id), slog.String("method", method), slog.String("route", x.name()),
		slog.Int("status", x.status), slog.Int64("took_us", took.Microseconds()), slog.Int64("bytes", x.bytes))
	if !x.tenant.IsZero() {
		attrs = append(attrs, slog.String("tenant", x.tenant.String()))
	}
	if x.err != nil {
		attrs = append(attrs, slog.String("code", x.err.Code))
	}
	x.api.o.Log.LogAttrs(x.r.Context(), slog.LevelInfo, "request", attrs...)
}

func known(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return true
	}
	return false
}

func newRequestID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return "req_" + hex.EncodeToString(b[:])
}
