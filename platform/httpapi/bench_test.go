package httpapi_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"fettle.dev/fettle/platform/httpapi"
)

// kiloBody is a body of about 1 KB, as an intake has it.
var kiloBody = strings.Replace(goodBody, "does not cool", strings.Repeat("does not cool, ", 35), 1)

// BenchmarkPost is the layer's own cost of a POST with a body of 1 KB: from
// ServeHTTP to the reply, with authentication and use case that do nothing, an
// Idempotency-Key and the access log.
func BenchmarkPost(b *testing.B) {
	s := newSite(b)
	s.API = quiet(s)
	serveAll(b, s, func() *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/v1/cases", strings.NewReader(kiloBody))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "agent")
		r.Header.Set("Idempotency-Key", "0192f5c6-7d1e-7b53-9a41-3f1f6c1c9a10")
		return r
	}, http.StatusCreated)
}

// BenchmarkGet is the same for a GET of one thing, with its ETag.
func BenchmarkGet(b *testing.B) {
	s := newSite(b)
	s.API = quiet(s)
	serveAll(b, s, func() *http.Request {
		r := httptest.NewRequest(http.MethodGet, "/v1/cases/"+caseID.String(), nil)
		r.Header.Set("Authorization", "agent")
		return r
	}, http.StatusOK)
}

// BenchmarkRefuse is the cost of a body with faults.
func BenchmarkRefuse(b *testing.B) {
	s := newSite(b)
	s.API = quiet(s)
	bad := strings.Replace(kiloBody, `"high"`, `"canary"`, 1)
	serveAll(b, s, func() *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/v1/cases", strings.NewReader(bad))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "agent")
		return r
	}, http.StatusUnprocessableEntity)
}

// quiet rebuilds the site's API with a log that is written nowhere.
func quiet(s *site) *httpapi.API {
	a := httpapi.New(httpapi.Options{Auth: who{}, Guard: may{}, Secret: []byte("x"), Log: slog.New(slog.NewJSONHandler(io.Discard, nil))})
	declare(a, s)
	return a
}

type sink struct {
	h      http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.h }
func (s *sink) WriteHeader(n int)           { s.status = n }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }

func serveAll(b *testing.B, s *site, request func() *http.Request, want int) {
	b.Helper()
	r := request()
	text := ""
	if r.Body != nil {
		raw, _ := io.ReadAll(r.Body)
		text = string(raw)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r.Body = io.NopCloser(strings.NewReader(text))
		w := &sink{h: http.Header{}}
		s.ServeHTTP(w, r)
		if w.status != want {
			b.Fatal(w.status)
		}
	}
}
