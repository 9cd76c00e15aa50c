package app

import (
	"net/http"

	"fettle.dev/fettle/web"
)

// site serves the embedded web application, or says that there is none.
func site() http.Handler {
	if h := web.Handler(web.Files()); h != nil {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("This binary was built without its web application. The API is at /v1, its description at /openapi.json.\n"))
	})
}
