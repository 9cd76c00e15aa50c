package login_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/login"
)

// BenchmarkAuthenticate is what every request pays: "known" within Fresh of
// the last, "fresh" when the caller must be read.
func BenchmarkAuthenticate(b *testing.B) {
	w := build(b, dbtest.SQLite(b, schemas...))
	_, token, err := w.s.CreateToken(b.Context(), dbtest.Tenant, login.NewToken{Name: "bench", User: w.agent})
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	for name, pass := range map[string]bool{"known": false, "fresh": true} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if pass {
					w.pass(login.Fresh)
				}
				if c, err := w.s.Authenticate(r); err != nil || c.User != w.agent {
					b.Fatal(c.User, err)
				}
			}
		})
	}
}
