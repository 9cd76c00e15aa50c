package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/i18n"
	"fettle.dev/fettle/platform/telemetry"
)

func TestProblemsSpeakTheCallersLanguage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		headers []string
		want    string
	}{
		{"English by default", nil, "Some of the input is not right"},
		{"asked for", []string{"Accept-Language", "fr;q=0.9, zh-Hans;q=0.8"}, "部分输入有误"},
		{"unknown", []string{"Accept-Language", "fr"}, "Some of the input is not right"},
		{"nonsense", []string{"Accept-Language", ";;;q=x"}, "Some of the input is not right"},
		{"the user's setting wins", []string{"Accept-Language", "en", "Authorization", "chinese"}, "部分输入有误"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := problemOf(t, newSite(t).call("GET", "/v1/cases?limit=900", "", tt.headers...))
			if d.Title != tt.want {
				t.Errorf("title %q, want %q", d.Title, tt.want)
			}
			if chinese := strings.Contains(tt.want, "输入"); chinese != (d.Errors[0].Title == "数值过大") {
				t.Errorf("field title %q", d.Errors[0].Title)
			}
		})
	}
}

func TestEveryFaultOfThePlatformHasATitle(t *testing.T) {
	t.Parallel()
	var keys []string
	for code := range fault.Codes() {
		if !strings.HasPrefix(code, "test.") {
			keys = append(keys, "problem."+code+".title")
		}
	}
	if gaps := i18n.Standard().Missing(keys...); len(gaps) > 0 {
		t.Errorf("texts are missing: %v", gaps)
	}
}

func TestETags(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	one := "/v1/cases/" + caseID.String()
	w := s.call("GET", one, "")
	tag := w.Header().Get("Etag")
	if w.Code != http.StatusOK || !strings.HasPrefix(tag, `"5-`) {
		t.Fatalf("status %d, ETag %s", w.Code, tag)
	}
	for _, tt := range []struct {
		name, method, header, value string
		want                        int
	}{
		{"seen", "GET", "If-None-Match", tag, 304},
		{"seen, weakly", "GET", "If-None-Match", `"x", W/` + tag, 304},
		{"any", "GET", "If-None-Match", `*`, 304},
		{"another", "GET", "If-None-Match", `"5-0000000000000000"`, 200},
		{"seen, head", "HEAD", "If-None-Match", tag, 304},
		{"the whole tag", "PATCH", "If-Match", tag, 200},
		{"the version", "PATCH", "If-Match", `"5"`, 200},
		{"one of some", "PATCH", "If-Match", `"3", "5"`, 200},
		{"any version", "PATCH", "If-Match", `*`, 200},
		{"weak", "PATCH", "If-Match", `W/"5"`, 412},
		{"bare", "PATCH", "If-Match", `5`, 412},
		{"other", "PATCH", "If-Match", `"55"`, 412},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body := ""
			if tt.method == "PATCH" {
				body = "{}"
			}
			w := newSite(t).call(tt.method, one, body, tt.header, tt.value)
			if w.Code != tt.want || (tt.want == 304 && w.Body.Len() > 0) {
				t.Errorf("status %d with %d bytes, want %d", w.Code, w.Body.Len(), tt.want)
			}
			if tt.method == "PATCH" && tt.want == 200 && w.Header().Get("Etag") != `"6"` {
				t.Errorf("ETag %s, want the new version", w.Header().Get("Etag"))
			}
		})
	}
}

func TestGzip(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	one := "/v1/cases/" + caseID.String()
	plain := s.call("GET", one, "")
	if plain.Header().Get("Content-Encoding") != "" {
		t.Error("a reply is compressed unasked")
	}
	w := s.call("GET", one, "", "Accept-Encoding", "br, gzip;q=0.5")
	if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() >= plain.Body.Len() || w.Header().Get("Content-Length") != "" {
		t.Fatalf("not compressed: %v", w.Header())
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(got, plain.Body.Bytes()) {
		t.Errorf("decompressed %q, %v", got, err)
	}
	for _, accept := range []string{"gzip;q=0", "identity", "br"} {
		if e := s.call("GET", one, "", "Accept-Encoding", accept).Header().Get("Content-Encoding"); e != "" {
			t.Errorf("Accept-Encoding %s gets %s", accept, e)
		}
	}
	if e := s.call("GET", "/v1/cases?limit=1", "", "Accept-Encoding", "gzip").Header().Get("Content-Encoding"); e != "" {
		t.Error("a short reply is compressed")
	}
}

func TestNoBodyAnswers204(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "{}", " {} "} {
		if w := newSite(t).call("DELETE", "/v1/cases/"+caseID.String(), body); w.Code != http.StatusNoContent || w.Body.Len() > 0 {
			t.Errorf("body %q: status %d, %d bytes", body, w.Code, w.Body.Len())
		}
	}
}

