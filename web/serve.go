package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// asset is a file as it is sent.
type asset struct {
	body, gzip []byte // gzip is nil where the build made none
	kind, tag  string
}

// Handler serves the web application from files: assets by their name, whose
// content never changes, the public pages under /p/, and the desk under every
// other path that is no file. Files that the build compressed go out compressed.
// A nil handler means that files hold no web application.
func Handler(files fs.FS) http.Handler {
	assets := map[string]asset{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(name, ".") {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		add(assets, name, body)
		return nil
	})
	if err != nil || assets["index.html"].body == nil {
		return nil
	}
	return handler(assets)
}

func add(assets map[string]asset, name string, body []byte) {
	plain, compressed := strings.CutSuffix(name, ".gz")
	a := assets[plain]
	if compressed {
		a.gzip = body
	} else {
		sum := sha256.Sum256(body)
		a.body, a.kind, a.tag = body, kindOf(name), `"`+hex.EncodeToString(sum[:8])+`"`
	}
	assets[plain] = a
}

// kindOf does not ask the machine's own table of media types: it differs.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".svg":
		return "image/svg+xml"
	default:
		return mime.TypeByExtension(path.Ext(name))
	}
}

// ofPages are headers that rule a document and its window. A script, style or font is
// neither, and a first visit takes fifty of them.
var ofPages = []string{"Permissions-Policy", "Cross-Origin-Opener-Policy"}

type handler map[string]asset

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	a, ok := h[name]
	switch {
	case ok && a.body != nil:
	case strings.HasPrefix(name+"/", "assets/"), path.Ext(name) != "" && !strings.HasPrefix(name, "p/"): // links of customers may hold a dot
		http.NotFound(w, r)
		return
	case name == "p" || strings.HasPrefix(name, "p/"):
		name, a = "public.html", h["public.html"]
	default:
		name, a = "index.html", h["index.html"]
	}
	a.serve(w, r, strings.HasPrefix(name, "assets/"))
}

func (a asset) serve(w http.ResponseWriter, r *http.Request, immutable bool) {
	head := w.Header()
	head.Set("Content-Type", a.kind)
	head.Set("Cache-Control", "no-cache") // asked again each time, answered by 304
	if immutable {
		head.Set("Cache-Control", "public, max-age=31536000, immutable")
		for _, name := range ofPages {
			head.Del(name)
		}
	}
	body, tag := a.body, a.tag
	head.Del("Vary") // the same for everybody, in whatever language
	if a.gzip != nil {
		head.Set("Vary", "Accept-Encoding")
		if takesGzip(r.Header) {
			head.Set("Content-Encoding", "gzip")
			body, tag = a.gzip, strings.TrimSuffix(a.tag, `"`)+`-gz"`
		}
	}
	head.Set("Etag", tag)
	head.Set("Content-Length", strconv.Itoa(len(body))) // ServeContent leaves it out of what is encoded
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
