package httpapi_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"fettle.dev/fettle/platform/httpapi"
)

// A file goes out whole under its name to whoever takes anything, browsers that
// ask for pages included; a refusal is a problem and no file.
func TestDownload(t *testing.T) {
	t.Parallel()
	type asked struct {
		Rows int `query:"rows" minimum:"0" maximum:"9000"`
	}
	api := httpapi.New(httpapi.Options{Auth: who{}, Guard: may{}, Secret: []byte("of tests"), Log: slog.New(slog.DiscardHandler)})
	httpapi.Download(api, httpapi.Op{ID: "case_table", Path: "/v1/cases.csv", Action: "case.read", Kind: "case", Produces: "text/csv"},
		func(_ context.Context, in *asked) (*httpapi.File, error) {
			if in.Rows == 0 {
				return nil, errors.New("half of it is written")
			}
			return &httpapi.File{Name: `a "b".csv`, Body: []byte(strings.Repeat("x\r\n", in.Rows))}, nil
		})
	get := func(query, packing string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/v1/cases.csv?"+query, nil)
		r.Header.Set("Authorization", "agent")
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Accept-Encoding", packing)
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		return w
	}
	w := get("rows=2", "gzip")
	if w.Code != 200 || w.Body.String() != "x\r\nx\r\n" || w.Header().Get("Content-Type") != "text/csv" ||
		w.Header().Get("Content-Disposition") != `attachment; filename="a \"b\".csv"` {
		t.Errorf("%d %v %q", w.Code, w.Header(), w.Body)
	}
	if w := get("rows=9000", "gzip"); w.Code != 200 || w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() > 1000 {
		t.Errorf("%d %v, %d bytes", w.Code, w.Header(), w.Body.Len())
	}
	for query, status := range map[string]int{"rows=0": 500, "rows=9001": 422, "x=1": 422} {
		if w := get(query, ""); w.Code != status || w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("Content-Disposition") != "" {
			t.Errorf("%s = %d %v %s", query, w.Code, w.Header(), w.Body)
		}
	}
}
