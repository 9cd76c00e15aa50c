package app

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/platform/roads"
	"fettle.dev/fettle/platform/telemetry"
)

// Whoever watches the metrics sees that the road service is down.
func TestRoadsAreMeasured(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer s.Close()
	a := &App{Config: Config{Roads: Roads{URL: s.URL, Kind: "osrm"}}, Metrics: telemetry.NewMetrics("test")}
	if err := a.openRoads(); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		if _, err := a.Roads.Table(t.Context(), []geo.Point{geo.At(52, 13)}, []geo.Point{geo.At(53, 13)}); err == nil {
			t.Error("a table out of nothing")
		}
	}
	w := httptest.NewRecorder()
	a.Metrics.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, line := range []string{`fettle_roads_questions_total{outcome="nonsense"} 3`, `fettle_roads_questions_total{outcome="resting"} 1`, "fettle_roads_resting 1"} {
		if !strings.Contains(w.Body.String(), line) {
			t.Errorf("the metrics do not say %s", line)
		}
	}
}

func TestRoadsAreChecked(t *testing.T) {
	t.Parallel()
	a := &App{Config: Config{Roads: Roads{URL: "file:///etc/passwd", Kind: "osrm"}}, Metrics: telemetry.NewMetrics("test")}
	if err := a.openRoads(); !errors.Is(err, roads.ErrAddress) {
		t.Errorf("a file as a road service: %v", err)
	}
	if err := (&App{}).openRoads(); err != nil {
		t.Errorf("no road service: %v", err)
	}
}
