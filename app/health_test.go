package app_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"fettle.dev/fettle/app/apptest"
)

// The process says that it is alive from its first moment to its last: whoever
// watches it restarts what is not, and a restart founds no operator and mends no
// database.
func TestAliveWhateverTheDatabaseSays(t *testing.T) {
	t.Parallel()
	h := apptest.SQLite(t)
	status := func(ctx context.Context, path string) int {
		w := httptest.NewRecorder()
		h.App.Handler().ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
		return w.Code
	}
	check := func(ctx context.Context, when string, ready int) {
		t.Helper()
		if got := status(ctx, "/healthz"); got != http.StatusOK {
			t.Errorf("%s, alive answers %d", when, got)
		}
		if got := status(ctx, "/readyz"); got != ready {
			t.Errorf("%s, ready answers %d, want %d", when, got, ready)
		}
	}
	check(t.Context(), "without an operator", http.StatusServiceUnavailable)
	h.Found(t, "one")
	check(t.Context(), "with an operator", http.StatusOK)
	late, cancel := context.WithCancel(t.Context())
	cancel()
	check(late, "when no database answers in time", http.StatusServiceUnavailable)
}
