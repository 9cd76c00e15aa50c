package app

import (
	"io/fs"
	"net/http"
	"path"
	"strings"

	"fettle.dev/fettle/web"
)

// site serves the embedded web application. Assets have their content's hash in
// their names and never change; the pages are asked for each time. Every other
// address is a route of the application itself: /p/… of the public pages, the
// rest of the desk.
func site() http.Handler {
	files := web.Files()
	if _, err := fs.Stat(files, "index.html"); err != nil {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte("This binary was built without its web application. The API is at /v1, its description at /openapi.json.\n"))
		})
	}
	server := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if info, err := fs.Stat(files, name); err == nil && !info.IsDir() && name != "" {
			cache := "public, max-age=3600"
			if strings.HasPrefix(name, "assets/") {
				cache = "public, max-age=31536000, immutable"
			}
			w.Header().Set("Cache-Control", cache)
			server.ServeHTTP(w, r)
			return
		}
		page := "index.html"
		if strings.HasPrefix(r.URL.Path, "/p/") || r.URL.Path == "/p" {
			page = "public.html"
		}
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeFileFS(w, r, files, page)
	})
}
