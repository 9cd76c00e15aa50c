package app

import (
	"context"
	"net/http"
	"time"

	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// healthRoutes answer whoever watches the process: alive, which a restart would
// mend, and ready to serve, which it would not.
func (a *App) healthRoutes() {
	plain := func(w http.ResponseWriter, status int, text string) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text + "\n"))
	}
	httpapi.Raw(a.API, httpapi.Op{
		ID: "health_live", Method: http.MethodGet, Path: "/healthz", Action: "health.read", Kind: "health", Public: true, Blind: true,
		Summary: "Whether the process is alive, whatever its databases say", Produces: "text/plain",
	}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "alive") }))
	httpapi.Raw(a.API, httpapi.Op{
		ID: "health_ready", Method: http.MethodGet, Path: "/readyz", Action: "health.read", Kind: "health", Public: true,
		Summary: "Whether the process can serve: there is an operator, and its databases answer", Produces: "text/plain",
	}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := a.ready(r.Context()); err != nil {
			plain(w, http.StatusServiceUnavailable, "not ready")
			return
		}
		plain(w, http.StatusOK, "ready")
	}))
}

// ready asks both databases for an answer within two seconds.
func (a *App) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for _, d := range []*db.DB{a.DB, a.KeyDB} {
		if err := d.Ping(ctx); err != nil {
			return err
		}
	}
	return nil
}
