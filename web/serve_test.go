package web_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"testing/fstest"

	"fettle.dev/fettle/web"
)

func site() http.Handler {
	return web.Handler(fstest.MapFS{
		"index.html":      {Data: []byte("desk")},
		"public.html":     {Data: []byte("public")},
		"assets/a1.js":    {Data: []byte("long script")},
		"assets/a1.js.gz": {Data: []byte("short")},
		".vite/x.json":    {Data: []byte("secret")},
	})
}

func get(t *testing.T, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	site().ServeHTTP(w, r)
	return w
}

func TestHandlerFindsThePage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path, want string
		status     int
	}{
		{"/", "desk", 200},
		{"/cases/case_01", "desk", 200},
		{"/public.html", "public", 200},
		{"/p/", "public", 200},
		{"/p/c/case_01.abc", "public", 200},
		{"/price", "desk", 200},
		{"/assets/a1.js", "long script", 200},
		{"/assets/gone.js", "404 page not found\n", 404},
		{"/assets/", "404 page not found\n", 404},
		{"/assets/gone", "404 page not found\n", 404},
		{"/.vite/x.json", "404 page not found\n", 404},
		{"/../../etc/passwd.txt", "404 page not found\n", 404},
	} {
		w := get(t, tt.path)
		if w.Code != tt.status || w.Body.String() != tt.want {
			t.Errorf("GET %s = %d %q, want %d %q", tt.path, w.Code, w.Body.String(), tt.status, tt.want)
		}
	}
}

func TestHandlerKeepsAssetsAndAsksForPages(t *testing.T) {
	t.Parallel()
	if got := get(t, "/assets/a1.js").Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("Cache-Control of an asset is %q", got)
	}
	page := get(t, "/cases")
	if got := page.Header().Get("Cache-Control"); got != "no-cache" {
		t.Errorf("Cache-Control of a page is %q, want no-cache", got)
	}
	if again := get(t, "/cases", "If-None-Match", page.Header().Get("Etag")); again.Code != http.StatusNotModified {
		t.Errorf("the same page again = %d, want 304", again.Code)
	}
}

func TestHandlerSendsWhatTheBuildCompressed(t *testing.T) {
	t.Parallel()
	w := get(t, "/assets/a1.js", "Accept-Encoding", "br, gzip")
	if w.Body.String() != "short" || w.Header().Get("Content-Encoding") != "gzip" {
		t.Errorf("got %q encoded %q, want the compressed file", w.Body.String(), w.Header().Get("Content-Encoding"))
	}
	if got := w.Header().Get("Content-Type"); got != "text/javascript; charset=utf-8" {
		t.Errorf("Content-Type is %q", got)
	}
	if plain := get(t, "/assets/a1.js"); plain.Header().Get("Etag") == w.Header().Get("Etag") {
		t.Error("both encodings have one tag")
	}
}

func TestHandlerAsksHowItMaySend(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{
		"": "", "gzip": "gzip", "GZIP": "gzip", "x-gzip": "gzip", "*": "gzip", "br, *;q=0.1": "gzip", "gzip;q=0.5": "gzip", "gzip ; q=1.0": "gzip",
		"gzip;q=0": "", "gzip; q=0.000": "", "*, gzip;q=0": "", "*;q=0": "", "br": "", "identity": "", "notgzip": "", "gzip;level=9": "", "gzip;q=": "",
	} {
		w := get(t, "/assets/a1.js", "Accept-Encoding", accept)
		if got := w.Header().Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q is answered in %q, want %q", accept, got, want)
		}
		if w.Header().Get("Vary") != "Accept-Encoding" || w.Header().Get("Content-Length") != strconv.Itoa(w.Body.Len()) {
			t.Errorf("Accept-Encoding %q: headers %v", accept, w.Header())
		}
	}
}

func TestHandlerOfNothing(t *testing.T) {
	t.Parallel()
	if h := web.Handler(fstest.MapFS{".keep": {}}); h != nil {
		t.Error("a handler without a web application, want nil")
	}
}