func TestEveryReplyHasTheHeaders(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, path := range []string{"/v1/cases/" + caseID.String(), "/v1/nowhere", "/", "/openapi.json"} {
		h := s.call("GET", path, "").Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
			"Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store",
			"Content-Security-Policy": "script-src 'self';", "Permissions-Policy": "camera=(self)", "X-Request-Id": "req_",
		} {
			if !strings.Contains(h.Get(name), want) {
				t.Errorf("%s: %s is %q, want %q in it", path, name, h.Get(name), want)
			}
		}
		if csp := h.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.HasPrefix(csp, "default-src 'self'") {
			t.Errorf("policy %q", csp)
		}
		if h.Get("Strict-Transport-Security") != "" {
			t.Error("HSTS over plain HTTP")
		}
	}
	if w := s.call("GET", "/v1", ""); w.Code != http.StatusNotFound {
		t.Errorf("the root of the API = %d %s", w.Code, w.Body)
	}
	if w := s.call("GET", "/some/page", ""); w.Body.String() != "<html>" {
		t.Errorf("the web application is not served: %s", w.Body)
	}
	r := httptest.NewRequest("GET", "https://localhost/", nil)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Header().Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS over HTTPS")
	}
	if w := s.call("PUT", "/v1/cases", "{}"); w.Header().Get("Allow") != "GET, HEAD, POST" {
		t.Errorf("Allow: %s", w.Header().Get("Allow"))
	}
	if w := s.call("GET", "/v1/cases/x", "", "Authorization", ""); w.Header().Get("Www-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
}

// TestLogTellsNothing sends canaries everywhere and looks at the log that the
// application writes.
func TestLogTellsNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var log bytes.Buffer
	s.API = httpapi.New(httpapi.Options{Auth: who{}, Guard: may{}, Log: telemetry.NewLogger(&log, slog.LevelDebug)})
	declare(s.API, s)
	s.call("POST", "/v1/cases", strings.Replace(goodBody, "Li Wei", "canary7731", 1), "User-Agent", "canary7731", "X-Forwarded-For", "canary7731")
	s.call("POST", "/v1/panic", "canary7731")
	s.call("GET", "/v1/cases/canary7731?canary7731=canary7731", "", "Referer", "canary7731")
	s.call("CANARY7731", "/canary7731", "")
	s.call("GET", "/v1/cases/"+strings.Replace(caseID.String(), "7", "9", 1), "")
	s.call("GET", "/v1/check/canary7731", "")
	if strings.Contains(strings.ToLower(log.String()), "canary") || strings.Contains(log.String(), caseID.String()) {
		t.Errorf("the log tells: %s", &log)
	}
	for _, want := range []string{
		`"route":"/v1/cases/{id}"`, `"route":"none"`, `"method":"other"`, `"code":"api.invalid_input"`, `"status":500`,
		`"panic":"string"`, `"stack":"`, `"tenant":"ten_`, `"took_us":`,
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %s", want)
		}
	}
	if n := strings.Count(log.String(), "panic in a request"); n != 1 {
		t.Errorf("the panic is logged %d times", n)
	}
}

func TestPanicAnswersAProblem(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.call("POST", "/v1/panic", "canary7731")
	d := problemOf(t, w)
	if w.Code != http.StatusInternalServerError || d.Code != "internal" || !strings.HasPrefix(d.RequestID, "req_") || !strings.Contains(s.log.String(), d.RequestID) {
		t.Errorf("status %d, %+v", w.Code, d)
	}
}

func TestObserve(t *testing.T) {
	t.Parallel()
	var seen []string
	a := httpapi.New(httpapi.Options{
		Auth: who{}, Guard: may{}, Log: slog.New(slog.DiscardHandler),
		Observe: func(method, route string, status int, _ time.Duration) {
			seen = append(seen, method+" "+route+" "+http.StatusText(status))
		},
	})
	s := newSite(t)
	s.API = a
	declare(a, s)
	s.call("GET", "/v1/cases/"+caseID.String(), "")
	s.call("BREW", "/x", "")
	if want := []string{"GET /v1/cases/{id} OK", "other none Not Found"}; !slices.Equal(seen, want) {
		t.Errorf("observed %v, want %v", seen, want)
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := httpapi.New(httpapi.Options{Auth: who{}, Guard: may{}, Log: slog.New(slog.DiscardHandler)})
		httpapi.Get(a, httpapi.Op{ID: "case_wait", Path: "/v1/wait", Action: "case.read", Kind: "case", Timeout: time.Second},
			func(ctx context.Context, _ *struct{}) (*getOut, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			})
		s := &site{API: a}
		if d := problemOf(t, s.call("GET", "/v1/wait", "")); d.Code != "api.timeout" || d.Status != 503 {
			t.Errorf("got %+v", d)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r := httptest.NewRequest("GET", "/v1/wait", nil).WithContext(ctx)
		r.Header.Set("Authorization", "agent")
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		if w.Code != 499 {
			t.Errorf("a client that has gone gets %d", w.Code)
		}
	})
}

