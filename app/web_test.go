package app_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/web"
)

var (
	entryScript = regexp.MustCompile(`src="(/assets/[\w.-]+\.js)"`)
	// What every reply has, so that a page cannot be framed, sniffed or fed scripts.
	guarded = []string{"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "X-Request-Id"}
	// What every page has; scripts, styles and fonts are none.
	ofPages = []string{"Permissions-Policy", "Cross-Origin-Opener-Policy"}
)

// The web application that is built in goes out packed to who takes it, is asked
// again by its tag, and keeps the headers of the API.
func TestWebIsServed(t *testing.T) {
	t.Parallel()
	if _, err := fs.Stat(web.Files(), "index.html"); err != nil {
		t.Skip("no web application is built in")
	}
	visitor := apptest.SQLite(t).Found(t, "one").Visitor()
	get := func(method, path string, headers ...string) apptest.Reply {
		r := visitor.Do(t, method, path, nil, headers...)
		for _, name := range guarded {
			if r.Header.Get(name) == "" {
				t.Errorf("%s %s has no %s", method, path, name)
			}
		}
		for _, name := range ofPages {
			if asset := strings.HasPrefix(path, "/assets/") && r.Status == http.StatusOK; (r.Header.Get(name) == "") != asset && r.Status != http.StatusNotModified {
				t.Errorf("%s %s has %s %q", method, path, name, r.Header.Get(name))
			}
		}
		return r
	}
	for path, entry := range map[string]string{"/": "desk", "/cases/case_01": "desk", "/login": "desk", "/p/": "public", "/p/c/case_01.ab": "public"} {
		page := get("GET", path)
		found := entryScript.FindSubmatch(page.Body)
		if found == nil || !strings.HasPrefix(string(found[1]), "/assets/"+entry+"-") {
			t.Fatalf("GET %s loads %s, want the entry of %s", path, found, entry)
		}
		wantHeaders(t, page, "Content-Type", "text/html; charset=utf-8", "Cache-Control", "no-cache", "Vary", "Accept-Encoding", "Content-Encoding", "")
		served(t, get, path)

		script := string(found[1])
		wantHeaders(t, get("GET", script), "Content-Type", "text/javascript; charset=utf-8", "Cache-Control", "public, max-age=31536000, immutable",
			"Vary", "Accept-Encoding", "Content-Encoding", "")
		served(t, get, script)
	}
	wantHeaders(t, get("GET", "/boot.js"), "Content-Type", "text/javascript; charset=utf-8", "Cache-Control", "no-cache")
	wantHeaders(t, get("GET", "/icon.svg"), "Content-Type", "image/svg+xml", "Cache-Control", "no-cache")
	for _, path := range []string{"/assets/gone-123.js", "/.vite/manifest.json", "/index.html.gz", "/favicon.ico"} {
		r := get("GET", path, "Accept-Encoding", "gzip")
		wantHeaders(t, r.Want(t, http.StatusNotFound), "Cache-Control", "no-store", "Content-Encoding", "")
	}
}

// served asks for one file in every way: plain and packed are the same text with
// two tags, each of which is answered by 304.
func served(t *testing.T, get func(method, path string, headers ...string) apptest.Reply, path string) {
	t.Helper()
	plain := get("GET", path)
	if refused := get("GET", path, "Accept-Encoding", "gzip;q=0, identity"); !bytes.Equal(refused.Body, plain.Body) || refused.Header.Get("Content-Encoding") != "" {
		t.Errorf("%s goes packed to who refuses it", path)
	}
	packed := get("GET", path, "Accept-Encoding", "gzip, deflate, br")
	wantHeaders(t, packed, "Content-Encoding", "gzip", "Content-Type", plain.Header.Get("Content-Type"), "Vary", "Accept-Encoding")
	if len(packed.Body) >= len(plain.Body) || !bytes.Equal(unpack(t, packed.Body), plain.Body) {
		t.Errorf("%s packed is another text", path)
	}
	tag := packed.Header.Get("Etag")
	if tag == "" || tag == plain.Header.Get("Etag") {
		t.Errorf("%s has the tags %s packed and %s plain", path, tag, plain.Header.Get("Etag"))
	}
	for _, known := range []string{tag, "W/" + tag, `"other", ` + tag} {
		again := get("GET", path, "Accept-Encoding", "gzip", "If-None-Match", known).Want(t, http.StatusNotModified)
		wantHeaders(t, again, "Etag", tag, "Cache-Control", plain.Header.Get("Cache-Control"), "Vary", "Accept-Encoding")
		if len(again.Body) > 0 {
			t.Errorf("%s not modified has a body", path)
		}
	}
	get("GET", path, "If-None-Match", tag).Want(t, http.StatusOK) // plain is another file
	head := get("HEAD", path, "Accept-Encoding", "gzip").Want(t, http.StatusOK)
	wantHeaders(t, head, "Content-Length", packed.Header.Get("Content-Length"), "Content-Encoding", "gzip", "Etag", tag)
	if len(head.Body) > 0 {
		t.Errorf("HEAD %s has a body", path)
	}
}

func wantHeaders(t *testing.T, r apptest.Reply, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if got := r.Header.Get(pairs[i]); got != pairs[i+1] {
			t.Errorf("%s is %q, want %q", pairs[i], got, pairs[i+1])
		}
	}
}

func unpack(t *testing.T, text []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
