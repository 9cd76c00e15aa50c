package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/telemetry"
)

const canary = "Hans Canary +49 30 5550199"

type card struct{ Name string }

// LogValue gives a group, as a careless type might.
func (c card) LogValue() slog.Value {
	return slog.GroupValue(slog.String("name", c.Name), slog.Int("count", 3))
}

func TestOnlyAllowedKeysAreWritten(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := telemetry.NewLogger(&out, slog.LevelInfo)
	before := telemetry.Dropped()
	log.With("phone", canary, "route", "/v1/cases/{id}").WithGroup("party").Info("request",
		"name", canary, "status", 200, "tenant", id.Tenant{0: 1}, "email", canary,
		"case", card{canary}, slog.Group("inner", "street", canary, "took_us", 12),
		"reason", card2{canary}, "err", fmt.Errorf("insert party: %w", errors.New(`invalid input "`+canary+`"`)),
		"until", time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), "kind", map[string]string{"a": canary})
	log.Debug("not written", "status", 1)
	if strings.Contains(out.String(), "Canary") {
		t.Errorf("the log tells: %s", &out)
	}
	var line struct {
		Msg, Route string
		Party      struct {
			Status int
			Tenant string
			Err    string
			Kind   string
			Until  string
			Case   struct{ Count int }
			Inner  struct {
				TookUS int `json:"took_us"`
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("%v: %s", err, &out)
	}
	p := line.Party
	if line.Msg != "request" || line.Route != "/v1/cases/{id}" || p.Status != 200 || p.Tenant != (id.Tenant{0: 1}).String() ||
		p.Err != `insert party: invalid input "…"` || p.Case.Count != 3 || p.Inner.TookUS != 12 || p.Kind != "(dropped)" || p.Until == "" {
		t.Errorf("written wrongly: %+v\n%s", line, &out)
	}
	if n := telemetry.Dropped() - before; n != 7 {
		t.Errorf("Dropped grew by %d, want 7", n)
	}
}

type card2 struct{ Name string }

func TestRedact(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ give, want string }{
		{`insert case: UNIQUE constraint failed: desk_case.id`, `insert case: UNIQUE constraint failed: desk_case.id`},
		{`invalid input syntax for type bigint: "Hans" (SQLSTATE 22P02)`, `invalid input syntax for type bigint: "…" (SQLSTATE 22P02)`},
		{`Key (email)=(h@x.org) already exists`, `Key (email)=(…) already exists`},
		{`parsing time "2026" as 'x': can't go on`, `parsing time "…" as '…': can't go on`},
		{`quote "is \"Hans\" inside" done`, `quote "…" done`},
		{`open "Hans`, `open "…`},
		{strings.Repeat("x", 500), strings.Repeat("x", 400) + "…"},
	} {
		if got := telemetry.Redact(tt.give); got != tt.want {
			t.Errorf("Redact(%q) = %q, want %q", tt.give, got, tt.want)
		}
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics("v1")
	m.Observe("GET", "/v1/cases/{id}", 404, 30*time.Millisecond)
	m.Counter("fettle_things_total", "Things.", "kind")(3, "case")
	m.Lags("fettle_delivery_lag_seconds", "Lag.", "subscriber")(200*time.Millisecond, "desk.welcome")
	m.Gauge("fettle_lag_seconds", "Lag.", func(context.Context) (float64, error) { return 1.5, nil })
	m.Gauge("fettle_broken", "Broken.", func(context.Context) (float64, error) { return 0, errors.New("no") })
	m.Gauges("fettle_backlog", "Backlog.", "subscriber", func(context.Context) (map[string]float64, error) {
		return map[string]float64{"desk.welcome": 7}, nil
	})
	w := httptest.NewRecorder()
	m.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{
		`fettle_http_request_seconds_bucket{method="GET",route="/v1/cases/{id}",status="4xx",le="0.05"} 1`,
		`fettle_things_total{kind="case"} 3`, `fettle_lag_seconds 1.5`, `fettle_backlog{subscriber="desk.welcome"} 7`,
		`fettle_delivery_lag_seconds_bucket{subscriber="desk.welcome",le="0.15"} 0`, `fettle_delivery_lag_seconds_bucket{subscriber="desk.welcome",le="0.25"} 1`,
		`fettle_build_info{version="v1"} 1`, `go_goroutines`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	if strings.Contains(w.Body.String(), "fettle_broken ") {
		t.Error("a gauge that failed has a value")
	}
	w = httptest.NewRecorder()
	m.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/debug/pprof/cmdline", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("the command line is shown: %d", w.Code)
	}
}