func TestRoutesThatSayTooLittleDoNotStart(t *testing.T) {
	t.Parallel()
	good := httpapi.Op{ID: "case_look", Path: "/v1/look", Action: "case.read", Kind: "case"}
	fn := func(context.Context, *struct{}) (*getOut, error) { return &getOut{}, nil }
	for name, spoil := range map[string]func(*httpapi.Op){
		"no id":               func(o *httpapi.Op) { o.ID = "" },
		"id of one word":      func(o *httpapi.Op) { o.ID = "look" },
		"id taken":            func(o *httpapi.Op) { o.ID = "api_describe" },
		"no action":           func(o *httpapi.Op) { o.Action = "" },
		"no kind":             func(o *httpapi.Op) { o.Kind = "" },
		"another kind":        func(o *httpapi.Op) { o.Kind = "unit" },
		"unknown action":      func(o *httpapi.Op) { o.Action = "case.dance" },
		"path without slash":  func(o *httpapi.Op) { o.Path = "v1/look" },
		"path with a field":   func(o *httpapi.Op) { o.Path = "/v1/look/{id}" },
		"path of another one": func(o *httpapi.Op) { o.Path = "/openapi.json" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := httpapi.New(httpapi.Options{Auth: who{}, Guard: may{}})
			op := good
			spoil(&op)
			defer func() {
				if recover() == nil {
					t.Error("the route starts")
				}
			}()
			httpapi.Get(a, op, fn)
		})
	}
	a := httpapi.New(httpapi.Options{Auth: who{}, Guard: may{}})
	httpapi.Get(a, good, fn)
	ops := a.Ops()
	if len(ops) != 2 || ops[0].ID != "api_describe" || ops[1].ID != "case_look" || ops[1].Method != http.MethodGet {
		t.Errorf("Ops() = %+v", ops)
	}
}

func TestTypesThatCannotBeReadDoNotStart(t *testing.T) {
	t.Parallel()
	for name, add := range map[string]func(a *httpapi.API, op httpapi.Op){
		"untagged field": post[struct{ X string }],
		"duration":       post[struct{ Body struct{ T time.Duration } }],
		"channel":        post[struct{ Body struct{ C chan int } }],
		"unknown format": post[struct {
			Body struct {
				S string `format:"nonsense"`
			}
		}],
		"two members of one name": post[struct {
			Body struct {
				A string `json:"a"`
				twin
			}
		}],
		"bad pattern": post[struct {
			Body struct {
				S string `pattern:"("`
			}
		}],
		"bad limit": post[struct {
			Body struct {
				S string `maxLength:"many"`
			}
		}],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("the route starts")
				}
			}()
			add(httpapi.New(httpapi.Options{Auth: who{}, Guard: may{}}), httpapi.Op{ID: "case_x", Path: "/v1/x", Action: "case.read", Kind: "case"})
		})
	}
}

// twin claims a member's name that its embedder has already.
type twin struct {
	B string `json:"a"`
}

func post[In any](a *httpapi.API, op httpapi.Op) {
	httpapi.Post(a, op, func(context.Context, *In) (*struct{}, error) { return &struct{}{}, nil })
}

func TestServeEndsGracefully(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	inside, release := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(inside)
		<-release
		_, _ = io.WriteString(w, "done")
	})
	ended := make(chan error, 1)
	go func() { ended <- httpapi.Serve(ctx, l, h, slog.New(slog.DiscardHandler), func() { close(release) }) }()
	got := make(chan string, 1)
	go func() {
		res, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			got <- err.Error()
			return
		}
		defer func() { _ = res.Body.Close() }()
		b, _ := io.ReadAll(res.Body)
		got <- string(b)
	}()
	<-inside
	cancel() // the closer releases the request, which is still answered
	if s := <-got; s != "done" {
		t.Errorf("the running request got %q", s)
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve = %v", err)
	}
}

func TestOpenAPI(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	first, err := s.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	again, err := newSite(t).OpenAPI()
	if err != nil || !bytes.Equal(first, again) {
		t.Fatalf("the document is not stable: %v", err)
	}
	if w := s.call("GET", "/openapi.json", "", "Authorization", ""); !bytes.Equal(w.Body.Bytes(), first) {
		t.Error("the route serves another document")
	}
	golden(t, "testdata/openapi.json", first)
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string `json:"operationId"`
		}
	}
	if err := json.Unmarshal(first, &doc); err != nil || doc.OpenAPI != "3.1.0" || doc.Paths["/v1/cases/{id}"]["patch"].OperationID != "case_change" {
		t.Errorf("%v: %+v", err, doc)
	}
}

func TestProblemsPage(t *testing.T) {
	t.Parallel()
	page := string(httpapi.ProblemsPage(i18n.Standard()))
	for _, want := range []string{
		"| `api.stale_version` | 412 | Somebody else has changed this meanwhile | 内容已被他人修改 |",
		"| `api.method_not_allowed` | 405 |", "| `too_long` | Must have at most {max} characters |", "| `internal` | 500 |",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}
